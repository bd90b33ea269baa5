"""The Graph API's front: versions, tokens, objects, answers and errors, and the send endpoint.

The send endpoint is a bare ASGI application; everything else uses Starlette's requests.
"""

import asyncio
import itertools
import time
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from typing import Any, Final

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from server.sandbox.clock import Clock
from server.sandbox.faults import SendFault, SendFaults
from server.sandbox.ids import IdMint
from server.sandbox.inbound import Inbound
from server.sandbox.problems import OK, GraphProblem, unknown_object
from server.sandbox.sending import Sending
from server.sandbox.state import BusinessNumber, SandboxState

# Last day of each version (Graph API changelog, read 2026-11); a version not listed does not exist yet.
VERSION_EXPIRY: Final[dict[str, date]] = {
    "v20.0": date(2026, 9, 24),
    "v21.0": date(2027, 1, 21),
    "v22.0": date(2027, 5, 20),
    "v23.0": date(2027, 10, 8),
    "v24.0": date(2028, 2, 18),
    "v25.0": date(2028, 7, 29),
    "v26.0": date.max,
}
# A send body of the largest legal kind (30 products, 257 contacts) stays far below this.
SEND_BODY_MAX: Final = 1024 * 1024
REQUESTS_KEPT: Final = 20_000

JSON_HEADERS: Final = [
    (b"content-type", b"application/json; charset=UTF-8"),
    (b"facebook-api-version", b"v26.0"),
]
HTML_ERROR: Final = (
    b"<!DOCTYPE html><html><head><title>Error</title></head><body><h1>Sorry, something went wrong.</h1>"
    b"<p>We're working on getting this fixed as soon as we can.</p></body></html>"
)
ABORT_EXTENSION: Final = "prosa.abort"
"""Key in `scope["extensions"]` under which the server offers a function that resets the connection."""


class RequestLog:
    """What the API was asked, newest last, for assertions."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._numbers = itertools.count(1)
        self.rows: deque[dict[str, Any]] = deque(maxlen=REQUESTS_KEPT)

    def add(self, method: str, path: str, body: Any, status: int, **facts: Any) -> None:
        row = {"n": next(self._numbers), "at": self._clock.now(), "method": method, "path": path}
        self.rows.append({**row, "body": body, "status": status, **facts})


class Gate:
    """Version, token and object checks that every Graph call passes."""

    def __init__(self, state: SandboxState, clock: Clock, access_token: str) -> None:
        self._state = state
        self._clock = clock
        self._tokens = {access_token} | {each.access_token for each in state.numbers.values()}

    def check_version(self, version: str) -> None:
        expires = VERSION_EXPIRY.get(version)
        if expires is None:
            raise GraphProblem(2500, title=f"Unknown path components: /{version}")
        if datetime.fromtimestamp(self._clock.now(), UTC).date() > expires:
            raise GraphProblem(2635)

    def check_token(self, authorization: str, number: BusinessNumber | None = None) -> None:
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() not in ("bearer", "oauth") or not token:
            raise GraphProblem(190, title="An access token is required to request this resource.")
        allowed = self._tokens if number is None else (number.access_token,)
        # A plain comparison will do: this token guards nothing.
        if token not in allowed:
            raise GraphProblem(190, title="Invalid OAuth access token - Cannot parse access token")

    def access_number(self, number_id: str, authorization: str) -> BusinessNumber:
        """Token first, as Graph does: who has none learns nothing about ids."""
        number = self._state.numbers.get(number_id)
        self.check_token(authorization, number)
        if number is None:
            raise unknown_object(number_id)
        return number


def graph_route(
    gate: Gate, mint: IdMint, log: RequestLog, handle: Callable[[Request], Awaitable[Any]]
) -> Callable[[Request], Awaitable[Response]]:
    """Wrap a handler that returns JSON (or a Response) with version and token checks, errors and the log."""

    async def endpoint(request: Request) -> Response:
        status = OK
        try:
            gate.check_version(request.path_params["version"])
            gate.check_token(request.headers.get("authorization", ""))
            answer = await handle(request)
        except GraphProblem as problem:
            answer, status = problem.as_json(mint.trace()), problem.http_status
        log.add(request.method, request.url.path, dict(request.query_params), status)
        if isinstance(answer, Response):
            return answer
        return Response(orjson.dumps(answer), status, media_type="application/json; charset=UTF-8")

    return endpoint


class MessagesEndpoint:
    """`POST /{version}/{phone_number_id}/messages`: send, mark read, typing; with faults on demand."""

    def __init__(
        self, gate: Gate, mint: IdMint, log: RequestLog, sending: Sending, inbound: Inbound, faults: SendFaults,
        state: SandboxState,
    ) -> None:  # fmt: skip
        self._gate = gate
        self._mint = mint
        self._log = log
        self._sending = sending
        self._inbound = inbound
        self._faults = faults
        self._state = state
        self.seconds: deque[float] = deque(maxlen=10_000)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = time.perf_counter()
        raw = await _read(receive)
        fault: SendFault | None = None
        body: Any = None
        try:
            number, body = self._admit(scope, raw)
            if "status" in body:
                answer = self._mark_read(number, body)
            else:
                fault = self._faults.claim(number.id, str(body.get("to") or body.get("recipient") or ""))
                if fault is not None:
                    await self._suffer(scope, send, number, body, fault)
                    return
                answer = self._sending.accept(number, body, None)
            status = OK
        except GraphProblem as problem:
            answer, status = problem.as_json(self._mint.trace()), problem.http_status
        self._note(scope, body, status, answer)
        self.seconds.append(time.perf_counter() - began)
        await _respond(send, status, orjson.dumps(answer))

    def _admit(self, scope: Scope, raw: bytes) -> tuple[BusinessNumber, dict[str, Any]]:
        if scope["method"] != "POST":
            raise GraphProblem(100, title="Unsupported get request")
        path = scope["path_params"]
        self._gate.check_version(path["version"])
        authorization = next((value for name, value in scope["headers"] if name == b"authorization"), b"")
        number = self._gate.access_number(path["object_id"], authorization.decode("latin-1"))
        if not number.registered:
            raise GraphProblem(133010)
        try:
            body = orjson.loads(raw)
        except orjson.JSONDecodeError:
            raise GraphProblem(100, "The body is not JSON") from None
        if not isinstance(body, dict):
            raise GraphProblem(100, "The body must be a JSON object")
        return number, body

    def _mark_read(self, number: BusinessNumber, body: dict[str, Any]) -> dict[str, Any]:
        if body.get("messaging_product") != "whatsapp" or body["status"] != "read":
            raise GraphProblem(100, "status must be read and messaging_product whatsapp")
        message = self._sending.mark_read(number, body)
        chat, _ = self._state.messages[message.id]
        self._inbound.read_by_business(chat, message)
        return {"success": True}

    async def _suffer(
        self, scope: Scope, send: Send, number: BusinessNumber, body: dict[str, Any], fault: SendFault
    ) -> None:
        """Play one fault. A message that goes out is accepted before anything else happens."""
        answers_normally = fault.kind in ("slow", "truncated", "status_first", "status")
        answer: dict[str, Any] = {}
        try:
            if answers_normally or fault.goes_out:
                answer = self._sending.accept(number, body, fault)
            if fault.kind == "error":
                raise GraphProblem(fault.code, http_status=fault.http_status or None)
            status = OK
        except GraphProblem as problem:
            answer, status = problem.as_json(self._mint.trace()), problem.http_status
        self._note(scope, body, 0 if fault.kind in ("reset", "hang") else status, answer, fault=fault.kind)
        if fault.kind in ("slow", "hang", "status_first"):
            await asyncio.sleep(fault.seconds)
        if fault.kind in ("reset", "hang"):
            _reset(scope)
            return
        if fault.kind == "html":
            await _respond(send, fault.http_status or 503, HTML_ERROR, [(b"content-type", b"text/html")])
            return
        data = orjson.dumps(answer)
        await _respond(send, status, data[: len(data) // 2] if fault.kind == "truncated" else data)

    def _note(self, scope: Scope, body: Any, status: int, answer: dict[str, Any], **facts: Any) -> None:
        messages = answer.get("messages")
        error = answer.get("error")
        if messages:
            facts["wamid"] = messages[0]["id"]
        if error:
            facts["code"] = error["code"]
        self._log.add(scope["method"], scope["path"], body, status, **facts)


async def _read(receive: Receive) -> bytes:
    """The whole body; what is over the limit is not kept, so that it fails as broken JSON."""
    event = await receive()
    if not event.get("more_body"):
        return bytes(event.get("body", b""))
    parts = [event.get("body", b"")]
    size = len(parts[0])
    while event.get("more_body"):
        event = await receive()
        size += len(event.get("body", b""))
        if size <= SEND_BODY_MAX:
            parts.append(event.get("body", b""))
    return b"".join(parts)


async def _respond(
    send: Send, status: int, body: bytes, headers: list[tuple[bytes, bytes]] | None = None
) -> None:
    length = (b"content-length", str(len(body)).encode())
    await send(
        {"type": "http.response.start", "status": status, "headers": [*(headers or JSON_HEADERS), length]}
    )
    await send({"type": "http.response.body", "body": body})


def _reset(scope: Scope) -> None:
    """Cut the connection without an answer; servers that do not offer it get an exception instead."""
    abort = (scope.get("extensions") or {}).get(ABORT_EXTENSION)
    if abort is None:
        raise ConnectionResetError("connection reset on demand")
    abort()
