"""`prosa serve`: uvicorn around server/app.py, with our own WebSocket protocol class (realtime) for the fan-out."""

import uvicorn

from realtime.wire import UVICORN_WEBSOCKET_OPTIONS
from server.app import build_app
from server.context import build_context
from server.edge.http_protocol import uvicorn_options
from server.settings import Settings

# Time for running requests and the last flush; below the 30 s that Docker and systemd give before they kill.
_GRACEFUL_SECONDS = 20
_BACKLOG = 2048


def serve(settings: Settings, workers: int = 1) -> None:
    """Runs until SIGTERM or SIGINT. Workers share nothing but the listening port."""
    config = uvicorn.Config(
        (lambda: build_app(build_context(settings))) if workers == 1 else "server.app:create_app",
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=workers,
        loop="uvloop",
        **uvicorn_options(),
        ws="realtime.wire:DirectWebSocket",
        **UVICORN_WEBSOCKET_OPTIONS,
        access_log=False,
        server_header=False,
        date_header=False,
        backlog=_BACKLOG,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=_GRACEFUL_SECONDS,
        log_config=None,
    )
    if workers == 1:
        uvicorn.Server(config).run()
        return
    listening = config.bind_socket()
    try:
        uvicorn.supervisors.Multiprocess(config, sockets=[listening]).run()
    finally:
        listening.close()
