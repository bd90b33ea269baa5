"""From an outbox row to Graph and back: order, retries, failures, the unknown."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest
from aiohttp import web

from inbox.kernel.ids import new_id
from tests.inbox.outbox.conftest import Yard
from tests.inbox.outbox.fake_graph import Json, accepted, refused


async def test_an_accepted_message_keeps_its_wamid_and_waits_for_the_sent_webhook(yard: Yard) -> None:
    conversation = await yard.conversation()
    message_id = await yard.queue(conversation)
    async with yard.sending():
        row = await yard.until_status(message_id, "sending")
    assert row["wamid"].startswith("wamid.FAKE")
    assert await yard.waiting() == []
    (body,) = yard.graph.bodies
    assert body["to"] == conversation.wa_id
    assert body["biz_opaque_callback_data"] == str(message_id)
    assert yard.graph.tokens == {f"Bearer {yard.seed.number.access_token}"}
    (event,) = yard.events("message_status_changed")
    assert (event["message_id"], event["status"], event["version"]) == (
        str(message_id),
        "sending",
        row["version"],
    )
    assert yard.events("ticket_updated") == [], "a list shows the same clock for queued and sending"


async def test_messages_of_one_conversation_leave_one_after_the_other_in_order(yard: Yard) -> None:
    yard.graph.delay_seconds = 0.02
    first, second = await yard.conversation(), await yard.conversation()
    expected: dict[str, list[str]] = {first.wa_id: [], second.wa_id: []}
    for _ in range(5):
        for conversation in (first, second):
            expected[conversation.wa_id].append(str(await yard.queue(conversation)))
    async with yard.sending():
        await yard.until_empty()
    sent: dict[str, list[str]] = {first.wa_id: [], second.wa_id: []}
    for body in yard.graph.bodies:
        sent[body["to"]].append(body["biz_opaque_callback_data"])
    assert sent == expected
    assert yard.graph.most_in_flight <= 2, "one in flight per conversation"


async def test_a_message_that_waits_for_its_retry_holds_back_only_its_own_conversation(yard: Yard) -> None:
    held, other = await yard.conversation(), await yard.conversation()
    refusals = 0

    async def script(body: Json) -> web.StreamResponse | None:
        nonlocal refusals
        if body["to"] == held.wa_id and refusals == 0:
            refusals += 1
            return refused(131056, "pair rate limit hit")
        return None

    yard.graph.script = script
    first, second = await yard.queue(held), await yard.queue(held)
    third = await yard.queue(other)
    async with yard.sending():
        await yard.until_status(third, "sending")
        await yard.until_empty()
    order = yard.graph.sent_ids
    assert order.count(str(first)) == 2
    assert order.index(str(second)) > max(i for i, sent in enumerate(order) if sent == str(first))
    assert order.index(str(third)) < order.index(str(second))


async def test_operators_go_before_a_campaign_that_was_there_first(yard: Yard) -> None:
    await yard.connect(messages_per_second=20)
    for _ in range(30):
        await yard.queue(await yard.conversation(), priority=10)
    async with yard.sending():
        await yard.until(lambda: len(yard.graph.bodies) >= 3)
        before = len(yard.graph.bodies)
        urgent = await yard.queue(await yard.conversation(), priority=0)
        await yard.until_status(urgent, "sending")
        assert yard.graph.sent_ids.index(str(urgent)) <= before + 4
        await yard.pool.execute("DELETE FROM outbox")


@pytest.mark.parametrize(
    ("code", "status", "expected", "can_retry"),
    [
        (131009, 400, "failed", False),  # invalid value: never again
        (131047, 400, "failed", False),  # window closed: a template is needed
        (131026, 400, "failed", True),  # undeliverable: the operator may try again
        (190, 401, "failed", True),  # token revoked
        (131000, 500, "unconfirmed", True),  # Meta failed inside: it may have gone out
        (2, 503, "unconfirmed", True),
        (999999, 400, "failed", True),  # a code that nobody knows
        (999999, 500, "unconfirmed", True),
    ],
)
async def test_final_answers_end_the_message_with_a_reason_in_both_languages(
    yard: Yard, code: int, status: int, expected: str, can_retry: bool
) -> None:
    async def script(_: Json) -> web.StreamResponse:
        return refused(code, "No", status=status)

    yard.graph.script = script
    message_id = await yard.queue(await yard.conversation())
    async with yard.sending():
        row = await yard.until_status(message_id, expected)
        await yard.until_empty()
    error = orjson.loads(row["error"])
    assert set(error["reason"]) == {"pt-BR", "en"}
    assert error["can_retry"] is can_retry
    if expected == "failed":
        assert error["code"] == code
    assert len(yard.graph.bodies) == 1
    (event,) = yard.events("message_status_changed")
    assert event["status"] == expected
    assert event["error"] == error
    (ticket,) = yard.events("ticket_updated")
    assert ticket["ticket"]["preview"]["status"] == expected


@pytest.mark.parametrize("code", [130429, 131056])
async def test_surely_unsent_messages_are_sent_again_after_a_pause(yard: Yard, code: int) -> None:
    async def script(_: Json) -> web.StreamResponse | None:
        return refused(code) if len(yard.graph.bodies) == 1 else None

    yard.graph.script = script
    message_id = await yard.queue(await yard.conversation())
    async with yard.sending():
        await yard.until(lambda: yard.graph.bodies)

        async def put_back() -> bool:
            return any(row["attempts"] == 1 and row["lease_token"] is None for row in await yard.waiting())

        await yard.until(put_back, what="a retry")
        assert (await yard.message(message_id))["status"] == "queued"
        await yard.until_status(message_id, "sending")
    assert len(yard.graph.bodies) == 2


async def test_maintenance_pauses_the_whole_number(yard: Yard) -> None:
    async def script(_: Json) -> web.StreamResponse | None:
        return refused(131057, "maintenance", status=500)

    yard.graph.script = script
    first = await yard.queue(await yard.conversation())
    async with yard.sending():
        await yard.until(lambda: yard.graph.bodies)
        second = await yard.queue(await yard.conversation())
        rows: list[Any] = []

        async def put_back() -> bool:
            rows[:] = [
                row for row in await yard.waiting() if row["message_id"] == first and row["attempts"] == 1
            ]
            return bool(rows)

        await yard.until(put_back)
        assert rows[0]["not_before"] - rows[0]["claimed_at"] >= timedelta(seconds=59)
        await asyncio.sleep(
            0.7
        )  # more than a poll: nothing may leave during the pause, so there is no event to await
        assert yard.graph.sent_ids == [str(first)]
        assert (await yard.message(second))["status"] == "queued"


async def test_a_lost_answer_leaves_the_message_unconfirmed_and_is_never_sent_again(yard: Yard) -> None:
    async def script(_: Json) -> web.StreamResponse | None:
        return web.Response(status=502, text="<html>Bad gateway</html>", content_type="text/html")

    yard.graph.script = script
    message_id = await yard.queue(await yard.conversation())
    async with yard.sending():
        row = await yard.until_status(message_id, "unconfirmed")
        await yard.until_empty()
        later = await yard.queue(await yard.conversation())
        await yard.until_status(later, "unconfirmed")
    assert orjson.loads(row["error"])["reason_key"] == "unconfirmed"
    assert yard.graph.sent_ids == [str(message_id), str(later)]


async def test_a_connection_that_breaks_after_the_request_leaves_the_message_unconfirmed(yard: Yard) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        requests.append(1)
        writer.transport.abort()

    requests: list[int] = []
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    yard.graph.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    await yard.connect()
    message_id = await yard.queue(await yard.conversation())
    async with server, yard.sending():
        await yard.until_status(message_id, "unconfirmed")
        await yard.until_empty()
    assert len(requests) == 1


async def test_an_unreachable_graph_is_tried_again_and_the_message_stays_queued(yard: Yard) -> None:
    reachable = yard.graph.url
    yard.graph.url = "http://127.0.0.1:9"  # discard: nobody listens
    await yard.connect()
    message_id = await yard.queue(await yard.conversation())

    async def tried() -> bool:
        return any(row["attempts"] >= 1 for row in await yard.waiting())

    async with yard.sending():
        await yard.until(tried)
        assert (await yard.message(message_id))["status"] == "queued"
    yard.graph.url = reachable
    await yard.connect()
    async with yard.sending():
        await yard.until_status(message_id, "sending")
    assert len(yard.graph.bodies) == 1


async def test_statuses_that_came_before_the_answer_are_applied_with_it(yard: Yard) -> None:
    early = "wamid.EARLY"

    async def script(body: Json) -> web.StreamResponse | None:
        for status in ("delivered", "sent"):
            await yard.pool.execute(
                "INSERT INTO message_statuses (account_id, wamid, status, at) VALUES ($1, $2, $3, now())",
                yard.seed.account_id,
                early,
                status,
            )
        return web.json_response({"contacts": [{"wa_id": body["to"]}], "messages": [{"id": early}]})

    yard.graph.script = script
    message_id = await yard.queue(await yard.conversation())
    async with yard.sending():
        row = await yard.until_status(message_id, "delivered")
    assert row["wamid"] == early
    (event,) = yard.events("message_status_changed")
    assert event["status"] == "delivered"
    (ticket,) = yard.events("ticket_updated")
    assert ticket["ticket"]["preview"]["status"] == "delivered"


async def test_a_reaction_and_a_quote_that_came_before_the_answer_show_with_it(yard: Yard) -> None:
    early, conversation = "wamid.EARLY-BIRD", await yard.conversation()
    quoting = new_id()

    async def script(body: Json) -> web.StreamResponse | None:
        await yard.pool.execute(
            "INSERT INTO reactions (account_id, target_wamid, reactor, emoji, at) VALUES ($1, $2, 'contact', '👍', now())",
            yard.seed.account_id,
            early,
        )
        await yard.pool.execute(
            """INSERT INTO messages (account_id, id, conversation_id, direction, author_kind, wamid, kind, content, context,
                                     status, at)
            VALUES ($1, $2, $3, 'in', 'contact', 'wamid.QUOTING', 'text', '{"body": "Sim"}',
                    jsonb_build_object('quoted_wamid', $4::text), 'received', now())""",
            yard.seed.account_id,
            quoting,
            conversation.id,
            early,
        )
        return web.json_response({"contacts": [{"wa_id": body["to"]}], "messages": [{"id": early}]})

    yard.graph.script = script
    message_id = await yard.queue(conversation)
    async with yard.sending():
        await yard.until_status(message_id, "sending")
    told = {UUID(event["message"]["id"]): event["message"] for event in yard.events("message_updated")}
    assert [reaction["emoji"] for reaction in told[message_id]["reactions"]] == ["👍"]
    assert told[message_id]["status"] == "sending"
    assert UUID(told[quoting]["context"]["quoted"]["message_id"]) == message_id
    assert told[quoting]["version"] == 2
    assert yard.events("message_status_changed") == []


async def test_the_contact_learns_how_whatsapp_spells_its_number(yard: Yard) -> None:
    conversation = await yard.conversation()
    spelled = conversation.wa_id.replace("55119", "5511", 1)

    async def script(body: Json) -> web.StreamResponse | None:
        return accepted(body, wa_id=spelled)

    yard.graph.script = script
    await yard.queue(conversation)

    async def learnt() -> bool:
        wa_id = await yard.pool.fetchval(
            "SELECT wa_id FROM contacts WHERE account_id = $1 AND id = $2",
            yard.seed.account_id,
            conversation.contact_id,
        )
        return bool(wa_id == spelled)

    async with yard.sending():
        await yard.until(learnt)
    await yard.until(lambda: yard.events("ticket_updated"))
    assert yard.events("ticket_updated")[-1]["ticket"]["contact"]["wa_id"] == spelled
    assert yard.events("contact_updated")[-1]["contact"]["wa_id"] == spelled


async def test_content_that_cannot_be_sent_fails_without_a_request(yard: Yard) -> None:
    message_id = await yard.queue(await yard.conversation(), content={"body": ""})
    async with yard.sending():
        row = await yard.until_status(message_id, "failed")
    assert orjson.loads(row["error"])["reason_key"] == "unsendable"
    assert yard.graph.bodies == []


async def test_pace_follows_the_numbers_throughput(yard: Yard) -> None:
    await yard.connect(messages_per_second=20)
    conversations = [await yard.conversation() for _ in range(24)]
    for conversation in conversations:
        await yard.queue(conversation)
    loop = asyncio.get_running_loop()
    async with yard.sending():
        await yard.until(lambda: yard.graph.bodies)
        started = loop.time()
        await yard.until_empty()
    # 24 messages at 20/s, of which a burst of 8 (a tenth of the first 80/s) may leave at once.
    assert loop.time() - started >= (24 - 8) / 20 * 0.8
