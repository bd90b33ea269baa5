"""What stands between the outside and the application: pure ASGI middleware, one concern a file, composed in server/app.py."""
