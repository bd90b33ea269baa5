"""/v1/installation over REST: a super admin's; to everybody else none of it exists."""

from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi.routing import APIRoute

from inbox.accounts.plans import PLANS
from inbox.kernel.database import Database
from inbox.kernel.ids import new_id
from server.api.installation import router
from tests.conftest import SeededAccount
from tests.inbox.installation.test_accounts import ask, new_super_admin
from tests.server.api.conftest import PASSWORD, SignedInClient, SignIn

ROUTES = [
    (method, route.path)
    for route in router.routes
    if isinstance(route, APIRoute) and route.path.startswith("/v1/installation")
    for method in sorted(route.methods or ())
]
BODY = {"reason": "porque sim", "user_id": str(new_id()), "plan": "standard", "email": "a@b.example"}


@pytest.fixture
async def super_admin(database: Database, signed_in: SignIn) -> SignedInClient:
    return await signed_in(await new_super_admin(database))


def path_of(path: str, id_: UUID) -> str:
    return "/api" + path.format(account_id=id_, user_id=id_)


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_to_everybody_else_it_does_not_exist(
    method: str, path: str, seed: SeededAccount, signed_in: SignIn
) -> None:
    for actor in (seed.admin, seed.ana):
        client = await signed_in(actor)
        for id_ in (seed.account_id, seed.admin.user_id):
            answer = await client.ask(
                method, path_of(path, id_), json=BODY if method in ("POST", "PUT") else None
            )
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
            assert str(id_) not in answer.text


async def test_there_are_as_many_routes_as_we_think() -> None:
    assert len(ROUTES) == 17


async def test_an_account_is_opened_found_suspended_and_reactivated(super_admin: SignedInClient) -> None:
    email = f"dono-{new_id().hex[-8:]}@loja.example"
    opened = await super_admin.post(
        "/api/v1/installation/accounts",
        json={"name": "Loja Nova", "admin_email": email, "admin_name": "Dono"},
    )
    assert opened.status_code == 201
    account = opened.json()
    page = (await super_admin.get("/api/v1/installation/accounts", params={"q": account["id"]})).json()
    assert [item["name"] for item in page["items"]] == ["Loja Nova"]
    path = f"/api/v1/installation/accounts/{account['id']}"
    suspended = await super_admin.post(f"{path}/suspend", json={"reason": "Fatura em aberto"})
    assert (suspended.status_code, suspended.json()["state"]) == (200, "suspended")
    twice = await super_admin.post(f"{path}/suspend", json={"reason": "Fatura em aberto"})
    assert (twice.status_code, twice.json()["code"]) == (409, "account_state")
    assert (await super_admin.post(f"{path}/suspend", json={})).status_code == 422
    back = await super_admin.post(f"{path}/reactivate")
    assert back.json()["state"] == "active"
    closing = await super_admin.post(f"{path}/close", json={"reason": "Contrato encerrado"})
    assert (closing.json()["state"], closing.json()["closing_by"]) == ("closing", "installation")
    assert (await super_admin.post(f"{path}/reactivate")).json()["state"] == "active"
    audit = (await super_admin.get("/api/v1/installation/audit", params={"target_id": account["id"]})).json()
    assert [entry["action"] for entry in reversed(audit["items"])] == [
        "account.created",
        "account.suspended",
        "account.reactivated",
        "account.closing_began",
        "account.reactivated",
    ]


async def test_an_account_of_nobody_is_not_found(super_admin: SignedInClient) -> None:
    for method, path in ROUTES:
        if "{account_id}" in path or "{user_id}" in path:
            body = BODY if method in ("POST", "PUT") else None
            answer = await super_admin.ask(method, path_of(path, new_id()), json=body)
            assert answer.status_code in (404, 422), (path, answer.text)
            if answer.status_code == 422:
                wanted: dict[str, Any] = {
                    "reason": {"reason": "porque sim"},
                    "plan": {"plan": "standard"},
                    "email": {"email": "a@b.example"},
                    "user": {"user_id": str(new_id()), "reason": "porque sim"},
                }
                answers = [
                    (await super_admin.ask(method, path_of(path, new_id()), json=value)).status_code
                    for value in wanted.values()
                ]
                assert 404 in answers, path


async def test_a_super_admin_looks_in_as_somebody_on_record_in_both_chains(
    super_admin: SignedInClient, seed: SeededAccount, database: Database, client: httpx.AsyncClient
) -> None:
    path = f"/api/v1/installation/accounts/{seed.account_id}/impersonate"
    without = await super_admin.post(path, json={"user_id": str(seed.ana.user_id)})
    assert without.status_code == 422
    answer = await super_admin.post(path, json={"user_id": str(seed.ana.user_id), "reason": "Chamado 4711"})
    assert answer.status_code == 200
    session = answer.json()["session"]
    assert session["user"]["id"] == str(seed.ana.user_id)
    assert session["impersonated_by"]["reason"] == "Chamado 4711"
    as_ana = SignedInClient(client, answer.json()["access_token"])
    assert (await as_ana.get("/api/v1/me")).json()["account"]["id"] == str(seed.account_id)
    assert (await as_ana.get("/api/v1/installation/accounts")).status_code == 404
    for chain in (seed.account_id, UUID(int=0)):
        rows = await ask(
            database,
            """SELECT count(*) FROM audit_log WHERE account_id = :chain AND target_id = :id
            AND after->>'reason' = 'Chamado 4711'""",
            chain=chain,
            id=str(seed.ana.user_id),
        )
        assert rows[0][0] == 1


async def test_the_installations_record_names_the_companies_and_a_companys_own_does_not(
    super_admin: SignedInClient, seed: SeededAccount, signed_in: SignIn
) -> None:
    path = f"/api/v1/installation/accounts/{seed.account_id}"
    company = (await super_admin.get(path)).json()["name"]
    for step, body in (
        ("impersonate", {"user_id": str(seed.ana.user_id), "reason": "Chamado 4712"}),
        ("suspend", {"reason": "Fatura em aberto"}),
    ):
        assert (await super_admin.post(f"{path}/{step}", json=body)).status_code == 200
    assert (await super_admin.post(f"{path}/reactivate")).status_code == 200
    person = f"/api/v1/installation/people/{seed.bruno.user_id}/disable"
    assert (await super_admin.post(person, json={"reason": "Suspeita de invasão"})).status_code == 200

    entries = (await super_admin.get("/api/v1/installation/audit", params={"limit": 4})).json()["items"]
    assert [entry["action"] for entry in entries] == [
        "person.disabled",
        "account.reactivated",
        "account.suspended",
        "session.impersonation_began",
    ]
    assert [entry["accounts"] for entry in entries] == [[{"id": str(seed.account_id), "name": company}]] * 4

    own = (await (await signed_in(seed.admin)).get("/api/v1/audit")).json()["items"]
    assert {"person.disabled", "session.impersonation_began"} <= {entry["action"] for entry in own}
    assert all(entry["accounts"] == [] for entry in own)
    assert all("account_ids" not in (entry["after"] or {}) for entry in own)


async def test_plans_are_listed_with_their_limits(super_admin: SignedInClient, seed: SeededAccount) -> None:
    plans = (await super_admin.get("/api/v1/installation/plans")).json()
    assert [plan["name"] for plan in plans] == list(PLANS)
    account = (await super_admin.get(f"/api/v1/installation/accounts/{seed.account_id}")).json()
    assert account["usage"]["limits"] == plans[0]["limits"]
    assert plans[0]["limits"]["key_requests_per_minute"] == PLANS["standard"].key_requests_per_minute


async def test_a_disabled_person_is_out_at_once(
    super_admin: SignedInClient, seed: SeededAccount, signed_in: SignIn
) -> None:
    ana = await signed_in(seed.ana)
    path = f"/api/v1/installation/people/{seed.ana.user_id}"
    disabled = await super_admin.post(f"{path}/disable", json={"reason": "Suspeita de invasão"})
    assert disabled.status_code == 200
    assert (await ana.get("/api/v1/me")).status_code == 401
    assert (await super_admin.post(f"{path}/enable")).json()["disabled_at"] is None
    assert (await ana.get("/api/v1/me")).status_code == 401  # signs in anew
    last = await super_admin.post(
        f"/api/v1/installation/people/{seed.admin.user_id}/disable", json={"reason": "Suspeita de invasão"}
    )
    assert (last.status_code, last.json()["code"]) == (409, "last_admin")


async def test_global_settings_reach_everybody(
    super_admin: SignedInClient, stranger: httpx.AsyncClient
) -> None:
    settings = (await super_admin.get("/api/v1/installation/settings")).json()
    assert (await stranger.get("/api/v1/product")).json()["banner"] is None
    changed = {
        **settings,
        "product_name": "Conversa",
        "banner": {"text": "Manutenção hoje", "level": "warning"},
    }
    answer = await super_admin.ask("PUT", "/api/v1/installation/settings", json=changed)
    assert answer.status_code == 200
    product = (await stranger.get("/api/v1/product")).json()
    assert (product["product_name"], product["banner"]["level"]) == ("Conversa", "warning")
    assert "default_plan" not in product
    await super_admin.ask("PUT", "/api/v1/installation/settings", json=settings)
    assert (await stranger.get("/api/v1/product")).json()["product_name"] == "Prosa"


async def test_nobody_gets_in_without_a_token(stranger: httpx.AsyncClient) -> None:
    for method, path in ROUTES:
        answer = await stranger.request(method, path_of(path, new_id()))
        assert answer.status_code in (401, 404), path


async def test_how_long_a_sign_in_lasts_and_a_password_is_follows_the_settings(
    super_admin: SignedInClient, database: Database, email: str, stranger: httpx.AsyncClient, signed_in: SignIn,
    seed: SeededAccount,
) -> None:  # fmt: skip
    settings = (await super_admin.get("/api/v1/installation/settings")).json()
    changed = {**settings, "session_days": 2, "password_minimum": 30}
    assert (await super_admin.ask("PUT", "/api/v1/installation/settings", json=changed)).status_code == 200
    await stranger.get("/api/v1/product")  # reads; in a real process a background task does
    signed = await stranger.post("/api/v1/auth/sign-in", json={"email": email, "password": PASSWORD})
    assert signed.status_code == 200, signed.text
    rows = await ask(
        database,
        """SELECT expires_at - created_at < interval '49 hours' FROM sessions
        WHERE user_id = :id ORDER BY created_at DESC LIMIT 1""",
        id=seed.ana.user_id,
    )
    assert rows[0][0] is True
    ana = await signed_in(seed.ana)
    refused = await ana.ask(
        "PUT",
        "/api/v1/me/password",
        json={"current_password": PASSWORD, "new_password": "tamanduá na varanda"},
    )
    assert (refused.json()["code"], refused.json()["least_characters"]) == ("weak_password", 30)
    await super_admin.ask("PUT", "/api/v1/installation/settings", json=settings)
    await stranger.get("/api/v1/product")
