"""No body grows without bound: too large is answered before it is read, or while, when nobody said how long it is.

A form is read before its handler is asked, and its handler asks who is there: an upload of somebody who shows nothing at all
is refused before it is read. (Slow bodies: edge/http_protocol.)
"""

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from inbox.kernel.errors import ProsaError, Unauthenticated
from server.api.problems import problem_response


class BodyTooLarge(ProsaError):
    code = "too_large"
    status = 413
    title = "The request is too large"


class BodyLimit:
    """ASGI middleware. FastAPI's own `max_body_size` answers plain text, not a problem."""

    def __init__(self, app: ASGIApp, *, most_bytes: int, uploads_under: str, most_upload_bytes: int) -> None:
        self._app = app
        self._most_bytes = most_bytes
        self._uploads_under = uploads_under
        self._most_upload_bytes = most_upload_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_upload = scope["path"].endswith(self._uploads_under)
        most_bytes = self._most_upload_bytes if is_upload else self._most_bytes
        headers = dict(scope["headers"])
        if is_upload and b"authorization" not in headers:
            await problem_response(Unauthenticated())(scope, receive, send)
            return
        announced = headers.get(b"content-length", b"")
        if announced.isdigit() and int(announced) > most_bytes:
            await problem_response(BodyTooLarge(most_bytes=most_bytes))(scope, receive, send)
            return
        received = 0

        async def receive_counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > most_bytes:
                raise HTTPException(BodyTooLarge.status)
            return message

        await self._app(scope, receive_counted, send)
