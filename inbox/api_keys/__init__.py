"""API keys: programs that act in an account."""
