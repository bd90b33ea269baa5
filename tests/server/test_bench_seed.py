"""What `prosa bench seed` makes is what the product reads: lists, pages, search, for people of the largest account."""

import contextlib

import psycopg
import pytest

from inbox.conversations.service import list_messages
from inbox.kernel.actor import Actor, Role
from inbox.kernel.database import Database
from inbox.tickets.lists import list_tickets
from server.settings import Settings
from tests.bench.dataset import COLUMNS, AccountPlan
from tests.bench.seed import SeedRefused, Size, seed_database

SIZE = Size(messages=600, conversations=100)


@pytest.fixture(scope="module")
def accounts(settings: Settings) -> list[AccountPlan]:
    return seed_database(settings, SIZE, lambda _: None)


def test_exactly_what_was_asked_for_is_there(settings: Settings, accounts: list[AccountPlan]) -> None:
    with psycopg.connect(settings.database_url) as connection:
        counts = {
            table: connection.execute(f"SELECT count(*) FROM {table}".encode()).fetchall()[0][0]
            for table in COLUMNS
        }
        indexes = connection.execute(
            "SELECT count(*) FROM pg_indexes WHERE indexname = 'messages_conversation'"
        )
        assert indexes.fetchone() == (1,)
    assert (counts["messages"], counts["conversations"], counts["contacts"]) == (600, 100, 100)
    assert counts["tickets"] == counts["ticket_segments"] >= 100
    assert max(account.conversations for account in accounts) == 70


def test_rows_refer_to_each_other(settings: Settings, accounts: list[AccountPlan]) -> None:
    """Foreign keys were not checked while copying: checked now."""
    with psycopg.connect(settings.database_url, autocommit=True) as connection:
        found = connection.execute(
            """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
            WHERE contype = 'f' AND conrelid::regclass::text = ANY(%s)""",
            (list(COLUMNS),),
        ).fetchall()
        assert found
        for table, name, definition in found:
            with contextlib.suppress(psycopg.Rollback), connection.transaction():
                connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}, ADD {definition}".encode())
        strays = connection.execute(
            """SELECT count(*) FROM messages m WHERE NOT EXISTS (SELECT FROM tickets t WHERE t.account_id = m.account_id
              AND t.id = m.ticket_id AND t.conversation_id = m.conversation_id)"""
        )
        assert strays.fetchone() == (0,)


async def test_the_product_reads_it(
    settings: Settings, database: Database, accounts: list[AccountPlan]
) -> None:
    account = accounts[0]
    supervisor = Actor(account.account_id, next(iter(account.operators[account.departments[0]])), Role.SUPERVISOR,
                       frozenset(account.departments))  # fmt: skip
    page = await list_tickets(database, supervisor, view="closed", limit=100)
    assert page.items
    first = page.items[0]
    assert first.contact.phone is not None
    messages = await list_messages(database, supervisor, first.conversation_id, limit=100)
    assert first.preview.message_id in {message.id for message in messages.items}
    for q in (first.protocol, first.contact.name, first.contact.wa_id):
        found = await list_tickets(database, supervisor, view="all", q=q, limit=100)
        assert first.id in {ticket.id for ticket in found.items}, q


def test_a_database_with_an_account_is_left_alone(settings: Settings, accounts: list[AccountPlan]) -> None:
    with pytest.raises(SeedRefused):
        seed_database(settings, SIZE, lambda _: None)
