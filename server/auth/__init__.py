"""Who is there: passwords, tokens and browser sessions, up to the Actor that every handler gets."""
