"""A wire between two processes that can be cut, stalled and mended: TCP, one way in, one or several ways out."""

import asyncio
import contextlib
import itertools
from collections.abc import Sequence

_CHUNK = 65_536


class Link:
    """Listens on a port of 127.0.0.1 and passes on to the targets in turn; a target that refuses is passed over."""

    def __init__(self, name: str, *targets: int) -> None:
        self.name = name
        self._targets: Sequence[int] = targets
        self._turn = itertools.count()
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self._flows = asyncio.Event()
        self._flows.set()
        self._is_cut = False
        self.port = 0

    async def open(self) -> "Link":
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, backlog=1024)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
        self._drop_all()
        await asyncio.gather(*self._connections, return_exceptions=True)

    def cut(self) -> None:
        """Every connection is reset, new ones end at once."""
        self._is_cut = True
        self._drop_all()

    def reset(self) -> None:
        """Every connection is reset; new ones are let through."""
        self._drop_all()

    def stall(self) -> None:
        """Nothing comes through and nobody is told."""
        self._flows.clear()

    def mend(self) -> None:
        self._is_cut = False
        self._flows.set()

    def _drop_all(self) -> None:
        for task in list(self._connections):
            task.cancel()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            await self._pass_on(reader, writer)
        except (OSError, asyncio.CancelledError):
            pass  # cancelled by `cut`: a task of this server's own, nobody waits for it
        finally:
            self._connections.discard(task)
            _abort(writer)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_cut:
            return
        far = await self._connect()
        if far is None:
            return
        far_reader, far_writer = far
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._pump(reader, far_writer))
                both.create_task(self._pump(far_reader, writer))
        except* (OSError, asyncio.IncompleteReadError, _Ended):
            pass
        finally:
            _abort(far_writer)

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        first = next(self._turn)
        for step in range(len(self._targets)):
            with contextlib.suppress(OSError):
                return await asyncio.open_connection(
                    "127.0.0.1", self._targets[(first + step) % len(self._targets)]
                )
        return None

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(_CHUNK):
            await self._flows.wait()
            writer.write(data)
            await writer.drain()
        raise _Ended


class _Ended(Exception):
    """One side has closed: both do."""


def _abort(writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError, RuntimeError):
        writer.transport.abort()
