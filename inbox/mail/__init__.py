"""E-mail: queued with the change that causes it, sent by the worker."""
