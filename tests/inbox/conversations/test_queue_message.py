"""Writing into a conversation: stored once with everything that follows, refused with a reason."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from inbox.conversations.drafts import Draft, parse_draft
from inbox.conversations.errors import (
    MediaMissing,
    MessageIdTaken,
    MessageNotSentYet,
    NotRetryable,
    WindowClosed,
)
from inbox.conversations.events import MessageView
from inbox.conversations.service import queue_message, retry_message
from inbox.kernel import ids
from inbox.kernel.actor import Actor
from inbox.kernel.database import Database
from inbox.kernel.errors import NotFound
from inbox.kernel.ids import new_id
from inbox.media.models import Media
from inbox.tickets.errors import AlreadyAccepted
from inbox.tickets.service import get_ticket
from tests.conftest import RecordingPublisher, SeededAccount
from tests.inbox.rows import Talk, add_talk, inbound


def draft(**content: Any) -> Draft:
    return parse_draft(content)


async def write(
    database: Database, actor: Actor, talk: Talk, content: Draft | None = None, **values: Any
) -> MessageView:
    return await queue_message(
        database,
        actor,
        client_message_id=values.pop("client_message_id", None) or uuid4(),
        conversation_id=talk.conversation_id,
        content=content or draft(kind="text", body="Olá! Como posso ajudar?"),
        **values,
    )


async def count(database: Database, table: str, talk: Talk) -> int:
    async with database.system() as work:
        statement = text(f"SELECT count(*) FROM {table} WHERE conversation_id = :id")
        return int((await work.session.execute(statement, {"id": talk.conversation_id})).scalar_one())


async def test_a_message_is_queued_with_its_outbox_row_ticket_and_events(
    database: Database, seed: SeededAccount, publisher: RecordingPublisher
) -> None:
    talk = await add_talk(database, seed, state="active", assignee_id=seed.ana.user_id)
    publisher.published.clear()
    publisher.nudged.clear()
    message = await write(database, seed.ana, talk)
    assert (message.status, message.direction, message.author_id) == ("queued", "out", seed.ana.user_id)
    assert message.content["body"] == "Olá! Como posso ajudar?"
    ticket = await get_ticket(database, seed.ana, talk.ticket_id)
    assert message.ticket_id == ticket.id
    assert (ticket.preview.text, ticket.preview.status) == ("Olá! Como posso ajudar?", "queued")
    assert (ticket.waiting_since, ticket.unread_count) == (None, 0)
    assert ticket.first_response_at == message.at
    assert await count(database, "outbox", talk) == 1
    created, updated = (event for _, event in publisher.published)
    assert (created.type, created.data["message"]) == ("message_created", message.model_dump(mode="json"))
    assert set(created.audience) == {f"conversation:{talk.conversation_id}", f"user:{seed.ana.user_id}"}
    assert (updated.type, updated.data["ticket"]) == ("ticket_updated", ticket.model_dump(mode="json"))
    assert publisher.nudged == ["outbox"]


async def test_messages_leave_in_the_order_of_writing_though_another_process_is_ahead_in_time(
    database: Database, seed: SeededAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = await add_talk(database, seed, state="active", assignee_id=seed.ana.user_id)
    with monkeypatch.context() as ahead:
        ahead.setattr(ids, "_last_millisecond", int(time.time() * 1000) + 3_600_000)
        first = await write(database, seed.ana, talk)
    # As a second process, whose clock is right.
    second = await write(database, seed.ana, talk)
    assert second.id > first.id


async def test_the_same_client_message_id_is_stored_once_even_when_sent_twice_at_once(
    database: Database, seed: SeededAccount
) -> None:
    talk = await add_talk(database, seed, state="active", assignee_id=seed.ana.user_id)
    client_message_id = uuid4()
    answers = await asyncio.gather(
        *(write(database, seed.ana, talk, client_message_id=client_message_id) for _ in range(6))
    )
    assert len({answer.id for answer in answers}) == 1
    again = await write(database, seed.ana, talk, client_message_id=client_message_id)
    assert again.id == answers[0].id
    assert await count(database, "messages", talk) == 2
    assert await count(database, "outbox", talk) == 1


async def test_a_client_message_id_of_another_conversation_is_refused(
    database: Database, seed: SeededAccount
) -> None:
    first = await add_talk(database, seed, state="active", assignee_id=seed.ana.user_id)
    second = await add_talk(database, seed, state="active", assignee_id=seed.ana.user_id)
    client_message_id = uuid4()
    results = await asyncio.gather(
        *(write(database, seed.ana, talk, client_message_id=client_message_id) for talk in (first, second)),
        return_exceptions=True,
    )
    assert sorted(type(result).__name__ for result in results) == ["MessageIdTaken", "MessageView"]
    assert await count(database, "outbox", first) + await count(database, "outbox", second) == 1
    loser = (first, second)[[isinstance(result, MessageIdTaken) for result in results].index(True)]
    with pytest.raises(MessageIdTaken):
        await write(database, seed.ana, loser, client_message_id=client_message_id)


async def test_writing_into_a_queued_ticket_accepts_it(database: Database, seed: SeededAccount) -> None:
    talk = await add_talk(database, seed)
    await write(database, seed.ana, talk)
    ticket = await get_ticket(database, seed.ana, talk.ticket_id)
    assert (ticket.state, ticket.assignee_id) == ("active", seed.ana.user_id)


async def test_of_two_who_write_first_one_wins_and_the_other_reads_who(
    database: Database, seed: SeededAccount
) -> None:
    talk = await add_talk(database, seed)
    colleague = Actor(
        seed.account_id, seed.bruno.user_id, seed.bruno.role, seed.ana.department_ids, name="Bruno"
    )
    results = await asyncio.gather(
        write(database, seed.ana, talk), write(database, colleague, talk), return_exceptions=True
    )
    kinds = sorted(type(result).__name__ for result in results)
    assert kinds == ["AlreadyAccepted", "MessageView"]
    assert await count(database, "outbox", talk) == 1


async def test_a_colleagues_ticket_is_refused_to_operators_and_open_to_supervisors(
    database: Database, seed: SeededAccount
) -> None:
    talk = await add_talk(database, seed, state="active", assignee_id=seed.supervisor.user_id)
    with pytest.raises(AlreadyAccepted) as refused:
        await write(database, seed.ana, talk)
    assert refused.value.extra["assignee_name"] == "Sofia"
    talk = await add_talk(database, seed, state="active", assignee_id=seed.ana.user_id, unread_count=2)
    await write(database, seed.supervisor, talk)
    ticket = await get_ticket(database, seed.ana, talk.ticket_id)
    assert (ticket.assignee_id, ticket.unread_count) == (seed.ana.user_id, 2)


async def test_a_young_closed_ticket_reopens_and_an_old_one_is_followed_by_a_new(
    database: Database, seed: SeededAccount
) -> None:
    now = datetime.now(UTC)
    young = await add_talk(
        database, seed, state="closed", closed_at=now - timedelta(hours=1), at=now - timedelta(hours=2)
    )
    message = await write(database, seed.ana, young)
    assert message.ticket_id == young.ticket_id
    old = await add_talk(
        database,
        seed,
        state="closed",
        closed_at=now - timedelta(hours=30),
        at=now - timedelta(hours=40),
        window_expires_at=now + timedelta(hours=1),
    )
    message = await write(database, seed.ana, old)
    assert message.ticket_id not in (None, old.ticket_id)
    assert message.ticket_id is not None
    ticket = await get_ticket(database, seed.ana, message.ticket_id)
    assert (ticket.state, ticket.assignee_id) == ("active", seed.ana.user_id)
    assert ticket.protocol.startswith("2")


async def test_protocol_numbers_of_a_day_have_no_gap(database: Database, seed: SeededAccount) -> None:
    now = datetime.now(UTC)
    talks = [
        await add_talk(
            database,
            seed,
            state="closed",
            closed_at=now - timedelta(hours=30),
            at=now - timedelta(hours=40),
            window_expires_at=now + timedelta(hours=1),
        )
        for _ in range(5)
    ]
    messages = await asyncio.gather(*(write(database, seed.ana, talk) for talk in talks))
    protocols = []
    for message in messages:
        assert message.ticket_id is not None
        protocols.append((await get_ticket(database, seed.ana, message.ticket_id)).protocol)
    assert sorted(int(protocol[8:]) for protocol in protocols) == [1, 2, 3, 4, 5]


async def test_outside_the_window_only_templates_go_out(database: Database, seed: SeededAccount) -> None:
    expired = datetime.now(UTC) - timedelta(minutes=1)
    talk = await add_talk(
        database, seed, state="active", assignee_id=seed.ana.user_id, window_expires_at=expired
    )
    with pytest.raises(WindowClosed) as refused:
        await write(database, seed.ana, talk)
    problem = refused.value.as_problem()
    assert (problem["code"], problem["status"]) == ("window_closed", 409)
    assert problem["window_expires_at"] == expired.isoformat()
    template = draft(kind="template", name="retomar_contato", language="pt_BR")
    assert (await write(database, seed.ana, talk, template)).kind == "template"


async def test_an_answer_that_was_stored_is_answered_again_after_the_window_closed(
    database: Database, seed: SeededAccount
) -> None:
    talk = await add_talk(database, seed, state="active", assignee_id=seed.ana.user_id)
    client_message_id = uuid4()
    message = await write(database, seed.ana, talk, client_message_id=client_message_id)
    async with database.system() as work:
        await work.session.execute(
            text("UPDATE conversations SET window_expires_at = now() - interval '1 hour' WHERE id = :id"),
            {"id": talk.conversation_id},
        )
    assert (await write(database, seed.ana, talk, client_message_id=client_message_id)).id == message.id


async def test_a_conversation_of_others_is_not_found(database: Database, seed: SeededAccount) -> None:
    talk = await add_talk(database, seed, department="suporte")
    with pytest.raises(NotFound):
        await write(database, seed.ana, talk)


async def test_a_reply_quotes_the_message_that_it_answers(database: Database, seed: SeededAccount) -> None:
    talk = await add_talk(database, seed, state="active", assignee_id=seed.ana.user_id)
    message = await write(database, seed.ana, talk, reply_to_message_id=talk.message_id)
    assert message.context is not None
    assert message.context.quoted is not None
    quoted = message.context.quoted
    assert (quoted.wamid, quoted.message_id, quoted.preview) == (talk.wamid, talk.message_id, "Oi, tudo bem?")
    with pytest.raises(MessageNotSentYet):
        await write(database, seed.ana, talk, reply_to_message_id=message.id)
    with pytest.raises(NotFound):
        await write(database, seed.ana, talk, reply_to_message_id=uuid4())


async def test_a_reaction_shows_on_its_message_and_answers_nobody(
    database: Database, seed: SeededAccount, publisher: RecordingPublisher
) -> None:
    talk = await add_talk(database, seed, state="active", assignee_id=seed.ana.user_id)
    publisher.published.clear()
    reaction = await write(
        database, seed.ana, talk, draft(kind="reaction", message_id=str(talk.message_id), emoji="👍")
    )
    assert (reaction.kind, reaction.content) == ("reaction", {"target_wamid": talk.wamid, "emoji": "👍"})
    ((_, event),) = publisher.published
    assert event.type == "message_updated"
    assert event.data["message"]["id"] == str(talk.message_id)
    assert event.data["message"]["reactions"] == [{"reactor": str(seed.ana.user_id), "emoji": "👍"}]
    assert await count(database, "outbox", talk) == 1
    assert (await get_ticket(database, seed.ana, talk.ticket_id)).waiting_since is not None
    await write(database, seed.ana, talk, draft(kind="reaction", message_id=str(talk.message_id), emoji=""))
    assert publisher.published[-1][1].data["message"]["reactions"] == []


async def add_upload(database: Database, seed: SeededAccount, actor: Actor, **values: Any) -> UUID:
    media_id = new_id()
    async with database.system() as work:
        work.session.add(
            Media(
                account_id=seed.account_id,
                id=media_id,
                uploaded_by=actor.user_id,
                mime_type="application/pdf",
                file_name="orcamento.pdf",
                size=1234,
                state=values.get("state", "stored"),
                created_at=datetime.now(UTC),
            )
        )
    return media_id


async def test_an_upload_goes_with_the_message_that_sends_it(database: Database, seed: SeededAccount) -> None:
    talk = await add_talk(database, seed, state="active", assignee_id=seed.ana.user_id)
    media_id = await add_upload(database, seed, seed.ana)
    content = draft(kind="document", media_id=str(media_id), caption="Segue", voice=False)
    message = await write(database, seed.ana, talk, content)
    assert message.media is not None
    assert (message.media.id, message.media.file_name) == (media_id, "orcamento.pdf")
    assert (message.content["file_name"], message.content["caption"]) == ("orcamento.pdf", "Segue")
    with pytest.raises(MediaMissing):
        await write(database, seed.ana, talk, content)


@pytest.mark.parametrize("case", ["of somebody else", "not stored", "unknown"])
async def test_a_file_that_is_not_ones_own_stored_upload_is_refused(
    database: Database, seed: SeededAccount, case: str
) -> None:
    talk = await add_talk(database, seed, state="active", assignee_id=seed.ana.user_id)
    media_id = uuid4()
    if case == "of somebody else":
        media_id = await add_upload(database, seed, seed.bruno)
    elif case == "not stored":
        media_id = await add_upload(database, seed, seed.ana, state="pending")
    with pytest.raises(MediaMissing):
        await write(database, seed.ana, talk, draft(kind="document", media_id=str(media_id)))
    assert await count(database, "messages", talk) == 1


async def set_status(database: Database, message_id: UUID, status: str) -> None:
    async with database.system() as work:
        await work.session.execute(
            text("UPDATE messages SET status = :status, version = version + 1 WHERE id = :id"),
            {"id": message_id, "status": status},
        )
        await work.session.execute(text("DELETE FROM outbox WHERE message_id = :id"), {"id": message_id})


async def test_a_failed_message_is_really_queued_again(
    database: Database, seed: SeededAccount, publisher: RecordingPublisher
) -> None:
    talk = await add_talk(database, seed, state="active", assignee_id=seed.ana.user_id)
    message = await write(database, seed.ana, talk)
    with pytest.raises(NotRetryable):
        await retry_message(database, seed.ana, message.id)
    await set_status(database, message.id, "failed")
    publisher.published.clear()
    again = await retry_message(database, seed.ana, message.id)
    assert (again.id, again.status) == (message.id, "queued")
    assert again.version > message.version
    assert await count(database, "outbox", talk) == 1
    assert [event.type for _, event in publisher.published] == ["message_status_changed", "ticket_updated"]


async def test_an_unconfirmed_message_is_sent_again_only_when_told_so(
    database: Database, seed: SeededAccount
) -> None:
    talk = await add_talk(database, seed, state="active", assignee_id=seed.ana.user_id)
    message = await write(database, seed.ana, talk)
    await set_status(database, message.id, "unconfirmed")
    with pytest.raises(NotRetryable):
        await retry_message(database, seed.ana, message.id)
    assert (await retry_message(database, seed.ana, message.id, even_if_unconfirmed=True)).status == "queued"


async def test_a_message_of_another_department_cannot_be_retried(
    database: Database, seed: SeededAccount
) -> None:
    talk = await add_talk(database, seed, state="active", assignee_id=seed.ana.user_id)
    message = await write(database, seed.ana, talk)
    await set_status(database, message.id, "failed")
    with pytest.raises(NotFound):
        await retry_message(database, seed.bruno, message.id)


async def test_an_inbound_message_cannot_be_retried(database: Database, seed: SeededAccount) -> None:
    talk = await add_talk(database, seed, state="active", assignee_id=seed.ana.user_id)
    async with database.system() as work:
        failed = inbound(seed, talk.conversation_id, talk.ticket_id, "?", datetime.now(UTC))
        failed.status = "failed"
        work.session.add(failed)
    with pytest.raises(NotRetryable):
        await retry_message(database, seed.ana, failed.id)
