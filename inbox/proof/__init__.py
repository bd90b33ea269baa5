"""Proof that nothing is lost on the way from a webhook to a screen: counted, compared, shown (docs/adr/0015)."""
