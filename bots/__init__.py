"""Automatic replies: durable readers of the event log. Flows and assistants move in here."""
