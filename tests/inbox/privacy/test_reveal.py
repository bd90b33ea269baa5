"""A masked number is shown to who may look, once in a while, and on record."""

import asyncio
from dataclasses import replace

import asyncpg
import pytest

from inbox.kernel.actor import Actor
from inbox.kernel.database import Database, driver_dsn
from inbox.kernel.errors import Forbidden, NotFound, ProsaError
from inbox.kernel.permissions import Permission
from inbox.privacy import reveal
from inbox.privacy.errors import NoPhone, ReasonNamesSubject, TooManyReveals
from inbox.privacy.service import reveal_phone
from server.settings import Settings
from tests.conftest import SeededAccount, seed_account
from tests.inbox.rows import add_talk


def only(actor: Actor, *permissions: Permission) -> Actor:
    return replace(actor, permissions=frozenset(permissions), masks_phones=True)


async def looks(settings: Settings, seed: SeededAccount) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(driver_dsn(settings.database_url))
    rows = await connection.fetch(
        "SELECT * FROM audit_log WHERE account_id = $1 AND action = 'contact.phone_revealed' ORDER BY seq",
        seed.account_id,
    )
    await connection.close()
    return list(rows)


async def test_a_look_shows_the_number_and_is_on_record(
    database: Database, seed: SeededAccount, settings: Settings
) -> None:
    talk = await add_talk(database, seed, wa_id="5511987651234")
    masked = only(seed.ana, Permission.INBOX, Permission.CONTACTS_REVEAL)
    shown = await reveal_phone(database, masked, talk.contact_id, reason="Retorno por telefone")
    assert (shown.phone, shown.wa_id) == ("+55 11 98765-1234", "5511987651234")
    (row,) = await looks(settings, seed)
    assert (row["actor_id"], row["target_id"]) == (seed.ana.user_id, str(talk.contact_id))
    assert "Retorno por telefone" in row["after"]
    assert "98765" not in str(dict(row))


async def test_who_may_not_look_sees_nothing_and_leaves_nothing(
    database: Database, seed: SeededAccount, settings: Settings
) -> None:
    talk = await add_talk(database, seed, department="vendas")
    with pytest.raises(Forbidden):
        await reveal_phone(database, only(seed.ana, Permission.INBOX), talk.contact_id)
    with pytest.raises(NotFound):
        await reveal_phone(database, seed.bruno, talk.contact_id)
    with pytest.raises(NotFound):
        await reveal_phone(database, seed_account(settings).admin, talk.contact_id)
    assert await looks(settings, seed) == []


async def test_so_many_looks_an_hour_also_when_they_come_at_once(
    database: Database, seed: SeededAccount, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reveal, "MOST_AN_HOUR", 3)
    talk = await add_talk(database, seed)

    async def look() -> ProsaError | None:
        try:
            await reveal_phone(database, seed.ana, talk.contact_id)
        except TooManyReveals as error:
            return error
        return None

    results = await asyncio.gather(*(look() for _ in range(6)))
    refused = [result for result in results if result is not None]
    assert len(refused) == 3
    assert 3590 <= refused[0].extra["retry_after_seconds"] <= 3601
    assert len(await looks(settings, seed)) == 3
    # Others have an hour of their own.
    await reveal_phone(database, seed.admin, talk.contact_id)


async def test_a_reason_does_not_name_whom_it_is_about(database: Database, seed: SeededAccount) -> None:
    talk = await add_talk(database, seed, name="Maria Souza", wa_id="5511987650000")
    for reason in ("ligar para a Maria", "o número 98765-0000 não atende", "maria@example.com"):
        with pytest.raises(ReasonNamesSubject):
            await reveal_phone(database, seed.ana, talk.contact_id, reason=reason)


async def test_who_has_shared_no_number_has_none(
    database: Database, seed: SeededAccount, settings: Settings
) -> None:
    talk = await add_talk(database, seed)
    connection = await asyncpg.connect(driver_dsn(settings.database_url))
    await connection.execute("UPDATE contacts SET wa_id = NULL WHERE id = $1", talk.contact_id)
    await connection.close()
    with pytest.raises(NoPhone):
        await reveal_phone(database, seed.ana, talk.contact_id)
