"""Live updates, both ways: the log's hints fan out to sockets, commands of operators come in."""
