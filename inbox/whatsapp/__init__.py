"""The language of WhatsApp's Cloud API (Graph): what arrives, what leaves, what its errors mean.

Nothing here knows the database, accounts or tickets. `parse` is pure and total, `client` is the only part that speaks
HTTP, and nobody outside this folder reads or builds a Graph payload.
"""
