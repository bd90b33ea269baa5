"""A faithful local look-alike of WhatsApp's Graph API, with virtual customers and a phone page.

Invariants: it never imports the product's rooms (it must not share their mistakes), it talks to the
product only over HTTP, and everything random comes from one seed.
"""
