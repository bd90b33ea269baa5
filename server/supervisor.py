"""Child processes under one parent: started together, restarted with backoff when they die, ended together.

Used by `prosa run`. In production systemd or Docker does this.
"""

import asyncio
import contextlib
import random
import signal
import sys
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from inbox.kernel.errors import ProsaError
from server.embedded import EmbeddedPostgres, EmbeddedValkey, die_with_parent

log = structlog.get_logger(__name__)

_READY_TIMEOUT_SECONDS = 60
_READY_POLL_SECONDS = 0.05
_STOP_TIMEOUT_SECONDS = 20
_RESTART_FIRST_SECONDS = 0.2
_RESTART_MOST_SECONDS = 5.0
_WATCH_SECONDS = 0.2


class ChildFailed(ProsaError):
    code = "child_failed"
    title = "A part of Prosa did not start"


@dataclass
class Child:
    """One `prosa …` process. Its output goes to a log file of its own; it dies with the supervisor.

    It imports while the rest is still being made ready, then waits for its settings on standard input: so it starts
    early, and no secret shows in `ps` or lies in a file.
    """

    name: str
    arguments: list[str]
    log_path: Path
    process: asyncio.subprocess.Process | None = None
    _told: bytes | None = None
    _ready_url: str | None = None
    _stopping: bool = False
    _keeper: asyncio.Task[None] | None = field(default=None, repr=False)

    async def start(self) -> None:
        await self._spawn()
        self._keeper = asyncio.create_task(self._keep_alive(), name=f"keep {self.name} alive")

    async def tell(self, settings: bytes, *, ready_url: str | None = None) -> None:
        """Gives it its settings, one line of JSON; whoever replaces it after a death gets the same."""
        self._told = settings
        self._ready_url = ready_url
        await self._pass_on()

    async def ready(self) -> None:
        """Waits until it answers. Raises ChildFailed with its last words if it ends instead."""
        if self._ready_url is None:
            return
        import httpx  # when the children have been started

        async with httpx.AsyncClient(timeout=2) as client:
            for _ in range(int(_READY_TIMEOUT_SECONDS / _READY_POLL_SECONDS)):
                if self.process is not None and self.process.returncode is not None:
                    break
                try:
                    if (await client.get(self._ready_url)).status_code == 200:
                        return
                except httpx.HTTPError:
                    pass
                await asyncio.sleep(_READY_POLL_SECONDS)
        raise ChildFailed(f"{self.name}: {last_words(self.log_path)}")

    async def stop(self) -> None:
        self._stopping = True
        if self._keeper is not None:
            self._keeper.cancel()
        if self.process is None or self.process.returncode is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(self.process.wait(), _STOP_TIMEOUT_SECONDS)
        except TimeoutError:
            self.process.kill()
            await self.process.wait()

    async def _spawn(self) -> None:
        with self.log_path.open("ab") as output:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "server.cli", *self.arguments, "--settings-from-stdin",
                stdin=asyncio.subprocess.PIPE, stdout=output, stderr=output, start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGTERM),
            )  # fmt: skip

    async def _pass_on(self) -> None:
        assert self.process is not None
        assert self.process.stdin is not None
        if self._told is None:
            return
        with contextlib.suppress(ConnectionError):  # it died meanwhile: the keeper starts another
            self.process.stdin.write(self._told + b"\n")
            await self.process.stdin.drain()

    async def _keep_alive(self) -> None:
        delay = _RESTART_FIRST_SECONDS
        loop = asyncio.get_running_loop()
        while True:
            assert self.process is not None
            started = loop.time()
            code = await self.process.wait()
            if self._stopping:
                return
            if loop.time() - started > _RESTART_MOST_SECONDS:
                delay = _RESTART_FIRST_SECONDS
            log.warning("child_ended", child=self.name, exit_code=code, restart_in_seconds=round(delay, 1))
            await asyncio.sleep(delay * random.uniform(0.8, 1.2))  # noqa: S311 - jitter, not a secret
            delay = min(delay * 2, _RESTART_MOST_SECONDS)
            await self._spawn()
            await self._pass_on()


async def watch_embedded(server: EmbeddedPostgres | EmbeddedValkey, name: str) -> None:
    """Starts an embedded server again, on the same port, whenever it has died. Runs until cancelled."""
    while True:
        await asyncio.sleep(_WATCH_SECONDS)
        if server.process is None or server.process.poll() is None:
            continue
        log.warning("embedded_server_ended", server=name, exit_code=server.process.returncode)
        try:
            await asyncio.to_thread(server.start)
        except ProsaError as error:
            log.error("embedded_server_not_restarted", server=name, reason=error.detail)
            await asyncio.sleep(_RESTART_MOST_SECONDS)


def last_words(path: Path) -> str:
    lines = (
        [line for line in path.read_text(errors="replace").splitlines() if line.strip()]
        if path.exists()
        else []
    )
    return lines[-1] if lines else "it said nothing"
