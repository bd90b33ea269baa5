"""The demo company: made once, signs in, looks lived in, and breaks no invariant of the product."""

import stat
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text

from inbox.accounts.lifecycle import HOME_SLUG
from inbox.conversations.service import list_messages
from inbox.identity.repository import fetch_person_by_email, set_password_hash
from inbox.kernel.actor import Actor, Role
from inbox.kernel.database import Database
from inbox.media.service import open_media
from inbox.media.storage import MediaStore
from inbox.tickets.lists import count_tickets, list_tickets
from server.auth.passwords import Passwords
from server.demo import DemoAccount, ensure_demo
from server.settings import Settings

SHOP = "Casa Prosa"
_SANDBOX = "http://127.0.0.1:1"


@pytest.fixture(scope="module")
async def demo(settings: Settings) -> DemoAccount:
    return await ensure_demo(settings, sandbox_url=_SANDBOX)


async def rows(database: Database, query: str) -> list[Any]:
    async with database.system() as work:
        return list(await work.session.execute(text(query)))


async def actor_of(database: Database, email: str, account: str = SHOP) -> Actor:
    found = await rows(
        database,
        f"""SELECT m.account_id, m.user_id, m.role, array_agg(d.department_id) FROM users u
        JOIN memberships m ON m.user_id = u.id
        JOIN membership_departments d ON d.user_id = u.id AND d.account_id = m.account_id
        JOIN accounts a ON a.account_id = m.account_id AND a.name = '{account}'
        WHERE u.email = '{email}' GROUP BY 1, 2, 3""",
    )
    account_id, user_id, role, department_ids = found[0]
    return Actor(account_id, user_id, Role(role), frozenset(department_ids))


async def test_everybody_of_the_demo_can_sign_in(demo: DemoAccount, database: Database) -> None:
    assert sorted(user.role for user in demo.users if user.account == SHOP) == [
        "admin",
        "client",
        "custom",
        "operator",
        "operator",
        "operator",
        "supervisor",
    ]
    assert {user.role for user in demo.users if user.account != SHOP} == {"super_admin", "admin", "operator"}
    for user in demo.users:
        async with database.system() as work:
            credentials = await fetch_person_by_email(work.session, user.email)
        assert credentials is not None
        assert await Passwords().verify(credentials.password_hash, user.password)


async def test_its_secrets_are_the_owners_alone(demo: DemoAccount, settings: Settings) -> None:
    file = settings.data_dir / "demo.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert DemoAccount.model_validate_json(file.read_bytes()) == demo


async def test_a_second_start_keeps_everything_and_finds_the_new_sandbox(
    demo: DemoAccount, settings: Settings, database: Database
) -> None:
    before = await rows(database, "SELECT count(*) FROM messages")
    again = await ensure_demo(settings, sandbox_url="http://127.0.0.1:2")
    assert again == demo
    assert await rows(database, "SELECT count(*) FROM messages") == before
    urls = await rows(database, f"SELECT graph_url FROM whatsapp_apps WHERE hook_key = '{demo.hook_key}'")
    assert [row[0] for row in urls] == ["http://127.0.0.1:2"]


async def test_every_screen_looks_lived_in(demo: DemoAccount, database: Database, settings: Settings) -> None:
    kinds = {row[0] for row in await rows(database, "SELECT DISTINCT kind FROM messages")}
    assert kinds >= {
        "text", "image", "audio", "document", "sticker", "location", "contacts", "reaction", "interactive", "order",
        "unsupported",
    }  # fmt: skip
    statuses = {row[0] for row in await rows(database, "SELECT DISTINCT status FROM messages")}
    assert statuses >= {"received", "sent", "delivered", "read", "failed"}
    admin = await actor_of(database, demo.users[0].email)
    assert (await count_tickets(database, admin)).queue == 12
    assert len((await list_tickets(database, admin, view="closed", limit=100)).items) == 100
    for user in demo.users:
        if user.role == Role.OPERATOR and user.account == SHOP:
            operator = await actor_of(database, user.email)
            mine = (await list_tickets(database, operator, view="mine")).items
            assert len(mine) == 10
            assert any(ticket.unread_count for ticket in mine)
            now = datetime.now(UTC)
            windows = [ticket.window_expires_at for ticket in mine if ticket.window_expires_at]
            assert {window > now for window in windows} == {True, False}
            for ticket in mine:
                page = await list_messages(database, operator, ticket.conversation_id)
                assert str(ticket.preview.message_id) == str(page.items[-1].id)
                for message in page.items:
                    if message.media is not None:
                        opened = await open_media(
                            database, operator, MediaStore(settings.resolved_media_url), message.media.id
                        )
                        assert opened.stored.size == message.media.size


async def test_a_second_company_is_there_and_one_person_works_in_both(
    demo: DemoAccount, database: Database
) -> None:
    both = await rows(
        database,
        """SELECT u.email, array_agg(a.name || ' ' || m.role ORDER BY a.name) FROM users u
        JOIN memberships m ON m.user_id = u.id JOIN accounts a ON a.account_id = m.account_id
        GROUP BY 1 HAVING count(*) > 1""",
    )
    assert [tuple(row) for row in both] == [
        ("marcos@casaprosa.example", ["Ateliê Lume admin", "Casa Prosa supervisor"])
    ]
    renata = await actor_of(database, "renata@atelielume.example", "Ateliê Lume")
    assert len((await list_tickets(database, renata, view="closed", limit=100)).items) == 14
    assert len((await list_tickets(database, renata, view="mine")).items) == 2
    assert (await count_tickets(database, renata)).queue == 3


async def test_the_super_admin_runs_the_installation(demo: DemoAccount, database: Database) -> None:
    (email,) = [user.email for user in demo.users if user.role == "super_admin"]
    found = await rows(
        database,
        f"""SELECT u.is_super_admin, a.slug FROM users u JOIN memberships m ON m.user_id = u.id
        JOIN accounts a ON a.account_id = m.account_id WHERE u.email = '{email}'""",
    )
    assert [tuple(row) for row in found] == [(True, HOME_SLUG)]


async def test_a_data_folder_of_an_older_version_gets_the_others_and_keeps_its_passwords(
    demo: DemoAccount, settings: Settings, database: Database
) -> None:
    file = settings.data_dir / "demo.json"
    shop = [user for user in demo.users if user.account == SHOP][:5]
    file.write_text(
        demo.model_copy(update={"users": shop}).model_dump_json(exclude={"users": {"__all__": {"account"}}})
    )
    messages = await rows(database, "SELECT count(*) FROM messages")
    again = await ensure_demo(settings, sandbox_url=_SANDBOX)
    assert [user.email for user in again.users] == [user.email for user in demo.users]
    assert [user.password for user in again.users[:5]] == [user.password for user in shop]
    assert await rows(database, "SELECT count(*) FROM messages") == messages
    for user in again.users:
        async with database.system() as work:
            person = await fetch_person_by_email(work.session, user.email)
        assert person is not None
        assert await Passwords().verify(person.password_hash, user.password)
    file.write_bytes(demo.model_dump_json().encode())
    for user in demo.users[5:]:  # as the other tests know them
        async with database.system() as work:
            found = await fetch_person_by_email(work.session, user.email)
            assert found is not None
            await set_password_hash(work.session, found.id, await Passwords().hash(user.password))


# Each query answers the rows that break a rule.
_BROKEN = {
    "a window ends 24 hours after the customer's newest message": """
        SELECT id FROM conversations WHERE window_expires_at <> last_inbound_at + interval '24 hours'
           OR last_inbound_at IS NULL""",
    "waiting_since is the oldest message that nobody answered": """
        SELECT t.id FROM tickets t WHERE t.waiting_since IS DISTINCT FROM (
            CASE WHEN t.closed_at IS NULL THEN (
                SELECT min(m.at) FROM messages m WHERE m.ticket_id = t.id AND m.direction = 'in' AND m.at > coalesce((
                    SELECT max(o.at) FROM messages o
                    WHERE o.ticket_id = t.id AND o.direction = 'out' AND o.kind <> 'reaction'), '-infinity')) END)""",
    "unread counts the messages since the last answer": """
        SELECT t.id FROM tickets t WHERE t.closed_at IS NULL AND t.unread_count <> (
            SELECT count(*) FROM messages m WHERE m.ticket_id = t.id AND m.direction = 'in' AND m.at > coalesce((
                SELECT max(o.at) FROM messages o
                WHERE o.ticket_id = t.id AND o.direction = 'out' AND o.kind <> 'reaction'), '-infinity'))""",
    "the first response is the first message of ours": """
        SELECT t.id FROM tickets t WHERE t.first_response_at IS DISTINCT FROM (
            SELECT min(m.at) FROM messages m WHERE m.ticket_id = t.id AND m.direction = 'out' AND m.kind <> 'reaction')""",
    "a ticket is opened, accepted, answered and closed in this order": """
        SELECT id FROM tickets WHERE accepted_at < created_at OR first_response_at < accepted_at
           OR closed_at < last_message_at OR closed_at > now()""",
    "segments follow each other, and only an open ticket has a current one": """
        SELECT t.id FROM tickets t WHERE (SELECT count(*) FROM ticket_segments s
            WHERE s.ticket_id = t.id AND s.ended_at IS NULL) <> (t.closed_at IS NULL)::int
        UNION ALL SELECT s.ticket_id FROM ticket_segments s WHERE s.ended_at < s.started_at
        UNION ALL SELECT s.ticket_id FROM ticket_segments s JOIN tickets t ON t.id = s.ticket_id
            WHERE s.ended_at IS NOT DISTINCT FROM t.closed_at
              AND (s.department_id, s.assignee_id) IS DISTINCT FROM (t.department_id, t.assignee_id)""",
    "protocol numbers have no gap within a day and the counter is the last": """
        SELECT left(protocol, 8) FROM tickets GROUP BY account_id, left(protocol, 8)
            HAVING max(substr(protocol, 9)::int) <> count(*) OR min(substr(protocol, 9)::int) <> 1
        UNION ALL SELECT c.day::text FROM protocol_counters c WHERE c.number <> (
            SELECT count(*) FROM tickets t WHERE t.account_id = c.account_id AND left(t.protocol, 8) = to_char(c.day, 'YYYYMMDD'))""",
    "nothing is in the future, and statuses come after their message": """
        SELECT id FROM messages WHERE at > now() OR (direction = 'out' AND status_at < at)""",
    "only one status a message is the newest": """
        SELECT m.id FROM messages m WHERE m.direction = 'out' AND NOT EXISTS (
            SELECT FROM message_statuses s WHERE s.wamid = m.wamid AND s.status = m.status AND s.at = m.status_at)""",
    "an assignee answers for the ticket's department": """
        SELECT t.id FROM tickets t WHERE t.assignee_id IS NOT NULL AND NOT EXISTS (SELECT FROM membership_departments d
            WHERE d.user_id = t.assignee_id AND d.department_id = t.department_id)""",
    "a contact is known by each of its ids": """
        SELECT c.id FROM contacts c WHERE NOT EXISTS (SELECT FROM contact_identities i
            WHERE i.contact_id = c.id AND i.kind = 'bsuid' AND i.value = c.bsuid)""",
}


@pytest.mark.parametrize("rule", _BROKEN)
async def test_the_demos_past_breaks_no_rule(demo: DemoAccount, database: Database, rule: str) -> None:
    assert await rows(database, _BROKEN[rule]) == []


async def test_a_database_without_its_file_gets_new_passwords_for_the_same_people(
    demo: DemoAccount, settings: Settings, database: Database
) -> None:
    (settings.data_dir / "demo.json").unlink()
    again = await ensure_demo(settings, sandbox_url=_SANDBOX)
    assert [user.email for user in again.users] == [user.email for user in demo.users]
    assert again.hook_key != demo.hook_key
    async with database.system() as work:
        credentials = await fetch_person_by_email(work.session, again.users[0].email)
    assert credentials is not None
    assert await Passwords().verify(credentials.password_hash, again.users[0].password)
