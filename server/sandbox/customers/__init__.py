"""Virtual customers: who they are (people), what they want (scripts), and when they write (engine)."""
