"""Outbound messages a second from one number to the sandbox.

The sender is the product's own dispatcher on a real Postgres with fsync; the sandbox runs in a process of its own on the
same cores. Statuses are put off, so that only sending is measured; sent = accepted is checked in the database. Meta lets no
number send more than 1,000 a second, so neither does the product: the row lifts that limit to see what the sender can do,
and `detail` says what it makes of the limit.
"""

import asyncio
import json
import os
import secrets
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import asyncpg
import httpx
import orjson

from inbox.kernel.database import driver_dsn
from inbox.kernel.ids import new_id
from inbox.outbox.dispatcher import Dispatcher
from inbox.outbox.pool import open_outbox_pool
from inbox.outbox.targets import Targets
from inbox.whatsapp.client import GraphClient
from inbox.whatsapp.http import build_http_client
from server.embedded import EmbeddedPostgres, free_port
from server.migrate import migrate
from server.settings import Settings
from tests.bench.rows import Row
from tests.conftest import RecordingPublisher, SeededAccount, make_settings, seed_account
from tests.inbox.outbox.conftest import no_uploads

_MESSAGES = 5_000
_QUICK_MESSAGES = 1_500
_CONVERSATIONS = 1_000
_WARM_UP = 200
_MOST_PER_SECOND = 1_000
_LIFTED_PER_SECOND = 30_000  # as far as the column's smallint goes
_READY_SECONDS = 30
_SANDBOX = """
import asyncio, json, sys
from server.sandbox.app import SandboxConfig, StatusTiming, serve
options = json.loads(sys.argv[1])
never = (1e6, 1e6)
timing = StatusTiming(sent=never, delivered=never, read=never, played=never)
asyncio.run(serve(SandboxConfig(timing=timing, handshake_at_start=False, pair_rate_enforced=False, **options)))
"""


async def run(*, quick: bool) -> list[Row]:
    count = _QUICK_MESSAGES if quick else _MESSAGES
    with tempfile.TemporaryDirectory(prefix="prosa-bench-") as folder:
        os.chmod(folder, 0o711)  # the database server may run as another user
        server = EmbeddedPostgres(Path(folder) / "data", secrets.token_hex(8))
        server.start()
        try:
            settings = make_settings(server, "prosa", "redis://unused", Path(folder))
            migrate(settings)
            paced, lifted = await _measure(settings, count)
        finally:
            server.stop()
    detail = {
        "messages": count,
        "conversations": _CONVERSATIONS,
        "seconds": round(lifted, 2),
        "at_the_limit_of_1000_per_second": round(count / paced, 1),
    }
    return [Row("outbound_per_second", round(count / lifted, 1), "messages/s", "≥ 1,000", detail)]


@dataclass
class _Scene:
    pool: asyncpg.Pool
    seed: SeededAccount
    conversations: list[UUID]
    wake: asyncio.Event
    targets: Targets


async def _measure(settings: Settings, count: int) -> tuple[float, float]:
    """Seconds for `count` messages at the highest pace that Meta has, and at none."""
    owner = await asyncpg.connect(driver_dsn(settings.database_url))
    # In this database only; no table of the product takes more than Meta does.
    await owner.execute("ALTER TABLE phone_numbers DROP CONSTRAINT phone_numbers_messages_per_second_check")
    await owner.close()
    seed = seed_account(settings)
    pool = await open_outbox_pool(settings.resolved_system_database_url, size=6)
    http = build_http_client()
    publisher = RecordingPublisher()
    stop, wake = asyncio.Event(), asyncio.Event()
    async with running_sandbox(seed) as url:
        targets = Targets(pool, settings.vault)
        scene = _Scene(pool, seed, await _populate(pool, seed, url), wake, targets)
        dispatcher = Dispatcher(
            pool,
            holder="bench",
            client=GraphClient(http),
            targets=targets,
            uploader=no_uploads,
            publisher=publisher,
            wake=wake,
        )
        task = asyncio.create_task(dispatcher.run(stop))
        await _send(scene, _WARM_UP)
        paced = await _send(scene, count)
        await _lift_pace(scene)
        lifted = await _send(scene, count)
        stop.set()
        await task
        accepted = await pool.fetchval("SELECT count(DISTINCT wamid) FROM messages WHERE status = 'sending'")
    await http.aclose()
    await pool.close()
    if accepted != (queued := 2 * count + _WARM_UP):
        raise RuntimeError(f"{queued} messages were queued, {accepted} accepted")
    return paced, lifted


async def _lift_pace(scene: _Scene) -> None:
    await scene.pool.execute("UPDATE phone_numbers SET messages_per_second = $1", _LIFTED_PER_SECOND)
    scene.targets.forget(scene.seed.number.id)


async def _send(scene: _Scene, count: int) -> float:
    """Queues `count` messages at once; the seconds until the last is written back."""
    now, account_id = datetime.now(UTC), scene.seed.account_id
    ids = [new_id() for _ in range(count)]
    conversations = [scene.conversations[n % len(scene.conversations)] for n in range(count)]
    bodies = [orjson.dumps({"body": f"Mensagem {n} de {count}"}).decode() for n in range(count)]
    async with scene.pool.acquire() as connection, connection.transaction():
        await connection.execute(
            """INSERT INTO messages (account_id, id, conversation_id, direction, author_kind, author_id, kind, content, status,
                                     at)
            SELECT $1, p.id, p.conversation_id, 'out', 'user', $2, 'text', p.content, 'queued', $3
            FROM unnest($4::uuid[], $5::uuid[], $6::jsonb[]) AS p (id, conversation_id, content)""",
            account_id, scene.seed.ana.user_id, now, ids, conversations, bodies,
        )  # fmt: skip
        await connection.execute(
            """INSERT INTO outbox (account_id, message_id, number_id, conversation_id, not_before)
            SELECT $1, p.id, $2, p.conversation_id, $3 FROM unnest($4::uuid[], $5::uuid[]) AS p (id, conversation_id)""",
            account_id, scene.seed.number.id, now, ids, conversations,
        )  # fmt: skip
    started = time.perf_counter()
    scene.wake.set()
    while await scene.pool.fetchval("SELECT EXISTS (SELECT FROM outbox)"):  # noqa: ASYNC110 - an empty table has no event
        await asyncio.sleep(0.02)
    return time.perf_counter() - started


async def _populate(pool: asyncpg.Pool, seed: SeededAccount, url: str) -> list[UUID]:
    """The number's Graph is the sandbox; conversations with an open window."""
    await pool.execute("UPDATE whatsapp_apps SET graph_url = $1", url)
    await pool.execute("UPDATE phone_numbers SET messages_per_second = $1", _MOST_PER_SECOND)
    contacts = [new_id() for _ in range(_CONVERSATIONS)]
    conversations = [new_id() for _ in range(_CONVERSATIONS)]
    await pool.execute(
        """INSERT INTO contacts (account_id, id, wa_id)
        SELECT $1, p.id, p.wa_id FROM unnest($2::uuid[], $3::text[]) AS p (id, wa_id)""",
        seed.account_id, contacts, [f"55119{n:08}" for n in range(_CONVERSATIONS)],
    )  # fmt: skip
    await pool.execute(
        """INSERT INTO conversations (account_id, id, number_id, contact_id, window_expires_at)
        SELECT $1, p.id, $2, p.contact_id, $3 FROM unnest($4::uuid[], $5::uuid[]) AS p (id, contact_id)""",
        seed.account_id, seed.number.id, datetime.now(UTC) + timedelta(hours=24), conversations, contacts,
    )  # fmt: skip
    return conversations


@asynccontextmanager
async def running_sandbox(seed: SeededAccount) -> AsyncIterator[str]:
    port = free_port()
    options = {
        "webhook_url": "http://127.0.0.1:9/",
        "app_secret": seed.app.app_secret.decode(),
        "verify_token": seed.app.verify_token,
        "access_token": seed.number.access_token,
        "port": port,
        "waba_id": seed.number.waba_id,
        "phone_number_id": seed.number.phone_number_id,
        "display_phone_number": seed.number.display_phone_number,
        # Not the bottleneck: what is measured is the sender's own pace at 1,000 a second.
        "throughput_per_second": 5_000,
    }
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", _SANDBOX, json.dumps(options))
    url = f"http://127.0.0.1:{port}"
    try:
        await _until_ready(url)
        yield url
    finally:
        process.terminate()
        await process.wait()


async def _until_ready(url: str) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    async with httpx.AsyncClient() as client:
        while True:
            try:
                await client.get(f"{url}/")
            except httpx.TransportError:
                if time.monotonic() > deadline:
                    raise
                await asyncio.sleep(0.1)
            else:
                return
