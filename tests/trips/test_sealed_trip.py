"""Both trips of an account that seals its content: screens and phones see words, the database and Redis see none."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
import redis.asyncio as redis
from redis.asyncio.client import PubSub

from inbox.kernel.database import driver_dsn
from inbox.privacy.policy import get_policy
from inbox.privacy.sealing import SEAL_TASK
from realtime.bus import account_channel
from server.settings import Settings
from tests.inbox.privacy.conftest import find_everywhere
from tests.inbox.sealing import destroy_keys, learn, start_sealing
from tests.trips.live_app import LiveSocket, Person, Prosa, Shop, eventually, running_prosa

_CUSTOMER = "5511987650009"


@pytest.fixture(scope="module")
async def prosa(settings: Settings) -> AsyncIterator[Prosa]:
    async with running_prosa(settings) as running:
        yield running


@pytest.fixture
async def owner(settings: Settings) -> AsyncIterator[asyncpg.Pool]:
    async with asyncpg.create_pool(driver_dsn(settings.database_url), min_size=1, max_size=2) as pool:
        yield pool


@pytest.fixture
async def hints(settings: Settings) -> AsyncIterator[PubSub]:
    """What passes through Redis."""
    async with redis.Redis.from_url(settings.redis_url) as listener, listener.pubsub() as channel:
        yield channel


@pytest.fixture
async def shop(prosa: Prosa) -> AsyncIterator[Shop]:
    async with prosa.open_shop() as shop:
        await start_sealing(prosa.settings, prosa.context.database, shop.account)
        # The job that seals what was there before waits for every process to know the key; here they do.
        await prosa.context.pool.execute(
            "UPDATE procrastinate_jobs SET scheduled_at = now() WHERE task_name = $1 AND status = 'todo'",
            SEAL_TASK,
        )
        yield shop


async def _begin(shop: Shop, text: str) -> tuple[Person, LiveSocket, dict[str, Any]]:
    ana = await shop.sign_in(shop.account.ana)
    live = await ana.connect()
    await shop.inbound(_CUSTOMER, name="Rita", text=text)
    await live.until(lambda: bool(live.heard("ticket_updated")), "the ticket")
    ticket = live.heard("ticket_updated")[0]["ticket"]
    await live.command("accept_ticket", ticket_id=ticket["id"])
    await live.command("open_conversation", conversation_id=ticket["conversation_id"])
    return ana, live, ticket


def _said(live: LiveSocket) -> list[str]:
    return [data["message"]["content"].get("body", "") for data in live.heard("message_created")]


async def test_words_are_seen_live_after_a_replay_and_on_the_phone_and_nowhere_at_rest(
    shop: Shop, owner: asyncpg.Pool, hints: PubSub
) -> None:
    await hints.subscribe(account_channel(shop.account.account_id))
    await hints.get_message(timeout=5)  # that it is heard
    ana, live, ticket = await _begin(shop, "Tem jabuticaba?")
    assert ticket["preview"]["text"] == "Tem jabuticaba?"
    cursor = live.cursor
    answer = await live.command(
        "send_message",
        client_message_id=str(uuid4()),
        conversation_id=ticket["conversation_id"],
        content={"kind": "text", "body": "Tem pitanga."},
    )
    assert answer["message"]["content"]["body"] == "Tem pitanga."
    await live.until(lambda: "Tem pitanga." in _said(live), "the answer")
    await shop.inbound(_CUSTOMER, text="Quero cajuína")
    await live.until(lambda: "Quero cajuína" in _said(live), "the order")

    async def arrived() -> bool:
        return bool(await shop.sent(_CUSTOMER))

    await eventually(arrived, "the answer on the phone")
    (sent,) = await shop.sent(_CUSTOMER)
    assert sent["body"]["text"]["body"] == "Tem pitanga."
    shown = await ana.messages(ticket["conversation_id"])
    # Meta's times are whole seconds, ours are not: the order within one is not what this is about.
    assert {m["content"]["body"] for m in shown} == {"Tem jabuticaba?", "Tem pitanga.", "Quero cajuína"}
    page = await ana.get("/tickets", view="mine")
    newest = page["items"][0]["preview"]["text"]
    assert newest == "Quero cajuína"

    again = await ana.connect(cursor=cursor, open_conversation_ids=[ticket["conversation_id"]])
    assert again.ready is not None
    assert again.ready["resumed"]
    await again.until(lambda: {"Tem pitanga.", "Quero cajuína"} <= set(_said(again)), "the replay")
    assert again.heard("ticket_updated")[-1]["ticket"]["preview"]["text"] == newest

    await shop.until_quiet()
    assert await find_everywhere(owner, ["jabuticaba", "pitanga", "cajuína"]) == {}
    policy = await get_policy(shop.context.database, shop.account.admin)
    assert policy.content_sealing.state == "on"
    told: list[bytes] = []
    while (hint := await hints.get_message(ignore_subscribe_messages=True, timeout=0.2)) is not None:
        told.append(hint["data"])
    assert told
    assert not [
        hint for hint in told for word in ("jabuticaba", "pitanga", "cajuína") if word.encode() in hint
    ]


async def test_without_the_key_what_waits_to_be_sent_fails_and_screens_say_so(
    prosa: Prosa, shop: Shop
) -> None:
    ana, live, ticket = await _begin(shop, "Tem jabuticaba?")
    conversation_id = UUID(ticket["conversation_id"])
    # What is claimed a moment later has lost its key meanwhile.
    await shop.context.pool.execute(
        "UPDATE accounts SET state = 'suspended' WHERE account_id = $1", shop.account.account_id
    )
    answer = await live.command(
        "send_message",
        client_message_id=str(uuid4()),
        conversation_id=str(conversation_id),
        content={"kind": "text", "body": "Tem pitanga."},
    )
    destroy_keys(prosa.settings, shop.account)
    await learn(prosa.context.database, shop.account)
    await shop.context.pool.execute(
        "UPDATE accounts SET state = 'active' WHERE account_id = $1", shop.account.account_id
    )

    async def failed() -> bool:
        rows = await shop.rows("SELECT status FROM messages WHERE account_id = $1 AND direction = 'out'")
        return bool([row for row in rows if row["status"] == "failed"])

    await eventually(failed, "the failure")
    assert "message" in answer
    assert await shop.sent(_CUSTOMER) == []
    shown = await ana.messages(str(conversation_id))
    assert [m["kind"] for m in shown] == ["unreadable", "unreadable"]
