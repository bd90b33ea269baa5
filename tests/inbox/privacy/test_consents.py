"""The ledger of consents: append-only, the newest entry holds, and what campaigns ask."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from inbox.kernel.database import Database, driver_dsn
from inbox.kernel.errors import Forbidden, Invalid, NotFound
from inbox.kernel.permissions import Permission
from inbox.privacy.service import NewConsent, list_consents, may_contact, record_consent
from server.settings import Settings
from tests.conftest import SeededAccount, seed_account
from tests.inbox.rows import Talk, add_talk


def consent(granted: bool = True, *, purpose: str = "marketing", at: datetime | None = None) -> NewConsent:
    return NewConsent(purpose, granted, "consent", "whatsapp", evidence="Sim, pode mandar", at=at)


async def may(database: Database, seed: SeededAccount, talk: Talk, purpose: str) -> bool:
    async with database.system(seed.account_id) as work:
        return await may_contact(work, seed.account_id, talk.contact_id, purpose)


async def test_the_newest_entry_of_each_purpose_holds(database: Database, seed: SeededAccount) -> None:
    talk = await add_talk(database, seed)
    now = datetime.now(UTC)
    await record_consent(database, seed.admin, talk.contact_id, consent(at=now - timedelta(days=2)))
    await record_consent(database, seed.ana, talk.contact_id, consent(False, at=now - timedelta(days=1)))
    # Recorded later, but about an earlier day: the withdrawal still holds.
    await record_consent(database, seed.admin, talk.contact_id, consent(at=now - timedelta(days=3)))
    await record_consent(database, seed.admin, talk.contact_id, consent(purpose="research"))
    consents = await list_consents(database, seed.ana, talk.contact_id)
    assert [(entry.purpose, entry.granted) for entry in consents.current] == [
        ("marketing", False),
        ("research", True),
    ]
    assert len(consents.history) == 4
    assert {entry.recorded_by_name for entry in consents.history} == {"Alice", "Ana"}


async def test_nobody_is_written_to_without_having_allowed_it(
    database: Database, seed: SeededAccount
) -> None:
    talk = await add_talk(database, seed)
    assert not await may(database, seed, talk, "marketing")
    # Their own request needs no consent, until they object.
    assert await may(database, seed, talk, "service")
    await record_consent(database, seed.admin, talk.contact_id, consent())
    assert await may(database, seed, talk, "marketing")
    await record_consent(database, seed.admin, talk.contact_id, consent(False))
    assert not await may(database, seed, talk, "marketing")
    await record_consent(database, seed.admin, talk.contact_id, consent(False, purpose="service"))
    assert not await may(database, seed, talk, "service")


async def test_an_erased_contact_is_not_written_to(
    database: Database, seed: SeededAccount, settings: Settings
) -> None:
    talk = await add_talk(database, seed)
    await record_consent(database, seed.admin, talk.contact_id, consent())
    connection = await asyncpg.connect(driver_dsn(settings.database_url))
    await connection.execute("UPDATE contacts SET erased_at = now() WHERE id = $1", talk.contact_id)
    await connection.close()
    assert not await may(database, seed, talk, "marketing")
    assert not await may(database, seed, talk, "service")


async def test_another_account_asks_in_vain(
    database: Database, seed: SeededAccount, settings: Settings
) -> None:
    talk, other = await add_talk(database, seed), seed_account(settings)
    await record_consent(database, seed.admin, talk.contact_id, consent())
    async with database.acting(other.admin) as work:
        assert not await may_contact(work, other.account_id, talk.contact_id, "marketing")
        assert not await may_contact(work, seed.account_id, talk.contact_id, "marketing")
    with pytest.raises(NotFound):
        await list_consents(database, other.admin, talk.contact_id)
    with pytest.raises(NotFound):
        await record_consent(database, other.admin, talk.contact_id, consent())


async def test_departments_and_permissions_are_asked(database: Database, seed: SeededAccount) -> None:
    talk = await add_talk(database, seed, department="vendas")
    with pytest.raises(NotFound):
        await list_consents(database, seed.bruno, talk.contact_id)
    reader = replace(seed.ana, permissions=frozenset({Permission.INBOX}))
    await list_consents(database, reader, talk.contact_id)
    with pytest.raises(Forbidden):
        await record_consent(database, reader, talk.contact_id, consent())


async def test_a_consent_of_tomorrow_is_refused(database: Database, seed: SeededAccount) -> None:
    talk = await add_talk(database, seed)
    with pytest.raises(Invalid):
        await record_consent(
            database, seed.admin, talk.contact_id, consent(at=datetime.now(UTC) + timedelta(days=1))
        )


async def test_the_ledger_cannot_be_changed_by_who_acts(
    database: Database, seed: SeededAccount, settings: Settings
) -> None:
    talk = await add_talk(database, seed)
    await record_consent(database, seed.admin, talk.contact_id, consent(False))
    app = await asyncpg.connect(driver_dsn(settings.resolved_app_database_url))
    try:
        for statement in (
            "UPDATE consents SET granted = true",
            "DELETE FROM consents",
            "DELETE FROM erasures",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await app.execute(statement)
    finally:
        await app.close()


async def test_every_entry_is_on_record_without_its_evidence(
    database: Database, seed: SeededAccount, settings: Settings
) -> None:
    talk = await add_talk(database, seed)
    await record_consent(database, seed.admin, talk.contact_id, consent())
    connection = await asyncpg.connect(driver_dsn(settings.database_url))
    row = await connection.fetchrow(
        "SELECT action, target_id, after::text FROM audit_log WHERE account_id = $1 ORDER BY seq DESC LIMIT 1",
        seed.account_id,
    )
    await connection.close()
    assert row is not None
    assert (row["action"], row["target_id"]) == ("consent.recorded", str(talk.contact_id))
    assert "pode mandar" not in row["after"]
