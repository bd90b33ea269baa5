"""The servers and processes of a benchmark: a Postgres and a Valkey of its own, `prosa serve` and `prosa work` as in production.

Rate limits are lifted (PROSA_RATE_LIMIT_FACTOR), because one machine plays all clients; nothing else is unlike production.
"""

import asyncio
import contextlib
import os
import resource
import secrets
import signal
import sys
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import asyncpg
import httpx
import psutil

from inbox.kernel.ids import new_id
from server.auth.tokens import Tokens
from server.embedded import EmbeddedPostgres, EmbeddedValkey, die_with_parent, free_port
from server.migrate import migrate
from server.settings import Settings
from tests.conftest import make_settings

_START_SECONDS = 60.0
_STOP_SECONDS = 30.0


@contextlib.asynccontextmanager
async def own_servers() -> AsyncIterator[Settings]:
    """A migrated, empty database (fsync on) and a Redis; gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="prosa-bench-") as name:
        folder = Path(name)
        os.chmod(folder, 0o711)  # the database server may run as another user
        postgres = EmbeddedPostgres(folder / "pg" / "data", secrets.token_hex(8))
        async with started_valkey(folder) as redis_url:
            try:
                await asyncio.to_thread(postgres.start)
                settings = make_settings(postgres, "prosa", redis_url, folder)
                await asyncio.to_thread(migrate, settings)
                yield settings
            finally:
                postgres.stop()


@contextlib.asynccontextmanager
async def started_valkey(folder: Path) -> AsyncIterator[str]:
    """Its address."""
    valkey = EmbeddedValkey(folder / "valkey.log", secrets.token_hex(8))
    await asyncio.to_thread(valkey.start)
    try:
        yield valkey.url
    finally:
        valkey.stop()


@dataclass(frozen=True)
class ProsaProcess:
    """A running `prosa serve` or `prosa work`."""

    pid: int
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def cpu_seconds(self) -> float:
        """Of all its threads; to the nanosecond where the kernel tells (Linux), else to 10 ms."""
        tasks = Path(f"/proc/{self.pid}/task")
        if tasks.exists():
            return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks.iterdir()) / 1e9
        times = psutil.Process(self.pid).cpu_times()
        return float(times.user + times.system)

    def memory_kb(self) -> tuple[float, float]:
        """Resident, and private (what no other process shares)."""
        full = psutil.Process(self.pid).memory_full_info()
        return full.rss / 1024, full.uss / 1024


@contextlib.asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[ProsaProcess]:
    """`prosa serve`, ready."""
    port = free_port()
    async with _running(settings, "serve", "--port", str(port)) as process:
        found = ProsaProcess(process.pid, port)
        async with httpx.AsyncClient(timeout=2) as client, asyncio.timeout(_START_SECONDS):
            while True:
                with contextlib.suppress(httpx.HTTPError):
                    if (await client.get(f"{found.url}/readyz")).status_code == 200:
                        break
                if process.returncode is not None:
                    raise RuntimeError("prosa serve ended: run it by hand to see why")
                await asyncio.sleep(0.1)
        yield found


@contextlib.asynccontextmanager
async def working(settings: Settings) -> AsyncIterator[ProsaProcess]:
    """`prosa work`; it begins by itself a moment later."""
    async with _running(settings, "work") as process:
        yield ProsaProcess(process.pid, 0)


@contextlib.asynccontextmanager
async def _running(settings: Settings, *arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    environment = {
        "PROSA_DATABASE_URL": settings.database_url,
        "PROSA_REDIS_URL": settings.redis_url,
        "PROSA_SECRET_KEY": settings.secret_key.get_secret_value(),
        "PROSA_ENCRYPTION_KEYS": settings.encryption_keys.get_secret_value(),
        "PROSA_DATA_DIR": str(settings.data_dir),
        "PROSA_RATE_LIMIT_FACTOR": "1000",
        "PROSA_LOG_LEVEL": "ERROR",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "server.cli", *arguments, env={**os.environ, **environment},
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL, start_new_session=True,
        preexec_fn=die_with_parent(signal.SIGTERM),
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), _STOP_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()


async def sign_in_as(
    database: "asyncpg.Connection[asyncpg.Record]", settings: Settings, account_id: UUID, user_id: UUID
) -> str:
    """An access token of a fresh session, good for an hour, without the hundred milliseconds of a password."""
    session_id = new_id()
    await database.execute(
        "INSERT INTO sessions (id, user_id, current_account_id, token_hash, expires_at) VALUES ($1, $2, $3, $4, $5)",
        session_id, user_id, account_id, session_id.bytes, datetime.now(UTC) + timedelta(hours=2),
    )  # fmt: skip
    tokens = Tokens(settings.model_copy(update={"access_token_minutes": 60}))
    return tokens.issue(user_id=user_id, account_id=account_id, session_id=session_id).token


async def add_operators(
    database: "asyncpg.Connection[asyncpg.Record]",
    settings: Settings,
    account_id: UUID,
    department_id: UUID,
    count: int,
) -> list[str]:
    """Access tokens of `count` new operators of the department."""
    tokens = []
    async with database.transaction():
        for _ in range(count):
            user_id = new_id()
            await database.execute(
                "INSERT INTO users (id, email, name, password_hash) VALUES ($1, $2, 'Operador', 'unusable')",
                user_id, f"{user_id.hex}@bench.example",
            )  # fmt: skip
            await database.execute(
                "INSERT INTO memberships (account_id, user_id, role, availability) VALUES ($1, $2, 'operator', 'online')",
                account_id, user_id,
            )  # fmt: skip
            await database.execute(
                "INSERT INTO membership_departments VALUES ($1, $2, $3)", account_id, user_id, department_id
            )
            tokens.append(await sign_in_as(database, settings, account_id, user_id))
    return tokens


def allow_open_files(count: int) -> None:
    """Raises this process's soft limit, and with it that of processes started afterwards."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < count:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(count, hard), hard))
