"""An operator's message behind a campaign: 100,000 messages of lower priority wait for the same number and are being sent.

`prosa serve`, `prosa work` and the sandbox as in production. The operator's messages are POSTed to REST; the time ends when
the worker has written down what the sandbox answered, which is a little after it has left. Once at WhatsApp's default pace of
80 messages a second and once at 1,000; the row is the worse p99.
"""

import asyncio
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import httpx

from inbox.kernel.database import driver_dsn
from inbox.kernel.ids import new_id
from server.settings import Settings
from tests.bench.outbound import running_sandbox
from tests.bench.rows import Row
from tests.bench.servers import ProsaProcess, own_servers, serving, sign_in_as, working
from tests.conftest import SeededAccount, seed_account

_CAMPAIGN = 100_000
_QUICK_CAMPAIGN = 20_000
_MESSAGES = 50
_QUICK_MESSAGES = 15
_PACES = (80, 1_000)
# Between two messages of one operator who writes fast.
_PAUSE_SECONDS = 0.15
_POLL_SECONDS = 0.004
_GIVE_UP_SECONDS = 30
_CAMPAIGN_PRIORITY = 10
_OPERATORS_CONVERSATIONS = 20


async def run(*, quick: bool) -> list[Row]:
    campaign, messages = (_QUICK_CAMPAIGN, _QUICK_MESSAGES) if quick else (_CAMPAIGN, _MESSAGES)
    async with own_servers() as settings:
        seed = await asyncio.to_thread(seed_account, settings)
        database = await asyncpg.connect(driver_dsn(settings.database_url))
        async with running_sandbox(seed) as sandbox_url:
            await database.execute("UPDATE whatsapp_apps SET graph_url = $1", sandbox_url)
            own, others = await _add_conversations(database, seed, campaign)
            async with serving(settings) as serve:
                scene = _Scene(database, settings, seed, serve, own)
                paces = {}
                for pace in _PACES:
                    await _queue_campaign(database, seed, others, pace)
                    # A worker of its own: it would learn of the other pace only after a while.
                    async with working(settings):
                        paces[pace] = await _measure(scene, messages)
                    await database.execute("TRUNCATE outbox")
        await database.close()
    return [_row(paces, campaign)]


@dataclass
class _Scene:
    database: "asyncpg.Connection[asyncpg.Record]"
    settings: Settings
    seed: SeededAccount
    serve: ProsaProcess
    conversations: list[UUID]


@dataclass(frozen=True)
class _Measured:
    milliseconds: list[float]
    campaign_per_second: float
    """Sent meanwhile."""
    waiting: int
    """Of the campaign, at the end."""


async def _measure(scene: _Scene, messages: int) -> _Measured:
    token = await sign_in_as(scene.database, scene.settings, scene.seed.account_id, scene.seed.ana.user_id)
    async with httpx.AsyncClient(
        base_url=scene.serve.url, headers={"Authorization": f"Bearer {token}"}, timeout=_GIVE_UP_SECONDS
    ) as client:
        await _until_campaign_runs(scene)
        started, before = time.perf_counter(), await _waiting(scene)
        taken = []
        for n in range(messages):
            taken.append(await _send_one(scene, client, n))
            await asyncio.sleep(_PAUSE_SECONDS)
        seconds, waiting = time.perf_counter() - started, await _waiting(scene)
    if not waiting:
        raise RuntimeError("the campaign was over before the operator was")
    return _Measured(sorted(taken), (before - waiting) / seconds, waiting)


async def _send_one(scene: _Scene, client: httpx.AsyncClient, n: int) -> float:
    conversation = scene.conversations[n % len(scene.conversations)]
    started = time.perf_counter()
    answer = await client.post(
        f"/api/v1/conversations/{conversation}/messages",
        json={"client_message_id": str(new_id()), "content": {"kind": "text", "body": f"Já verifico {n}"}},
    )
    answer.raise_for_status()
    message_id = UUID(answer.json()["message"]["id"])
    async with asyncio.timeout(_GIVE_UP_SECONDS):
        while not await scene.database.fetchval(  # noqa: ASYNC110 - it is another process that writes it
            "SELECT wamid IS NOT NULL FROM messages WHERE account_id = $1 AND id = $2", scene.seed.account_id, message_id
        ):  # fmt: skip
            await asyncio.sleep(_POLL_SECONDS)
    return (time.perf_counter() - started) * 1000


async def _until_campaign_runs(scene: _Scene) -> None:
    at_first = await _waiting(scene)
    async with asyncio.timeout(_GIVE_UP_SECONDS):
        while at_first - await _waiting(scene) < 100:  # noqa: ASYNC110 - a table that shrinks has no event
            await asyncio.sleep(0.1)


async def _waiting(scene: _Scene) -> int:
    count: int = await scene.database.fetchval(
        "SELECT count(*) FROM outbox WHERE priority = $1", _CAMPAIGN_PRIORITY
    )
    return count


async def _add_conversations(
    database: "asyncpg.Connection[asyncpg.Record]", seed: SeededAccount, campaign: int
) -> tuple[list[UUID], list[UUID]]:
    """Ana's conversations, and one for every recipient of the campaign; all within the customer service window."""
    count = campaign + _OPERATORS_CONVERSATIONS
    account_id, now = seed.account_id, datetime.now(UTC)
    contacts, conversations = [new_id() for _ in range(count)], [new_id() for _ in range(count)]
    await database.copy_records_to_table(
        "contacts", columns=["account_id", "id", "wa_id"],
        records=[(account_id, id_, f"55119{60_000_000 + n}") for n, id_ in enumerate(contacts)],
    )  # fmt: skip
    window = now + timedelta(hours=23)
    await database.copy_records_to_table(
        "conversations",
        columns=["account_id", "id", "number_id", "contact_id", "last_inbound_at", "window_expires_at", "last_message_at"],
        records=[
            (account_id, id_, seed.number.id, contact, now, window, now)
            for id_, contact in zip(conversations, contacts, strict=True)
        ],
    )  # fmt: skip
    own = list(zip(conversations, contacts, strict=True))[:_OPERATORS_CONVERSATIONS]
    await database.copy_records_to_table(
        "tickets",
        columns=["account_id", "id", "conversation_id", "number_id", "contact_id", "protocol", "state", "department_id",
                 "assignee_id", "last_message_at", "accepted_at"],
        records=[
            (account_id, new_id(), id_, seed.number.id, contact, f"bench-{n}", "active", seed.departments["vendas"],
             seed.ana.user_id, now, now)
            for n, (id_, contact) in enumerate(own)
        ],
    )  # fmt: skip
    await database.execute("ANALYZE")
    return conversations[:_OPERATORS_CONVERSATIONS], conversations[_OPERATORS_CONVERSATIONS:]


async def _queue_campaign(
    database: "asyncpg.Connection[asyncpg.Record]", seed: SeededAccount, conversations: list[UUID], pace: int
) -> None:
    account_id, now = seed.account_id, datetime.now(UTC)
    await database.execute("UPDATE phone_numbers SET messages_per_second = $1, version = version + 1", pace)
    ids = [new_id() for _ in conversations]
    async with database.transaction():
        await database.copy_records_to_table(
            "messages",
            columns=["account_id", "id", "conversation_id", "direction", "author_kind", "kind", "content", "status", "at"],
            records=[
                (account_id, id_, conversation, "out", "system", "text", '{"body": "Só hoje: frete grátis"}', "queued", now)
                for id_, conversation in zip(ids, conversations, strict=True)
            ],
        )  # fmt: skip
        await database.copy_records_to_table(
            "outbox",
            columns=["account_id", "message_id", "number_id", "conversation_id", "priority", "not_before"],
            records=[
                (account_id, id_, seed.number.id, conversation, _CAMPAIGN_PRIORITY, now)
                for id_, conversation in zip(ids, conversations, strict=True)
            ],
        )  # fmt: skip


def _row(paces: dict[int, _Measured], campaign: int) -> Row:
    def p99(measured: _Measured) -> float:
        return measured.milliseconds[int(len(measured.milliseconds) * 0.99)]

    detail = {
        "campaign": campaign,
        "messages": len(next(iter(paces.values())).milliseconds),
        **{
            f"at_{pace}_per_second": {
                "p50_ms": round(measured.milliseconds[len(measured.milliseconds) // 2], 1),
                "p99_ms": round(p99(measured), 1),
                "max_ms": round(measured.milliseconds[-1], 1),
                "campaign_per_second": round(measured.campaign_per_second, 1),
                "campaign_waiting": measured.waiting,
            }
            for pace, measured in paces.items()
        },
    }
    worst = max(p99(measured) for measured in paces.values())
    return Row("operator_behind_campaign_ms", round(worst, 1), "ms", "≤ 1,000", detail)
