"""People of an account: availability, making accounts and members."""

import pytest

from inbox.accounts.repository import fetch_account_id, fetch_member
from inbox.accounts.service import add_member, create_account, set_availability
from inbox.kernel.actor import Role
from inbox.kernel.database import Database
from inbox.kernel.errors import Conflict
from tests.conftest import RecordingPublisher, SeededAccount


async def test_a_change_of_availability_is_told_to_everybody_once(
    database: Database, seed: SeededAccount, publisher: RecordingPublisher
) -> None:
    publisher.published.clear()
    paused = await set_availability(database, seed.ana, availability="paused", pause_reason="almoço")
    again = await set_availability(database, seed.ana, availability="paused", pause_reason="almoço")
    assert again == paused
    ((account_id, event),) = publisher.published
    assert (account_id, event.type, event.audience) == (seed.account_id, "member_updated", ["account"])
    assert event.data["member"] == paused.model_dump(mode="json")


async def test_a_company_is_made_whole_with_its_people(database: Database) -> None:
    async with database.system() as work:
        account_id, (first, second) = await create_account(
            work, name="Livraria", slug="livraria", departments=[("Loja", "#111111"), ("Web", "#222222")]
        )
        user_id = await add_member(
            work,
            account_id=account_id,
            email="Rita@Livraria.example",
            name="Rita",
            password_hash="x",
            role=Role.OPERATOR,
            department_ids=[first, second],
        )
    async with database.system() as work:
        assert await fetch_account_id(work.session, "livraria") == account_id
        member = await fetch_member(work.session, account_id, user_id)
    assert member is not None
    assert set(member.department_ids) == {first, second}


async def test_slugs_and_addresses_are_unique_whatever_their_case(
    database: Database, seed: SeededAccount
) -> None:
    async with database.system() as work:
        account_id, _ = await create_account(work, name="A", slug="a", departments=[("X", "#111111")])
        await add_member(
            work, account_id=account_id, email="eva@a.example", name="Eva", password_hash="x", role=Role.ADMIN
        )
    with pytest.raises(Conflict):
        async with database.system() as work:
            await create_account(work, name="B", slug="a", departments=[])
    with pytest.raises(Conflict):
        async with database.system() as work:
            await add_member(
                work,
                account_id=account_id,
                email="EVA@a.example",
                name="E",
                password_hash="x",
                role=Role.ADMIN,
            )
