"""A contact's new name reaches every copy of it: rows of open and of closed tickets, in every department."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy import text

from inbox.contacts.service import rename_contact
from inbox.kernel.audience import standing_rooms
from inbox.kernel.database import Database
from inbox.kernel.errors import Forbidden, NotFound
from inbox.kernel.permissions import Permission
from inbox.tickets.lists import list_tickets
from server.settings import Settings
from tests.conftest import RecordingPublisher, SeededAccount, seed_account
from tests.inbox.accounts.people import audited, with_permissions
from tests.inbox.rows import add_talk, add_ticket
from tests.trips.screen import LISTS, Screen


async def test_old_rows_and_the_events_are_what_a_fresh_fetch_shows(
    database: Database, seed: SeededAccount, publisher: RecordingPublisher
) -> None:
    talk = await add_talk(database, seed)
    async with database.system() as work:
        for department in ("vendas", "suporte"):
            at = datetime.now(UTC)
            await add_ticket(
                work, seed, talk.conversation_id, talk.contact_id,
                department=department, state="closed", at=at, closed_at=at,
            )  # fmt: skip
    screens = [Screen(actor) for actor in (seed.admin, seed.ana, seed.bruno)]
    for screen in screens:
        for name in LISTS:
            for ticket in (await list_tickets(database, screen.actor, view=name)).items:
                screen.take_ticket(ticket)
    publisher.published.clear()
    await rename_contact(database, seed.ana, talk.contact_id, name="Maria (matriz)")
    for screen in screens:
        for _, event in publisher.published:
            if not standing_rooms(screen.actor).isdisjoint(event.audience):
                screen.take({"type": event.type, "data": event.data, "seq": event.seq})
        for name in LISTS:
            # A closed row's version has grown without being told: the next event of it is higher still.
            shown = [ticket.model_dump(exclude={"version"}) for ticket in screen.tickets_of(name)]
            fresh = (await list_tickets(database, screen.actor, view=name)).items
            assert shown == [ticket.model_dump(exclude={"version"}) for ticket in fresh]
            assert {ticket.contact.name for ticket in fresh} <= {"Maria (matriz)"}
    assert len(screens[0].tickets_of("closed")) == 2
    assert len(screens[2].tickets_of("closed")) == 1


async def test_who_may_not_edit_contacts_is_refused_and_strangers_find_nothing(
    database: Database, seed: SeededAccount, settings: Settings
) -> None:
    talk = await add_talk(database, seed)
    reader = with_permissions(seed.ana, Permission.INBOX)
    with pytest.raises(Forbidden):
        await rename_contact(database, reader, talk.contact_id, name="x")
    for actor in (seed.bruno, seed_account(settings).admin):
        with pytest.raises(NotFound):
            await rename_contact(database, actor, talk.contact_id, name="x")
    with pytest.raises(NotFound):
        await rename_contact(database, seed.admin, uuid4(), name="x")
    await rename_contact(database, seed.ana, talk.contact_id, name="Maria Secreta")
    assert [e[:2] for e in await audited(database, seed.account_id)] == [
        ("contact.renamed", str(talk.contact_id))
    ]
    async with database.system() as work:
        entries = await work.session.execute(
            text("SELECT count(*) FROM audit_log a WHERE CAST(a AS text) LIKE '%Secreta%'")
        )
        assert entries.scalar_one() == 0
