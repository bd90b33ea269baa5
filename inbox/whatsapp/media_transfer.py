"""Files to and from Meta, as streams: nothing is held in memory whole.

Downloads carry a bearer token to an address that arrived from outside, so the host decides: the token goes only to
allowed hosts; a redirect may lead to an unknown public https host, but without the token; loopback, private addresses
and plain http are refused unless they are listed.
"""

import asyncio
import ipaddress
from collections.abc import AsyncIterable, AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import NamedTuple
from uuid import uuid4

import httpx

from inbox.kernel.public_address import is_public
from inbox.whatsapp.graph_errors import GraphUnreachable, MediaHostRefused, MediaTooLarge, MediaUrlExpired
from inbox.whatsapp.http import TRANSPORT_ERRORS, USER_AGENT

# Meta's file hosts answer directly or after one hop.
_MAX_REDIRECTS = 3
_UPLOAD_CHUNK_BYTES = 64 * 1024
_GONE = frozenset({404, 410})


class Multipart(NamedTuple):
    stream: AsyncIterator[bytes]
    content_type: str
    content_length: int


@dataclass(frozen=True, slots=True)
class MediaDownload:
    content_type: str | None
    content_length: int | None
    chunks: AsyncIterator[bytes]
    """To be read once, inside the `async with`."""


def multipart(
    content: bytes | AsyncIterable[bytes], *, size: int, mime_type: str, file_name: str
) -> Multipart:
    """The form of a media upload: messaging_product, type, file."""
    boundary = uuid4().hex
    # The escapes of HTML forms (WHATWG, multipart/form-data encoding).
    safe_name = file_name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
    safe_type = mime_type.replace("\r", "").replace("\n", "")
    head = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in (("messaging_product", "whatsapp"), ("type", safe_type))
    )
    head += (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{safe_name}"\r\n'
        f"Content-Type: {safe_type}\r\n\r\n"
    )
    prefix, suffix = head.encode("utf-8"), f"\r\n--{boundary}--\r\n".encode("ascii")

    async def stream() -> AsyncIterator[bytes]:
        yield prefix
        if isinstance(content, bytes):
            for start in range(0, len(content), _UPLOAD_CHUNK_BYTES):
                yield content[start : start + _UPLOAD_CHUNK_BYTES]
        else:
            async for chunk in content:
                yield chunk
        yield suffix

    return Multipart(stream(), f"multipart/form-data; boundary={boundary}", len(prefix) + size + len(suffix))


@asynccontextmanager
async def open_download(
    http: httpx.AsyncClient,
    url: str,
    *,
    token: str,
    allowed_hosts: Sequence[str],
    max_bytes: int,
    timeout_seconds: float,
) -> AsyncIterator[MediaDownload]:
    """See `GraphClient.download_media`. What the caller raises inside the block passes through untouched."""
    deadline = asyncio.get_running_loop().time() + timeout_seconds
    with _as_graph_errors():
        async with asyncio.timeout_at(deadline):
            response = await _follow(http, url, token, allowed_hosts)
    try:
        length = _content_length(response)
        if length is not None and length > max_bytes:
            raise MediaTooLarge(size=length, limit=max_bytes)
        chunks = _limited(response, max_bytes, deadline)
        yield MediaDownload(response.headers.get("content-type"), length, chunks)
    finally:
        await response.aclose()


@contextmanager
def _as_graph_errors() -> Iterator[None]:
    try:
        yield
    except TRANSPORT_ERRORS as error:
        raise GraphUnreachable(type(error).__name__) from error


async def _limited(response: httpx.Response, max_bytes: int, deadline: float) -> AsyncIterator[bytes]:
    received = 0
    chunks = response.aiter_bytes()
    while True:
        with _as_graph_errors():
            async with asyncio.timeout_at(deadline):
                chunk = await anext(chunks, None)
        if chunk is None:
            return
        received += len(chunk)
        if received > max_bytes:
            raise MediaTooLarge(limit=max_bytes)
        yield chunk


async def _follow(
    http: httpx.AsyncClient, url: str, token: str, allowed_hosts: Sequence[str]
) -> httpx.Response:
    """The response with the file, its body unread."""
    address = _address(url)
    if not is_allowed(address, allowed_hosts):
        raise MediaHostRefused(host=address.host)
    for _ in range(_MAX_REDIRECTS + 1):
        # Compression would hide the length, and files are compressed already.
        headers = {"User-Agent": USER_AGENT, "Accept": "*/*", "Accept-Encoding": "identity"}
        if is_allowed(address, allowed_hosts):
            headers["Authorization"] = f"Bearer {token}"
        elif not _is_public(address):
            raise MediaHostRefused(host=address.host)
        response = await http.send(http.build_request("GET", address, headers=headers), stream=True)
        if response.status_code == 200:
            return response
        location = response.headers.get("location") if response.is_redirect else None
        await response.aclose()
        if response.status_code in _GONE:
            raise MediaUrlExpired
        if location is None:
            raise GraphUnreachable(f"HTTP {response.status_code} from the file's host")
        address = address.join(_address(location))
    raise GraphUnreachable("too many redirects on the way to the file")


def _address(url: str) -> httpx.URL:
    try:
        return httpx.URL(url)
    except httpx.InvalidURL as error:
        raise MediaHostRefused("the address cannot be read") from error


def _content_length(response: httpx.Response) -> int | None:
    value = response.headers.get("content-length", "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 16 else None


def is_allowed(address: httpx.URL, allowed_hosts: Sequence[str]) -> bool:
    """Whether the token may go there: a listed origin exactly, or https on a listed host or below it."""
    host = address.host.lower().rstrip(".")
    for allowed in allowed_hosts:
        if "://" in allowed:
            origin = httpx.URL(allowed)
            if (address.scheme, address.host, address.port) == (origin.scheme, origin.host, origin.port):
                return True
        elif (
            address.scheme == "https"
            and address.port is None
            and (host == allowed or host.endswith(f".{allowed}"))
        ):
            return True
    return False


def _is_public(address: httpx.URL) -> bool:
    host = address.host.lower().rstrip(".")
    if address.scheme != "https" or "." not in host or host.endswith((".local", ".internal", ".localhost")):
        return False
    try:
        return is_public(ipaddress.ip_address(host))
    except ValueError:
        return (
            True  # a name: resolved, it is checked where the connection is made (inbox/integrations/resolver)
        )
