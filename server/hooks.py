"""The webhook endpoint: verify → parse → ingest → 200.

Raw ASGI, for this is the hottest route. Answers: 200 only after COMMIT; 400 for what is no JSON; 401 without and 403 with
a wrong signature; 404 for an unknown path; 413 for a body beyond the limit; 503 when it cannot be stored now. Meta
repeats everything that is not 200 (cloud-api, section 1.5).
"""

from typing import Final

import orjson
from starlette.datastructures import QueryParams
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from inbox.ingest.apps import App
from inbox.ingest.errors import IngestFull
from inbox.ingest.service import Ingest
from inbox.kernel.errors import NotFound, ProsaError
from inbox.whatsapp.signature import WrongSignature, verify_handshake, verify_signature

_PREFIX: Final = "/hooks/whatsapp/"
_SIGNATURE_HEADER: Final = b"x-hub-signature-256"
_ACCEPTED_START: Final[Message] = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-length", b"0")],
}
_EMPTY_BODY: Final[Message] = {"type": "http.response.body", "body": b""}
_RETRY_AFTER_SECONDS: Final = b"5"


class BodyTooLarge(ProsaError):
    code = "body_too_large"
    status = 413
    title = "The body is larger than any webhook of Meta"


class MethodNotAllowed(ProsaError):
    code = "method_not_allowed"
    status = 405
    title = "Webhooks are posted, and verified by GET"


class ClientDisconnected(Exception):
    """Nobody waits for an answer any more."""


class WebhookGate:
    """Answers `/hooks/whatsapp/{hook_key}` (one path for each app at Meta) and passes everything else on.

    In front of the framework, whose router and exception handling would cost this route a fifth more (2026-11). `ingest` is started and stopped by the caller.
    """

    def __init__(self, app: ASGIApp, ingest: Ingest, *, max_bytes: int) -> None:
        self._app = app
        self._ingest = ingest
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(_PREFIX):
            await self._app(scope, receive, send)
            return
        try:
            app = await self._access_app(scope)
            if scope["method"] == "POST":
                await self._take(app, scope, receive)
                await send(_ACCEPTED_START)
                await send(_EMPTY_BODY)
            elif scope["method"] == "GET":
                challenge = verify_handshake(QueryParams(scope["query_string"]), app.verify_token)
                await _answer(send, 200, challenge.encode(), b"text/plain; charset=utf-8")
            else:
                raise MethodNotAllowed
        except ProsaError as error:
            body = orjson.dumps(error.as_problem())
            await _answer(send, error.status, body, b"application/problem+json", retryable=error.retryable)
        except ClientDisconnected:
            return

    async def _access_app(self, scope: Scope) -> App:
        hook_key: str = scope["path"][len(_PREFIX) :]
        app = self._ingest.apps.cached(hook_key) or await self._ingest.apps.find(hook_key)
        if app is None:
            raise NotFound
        return app

    async def _take(self, app: App, scope: Scope, receive: Receive) -> None:
        if self._ingest.is_full:
            raise IngestFull
        length = signature = None
        for name, value in scope["headers"]:
            if name == _SIGNATURE_HEADER:
                signature = value.decode("latin-1")
            elif name == b"content-length":
                length = value
        if length is not None and length.isdigit() and int(length) > self._max_bytes:
            raise BodyTooLarge(max_bytes=self._max_bytes)
        body = await self._read(receive)
        try:
            verify_signature(body, signature, app.secrets)
        except WrongSignature:
            # The secret may have been rotated a moment ago.
            fresher = await self._ingest.apps.refresh(app)
            if fresher is app:
                raise
            app = fresher
            verify_signature(body, signature, app.secrets)
        await self._ingest.receive(app, body)

    async def _read(self, receive: Receive) -> bytes:
        """The whole body, given up as soon as it is too large, whatever its Content-Length said."""
        message = await receive()
        if message["type"] == "http.request" and not message.get("more_body", False):
            body: bytes = message.get("body", b"")
            if len(body) > self._max_bytes:
                raise BodyTooLarge(max_bytes=self._max_bytes)
            return body
        chunks: list[bytes] = []
        size = 0
        while True:
            if message["type"] == "http.disconnect":
                raise ClientDisconnected
            chunk = message.get("body", b"")
            size += len(chunk)
            if size > self._max_bytes:
                raise BodyTooLarge(max_bytes=self._max_bytes)
            chunks.append(chunk)
            if not message.get("more_body", False):
                return b"".join(chunks)
            message = await receive()


async def _answer(
    send: Send, status: int, body: bytes, content_type: bytes, *, retryable: bool = False
) -> None:
    headers = [(b"content-type", content_type), (b"content-length", str(len(body)).encode())]
    if retryable:
        headers.append((b"retry-after", _RETRY_AFTER_SECONDS))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
