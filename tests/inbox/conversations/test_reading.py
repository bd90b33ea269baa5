"""Reading a conversation: who may, in which order, and what reading tells the customer."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from inbox.conversations.drafts import parse_draft
from inbox.conversations.service import (
    get_conversation,
    list_messages,
    mark_read,
    queue_message,
    show_typing,
)
from inbox.kernel.actor import Actor
from inbox.kernel.database import Database
from inbox.kernel.errors import NotFound
from inbox.tickets.service import close_ticket, get_ticket
from tests.conftest import RecordingPublisher, SeededAccount
from tests.inbox.rows import add_talk, add_ticket, inbound


async def jobs(database: Database, task: str, seed: SeededAccount) -> int:
    async with database.system() as work:
        result = await work.session.execute(
            text(
                "SELECT count(*) FROM procrastinate_jobs WHERE task_name = :task AND args->>'account_id' = :account"
            ),
            {"task": task, "account": str(seed.account_id)},
        )
        return int(result.scalar_one())


async def test_history_pages_are_stable_while_messages_arrive(
    database: Database, seed: SeededAccount
) -> None:
    now = datetime.now(UTC)
    talk = await add_talk(database, seed, at=now - timedelta(hours=1))
    expected = [(now - timedelta(hours=1), talk.message_id)]
    async with database.system() as work:
        for index in range(24):
            at = now - timedelta(minutes=30) + timedelta(seconds=index // 4)
            message = inbound(seed, talk.conversation_id, talk.ticket_id, f"linha {index}", at)
            work.session.add(message)
            expected.append((at, message.id))
    expected.sort()
    seen: list[UUID] = []
    before = None
    while True:
        page = await list_messages(database, seed.ana, talk.conversation_id, before=before, limit=7)
        seen = [message.id for message in page.items] + seen
        async with database.system() as work:
            work.session.add(inbound(seed, talk.conversation_id, talk.ticket_id, "nova", datetime.now(UTC)))
        before = page.next_before
        if before is None:
            break
    assert seen == [message_id for _, message_id in expected]


async def test_the_page_names_the_log_position_and_leaves_reactions_to_their_messages(
    database: Database, seed: SeededAccount, publisher: RecordingPublisher
) -> None:
    talk = await add_talk(database, seed, state="active", assignee_id=seed.ana.user_id)
    for content in (
        {"kind": "text", "body": "Oi!"},
        {"kind": "reaction", "message_id": str(talk.message_id), "emoji": "❤️"},
    ):
        await queue_message(
            database,
            seed.ana,
            client_message_id=uuid4(),
            conversation_id=talk.conversation_id,
            content=parse_draft(content),
        )
    page = await list_messages(database, seed.ana, talk.conversation_id)
    assert [message.kind for message in page.items] == ["text", "text"]
    assert page.items[0].reactions[0].emoji == "❤️"
    assert page.seq == publisher.published[-1][1].seq == 3


async def test_what_the_customer_deleted_is_not_shown(database: Database, seed: SeededAccount) -> None:
    talk = await add_talk(database, seed)
    async with database.system() as work:
        await work.session.execute(
            text("UPDATE messages SET deleted_at = now() WHERE id = :id"), {"id": talk.message_id}
        )
    page = await list_messages(database, seed.ana, talk.conversation_id)
    assert (page.items[0].content, page.items[0].deleted_at is not None) == ({}, True)


async def test_a_conversation_shows_its_tickets_and_window(database: Database, seed: SeededAccount) -> None:
    now = datetime.now(UTC)
    talk = await add_talk(
        database, seed, state="closed", closed_at=now, at=now - timedelta(days=2), name="Rita"
    )
    async with database.system() as work:
        current = await add_ticket(work, seed, talk.conversation_id, talk.contact_id, at=now)
    view = await get_conversation(database, seed.ana, talk.conversation_id)
    assert view.contact.name == "Rita"
    assert view.number.id == seed.number.id
    assert view.current_ticket is not None
    assert view.current_ticket.id == current.id
    assert [ticket.id for ticket in view.tickets] == [current.id, talk.ticket_id]


async def test_any_ticket_in_ones_department_opens_the_conversation(
    database: Database, seed: SeededAccount
) -> None:
    now = datetime.now(UTC)
    talk = await add_talk(database, seed, state="closed", closed_at=now, at=now - timedelta(days=2))
    with pytest.raises(NotFound):
        await get_conversation(database, seed.bruno, talk.conversation_id)
    async with database.system() as work:
        await add_ticket(work, seed, talk.conversation_id, talk.contact_id, at=now, department="suporte")
    for actor in (seed.ana, seed.bruno, seed.admin):
        assert (await get_conversation(database, actor, talk.conversation_id)).id == talk.conversation_id


async def test_an_assignee_sees_a_conversation_of_another_department(
    database: Database, seed: SeededAccount
) -> None:
    talk = await add_talk(database, seed, department="suporte", state="active", assignee_id=seed.ana.user_id)
    assert (await list_messages(database, seed.ana, talk.conversation_id)).items


async def test_the_assignees_reading_clears_the_count_and_tells_the_customer_once(
    database: Database, seed: SeededAccount, publisher: RecordingPublisher
) -> None:
    talk = await add_talk(database, seed, state="active", assignee_id=seed.ana.user_id, unread_count=4)
    publisher.published.clear()
    for _ in range(3):
        await mark_read(database, seed.ana, talk.conversation_id)
    assert (await get_ticket(database, seed.ana, talk.ticket_id)).unread_count == 0
    assert [event.type for _, event in publisher.published] == ["ticket_updated"]
    assert await jobs(database, "whatsapp.mark_read", seed) == 1


@pytest.mark.parametrize("state", ["active", "queued"])
async def test_a_look_by_others_leaves_no_trace(database: Database, seed: SeededAccount, state: str) -> None:
    assignee_id = seed.ana.user_id if state == "active" else None
    talk = await add_talk(database, seed, state=state, assignee_id=assignee_id, unread_count=4)
    await mark_read(database, seed.supervisor, talk.conversation_id)
    await show_typing(database, seed.supervisor, talk.conversation_id, True)
    assert (await get_ticket(database, seed.ana, talk.ticket_id)).unread_count == 4
    assert await jobs(database, "whatsapp.mark_read", seed) == 0
    assert await jobs(database, "whatsapp.typing", seed) == 0


async def test_typing_is_shown_at_most_once_in_twenty_seconds(
    database: Database, seed: SeededAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = await add_talk(database, seed, state="active", assignee_id=seed.ana.user_id)
    now = datetime.now(UTC)
    for seconds, shown in ((0, 1), (5, 1), (19, 1), (21, 2)):
        monkeypatch.setattr(database, "now", lambda at=now + timedelta(seconds=seconds): at)
        await show_typing(database, seed.ana, talk.conversation_id, True)
        async with database.system() as work:  # as a worker takes it
            await work.session.execute(
                text("UPDATE procrastinate_jobs SET status = 'succeeded' WHERE task_name = 'whatsapp.typing'")
            )
        assert await jobs(database, "whatsapp.typing", seed) == shown


async def test_receipts_stay_off_where_the_number_says_so(database: Database, seed: SeededAccount) -> None:
    talk = await add_talk(database, seed, state="active", assignee_id=seed.ana.user_id)
    async with database.system() as work:
        await work.session.execute(
            text("UPDATE phone_numbers SET send_read_receipts = false WHERE id = :id"), {"id": seed.number.id}
        )
    await mark_read(database, seed.ana, talk.conversation_id)
    await show_typing(database, seed.ana, talk.conversation_id, True)
    assert await jobs(database, "whatsapp.mark_read", seed) == 0
    assert await jobs(database, "whatsapp.typing", seed) == 0
    assert (await get_ticket(database, seed.ana, talk.ticket_id)).unread_count == 0


async def test_a_stranger_neither_reads_nor_types(database: Database, seed: SeededAccount) -> None:
    talk = await add_talk(database, seed, state="active", assignee_id=seed.ana.user_id)
    stranger: Actor = seed.bruno
    for attempt in (
        list_messages(database, stranger, talk.conversation_id),
        mark_read(database, stranger, talk.conversation_id),
        show_typing(database, stranger, talk.conversation_id, True),
    ):
        with pytest.raises(NotFound):
            await attempt
    await close_ticket(database, seed.ana, talk.ticket_id)
    await mark_read(database, seed.ana, talk.conversation_id)
