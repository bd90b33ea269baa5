"""Files: POST /api/v1/media takes them, GET /media/{id} gives them to those who may see the conversation.

The bytes are customers': their type is what we found them to be, never what a browser guesses (nosniff); only pictures,
sound, film and PDF open in the page, everything else is saved. A file never changes, so its id is its ETag.
"""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, File, Form, Request, Response, UploadFile
from fastapi.responses import StreamingResponse
from sqlalchemy.exc import InterfaceError, OperationalError
from starlette.routing import Route
from starlette.types import Scope

from inbox.accounts.branding import LOGO_MIME_TYPE
from inbox.accounts.settings import open_logo
from inbox.conversations.events import MediaView
from inbox.kernel.actor import Actor
from inbox.kernel.errors import NotFound, ProsaError, Unauthenticated, Unavailable
from inbox.media.limits import MediaKind
from inbox.media.service import OpenedMedia, fetch_again, open_media, store_upload
from server.api.cookies import MEDIA_COOKIE
from server.api.dependencies import ApiContext, CurrentActor, CurrentContext, CurrentDatabase
from server.api.problems import problem_response
from server.auth.gate import Gate
from server.auth.origin import origin_of
from server.edge.security_headers import DOCUMENT_POLICY, FILE_POLICY

router = APIRouter(prefix="/v1/media", tags=["files"])

_CHUNK_BYTES = 256 * 1024

# What a browser shows without running anything in it.
_SHOWN = re.compile(r"image/(jpeg|png|webp|gif)|audio/[\w.+-]+|video/(mp4|3gpp|webm)|application/pdf")
# One range, as players and download managers ask; of several (RFC 9110, section 14.2 lets us ignore them) all is sent.
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
# Long enough for scrolling to and fro, short enough for a shared computer; nobody between may keep it.
_CACHE = "private, max-age=3600"
# A new logo has a new address.
_LOGO_CACHE = "private, max-age=31536000, immutable"


@router.post("", status_code=201)
async def upload_media(
    context: CurrentContext,
    actor: CurrentActor,
    file: Annotated[UploadFile, File()],
    kind: Annotated[MediaKind | None, Form()] = None,
    voice: Annotated[bool, Form()] = False,
) -> MediaView:
    """Keeps a file for a message that its uploader is about to send. `kind`: its role; by default what its content is.

    A browser's recording becomes a voice note with `kind=audio` and `voice=true`.
    """
    return await store_upload(
        context.database,
        actor,
        context.media_store,
        chunks=_chunks(file),
        file_name=file.filename,
        declared_type=file.content_type,
        kind=kind,
        voice=voice,
        most_bytes=context.settings.max_upload_bytes,
    )


@router.post("/{media_id}/fetch", status_code=202)
async def fetch_media_again(media_id: UUID, database: CurrentDatabase, actor: CurrentActor) -> MediaView:
    """Asks WhatsApp once more for a received file that could not be fetched."""
    return await fetch_again(database, actor, media_id)


async def _chunks(file: UploadFile) -> AsyncIterator[bytes]:
    while chunk := await file.read(_CHUNK_BYTES):
        yield chunk


# ── GET /media/{id}, outside /api: what <img> and <audio> name ──────────────────────────────────────────────────────


Admit = Callable[[Scope, Actor], Awaitable[None]]
"""The account's own rules for a caller (edge/admission)."""


Serve = Callable[[ApiContext, Gate, Request, Admit | None], Awaitable[Response]]


def media_routes(context: ApiContext, gate: Gate, admit: Admit | None = None) -> list[Route]:
    def with_problems(serve: Serve) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            try:
                return await serve(context, gate, request, admit)
            except ProsaError as error:
                return problem_response(error)
            except (OperationalError, InterfaceError, ConnectionError, TimeoutError):
                return problem_response(Unavailable())

        return endpoint

    return [
        Route("/media/logo/{name}", with_problems(_serve_logo), methods=["GET"]),
        Route("/media/{media_id}", with_problems(_serve), methods=["GET"]),
    ]


async def _serve_logo(context: ApiContext, gate: Gate, request: Request, admit: Admit | None) -> Response:
    """The logo of the caller's own account; every other address is unknown."""
    actor = await _actor(gate, request)
    if admit is not None:
        await admit(request.scope, actor)
    name = request.path_params["name"]
    stored = await open_logo(context.database, actor, context.media_store, name)
    headers = {
        "ETag": f'"{name}"',
        "Cache-Control": _LOGO_CACHE,
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Content-Security-Policy": FILE_POLICY,
    }
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    headers["Content-Length"] = str(stored.size)
    return StreamingResponse(stored.chunks, headers=headers, media_type=LOGO_MIME_TYPE)


async def _serve(context: ApiContext, gate: Gate, request: Request, admit: Admit | None) -> Response:
    actor = await _actor(gate, request)
    if admit is not None:
        await admit(request.scope, actor)
    try:
        media_id = UUID(request.path_params["media_id"])
    except ValueError as error:
        raise NotFound from error
    etag = f'"{media_id.hex}"'
    wanted = request.headers.get("range")
    if request.headers.get("if-range", etag) != etag:
        wanted = None
    opened, is_part = await _open(context, actor, media_id, wanted)
    headers = {
        "ETag": etag,
        "Cache-Control": _CACHE,
        "Accept-Ranges": "bytes",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Content-Disposition": _disposition(opened.media, is_saved="download" in request.query_params),
        "Content-Security-Policy": DOCUMENT_POLICY if _is_document(opened.media.mime_type) else FILE_POLICY,
    }
    stored = opened.stored
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    if is_part and stored.start >= stored.stop:
        return Response(status_code=416, headers={**headers, "Content-Range": f"bytes */{stored.size}"})
    headers["Content-Length"] = str(stored.stop - stored.start)
    if is_part:
        headers["Content-Range"] = f"bytes {stored.start}-{stored.stop - 1}/{stored.size}"
    # Types may carry parameters (audio/ogg; codecs=opus), which players need.
    return StreamingResponse(
        stored.chunks,
        status_code=206 if is_part else 200,
        headers=headers,
        media_type=_sent_type(opened.media.mime_type),
    )


async def _actor(gate: Gate, request: Request) -> Actor:
    origin = origin_of(request.scope)
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        return await gate.load_bearer(token, origin)
    cookie = request.cookies.get(MEDIA_COOKIE)
    if cookie is None:
        raise Unauthenticated
    return await gate.load_media(cookie, origin)


async def _open(
    context: ApiContext, actor: Actor, media_id: UUID, wanted: str | None
) -> tuple[OpenedMedia, bool]:
    """The file, and whether it is a part of it that was asked for."""
    database, store = context.database, context.media_store
    match = _RANGE.fullmatch(wanted.strip()) if wanted else None
    first, last = match.groups() if match else ("", "")
    if first:
        if last and int(last) < int(first):  # not a range (RFC 9110, section 14.1.1): ignored
            return await open_media(database, actor, store, media_id), False
        stop = int(last) if last else None
        return await open_media(database, actor, store, media_id, first=int(first), last=stop), True
    opened = await open_media(database, actor, store, media_id)
    if not last:
        return opened, False
    # The last so many bytes.
    start = max(0, opened.stored.size - int(last)) if int(last) else opened.stored.size
    return await open_media(database, actor, store, media_id, first=start), True


def _sent_type(mime_type: str) -> str:
    return mime_type if _is_shown(mime_type) else "application/octet-stream"


def _is_shown(mime_type: str) -> bool:
    return _SHOWN.fullmatch(mime_type.partition(";")[0].strip().lower()) is not None


def _is_document(mime_type: str) -> bool:
    return mime_type.partition(";")[0].strip().lower() == "application/pdf"


def _disposition(media: MediaView, *, is_saved: bool) -> str:
    """RFC 6266: a plain name for old readers, the true one in UTF-8."""
    how = "inline" if _is_shown(media.mime_type) and not is_saved else "attachment"
    if not media.file_name:
        return how
    plain = "".join(
        c if c.isascii() and c.isprintable() and c not in '"\\%' else "_" for c in media.file_name
    )
    return f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(media.file_name, safe='')}"
