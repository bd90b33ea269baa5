"""The super admin's view of all accounts and people: found quickly, opened with an invitation, never without a last admin."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from inbox.accounts.account_events import AccountState
from inbox.accounts.errors import LastAdmin
from inbox.accounts.lifecycle import HOME_SLUG
from inbox.installation import accounts, people
from inbox.installation.accounts import NewAccount
from inbox.installation.people import LastSuperAdmin, OneSelf, add_super_admin
from inbox.installation.super_admin import SuperAdmin, access_super_admin
from inbox.kernel.actor import Actor, ActorKind, Role
from inbox.kernel.audit import INSTALLATION
from inbox.kernel.database import Database
from inbox.kernel.encryption import Vault
from inbox.kernel.errors import Invalid, NotFound
from inbox.kernel.ids import new_id
from inbox.mail.service import Mailer
from server.settings import Settings
from tests.conftest import SeededAccount, seed_account

URL = "https://prosa.test"


async def ask(database: Database, query: str, **values: Any) -> list[Any]:
    async with database.system() as work:
        return list(await work.session.execute(text(query), values))


async def new_super_admin(database: Database, name: str = "Sara") -> Actor:
    async with database.system() as work:
        email = f"{name.lower()}-{new_id().hex[-8:]}@prosa.example"
        user_id = await add_super_admin(work, name=name, email=email, password_hash="unusable")
    ((account_id,),) = await ask(
        database, "SELECT account_id FROM accounts WHERE slug = :slug", slug=HOME_SLUG
    )
    return Actor(account_id, user_id, Role.ADMIN, name=name)


@pytest.fixture(scope="module")
async def admin(database: Database) -> SuperAdmin:
    return await access_super_admin(database, await new_super_admin(database))


@pytest.fixture
def mailer(vault: Vault) -> Mailer:
    return Mailer(vault)


async def test_nobody_else_is_a_super_admin(
    database: Database, seed: SeededAccount, admin: SuperAdmin
) -> None:
    nobody = replace(seed.admin, user_id=new_id())
    key = replace(admin.actor, kind=ActorKind.API_KEY)
    somebody = replace(admin.actor, impersonator_id=new_id())
    for actor in (seed.admin, seed.ana, nobody, key, somebody):
        with pytest.raises(NotFound):
            await access_super_admin(database, actor)


async def test_super_admins_share_one_home(database: Database, admin: SuperAdmin) -> None:
    second = await new_super_admin(database, "Bia")
    assert second.account_id == admin.actor.account_id
    details = await accounts.access_account(database, admin, second.account_id)
    assert details.is_home


async def test_accounts_are_found_by_name_without_accents_by_id_and_by_state(
    database: Database, settings: Settings, admin: SuperAdmin
) -> None:
    seeds = [seed_account(settings) for _ in range(3)]
    async with database.system() as work:
        await work.session.execute(
            text("UPDATE accounts SET name = 'Açaí & 100%_Fruta' WHERE account_id = :id"),
            {"id": seeds[0].account_id},
        )

    async def find(q: str, state: AccountState | None = None) -> list[UUID]:
        page = await accounts.list_accounts(database, admin, q=q, state=state, before=None, limit=50)
        return [account.id for account in page.items]

    for q in ("acai", "AÇAÍ", "100%_f", str(seeds[0].account_id)):
        assert await find(q) == [seeds[0].account_id], q
    assert await find("_____________________") == []
    assert seeds[0].account_id not in await find("", AccountState.SUSPENDED)
    assert set(await find("")) >= {seed.account_id for seed in seeds}


async def test_pages_follow_each_other_without_gap_or_repeat(
    database: Database, settings: Settings, admin: SuperAdmin
) -> None:
    for _ in range(5):
        seed_account(settings)
    ((total,),) = await ask(database, "SELECT count(*) FROM accounts")
    seen: list[UUID] = []
    before = None
    while True:
        page = await accounts.list_accounts(database, admin, q="", state=None, before=before, limit=2)
        seen += [account.id for account in page.items]
        before = page.next_place
        if before is None:
            break
    assert len(seen) == len(set(seen)) == total


async def test_health_tells_what_needs_a_look(
    database: Database, seed: SeededAccount, admin: SuperAdmin
) -> None:
    async def health() -> accounts.AccountHealth:
        return (await accounts.access_account(database, admin, seed.account_id)).health

    new = await health()
    assert (new.is_fine, new.numbers_not_fine) == (
        False,
        1,
    )  # as its own page says of a number without any webhook
    (number,) = (await accounts.access_account(database, admin, seed.account_id)).usage.numbers
    assert not number.is_fine
    async with database.system() as work:
        await work.session.execute(
            text(
                "UPDATE phone_numbers SET last_webhook_at = now() - interval '2 days' WHERE account_id = :id"
            ),
            {"id": seed.account_id},
        )
    (number,) = (await accounts.access_account(database, admin, seed.account_id)).usage.numbers
    assert (number.state, number.is_fine) == ("quiet", True)
    healthy = await health()
    assert (healthy.is_fine, healthy.numbers_not_fine) == (True, 0)
    assert (healthy.members, healthy.admins, healthy.numbers) == (4, 1, 1)
    old = UUID(int=(int((datetime.now(UTC) - timedelta(hours=25)).timestamp() * 1000) << 80) | 1)
    async with database.system() as work:
        for id_, hash_ in ((old, "old"), (new_id(), "new")):
            await work.session.execute(
                text(
                    """INSERT INTO dead_webhooks (account_id, id, app_id, reason, body, body_hash)
                    VALUES (:a, :b, :c, 'poison', 'x', convert_to(:hash, 'UTF8'))"""
                ),
                {"a": seed.account_id, "b": id_, "c": seed.app.id, "hash": hash_},
            )
    parked = await health()
    assert (parked.is_fine, parked.parked_webhooks) == (False, 1)


async def test_a_new_account_comes_with_an_invitation_for_its_first_admin(
    database: Database, admin: SuperAdmin, mailer: Mailer
) -> None:
    email = f"dona-{new_id().hex[-8:]}@padaria.example"
    wanted = NewAccount(name="Padaria São João", admin_email=email, admin_name="Dona")
    ids = [
        await accounts.open_account(
            database, admin, mailer, wanted.model_copy(update={"admin_email": f"{n}{email}"}),
            default_plan="business", public_url=URL,
        )
        for n in range(2)
    ]  # fmt: skip
    first, second = [await accounts.access_account(database, admin, id_) for id_ in ids]
    assert first.slug == "padaria-sao-joao"
    assert second.slug.startswith("padaria-sao-joao-")
    assert (first.plan, first.health.admins, first.health.is_fine) == ("business", 0, False)
    rows = await ask(database, "SELECT email, role, name FROM invitations WHERE account_id = :id", id=ids[0])
    assert [tuple(row) for row in rows] == [(f"0{email}", "admin", "Dona")]
    mails = await ask(
        database,
        "SELECT count(*) FROM mails WHERE recipient = :email AND template = 'invitation'",
        email=f"0{email}",
    )
    assert mails[0][0] == 1
    for chain in (ids[0], INSTALLATION):
        found = await ask(
            database,
            "SELECT count(*) FROM audit_log WHERE account_id = :chain AND action = 'account.created' AND target_id = :id",
            chain=chain,
            id=str(ids[0]),
        )
        assert found[0][0] == 1


async def test_a_plan_that_does_not_exist_is_refused(
    database: Database, seed: SeededAccount, admin: SuperAdmin
) -> None:
    with pytest.raises(Invalid):
        await accounts.change_plan(database, admin, seed.account_id, "gold")
    await accounts.change_plan(database, admin, seed.account_id, "business")
    assert (await accounts.access_account(database, admin, seed.account_id)).plan == "business"
    with pytest.raises(NotFound):
        await accounts.change_plan(database, admin, new_id(), "business")


# ── people ──────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_disabled_person_has_no_session_left_and_comes_back_enabled(
    database: Database, seed: SeededAccount, admin: SuperAdmin
) -> None:
    async with database.system() as work:
        await work.session.execute(
            text(
                """INSERT INTO sessions (id, user_id, current_account_id, token_hash, expires_at)
                VALUES (:id, :user, :account, :hash, now() + interval '1 day')"""
            ),
            {"id": new_id(), "user": seed.ana.user_id, "account": seed.account_id, "hash": new_id().bytes},
        )
    person, account_ids = await people.disable_person(database, admin, seed.ana.user_id, "Saiu da empresa")
    assert person.disabled_at is not None
    assert account_ids == [seed.account_id]
    sessions = await ask(
        database, "SELECT revoked_reason FROM sessions WHERE user_id = :id", id=seed.ana.user_id
    )
    assert [row[0] for row in sessions] == ["disabled"]
    for chain in (seed.account_id, INSTALLATION):
        rows = await ask(
            database,
            "SELECT action, after->>'reason' FROM audit_log WHERE account_id = :chain AND target_id = :id",
            chain=chain,
            id=str(seed.ana.user_id),
        )
        assert [tuple(row) for row in rows] == [("person.disabled", "Saiu da empresa")]
    assert (await people.enable_person(database, admin, seed.ana.user_id)).disabled_at is None


async def test_the_last_admin_of_an_account_is_not_disabled(
    database: Database, seed: SeededAccount, admin: SuperAdmin
) -> None:
    with pytest.raises(LastAdmin) as refused:
        await people.disable_person(database, admin, seed.admin.user_id, "x")
    assert refused.value.extra["account_id"] == seed.account_id


async def test_of_two_admins_disabled_at_once_one_stays(
    database: Database, seed: SeededAccount, admin: SuperAdmin
) -> None:
    async with database.system() as work:
        await work.session.execute(
            text("UPDATE memberships SET role = 'admin' WHERE user_id = :id"), {"id": seed.bruno.user_id}
        )
    results = await asyncio.gather(
        *(people.disable_person(database, admin, user.user_id, "x") for user in (seed.admin, seed.bruno)),
        return_exceptions=True,
    )
    assert sum(isinstance(result, LastAdmin) for result in results) == 1
    ((left,),) = await ask(
        database,
        """SELECT count(*) FROM memberships m JOIN users u ON u.id = m.user_id
        WHERE m.account_id = :id AND m.role = 'admin' AND u.disabled_at IS NULL""",
        id=seed.account_id,
    )
    assert left == 1


async def test_nobody_disables_themself_and_the_last_super_admin_stays(
    database: Database, admin: SuperAdmin
) -> None:
    with pytest.raises(OneSelf):
        await people.disable_person(database, admin, admin.user_id, "x")
    other = await access_super_admin(database, await new_super_admin(database, "Lia"))
    async with database.system() as work:  # they alone are left
        await work.session.execute(
            text("UPDATE users SET disabled_at = now() WHERE is_super_admin AND id NOT IN (:a, :b)"),
            {"a": admin.user_id, "b": other.user_id},
        )
    results = await asyncio.gather(
        people.disable_person(database, admin, other.user_id, "x"),
        people.disable_person(database, other, admin.user_id, "x"),
        return_exceptions=True,
    )
    assert sum(isinstance(result, (LastSuperAdmin, LastAdmin)) for result in results) == 1


async def test_people_are_found_by_name_and_address_across_accounts(
    database: Database, settings: Settings, seed: SeededAccount, admin: SuperAdmin
) -> None:
    ((email,),) = await ask(database, "SELECT email FROM users WHERE id = :id", id=seed.ana.user_id)
    page = await people.list_people(database, admin, q=email.upper(), account_id=None, before=None, limit=10)
    (person,) = page.items
    assert (person.id, person.accounts[0].id, person.accounts[0].role) == (
        seed.ana.user_id,
        seed.account_id,
        Role.OPERATOR,
    )
    of_account = await people.list_people(
        database, admin, q="", account_id=seed.account_id, before=None, limit=10
    )
    assert len(of_account.items) == 4
