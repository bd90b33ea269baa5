"""Bytes on their way through a temporary file: counted, hashed, looked at, rewritten. Nothing is held whole in memory."""

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterable, AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

# Codecs take a core each; two leave room for everything else that a process does.
_CODECS = asyncio.Semaphore(2)


@dataclass(frozen=True, slots=True)
class Received:
    size: int
    sha256: str
    """Hexadecimal."""


class TooManyBytes(Exception):
    """More came than was allowed; what came is thrown away."""


@asynccontextmanager
async def temporary_folder() -> AsyncIterator[Path]:
    folder = await asyncio.to_thread(tempfile.TemporaryDirectory, prefix="prosa-media-")
    try:
        yield Path(folder.name)
    finally:
        await asyncio.to_thread(folder.cleanup)


async def receive(chunks: AsyncIterable[bytes], target: Path, *, most_bytes: int) -> Received:
    """Writes a stream to `target`. Raises TooManyBytes."""
    digest = hashlib.sha256()
    size = 0
    with target.open("wb") as file:
        async for chunk in chunks:
            size += len(chunk)
            if size > most_bytes:
                raise TooManyBytes
            digest.update(chunk)
            file.write(chunk)
    return Received(size, digest.hexdigest())


async def run_codec(work: Callable[[], T]) -> T:
    """Runs `work` in a thread; few at once in the whole process."""
    async with _CODECS:
        return await asyncio.to_thread(work)


def hash_file(file: Path) -> Received:
    with file.open("rb") as opened:
        return Received(file.stat().st_size, hashlib.file_digest(opened, "sha256").hexdigest())
