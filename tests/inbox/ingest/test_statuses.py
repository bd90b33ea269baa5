"""Ticks: stored once, only forward, found by wamid or by callback."""

import asyncio
from uuid import UUID

import asyncpg
import orjson
import pytest

from inbox.ingest.early_statuses import apply_known_statuses, lock_wamids
from inbox.kernel.ids import new_id
from realtime.protocol import EVENT_TYPES
from tests.inbox.ingest.webhooks import Hook, at, new_wamid, status, text
from tests.inbox.ingest.webhooks import message as incoming

_FAILED = [{"code": 131047, "title": "Re-engagement message", "error_data": {"details": "24 hours"}}]


async def outgoing(hook: Hook, wamid: str | None, state: str = "sending") -> UUID:
    """A message of ours in a customer's open ticket, shown in its preview."""
    await hook.send(text())
    ticket = await hook.row("SELECT * FROM tickets WHERE account_id = $1")
    id_ = new_id()
    await hook.pool.execute(
        "INSERT INTO messages (account_id, id, conversation_id, ticket_id, direction, author_kind, wamid, kind, content, status, at)"
        " VALUES ($1, $2, $3, $4, 'out', 'user', $5, 'text', '{}', $6, now())",
        hook.seed.account_id, id_, ticket["conversation_id"], ticket["id"], wamid, state,
    )  # fmt: skip
    preview = {"message_id": str(id_), "direction": "out", "kind": "text", "text": "x", "status": state}
    await hook.pool.execute(
        "UPDATE tickets SET preview = $2, assignee_id = $3, state = 'active' WHERE account_id = $1",
        hook.seed.account_id, orjson.dumps(preview).decode(), hook.seed.ana.user_id,
    )  # fmt: skip
    return id_


async def message(hook: Hook, id_: UUID) -> dict[str, object]:
    return await hook.row("SELECT * FROM messages WHERE account_id = $1 AND id = $2", id_)


async def test_statuses_advance_and_tell_with_the_list_row(hook: Hook) -> None:
    wamid = new_wamid()
    id_ = await outgoing(hook, wamid)
    pricing = {"billable": True, "pricing_model": "PMP", "category": "service"}
    await hook.send(statuses=[status(wamid, "sent", 1, pricing=pricing), status(wamid, "delivered", 2)])
    stored = await message(hook, id_)
    assert (stored["status"], stored["status_at"]) == ("delivered", at(2))
    rows = await hook.rows("SELECT * FROM message_statuses WHERE account_id = $1 ORDER BY at")
    assert [r["status"] for r in rows] == ["sent", "delivered"]
    assert orjson.loads(rows[0]["pricing"]) == pricing
    changed, ticket = (await hook.events())[-2:]
    for event in (changed, ticket):
        EVENT_TYPES[event["type"]].model_validate(event["payload"])
    assert changed["payload"]["status"] == "delivered"
    assert f"user:{hook.seed.ana.user_id}" in changed["audience"]
    assert ticket["payload"]["ticket"]["preview"]["status"] == "delivered"


@pytest.mark.parametrize(
    ("order", "end"),
    [
        (("read", "sent", "delivered"), "read"),
        (("delivered", "sent", "delivered"), "delivered"),
        (("failed", "sent"), "failed"),
        (("failed", "delivered"), "delivered"),
        (("delivered", "failed"), "delivered"),
        (("sent", "warning"), "sent"),
    ],
)
async def test_a_status_never_goes_back(hook: Hook, order: tuple[str, ...], end: str) -> None:
    wamid = new_wamid()
    id_ = await outgoing(hook, wamid)
    for seconds, name in enumerate(order):
        await hook.send(statuses=[status(wamid, name, seconds, errors=_FAILED if name == "failed" else [])])
    stored = await message(hook, id_)
    assert stored["status"] == end
    assert (stored["error"] is not None) == (end == "failed")
    assert await hook.value("SELECT count(*) FROM message_statuses WHERE account_id = $1") == len(set(order))


async def test_a_failure_carries_its_reason_in_both_languages(hook: Hook) -> None:
    wamid = new_wamid()
    id_ = await outgoing(hook, wamid)
    await hook.send(statuses=[status(wamid, "failed", errors=_FAILED)])
    error = orjson.loads(str((await message(hook, id_))["error"]))
    assert error["code"] == 131047
    assert error["details"] == "24 hours"
    assert set(error["reason"]) == {"pt-BR", "en"}
    EVENT_TYPES["message_status_changed"].model_validate((await hook.events())[-2]["payload"])


async def test_a_repeated_status_changes_and_tells_nothing(hook: Hook) -> None:
    wamid = new_wamid()
    id_ = await outgoing(hook, wamid)
    await hook.send(statuses=[status(wamid, "sent")])
    before, events = await message(hook, id_), len(await hook.events())
    await hook.send(statuses=[status(wamid, "sent"), status(wamid, "sent")])
    assert await message(hook, id_) == before
    assert len(await hook.events()) == events


async def test_a_status_that_comes_before_its_message_is_applied_with_it(hook: Hook) -> None:
    wamid = new_wamid()
    id_ = await outgoing(hook, None)
    await hook.send(statuses=[status(wamid, "delivered", 2), status(wamid, "sent", 1)])
    assert (await message(hook, id_))["status"] == "sending"
    async with hook.pool.acquire() as connection, connection.transaction():
        await lock_wamids(connection, hook.seed.account_id, [wamid])
        await connection.execute(
            "UPDATE messages SET wamid = $3 WHERE account_id = $1 AND id = $2",
            hook.seed.account_id,
            id_,
            wamid,
        )
        rows = await apply_known_statuses(connection, hook.seed.account_id, [wamid])
    assert [(row["id"], row["status"]) for row in rows] == [(id_, "delivered")]
    assert (await message(hook, id_))["status"] == "delivered"


async def test_a_status_and_its_wamid_that_cross_each_other_still_meet(hook: Hook) -> None:
    """The outbox has written the wamid and not yet committed when the status arrives."""
    wamid = new_wamid()
    id_ = await outgoing(hook, None)
    async with hook.pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await lock_wamids(connection, hook.seed.account_id, [wamid])
        await connection.execute(
            "UPDATE messages SET wamid = $3 WHERE account_id = $1 AND id = $2",
            hook.seed.account_id,
            id_,
            wamid,
        )
        await apply_known_statuses(connection, hook.seed.account_id, [wamid])
        sending = asyncio.ensure_future(hook.send(statuses=[status(wamid, "sent")]))
        await _until_waiting(hook.pool)
        await transaction.commit()
    await sending
    assert (await message(hook, id_))["status"] == "sent"


async def _until_waiting(pool: asyncpg.Pool) -> None:
    query = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    while not await pool.fetchval(query):  # noqa: ASYNC110 - another connection's lock has no event to await
        await asyncio.sleep(0.01)


@pytest.mark.parametrize("state", ["unconfirmed", "sending", "queued"])
async def test_callback_data_confirms_a_message_whose_answer_was_lost(hook: Hook, state: str) -> None:
    wamid = new_wamid()
    id_ = await outgoing(hook, None, state)
    conversation = await hook.value("SELECT id FROM conversations WHERE account_id = $1")
    await hook.pool.execute(
        "INSERT INTO outbox (account_id, message_id, number_id, conversation_id, not_before) VALUES ($1, $2, $3, $4, now())",
        hook.seed.account_id, id_, hook.seed.number.id, conversation,
    )  # fmt: skip
    await hook.send(statuses=[status(wamid, "sent", 4, biz_opaque_callback_data=str(id_))])
    stored = await message(hook, id_)
    assert (stored["wamid"], stored["status"]) == (wamid, "sent")
    assert await hook.value("SELECT count(*) FROM outbox WHERE account_id = $1") == 0
    assert [e["type"] for e in await hook.events()][-2:] == ["message_status_changed", "ticket_updated"]


async def test_what_came_before_a_lost_answer_shows_when_its_wamid_is_known(hook: Hook) -> None:
    """The customer reacted to it and quoted it while we did not know which message that was."""
    wamid = new_wamid()
    id_ = await outgoing(hook, None, "unconfirmed")
    content = {"type": "reaction", "reaction": {"message_id": wamid, "emoji": "👍"}}
    quoting = text("sobre isso", seconds=2, context={"id": wamid, "from": "551130000000"})
    await hook.send(incoming(content, 1), quoting)
    await hook.pool.execute(
        "UPDATE messages SET at = $2 WHERE account_id = $1 AND direction = 'out'", hook.seed.account_id, at(0)
    )
    before = len(await hook.events())
    await hook.send(statuses=[status(wamid, "sent", 4, biz_opaque_callback_data=str(id_))])
    told = [e for e in (await hook.events())[before:] if e["type"].startswith("message_")]
    assert [e["type"] for e in told] == ["message_updated", "message_updated"]
    whole, quote = (e["payload"]["message"] for e in told)
    for event in told:
        EVENT_TYPES["message_updated"].model_validate(event["payload"])
        assert f"user:{hook.seed.ana.user_id}" in event["audience"]
    assert (whole["id"], whole["status"], len(whole["reactions"])) == (str(id_), "sent", 1)
    assert quote["context"]["quoted"]["message_id"] == str(id_)
    rows = {str(r["id"]): r["version"] for r in await hook.messages()}
    assert {whole["id"]: whole["version"], quote["id"]: quote["version"]}.items() <= rows.items()


async def test_a_late_status_of_a_failed_try_does_not_stop_the_retry(hook: Hook) -> None:
    first = new_wamid()
    id_ = await outgoing(hook, first)
    await hook.send(statuses=[status(first, "failed", errors=_FAILED, biz_opaque_callback_data=str(id_))])
    await hook.pool.execute(
        "UPDATE messages SET status = 'queued', wamid = NULL, error = NULL WHERE account_id = $1 AND id = $2",
        hook.seed.account_id,
        id_,
    )
    await hook.send(statuses=[status(first, "sent", biz_opaque_callback_data=str(id_))])
    stored = await message(hook, id_)
    assert (stored["status"], stored["wamid"]) == ("queued", None)


async def test_callback_data_of_other_senders_is_ignored(hook: Hook) -> None:
    wamid = new_wamid()
    await hook.send(
        statuses=[
            status(wamid, "sent", biz_opaque_callback_data="order-42"),
            status(new_wamid(), "sent", biz_opaque_callback_data=str(new_id())),
        ]
    )
    assert await hook.value("SELECT count(*) FROM message_statuses WHERE account_id = $1") == 2
