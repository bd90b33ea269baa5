"""A mail server that delivers to nobody, and a page that shows what it was given.

Under `prosa run` there is no real mail server: invitations and password resets land here, so that a new user can open
them. Mails are kept as they came, newest first, and survive a restart.

GET    /mailbox                      the page;  GET /mailbox/files/{name} its files
GET    /mailbox/api/mails            the list
GET    /mailbox/api/mails/{id}       one mail, with its text
DELETE /mailbox/api/mails            throws all away
GET    /mailbox/api/mails/{id}/html  the mail's HTML, for a frame that may run nothing
GET    /mailbox/api/events           Server-Sent Events: something has come
"""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from email import policy
from email.errors import MessageError
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any, Final

import orjson
import structlog
from aiosmtpd.smtp import SMTP, Envelope, Session
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from server.sandbox.live import LiveFeed

log = structlog.get_logger(__name__)

FILES: Final = Path(__file__).parent / "mailbox"
# What somebody looks through; older ones go.
MAILS_KEPT: Final = 200
MAIL_MAX_BYTES: Final = 10 * 1024 * 1024
# The page around mails: as the phone page's.
PAGE_POLICY: Final = (
    "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; connect-src 'self'; frame-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
# The mail itself may show itself and open links in a new tab, nothing else.
MAIL_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)
PREVIEW_CHARACTERS: Final = 140


@dataclass(frozen=True, slots=True)
class StoredMail:
    id: str
    at: float
    sender: str
    recipient: str
    subject: str
    text: str
    html: str

    def as_row(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "at": self.at,
            "from": self.sender,
            "to": self.recipient,
            "subject": self.subject,
            "preview": " ".join(self.text.split())[:PREVIEW_CHARACTERS],
        }

    def as_json(self) -> dict[str, Any]:
        return {**self.as_row(), "text": self.text, "has_html": bool(self.html)}


class Mailbox:
    """The SMTP server, the mails, and the handlers of the page."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._mails: dict[str, StoredMail] = {}
        self._server: asyncio.Server | None = None
        self._last_id = 0
        self.live = LiveFeed()

    async def start(self, host: str, port: int) -> None:
        if self._folder is not None:
            self._mails = await asyncio.to_thread(_load, self._folder)
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: SMTP(
                self,
                data_size_limit=MAIL_MAX_BYTES,
                enable_SMTPUTF8=True,
                hostname="localhost",
                ident="Prosa mailbox",
                loop=loop,
            ),
            host,
            port,
        )

    async def stop(self) -> None:
        self.live.close()
        if self._server is not None:
            self._server.close()
            self._server = None

    @property
    def port(self) -> int:
        """Where SMTP is taken."""
        assert self._server is not None
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    # The server; the name is aiosmtpd's

    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:  # noqa: N802
        raw = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        # Ascending, also for two in one millisecond: names of files are the order.
        self._last_id = max(self._last_id + 1, time.time_ns() // 1_000_000)
        mail = _parse(str(self._last_id), raw)
        self._mails[mail.id] = mail
        for old in list(self._mails)[:-MAILS_KEPT]:
            del self._mails[old]
        if self._folder is not None:
            await asyncio.to_thread(_save, self._folder, mail.id, raw)
        self.live.publish({"event": "mail", "id": mail.id})
        return "250 Kept"

    # The page

    async def show(self, _: Request) -> Response:
        headers = {"content-security-policy": PAGE_POLICY, "cache-control": "no-cache"}
        return FileResponse(FILES / "index.html", headers=headers)

    async def list(self, _: Request) -> Response:
        return JSONResponse([mail.as_row() for mail in reversed(self._mails.values())])

    async def read(self, request: Request) -> Response:
        mail = self._mails.get(request.path_params["id"])
        if mail is None:
            return JSONResponse({"error": "there is no such mail"}, 404)
        return JSONResponse(mail.as_json())

    async def html(self, request: Request) -> Response:
        mail = self._mails.get(request.path_params["id"])
        if mail is None:
            return Response(b"", 404)
        page = f'<base target="_blank">{mail.html}'
        return HTMLResponse(
            page, headers={"content-security-policy": MAIL_POLICY, "x-content-type-options": "nosniff"}
        )

    async def clear(self, _: Request) -> Response:
        self._mails.clear()
        if self._folder is not None:
            await asyncio.to_thread(_clear, self._folder)
        self.live.publish({"event": "mail", "id": ""})
        return Response(status_code=204)

    async def events(self, _: Request) -> Response:
        headers = {"cache-control": "no-cache", "x-accel-buffering": "no"}
        return StreamingResponse(self._stream(), media_type="text/event-stream", headers=headers)

    async def _stream(self) -> AsyncIterator[bytes]:
        yield b"data: " + orjson.dumps({"event": "open"}) + b"\n\n"
        async for line in self.live.stream():
            yield line


def mailbox_routes(mailbox: Mailbox) -> list[Route | Mount]:
    return [
        Route("/mailbox", mailbox.show, methods=["GET"]),
        Mount("/mailbox/files", StaticFiles(directory=FILES)),
        Route("/mailbox/api/mails", mailbox.list, methods=["GET"]),
        Route("/mailbox/api/mails", mailbox.clear, methods=["DELETE"]),
        Route("/mailbox/api/mails/{id}", mailbox.read, methods=["GET"]),
        Route("/mailbox/api/mails/{id}/html", mailbox.html, methods=["GET"]),
        Route("/mailbox/api/events", mailbox.events, methods=["GET"]),
    ]


def _parse(id_: str, raw: bytes) -> StoredMail:
    """Whatever it is: a mail that cannot be read is shown as it came."""
    parsed = BytesParser(EmailMessage, policy=policy.default).parsebytes(raw)
    return StoredMail(
        id=id_,
        at=int(id_) / 1000,
        sender=_header(parsed, "from"),
        recipient=_header(parsed, "to"),
        subject=_header(parsed, "subject"),
        text=_body(parsed, "plain"),
        html=_body(parsed, "html"),
    )


def _header(message: EmailMessage, name: str) -> str:
    return str(message.get(name, ""))


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    if part is None:
        return ""
    try:
        content = part.get_content()
    except (LookupError, ValueError, MessageError):
        return ""
    return content if isinstance(content, str) else ""


def _load(folder: Path) -> dict[str, StoredMail]:
    if not folder.is_dir():
        return {}
    files = sorted(
        (file for file in folder.glob("*.eml") if file.stem.isdecimal()), key=lambda f: int(f.stem)
    )
    for old in files[:-MAILS_KEPT]:
        old.unlink(missing_ok=True)
    return {file.stem: _parse(file.stem, file.read_bytes()) for file in files[-MAILS_KEPT:]}


def _save(folder: Path, id_: str, raw: bytes) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    # They hold links that let somebody in.
    folder.chmod(0o700)
    (folder / f"{id_}.eml").write_bytes(raw)


def _clear(folder: Path) -> None:
    for file in folder.glob("*.eml"):
        file.unlink(missing_ok=True)
