"""Trip in: one webhook batch → rows and events, committed before Meta hears 200 (DESIGN, section 6).

service → arrivals (whose is it) → batcher → store (retry, take apart) → flush (one transaction) → publisher.
"""
