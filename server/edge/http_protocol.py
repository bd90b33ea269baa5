"""uvicorn's HTTP connection, with an end to patience: what uvicorn lacks is a limit for slow and for endless requests.

A peer that opens a connection and says nothing, that sends a header a byte a minute, or a body that never ends, holds a
connection (and, for a body, a request) as long as it likes. One timer per connection looks at what it is waiting for; a
request costs nothing extra.

Invariants
- A head (request line and headers) is complete within two looks, and no longer than `MOST_HEAD_BYTES`.
- A body is complete within its time, as long as it is the peer who is slow: while we do not read, nothing is counted.
"""

import asyncio
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

# Browsers open connections ahead of need and leave them idle; ten seconds is what nginx gives a mere hello, too.
LOOK_SECONDS: Final = 10.0
# nginx passes 4 headers of 8 kB by default; our own are a token (1 kB) and two cookies.
MOST_HEAD_BYTES: Final = 64 * 1024
# A megabyte of JSON or 4 MB of webhook; a minute for either is 70 kB/s, less than any telephone line of today.
_BODY_LOOKS: Final = 6
# 100 MB within a quarter of an hour: 117 kB/s.
_UPLOAD_LOOKS: Final = 90
_UPLOAD_PATHS: Final = ("/api/v1/media",)


class HeadTooLarge(Exception):
    """Within the parser, which turns it into its own error."""


class PatientHttp(HttpToolsProtocol):
    """Pass it to uvicorn as `http=PatientHttp`."""

    look_seconds = LOOK_SECONDS
    _look_timer: asyncio.TimerHandle | None = None
    _seen: object | None = None
    _looks = 0
    _head_bytes = 0
    _is_head_too_large = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        super().connection_made(transport)
        self._look_timer = self.loop.call_later(self.look_seconds, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_looking()
        super().connection_lost(exc)

    def handle_websocket_upgrade(self) -> None:
        self._stop_looking()
        super().handle_websocket_upgrade()

    def data_received(self, data: bytes) -> None:
        self._head_bytes += len(data)
        HttpToolsProtocol.data_received(self, data)
        if self.cycle is not None and self.cycle.scope is self.scope:  # the head is complete: nearly always
            self._head_bytes = 0
        elif self.scope is not None and self._head_bytes > MOST_HEAD_BYTES:
            self._give_up(431)

    def on_headers_complete(self) -> None:
        # Only a head that came with much else is measured.
        if self._head_bytes > MOST_HEAD_BYTES and _size(self.headers) + len(self.url) > MOST_HEAD_BYTES:
            self._is_head_too_large = True
            raise HeadTooLarge
        HttpToolsProtocol.on_headers_complete(self)

    def send_400_response(self, msg: str) -> None:
        if self._is_head_too_large:
            self._give_up(431)
        elif not self.transport.is_closing():
            super().send_400_response(msg)

    def _is_head_under_way(self) -> bool:
        return self.scope is not None and (self.cycle is None or self.cycle.scope is not self.scope)

    def _look(self) -> None:
        self._look_timer = None
        if self.transport.is_closing():
            return
        awaited, patience = self._awaited()
        if awaited is None or awaited is not self._seen:
            self._seen, self._looks = awaited, 0
        self._looks += 1
        # Nothing at all since the connection was made is as slow as can be.
        if awaited is not None and (self._looks > patience or self.cycle is None):
            self._give_up(408)
            return
        self._look_timer = self.loop.call_later(self.look_seconds, self._look)

    def _awaited(self) -> tuple[object | None, int]:
        """What the peer owes us, and for how many looks it may."""
        if self.cycle is None:
            return self, 0
        if self._is_head_under_way():
            return self.scope, 1
        if self.cycle.more_body and not self.cycle.response_complete and not self.flow.read_paused:
            is_upload = self.cycle.scope["path"].startswith(_UPLOAD_PATHS)
            return self.cycle, _UPLOAD_LOOKS if is_upload else _BODY_LOOKS
        return None, 0

    def _give_up(self, status: int) -> None:
        if self.transport.is_closing():
            return
        if self.cycle is None or self._is_head_under_way() or not self.cycle.response_started:
            self.transport.write(STATUS_LINE[status] + b"content-length: 0\r\nconnection: close\r\n\r\n")
        self.transport.close()

    def _stop_looking(self) -> None:
        if self._look_timer is not None:
            self._look_timer.cancel()
            self._look_timer = None


def _size(headers: list[tuple[bytes, bytes]]) -> int:
    return sum(len(name) + len(value) for name, value in headers)


def uvicorn_options() -> dict[str, Any]:
    """How uvicorn must be started for the edge: who the client is, is decided by edge/client_address alone."""
    return {"http": PatientHttp, "proxy_headers": False}
