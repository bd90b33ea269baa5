"""Calls to the Graph API. The only place that speaks HTTP to Meta.

Invariants: a token goes into the Authorization header of an allowed host and nowhere else; `send_message` ends in exactly
one of accepted, `GraphError`, `NotSent`, `AmbiguousSend`; nothing here retries, since that is the outbox's and the job
queue's to decide. Cancelling a send that has begun leaves it ambiguous.
"""

import asyncio
from collections.abc import AsyncIterable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import httpx
import orjson

from inbox.whatsapp.graph_errors import AmbiguousSend, GraphError, GraphUnreachable, NotSent
from inbox.whatsapp.http import TRANSPORT_ERRORS, USER_AGENT, RawAnswer, post_bytes, surely_not_sent
from inbox.whatsapp.media_transfer import MediaDownload, multipart, open_download
from inbox.whatsapp.outgoing import mark_read_body, typing_body
from inbox.whatsapp.payloads import JsonObject
from inbox.whatsapp.scalars import digest_hex, integer, json_array, json_object, text

GRAPH_BASE_URL = "https://graph.facebook.com"
# Lives until 2028-07-29; v26.0 (2026-07-29) is current, one version behind lets others find its faults first. The version
# of webhook payloads is set in the Meta app and has nothing to do with this one.
GRAPH_VERSION = "v25.0"
# Where Meta keeps files (the webhook's and the lookup's `url`). A bare name means https on it and on its subdomains; an
# origin ("http://127.0.0.1:8081") means exactly that, for the sandbox.
MEDIA_HOSTS: tuple[str, ...] = ("fbsbx.com", "fbcdn.net", "whatsapp.net", "facebook.com")

# A whole send, from the queue of connections to the last byte. Slow answers of Meta end at about 10 s; at 30 s the
# operator should see "unconfirmed" rather than a clock.
SEND_TIMEOUT_SECONDS = 30.0
# 100 MB, the largest document, at 170 kB/s.
TRANSFER_TIMEOUT_SECONDS = 600.0

_NUMBER_FIELDS = (
    "display_phone_number,verified_name,quality_rating,name_status,code_verification_status,throughput,platform_type,"
    "status,account_mode,is_official_business_account,whatsapp_business_manager_messaging_limit"
)


@dataclass(frozen=True, slots=True)
class GraphTarget:
    """One number as Graph knows it, with the token that may act for it."""

    phone_number_id: str
    token: str = field(repr=False)
    base_url: str = GRAPH_BASE_URL
    version: str = GRAPH_VERSION
    media_hosts: tuple[str, ...] = MEDIA_HOSTS

    def url(self, path: str) -> str:
        return f"{self.base_url.rstrip('/')}/{self.version}/{path}"


class SendAccepted(NamedTuple):
    """Accepted, not sent: what happens later comes as status webhooks under `wamid`."""

    wamid: str
    wa_id: str | None
    """The recipient's number as WhatsApp spells it; None for a send to a BSUID."""
    bsuid: str | None
    message_status: str | None
    """Only for templates: accepted, held_for_quality_assessment, paused."""


class MediaInfo(NamedTuple):
    meta_id: str
    url: str
    """Lives 5 minutes."""
    mime_type: str | None
    sha256: str | None
    """Hexadecimal."""
    file_size: int | None


class PhoneNumberInfo(NamedTuple):
    phone_number_id: str
    display_phone_number: str | None
    verified_name: str | None
    quality_rating: str | None
    status: str | None
    throughput_level: str | None
    messaging_limit: str | None
    raw: JsonObject


class GraphClient:
    """Stateless over an injected `httpx.AsyncClient` (`http.build_http_client`); safe for concurrent use."""

    def __init__(
        self, http: httpx.AsyncClient, *, send_timeout_seconds: float = SEND_TIMEOUT_SECONDS
    ) -> None:
        self._http = http
        self._send_timeout_seconds = send_timeout_seconds

    async def send_message(self, target: GraphTarget, body: Mapping[str, Any]) -> SendAccepted:
        """One send (`outgoing.build_body`). Raises `GraphError`, `NotSent` or `AmbiguousSend`, never anything else
        that the network can cause."""
        url = target.url(f"{target.phone_number_id}/messages")
        try:
            async with asyncio.timeout(self._send_timeout_seconds):
                answer = await post_bytes(self._http, url, orjson.dumps(body), _json_headers(target))
        except TRANSPORT_ERRORS as error:
            if surely_not_sent(error):
                raise NotSent(type(error).__name__) from error
            raise AmbiguousSend(type(error).__name__) from error
        return _parse_accepted(answer)

    async def mark_read(self, target: GraphTarget, wamid: str) -> None:
        """Blue ticks up to this message. Raises `GraphError` or `GraphUnreachable`; may be repeated."""
        await self._post_message_action(target, mark_read_body(wamid))

    async def show_typing(self, target: GraphTarget, wamid: str) -> None:
        """Typing for 25 s or until the next message. It marks `wamid` read as well, always."""
        await self._post_message_action(target, typing_body(wamid))

    async def upload_media(
        self,
        target: GraphTarget,
        content: bytes | AsyncIterable[bytes],
        *,
        size: int,
        mime_type: str,
        file_name: str,
    ) -> str:
        """The id under which this number may send the file for 30 days. `size` is the exact length of `content`."""
        form = multipart(content, size=size, mime_type=mime_type, file_name=file_name)
        request = self._http.build_request(
            "POST",
            target.url(f"{target.phone_number_id}/media"),
            content=form.stream,
            headers={
                **_headers(target),
                "Content-Type": form.content_type,
                "Content-Length": str(form.content_length),
            },
        )
        answer = await self._call(request, timeout_seconds=TRANSFER_TIMEOUT_SECONDS)
        meta_id = text(answer.get("id"))
        if meta_id is None:
            raise GraphUnreachable("the upload was answered without an id")
        return meta_id

    async def lookup_media(self, target: GraphTarget, meta_id: str) -> MediaInfo:
        """A fresh address for a file. Raises `GraphError` (code 100) once the id has expired: 7 days for inbound."""
        request = self._http.build_request(
            "GET",
            target.url(meta_id),
            params={"phone_number_id": target.phone_number_id},
            headers=_headers(target),
        )
        answer = await self._call(request)
        url = text(answer.get("url"))
        if url is None:
            raise GraphUnreachable("the lookup was answered without a url")
        return MediaInfo(
            meta_id,
            url,
            text(answer.get("mime_type")),
            digest_hex(answer.get("sha256")),
            integer(answer.get("file_size")),
        )

    def download_media(
        self, target: GraphTarget, url: str, *, max_bytes: int
    ) -> AbstractAsyncContextManager[MediaDownload]:
        """Streams a file: `async with client.download_media(…) as file: async for chunk in file.chunks`.

        Raises `MediaUrlExpired` (look up again), `MediaTooLarge`, `MediaHostRefused`, `GraphError`, `GraphUnreachable`;
        the size and the connection are watched while the chunks are read.
        """
        return open_download(
            self._http,
            url,
            token=target.token,
            allowed_hosts=target.media_hosts,
            max_bytes=max_bytes,
            timeout_seconds=TRANSFER_TIMEOUT_SECONDS,
        )

    async def phone_number(self, target: GraphTarget) -> PhoneNumberInfo:
        """What Meta knows of the number; also the check that a token works."""
        request = self._http.build_request(
            "GET",
            target.url(target.phone_number_id),
            params={"fields": _NUMBER_FIELDS},
            headers=_headers(target),
        )
        answer = await self._call(request)
        return PhoneNumberInfo(
            text(answer.get("id")) or target.phone_number_id,
            text(answer.get("display_phone_number")),
            text(answer.get("verified_name")),
            text(answer.get("quality_rating")),
            text(answer.get("status")),
            text(json_object(answer.get("throughput")).get("level")),
            text(answer.get("whatsapp_business_manager_messaging_limit")),
            answer,
        )

    async def _post_message_action(self, target: GraphTarget, body: JsonObject) -> None:
        request = self._http.build_request(
            "POST",
            target.url(f"{target.phone_number_id}/messages"),
            content=orjson.dumps(body),
            headers=_json_headers(target),
        )
        await self._call(request)

    async def _call(self, request: httpx.Request, *, timeout_seconds: float | None = None) -> JsonObject:
        """The JSON object of a call that may be repeated."""
        try:
            async with asyncio.timeout(timeout_seconds or self._send_timeout_seconds):
                response = await self._http.send(request)
        except TRANSPORT_ERRORS as error:
            raise GraphUnreachable(type(error).__name__) from error
        answer = _parse_answer(response.status_code, response.content)
        if answer is None or not response.is_success:
            raise GraphUnreachable(f"HTTP {response.status_code} without a Graph answer")
        return answer


def _headers(target: GraphTarget) -> dict[str, str]:
    return {"Authorization": f"Bearer {target.token}", "User-Agent": USER_AGENT}


def _json_headers(target: GraphTarget) -> dict[str, str]:
    return {**_headers(target), "Content-Type": "application/json"}


def _parse_answer(http_status: int, body: bytes) -> JsonObject | None:
    """The answer's object, None when it is none. Raises `GraphError` when it holds Graph's error object."""
    try:
        answer = orjson.loads(body)
    except ValueError:
        return None
    if type(answer) is not dict:
        return None
    if (error := parse_graph_error(answer.get("error"), http_status)) is not None:
        raise error
    return answer


def parse_graph_error(value: object, http_status: int) -> GraphError | None:
    """Graph's error object; None when `value` has no code. `error_data` may be missing or a string."""
    source = json_object(value)
    graph_code = integer(source.get("code"))
    if graph_code is None:
        return None
    data = source.get("error_data")
    details = text(json_object(data).get("details")) or text(data) or text(source.get("error_user_msg")) or ""
    return GraphError(
        graph_code,
        text(source.get("error_user_title")) or text(source.get("message")) or "",
        graph_subcode=integer(source.get("error_subcode")),
        http_status=http_status,
        details=details,
        fbtrace_id=text(source.get("fbtrace_id")),
        is_transient=source.get("is_transient") is True,
    )


def _parse_accepted(raw: RawAnswer) -> SendAccepted:
    if 300 <= raw.status < 400:
        # A redirect hands the request back undone: the base URL is wrong.
        raise NotSent(f"HTTP {raw.status}: the base URL answers with a redirect")
    answer = _parse_answer(raw.status, raw.body)
    if answer is None or not 200 <= raw.status < 300:
        raise AmbiguousSend(f"HTTP {raw.status} without a Graph answer")
    message = json_object(next(iter(json_array(answer.get("messages"))), None))
    contact = json_object(next(iter(json_array(answer.get("contacts"))), None))
    wamid = text(message.get("id"))
    if wamid is None:
        raise AmbiguousSend(f"HTTP {raw.status} without a message id")
    return SendAccepted(
        wamid,
        text(contact.get("wa_id")),
        text(contact.get("user_id")),
        text(message.get("message_status")),
    )
