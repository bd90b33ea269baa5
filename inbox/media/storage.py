"""Where files lie: a folder or any S3, through obstore. Bytes stream both ways; none is held whole in memory.

A key is `account/yyyy/mm/id`: one account can be copied or erased by its prefix, and no name of a customer's file ever
becomes a path.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit
from uuid import UUID

import obstore
from obstore.store import LocalStore, from_url

from inbox.kernel.errors import NotFound, Unavailable

if TYPE_CHECKING:
    from obstore.store import ObjectStore

# Big enough to cost few calls, small enough that a hundred downloads at once stay within 25 MB.
_READ_CHUNK_BYTES = 256 * 1024
# S3's most for one DeleteObjects request.
_DELETE_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class StoredFile:
    """Bytes `start` up to, not including, `stop` of a file of `size` bytes."""

    size: int
    start: int
    stop: int
    chunks: AsyncIterator[bytes]


class MediaStore:
    """Files by key. `url`: file:///folder or s3://bucket/prefix (credentials as obstore reads them)."""

    def __init__(self, url: str) -> None:
        self._store: ObjectStore = _open_store(url)

    async def put(self, key: str, file: Path, mime_type: str) -> None:
        """Stores the file whole or not at all; the same key again replaces it."""
        try:
            # Attributes are kept by S3 only; a folder refuses them.
            attributes = None if isinstance(self._store, LocalStore) else {"Content-Type": mime_type}
            await obstore.put_async(self._store, key, file, attributes=attributes)
        except (OSError, obstore.exceptions.BaseError) as error:
            raise Unavailable("the media store does not take files", key=key) from error

    async def open(self, key: str, *, first: int = 0, last: int | None = None) -> StoredFile:
        """A stream of the bytes `first` to `last`, both included as in HTTP ranges; `last` None: to the end."""
        try:
            size = (await obstore.head_async(self._store, key))["size"]
            stop = size if last is None else min(last + 1, size)
            first = min(first, stop)
            if first == stop:
                return StoredFile(size, first, stop, _nothing())
            result = await obstore.get_async(self._store, key, options={"range": (first, stop)})
        except FileNotFoundError as error:
            raise NotFound("the file is not in the media store", key=key) from error
        except (OSError, obstore.exceptions.BaseError) as error:
            raise Unavailable("the media store does not answer", key=key) from error
        return StoredFile(size, first, stop, _chunks(result))

    async def copy_to(self, key: str, target: Path) -> None:
        """Writes the stored file to a local path."""
        stored = await self.open(key)
        with target.open("wb") as file:
            async for chunk in stored.chunks:
                file.write(chunk)

    async def delete(self, key: str) -> None:
        """Removes the file; one that is gone already is fine."""
        try:
            await obstore.delete_async(self._store, key)
        except FileNotFoundError:
            return
        except (OSError, obstore.exceptions.BaseError) as error:
            raise Unavailable("the media store does not answer", key=key) from error

    async def delete_under(self, prefix: str) -> int:
        """Removes every file whose key begins with `prefix` (a whole folder: it ends with a slash); answers how many."""
        if not prefix.endswith("/") or prefix == "/":
            raise ValueError("only a whole folder")
        removed = 0
        try:
            async for batch in obstore.list(self._store, prefix, chunk_size=_DELETE_AT_ONCE):
                await obstore.delete_async(self._store, [found["path"] for found in batch])
                removed += len(batch)
        except (OSError, obstore.exceptions.BaseError) as error:
            raise Unavailable("the media store does not answer", prefix=prefix) from error
        return removed


def storage_key(account_id: UUID, media_id: UUID, at: datetime) -> str:
    return f"{account_id}/{at:%Y/%m}/{media_id}"


def _open_store(url: str) -> "ObjectStore":
    parts = urlsplit(url)
    if parts.scheme == "file":
        return LocalStore(unquote(parts.path), mkdir=True)
    return from_url(url)


async def _chunks(result: "obstore.GetResult") -> AsyncIterator[bytes]:
    async for chunk in result.stream(min_chunk_size=_READ_CHUNK_BYTES):
        yield bytes(chunk)


async def _nothing() -> AsyncIterator[bytes]:
    return
    yield b""
