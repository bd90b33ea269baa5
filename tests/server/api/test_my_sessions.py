"""One's own browsers, accounts and profile; and a super admin's sessions as somebody else."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from starlette.applications import Starlette
from starlette.routing import Mount

from inbox.identity.repository import Person, fetch_person
from inbox.kernel.actor import Actor, Origin
from inbox.kernel.audit import INSTALLATION
from inbox.kernel.database import Database, UnitOfWork
from inbox.kernel.errors import Forbidden, NotFound
from inbox.kernel.ids import new_id
from server.auth.errors import SessionOver
from server.auth.gate import Gate, build_gate
from server.auth.sessions import Sessions
from server.settings import Settings
from tests.conftest import SeededAccount, seed_account
from tests.server.api.ceremonies import REFRESH, MovableClock, sign_in, signed_in_as
from tests.server.api.conftest import PASSWORD, ApiParts, SignedInClient, audited, give_password

_PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    " Version/18.1 Mobile/15E148 Safari/604.1"
)


async def execute(database: Database, sql: str, **values: Any) -> None:
    async with database.system() as work:
        await work.session.execute(text(sql), values)


async def test_the_list_says_which_browser_where_and_when(
    client: httpx.AsyncClient, stranger: httpx.AsyncClient, email: str
) -> None:
    stranger.headers["User-Agent"] = _PHONE
    await sign_in(stranger, email)
    here = await signed_in_as(client, email)
    first, second = (await here.get("/api/v1/me/sessions")).json()
    assert (first["current"], second["current"]) == (True, False)
    assert (second["browser"], second["os"], second["device"]) == (
        "Mobile Safari 18", "iOS 18", "Apple iPhone",
    )  # fmt: skip
    assert second["ip"].startswith("198.51.100.")


async def test_one_ends_and_then_the_others_and_everybody_hears_of_it(
    client: httpx.AsyncClient,
    stranger: httpx.AsyncClient,
    database: Database,
    seed: SeededAccount,
    email: str,
) -> None:
    here, there = await signed_in_as(client, email), await signed_in_as(stranger, email)
    other = await signed_in_as(stranger, email)
    sessions = (await here.get("/api/v1/me/sessions")).json()
    ended = [found["id"] for found in sessions if not found["current"]][-1]
    assert (await here.ask("DELETE", f"/api/v1/me/sessions/{ended}")).status_code == 204
    assert (await here.ask("DELETE", f"/api/v1/me/sessions/{ended}")).status_code == 404
    assert (await there.get("/api/v1/me")).json()["code"] == "session_over"
    assert (await other.get("/api/v1/me")).status_code == 200
    assert (await here.post("/api/v1/me/sessions/end-others")).json() == {"ended": 1}
    assert (await other.get("/api/v1/me")).json()["code"] == "session_over"
    assert (await here.get("/api/v1/me")).status_code == 200
    assert len(await audited(database, seed.account_id, "session.ended")) == 1
    assert (await audited(database, seed.account_id, "session.others_ended"))[0].after == {"count": 1}


async def test_somebody_elses_session_is_not_found(
    client: httpx.AsyncClient, seed: SeededAccount, email: str, signed_in: Any
) -> None:
    bruno = await signed_in(seed.bruno)
    (own,) = (await bruno.get("/api/v1/me/sessions")).json()
    ana = await signed_in_as(client, email)
    assert (await ana.ask("DELETE", f"/api/v1/me/sessions/{own['id']}")).status_code == 404
    assert (await bruno.get("/api/v1/me")).status_code == 200


async def test_a_profile_is_changed_in_every_account_and_colleagues_hear_of_it(
    client: httpx.AsyncClient, database: Database, seed: SeededAccount, email: str
) -> None:
    person = await signed_in_as(client, email)
    answer = await person.ask("PATCH", "/api/v1/me", json={"name": "  Ana Lima ", "locale": "en"})
    assert (answer.json()["user"]["name"], answer.json()["user"]["locale"]) == ("Ana Lima", "en")
    (entry,) = await audited(database, seed.account_id, "user.profile_changed")
    assert entry.after == {"name": "Ana Lima", "locale": "en"}
    async with database.system() as work:
        found = await work.session.execute(
            text("SELECT count(*) FROM events WHERE account_id = :id AND type = 'member_updated'"),
            {"id": seed.account_id},
        )
        assert found.scalar_one() == 1
    refused = await person.ask("PATCH", "/api/v1/me", json={"name": " "})
    assert refused.status_code == 422


# ── several accounts ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
async def second_account(settings: Settings, database: Database, seed: SeededAccount) -> SeededAccount:
    """Ana is its client."""
    other = seed_account(settings)
    await execute(
        database,
        "INSERT INTO memberships (account_id, user_id, role, created_at) VALUES (:a, :u, 'client', now() + interval '1 s')",
        a=other.account_id,
        u=seed.ana.user_id,
    )
    return other


async def switch(person: SignedInClient, account_id: UUID) -> httpx.Response:
    return await person.post("/api/v1/auth/switch-account", json={"account_id": str(account_id)})


async def test_somebody_in_two_accounts_switches_and_comes_back_where_they_were(
    client: httpx.AsyncClient,
    database: Database,
    seed: SeededAccount,
    second_account: SeededAccount,
    email: str,
) -> None:
    person = await signed_in_as(client, email)
    me = (await person.get("/api/v1/me")).json()
    assert me["account"]["id"] == str(seed.account_id)
    assert {(found["id"], found["role"]) for found in me["accounts"]} == {
        (str(seed.account_id), "operator"),
        (str(second_account.account_id), "client"),
    }
    switched = (await switch(person, second_account.account_id)).json()
    assert (switched["session"]["role"], switched["session"]["permissions"]) == ("client", ["reports.view"])
    assert len(await audited(database, second_account.account_id, "session.account_entered")) == 1
    refreshed = (await client.post("/api/v1/auth/refresh", headers=REFRESH)).json()
    assert refreshed["session"]["account"]["id"] == str(second_account.account_id)
    again = await sign_in(client, email)
    assert again["session"]["account"]["id"] == str(second_account.account_id)


async def test_switching_into_what_is_not_ones_own_is_not_found(
    client: httpx.AsyncClient, settings: Settings, email: str
) -> None:
    person = await signed_in_as(client, email)
    for account_id in (seed_account(settings).account_id, new_id()):
        refused = await switch(person, account_id)
        assert (refused.status_code, refused.json()["code"]) == (404, "not_found")


async def test_switching_asks_for_the_second_factor_that_the_other_account_wants(
    client: httpx.AsyncClient,
    database: Database,
    second_account: SeededAccount,
    email: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = MovableClock(database, monkeypatch)
    await execute(
        database,
        """UPDATE accounts SET security = '{"second_factor_roles": ["client"]}' WHERE account_id = :a""",
        a=second_account.account_id,
    )
    person = await signed_in_as(client, email)
    problem = (await switch(person, second_account.account_id)).json()
    assert (problem["code"], problem["outcome"]) == ("second_factor_required", "enrolment_required")
    challenge = problem["challenge"]
    setup = (await client.post("/api/v1/auth/enrolment/totp", json={"challenge": challenge})).json()
    entered = await client.post(
        "/api/v1/auth/enrolment/totp/confirm",
        json={"challenge": challenge, "code": clock.code(setup["secret"])},
    )
    assert entered.json()["session"]["account"]["id"] == str(second_account.account_id)
    assert len((await person.get("/api/v1/me/sessions")).json()) == 1


async def test_a_suspended_account_is_passed_over_and_cannot_be_entered(
    client: httpx.AsyncClient,
    database: Database,
    seed: SeededAccount,
    second_account: SeededAccount,
    email: str,
) -> None:
    await execute(
        database, "UPDATE accounts SET state = 'suspended' WHERE account_id = :a", a=seed.account_id
    )
    entered = await sign_in(client, email)
    assert entered["session"]["account"]["id"] == str(second_account.account_id)
    refused = await switch(SignedInClient(client, entered["access_token"]), seed.account_id)
    assert (refused.status_code, refused.json()["code"]) == (403, "account_suspended")


# ── a super admin as somebody else ──────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
async def gate(parts: ApiParts) -> Any:
    gate = build_gate(parts)
    yield gate
    await gate.close()


@pytest.fixture
async def super_admin(database: Database, settings: Settings, password_hash: str) -> tuple[Actor, str]:
    """Somebody of another account, and their address."""
    home = seed_account(settings)
    email = await give_password(database, home.admin, password_hash)
    await execute(database, "UPDATE users SET is_super_admin = true WHERE id = :id", id=home.admin.user_id)
    return home.admin, email


async def _person(work: UnitOfWork, user_id: UUID) -> Person:
    person = await fetch_person(work.session, user_id)
    assert person is not None
    return person


def _sessions(app: Starlette) -> Sessions:
    (api,) = [route.app for route in app.routes if isinstance(route, Mount)]
    gate: Gate = api.state.gate  # type: ignore[attr-defined]  # FastAPI's
    return gate.sessions


async def test_an_impersonation_is_marked_bounded_on_record_and_ends_in_ones_own_session(
    client: httpx.AsyncClient,
    app: Starlette,
    gate: Gate,
    database: Database,
    seed: SeededAccount,
    super_admin: tuple[Actor, str],
    email: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    admin, _ = super_admin
    async with database.system() as work:
        session = await gate.sessions.open(
            work,
            await _person(work, admin.user_id),
            admin.account_id,
            Origin("127.0.0.1"),
            method="test",
            device=None,
        )
    assert session.refresh_token is not None
    client.cookies.set("prosa_refresh", session.refresh_token, path="/api/v1/auth")
    own = SignedInClient(client, session.access.token)
    answer = await own.post(
        f"/api/v1/installation/accounts/{seed.account_id}/impersonate",
        json={"user_id": str(seed.ana.user_id), "reason": "chamado 4711"},
    )
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["session"]["user"]["id"] == str(seed.ana.user_id)
    assert body["session"]["impersonated_by"] == {
        "id": str(admin.user_id), "name": "Alice", "reason": "chamado 4711",
    }  # fmt: skip
    assert body["session"]["is_super_admin"] is False
    where = {"account_ids": [str(seed.account_id)]}  # said where it is not known anyway
    for chain, more in ((seed.account_id, {}), (INSTALLATION, where)):
        entry = (await audited(database, chain, "session.impersonation_began"))[-1]
        assert (entry.actor_id, entry.after) == (admin.user_id, {"reason": "chamado 4711", **more})
    as_ana = SignedInClient(client, body["access_token"])
    forbidden = [
        await as_ana.ask(
            "PUT", "/api/v1/me/password", json={"current_password": PASSWORD, "new_password": "x" * 12}
        ),
        await as_ana.post("/api/v1/me/second-factor/totp"),
        await as_ana.post("/api/v1/me/passkeys/options"),
    ]
    assert {answer.json()["code"] for answer in forbidden} == {"not_while_impersonating"}
    # The impersonated person does not see it among their browsers, nor does it end with theirs.
    ana = await signed_in_as(httpx.AsyncClient(transport=client._transport, base_url=client.base_url), email)
    assert len((await ana.get("/api/v1/me/sessions")).json()) == 1
    refreshed = (await client.post("/api/v1/auth/refresh", headers=REFRESH)).json()
    assert refreshed["session"]["impersonated_by"]["id"] == str(admin.user_id)
    # What is done is on record as the super admin's doing.
    await SignedInClient(client, refreshed["access_token"]).ask("PATCH", "/api/v1/me", json={"locale": "en"})
    changed = (await audited(database, seed.account_id, "user.profile_changed"))[-1]
    assert (changed.actor_id, changed.impersonator_id) == (seed.ana.user_id, admin.user_id)
    assert (await client.post("/api/v1/auth/sign-out")).status_code == 204
    assert (await as_ana.get("/api/v1/me")).json()["code"] == "session_over"
    monkeypatch.setattr(gate.sessions, "_super_admins_need_second_factor", False)
    monkeypatch.setattr(_sessions(app), "_super_admins_need_second_factor", False)
    returned = await client.post("/api/v1/auth/refresh", headers=REFRESH)
    assert returned.json()["session"]["user"]["id"] == str(admin.user_id)
    assert returned.json()["session"]["impersonated_by"] is None


async def test_an_impersonation_ends_after_an_hour_and_with_its_super_admins_rights(
    gate: Gate, database: Database, seed: SeededAccount, super_admin: tuple[Actor, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    clock = MovableClock(database, monkeypatch)
    admin, _ = super_admin
    origin = Origin("127.0.0.1")
    one = await gate.sessions.impersonate(admin, seed.account_id, seed.ana.user_id, "porque sim", origin)
    two = await gate.sessions.impersonate(admin, seed.account_id, seed.ana.user_id, "porque sim", origin)
    assert one.refresh_token is not None
    assert two.refresh_token is not None
    clock.advance(timedelta(minutes=50))
    again = await gate.sessions.refresh(one.refresh_token, origin)
    assert again.refresh_token is not None
    await execute(database, "UPDATE users SET is_super_admin = false WHERE id = :id", id=admin.user_id)
    with pytest.raises(SessionOver):
        await gate.sessions.refresh(two.refresh_token, origin)
    await execute(database, "UPDATE users SET is_super_admin = true WHERE id = :id", id=admin.user_id)
    clock.advance(timedelta(minutes=11))
    with pytest.raises(SessionOver):
        await gate.sessions.refresh(again.refresh_token, origin)


async def test_nobody_is_impersonated_outside_the_account_and_no_super_admin_at_all(
    gate: Gate, database: Database, seed: SeededAccount, super_admin: tuple[Actor, str]
) -> None:
    admin, _ = super_admin
    with pytest.raises(NotFound):
        await gate.sessions.impersonate(admin, admin.account_id, seed.ana.user_id, "porque sim")
    with pytest.raises(NotFound):
        await gate.sessions.impersonate(admin, seed.account_id, new_id(), "porque sim")
    await execute(database, "UPDATE users SET is_super_admin = true WHERE id = :id", id=seed.ana.user_id)
    with pytest.raises(Forbidden):
        await gate.sessions.impersonate(admin, seed.account_id, seed.ana.user_id, "porque sim")
