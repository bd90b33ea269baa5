"""The domain: knows Postgres and WhatsApp, and no transport."""
