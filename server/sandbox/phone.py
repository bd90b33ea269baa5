"""The phone page and its API: a person plays a customer.

GET  /phone                                   the page;  GET /phone/files/{name} its files
GET  /phone/api/world                         numbers and customers
POST /phone/api/customers                     {name, wa_id?, username?, receipts?} → customer
PATCH /phone/api/customers/{key}              {name?, receipts?, behaviour?}
GET  /phone/api/chats/{number}/{customer}     messages, typing, window
POST /phone/api/chats/{number}/{customer}     a form of forms.py → {"ids": […]}
POST /phone/api/chats/{number}/{customer}/file?kind=&filename=&caption=   raw bytes as image, video, document, voice, sticker
POST /phone/api/chats/{number}/{customer}/read
GET  /phone/api/events?number=&customer=      Server-Sent Events; while it is open a person has the chat on screen
GET  /phone/media/{id}                        bytes of any media, for the page only
"""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, Final

import orjson
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from server.sandbox.delivery import RANK
from server.sandbox.forms import FormError, build_part, find_or_create_customer
from server.sandbox.media import base_mime
from server.sandbox.sandbox import Sandbox
from server.sandbox.state import Behaviour, BusinessNumber, Chat, ChatMessage, Customer
from server.sandbox.voices import convert_voice

FILES: Final = Path(__file__).parent / "phone"
# Customers can send up to 100 MB; a page that uploads more is a mistake.
UPLOAD_MAX: Final = 100 * 1024 * 1024
CUSTOMERS_LISTED: Final = 200
NO_PREVIEW: Final[dict[str, Any]] = {"last_at": 0.0, "last": None, "unread": 0}
BEHAVIOURS: Final[dict[str, Behaviour]] = {"normal": "normal", "blocked": "blocked"}
# Nothing from outside may be loaded by this page.
CONTENT_POLICY: Final = (
    "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; style-src 'self'; script-src 'self'; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)


def phone_routes(sandbox: Sandbox) -> list[Route | Mount]:
    page = PhonePage(sandbox)
    chat = "/phone/api/chats/{number}/{customer}"
    return [
        Route("/phone", page.show, methods=["GET"]),
        Mount("/phone/files", StaticFiles(directory=FILES)),
        Route("/phone/media/{id}", page.media, methods=["GET"]),
        Route("/phone/api/world", _json(page.world), methods=["GET"]),
        Route("/phone/api/customers", _json(page.create_customer), methods=["POST"]),
        Route("/phone/api/customers/{key}", _json(page.change_customer), methods=["PATCH"]),
        Route(chat, _json(page.chat), methods=["GET"]),
        Route(chat, _json(page.send), methods=["POST"]),
        Route(f"{chat}/file", _json(page.send_file), methods=["POST"]),
        Route(f"{chat}/read", _json(page.read), methods=["POST"]),
        Route("/phone/api/events", page.events, methods=["GET"]),
    ]


def _json(handle: Callable[[Request], Awaitable[Any]]) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            return JSONResponse(await handle(request))
        except (FormError, ValueError, KeyError) as problem:
            return JSONResponse({"error": str(problem)}, 400)

    return endpoint


async def _body(request: Request) -> dict[str, Any]:
    body = await request.json()
    if not isinstance(body, dict):
        raise FormError("the body must be a JSON object")
    return body


class PhonePage:
    """Handlers of the phone page."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    async def show(self, _: Request) -> Response:
        headers = {"content-security-policy": CONTENT_POLICY, "cache-control": "no-cache"}
        return FileResponse(FILES / "index.html", headers=headers)

    async def media(self, request: Request) -> Response:
        shelf = self._sandbox.media
        item = shelf.items.get(request.path_params["id"])
        data = await asyncio.to_thread(shelf.read, item) if item is not None else None
        if item is None or data is None:
            return Response(b"", 404)
        shown = (
            item.mime
            if base_mime(item.mime).split("/")[0] in ("image", "audio", "video")
            else "application/pdf"
        )
        headers = {"x-content-type-options": "nosniff", "cache-control": "private, max-age=86400"}
        return _ranged(request.headers.get("range", ""), data, shown, headers)

    # People

    async def world(self, _: Request) -> Any:
        """Numbers, and the customers with the newest chats; those without any chat come last."""
        state = self._sandbox.state
        numbers = [
            {"id": each.id, "name": each.verified_name, "phone": each.display_phone_number}
            for each in state.numbers.values()
        ]
        latest: dict[str, Chat] = {}
        for chat in state.chats.values():
            known = latest.get(chat.customer_key)
            if chat.messages and (known is None or chat.messages[-1].at > known.messages[-1].at):
                latest[chat.customer_key] = chat
        newest = sorted(latest.values(), key=lambda chat: chat.messages[-1].at, reverse=True)[
            :CUSTOMERS_LISTED
        ]
        rows = [state.customers[chat.customer_key].as_json() | _preview(chat) for chat in newest]
        unwritten = [
            each.as_json() for each in state.customers.values() if each.key not in latest and each.played
        ]
        return {"numbers": numbers, "customers": [*rows, *({**row, **NO_PREVIEW} for row in unwritten)]}

    async def create_customer(self, request: Request) -> Any:
        body = await _body(request)
        identity = str(body.get("wa_id") or body.get("username") or "")
        customer = find_or_create_customer(self._sandbox.state, {**body, "from": identity})
        customer.played = True
        if isinstance(body.get("receipts"), bool):
            customer.receipts = body["receipts"]
        return customer.as_json()

    async def change_customer(self, request: Request) -> Any:
        customer = self._sandbox.state.customers.get(request.path_params["key"])
        if customer is None:
            raise FormError("there is no such customer")
        body = await _body(request)
        if isinstance(body.get("name"), str) and body["name"].strip():
            customer.name = body["name"].strip()
        if isinstance(body.get("receipts"), bool):
            customer.receipts = body["receipts"]
        customer.behaviour = BEHAVIOURS.get(str(body.get("behaviour")), customer.behaviour)
        return customer.as_json()

    # Chat

    def _open(self, number_id: str, key: str) -> tuple[BusinessNumber, Customer, Chat]:
        number = self._sandbox.state.numbers.get(number_id)
        if number is None:
            raise FormError("there is no such number")
        customer = find_or_create_customer(self._sandbox.state, {"from": key})
        return number, customer, self._sandbox.state.chat(number.id, customer.key)

    def _opened(self, request: Request) -> tuple[BusinessNumber, Customer, Chat]:
        return self._open(request.path_params["number"], request.path_params["customer"])

    async def chat(self, request: Request) -> Any:
        number, customer, chat = self._opened(request)
        now = self._sandbox.clock.now()
        return {
            "number": {"id": number.id, "name": number.verified_name, "phone": number.display_phone_number},
            "customer": customer.as_json(),
            "messages": [each.as_json() for each in chat.messages if _visible(each)],
            "typing_seconds": max(0.0, chat.typing_until - now),
            "coexistence": number.coexistence,
        }

    async def send(self, request: Request) -> Any:
        number, customer, _ = self._opened(request)
        part = await build_part(self._sandbox, number, await _body(request))
        customer.played = True
        return {"ids": [self._sandbox.inbound.receive(number, customer, part)]}

    async def send_file(self, request: Request) -> Any:
        """Raw bytes; sounds are converted to what phones record, pictures are kept."""
        number, customer, _ = self._opened(request)
        query = request.query_params
        data = await _read_upload(request)
        kind, mime = (
            query.get("kind", "document"),
            request.headers.get("content-type", "application/octet-stream"),
        )
        voice: bool | None = None
        if kind == "voice":
            data = await asyncio.to_thread(convert_voice, data)
            kind, mime, voice = "audio", "audio/ogg; codecs=opus", True
        part = self._sandbox.inbound.media_part(
            number,
            kind,
            data,
            mime,
            caption=query.get("caption", ""),
            filename=query.get("filename", "") if kind == "document" else "",
            voice=voice,
        )
        if query.get("reply_to"):
            part["context"] = {"from": number.digits, "id": query["reply_to"]}
        customer.played = True
        return {"ids": [self._sandbox.inbound.receive(number, customer, part)]}

    async def read(self, request: Request) -> Any:
        number, customer, _ = self._opened(request)
        return {"read": self._sandbox.delivery.read_by_person(number.id, customer)}

    async def events(self, request: Request) -> Response:
        """Live events of every chat; the one named in the query counts as open on a screen."""
        number_id, key = request.query_params.get("number", ""), request.query_params.get("customer", "")
        chat = self._open(number_id, key)[2] if number_id and key else None
        headers = {"cache-control": "no-cache", "x-accel-buffering": "no"}
        return StreamingResponse(self._stream(chat), media_type="text/event-stream", headers=headers)

    async def _stream(self, chat: Chat | None) -> AsyncIterator[bytes]:
        if chat is not None:
            chat.watchers += 1
        try:
            yield b"data: " + orjson.dumps({"event": "open"}) + b"\n\n"
            async for line in self._sandbox.live.stream():
                yield line
        finally:
            if chat is not None:
                chat.watchers -= 1


def _preview(chat: Chat) -> dict[str, Any]:
    shown = [each for each in list(chat.messages)[-20:] if _visible(each)]
    if not shown:
        return {**NO_PREVIEW, "last_at": chat.messages[-1].at}
    unread = sum(each.direction == "outbound" and each.status == "delivered" for each in shown)
    return {"last_at": shown[-1].at, "last": shown[-1].as_json(), "unread": unread}


def _visible(message: ChatMessage) -> bool:
    """What has reached the phone: all of the customer's own, and the business' messages once delivered."""
    if message.direction == "inbound":
        return True
    return RANK.get(message.status, 0) >= RANK["delivered"] and message.status != "failed"


def _ranged(asked: str, data: bytes, mime: str, headers: dict[str, str]) -> Response:
    """One byte range if asked for: browsers cannot seek in sounds (nor Safari play them) without."""
    headers = {**headers, "accept-ranges": "bytes"}
    found = re.fullmatch(r"bytes=(\d+)-(\d*)", asked)
    if found is None:
        return Response(data, media_type=mime, headers=headers)
    start = int(found[1])
    end = min(int(found[2] or len(data) - 1), len(data) - 1)
    if start > end:
        return Response(b"", 416, {**headers, "content-range": f"bytes */{len(data)}"})
    headers["content-range"] = f"bytes {start}-{end}/{len(data)}"
    return Response(data[start : end + 1], 206, media_type=mime, headers=headers)


async def _read_upload(request: Request) -> bytes:
    data = bytearray()
    async for piece in request.stream():
        data += piece
        if len(data) > UPLOAD_MAX:
            raise FormError("files may have 100 MB")
    if not data:
        raise FormError("the file is empty")
    return bytes(data)
