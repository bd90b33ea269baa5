"""Programs with an API key: what they may, when they may no longer, and what is on record of them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import psycopg
import pytest
from sqlalchemy import text
from starlette.applications import Starlette
from starlette.routing import Mount

from inbox.api_keys.keys import hash_key, is_api_key, make_key, parse_key
from inbox.kernel.actor import Actor, ActorKind, Origin, Role
from inbox.kernel.database import Database
from inbox.kernel.permissions import Permission
from server.auth import api_keys
from server.auth.api_keys import load_key_actor, load_socket_key
from server.edge.ip_allow import AddressNotAllowed
from server.settings import Settings
from tests.conftest import SeededAccount, seed_account
from tests.inbox.rows import add_talk
from tests.server.api.conftest import ApiParts, SignedInClient, SignIn
from tests.server.api.test_resources import problem

ORIGIN = Origin("203.0.113.9", "curl/8", "r-1")


async def make(admin: SignedInClient, **changes: Any) -> dict[str, Any]:
    body = {"name": "CRM", "scopes": ["inbox", "departments.all"], **changes}
    response = await admin.post("/api/v1/api-keys", json=body)
    assert response.status_code == 201, response.text
    issued: dict[str, Any] = response.json()
    return issued


def program(client: SignedInClient, issued: dict[str, Any]) -> SignedInClient:
    return SignedInClient(client.client, issued["key"])


async def audited(database: Database, actor: Actor, action: str) -> list[dict[str, Any]]:
    async with database.acting(actor) as work:
        result = await work.session.execute(
            text("SELECT * FROM audit_log WHERE action = :action ORDER BY seq"), {"action": action}
        )
        return [dict(row) for row in result.mappings()]


def change_account(settings: Settings, seed: SeededAccount, assignment: str) -> None:
    with psycopg.connect(settings.database_url) as connection:
        connection.execute(
            f"UPDATE accounts SET {assignment} WHERE account_id = %s".encode(), (seed.account_id,)
        )


async def test_a_keys_requests_are_counted_and_peoples_are_not(
    signed_in: SignIn, seed: SeededAccount, app: Starlette
) -> None:
    admin = await signed_in(seed.admin)
    key = program(admin, await make(admin))
    for _ in range(3):
        assert (await key.get("/api/v1/departments")).status_code == 200
    api = next(route.app for route in app.routes if isinstance(route, Mount))
    await api.state.request_tally.flush()  # type: ignore[attr-defined]  # FastAPI behind Mount's ASGIApp
    usage = (await admin.get("/api/v1/account/usage")).json()
    assert usage["days"][-1]["api_requests"] == 3


# ── making ──────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_key_is_shown_once_and_kept_as_a_hash(
    signed_in: SignIn, seed: SeededAccount, database: Database, settings: Settings
) -> None:
    admin = await signed_in(seed.admin)
    issued = await make(admin)
    key, view = issued["key"], issued["api_key"]
    assert key.startswith("prosa_")
    assert len(key) == len("prosa_") + 8 + 1 + 43
    assert key.startswith(view["prefix"] + "_")
    assert (view["state"], view["scopes"], view["created_by_name"]) == (
        "active",
        ["departments.all", "inbox"],
        "Alice",
    )
    listed = await admin.get("/api/v1/api-keys")
    assert listed.json() == [view]
    secret = key.removeprefix(view["prefix"] + "_")
    assert secret not in listed.text
    with psycopg.connect(settings.database_url) as connection:
        row = connection.execute(
            "SELECT k::text, key_hash FROM api_keys k WHERE id = %s", (view["id"],)
        ).fetchone()
        assert row is not None
        assert secret not in row[0]
        assert row[1] == hash_key(key)
    (entry,) = await audited(database, seed.admin, "api_key.created")
    assert entry["after"]["scopes"] == ["departments.all", "inbox"]
    assert secret not in str(entry)


def test_keys_are_long_unlike_each_other_and_recognised() -> None:
    made = [make_key() for _ in range(200)]
    assert len({new.key for new in made}) == 200
    assert all(is_api_key(new.key) and parse_key(new.key) == new.key_hash for new in made)
    assert made[0].key not in repr(made[0])
    for wrong in (
        "prosa_",
        "prosa_abcdefgh_short",
        made[0].key + "x",
        "eyJhbGciOiJIUzI1NiJ9.e30.x",
        made[0].key.upper(),
    ):
        assert parse_key(wrong) is None


async def test_nobody_makes_a_key_that_may_more_than_themselves(
    signed_in: SignIn, seed: SeededAccount, settings: Settings
) -> None:
    keeper = await _custom(settings, seed, {Permission.API_KEYS_MANAGE, Permission.INBOX})
    client = await signed_in(keeper)
    refused = await client.post("/api/v1/api-keys", json={"name": "x", "scopes": ["inbox", "people.manage"]})
    assert problem(refused) == (403, "beyond_own_permissions")
    assert refused.json()["missing"] == ["people.manage"]
    foreign_department = {
        "name": "x",
        "scopes": ["inbox"],
        "department_ids": [str(seed.departments["suporte"])],
    }
    refused = await client.post("/api/v1/api-keys", json=foreign_department)
    assert problem(refused) == (403, "beyond_own_permissions")
    own = await client.post(
        "/api/v1/api-keys",
        json={"name": "x", "scopes": ["inbox"], "department_ids": [str(seed.departments["vendas"])]},
    )
    assert own.status_code == 201
    strong = (await make(await signed_in(seed.admin), scopes=["people.manage"]))["api_key"]
    path = f"/api/v1/api-keys/{strong['id']}"
    assert problem(await client.post(f"{path}/rotate", json={})) == (403, "beyond_own_permissions")
    longer = {"version": strong["version"], "expires_at": "2099-01-01T00:00:00Z"}
    assert problem(await client.ask("PATCH", path, json=longer)) == (403, "beyond_own_permissions")
    renamed = await client.ask("PATCH", path, json={"version": strong["version"], "name": "Folha"})
    assert renamed.json()["name"] == "Folha"
    assert (await client.ask("DELETE", path)).status_code == 204


async def _custom(settings: Settings, seed: SeededAccount, permissions: set[Permission]) -> Actor:
    """Ana with a role of its own."""
    role_id = seed.app.id
    with psycopg.connect(settings.database_url) as connection:
        connection.execute(
            "INSERT INTO roles (account_id, id, name, permissions) VALUES (%s, %s, 'Chaveiro', %s)",
            (seed.account_id, role_id, [permission.value for permission in permissions]),
        )
        connection.execute(
            "UPDATE memberships SET role = 'custom', role_id = %s WHERE account_id = %s AND user_id = %s",
            (role_id, seed.account_id, seed.ana.user_id),
        )
    return seed.ana


async def test_keys_are_for_who_may_manage_them_and_not_for_stand_ins(
    signed_in: SignIn, seed: SeededAccount, settings: Settings
) -> None:
    ana = await signed_in(seed.ana)
    admin = await signed_in(seed.admin)
    issued = await make(admin)
    path = f"/api/v1/api-keys/{issued['api_key']['id']}"
    body = {"name": "x", "scopes": ["inbox"]}
    assert problem(await ana.get("/api/v1/api-keys")) == (403, "forbidden")
    assert problem(await ana.post("/api/v1/api-keys", json=body)) == (403, "forbidden")
    assert problem(await ana.ask("DELETE", path)) == (403, "forbidden")
    assert problem(await ana.post(f"{path}/rotate", json={})) == (403, "forbidden")
    with psycopg.connect(settings.database_url) as connection:
        connection.execute(
            "UPDATE sessions SET impersonator_id = %s, impersonation_reason = 'x' WHERE user_id = %s",
            (seed.supervisor.user_id, seed.admin.user_id),
        )
        connection.execute("UPDATE users SET is_super_admin = true WHERE id = %s", (seed.supervisor.user_id,))
    assert problem(await admin.post("/api/v1/api-keys", json=body)) == (403, "not_while_impersonating")
    assert problem(await admin.ask("DELETE", path)) == (403, "not_while_impersonating")


async def test_what_makes_no_sense_is_refused(signed_in: SignIn, seed: SeededAccount) -> None:
    admin = await signed_in(seed.admin)
    senseless: list[dict[str, Any]] = [
        {"scopes": []}, {"scopes": ["everything"]}, {"name": "  "}, {"expires_at": "2020-01-01T00:00:00Z"},
        {"expires_at": "2099-01-01T00:00:00"}, {"expires_at": "9999-12-31T23:59:59-10:00"}, {"surprise": 1},
        {"name": "a\0b"},
    ]  # fmt: skip
    for changes in senseless:
        body = {"name": "x", "scopes": ["inbox"], **changes}
        assert problem(await admin.post("/api/v1/api-keys", json=body)) == (422, "invalid"), changes
    unknown = {"name": "x", "scopes": ["inbox"], "department_ids": [str(seed.app.id)]}
    assert problem(await admin.post("/api/v1/api-keys", json=unknown)) == (404, "not_found")


async def test_an_account_has_as_many_live_keys_as_its_plan(signed_in: SignIn, seed: SeededAccount) -> None:
    admin = await signed_in(seed.admin)
    first = await make(admin)
    for _ in range(9):
        await make(admin)
    full = await admin.post("/api/v1/api-keys", json={"name": "x", "scopes": ["inbox"]})
    assert problem(full) == (409, "plan_limit")
    await admin.ask("DELETE", f"/api/v1/api-keys/{first['api_key']['id']}")
    await make(admin)


# ── using ───────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_program_does_what_its_scopes_say_and_no_more(
    signed_in: SignIn, seed: SeededAccount, database: Database
) -> None:
    talk = await add_talk(database, seed)
    admin = await signed_in(seed.admin)
    everywhere = program(admin, await make(admin))
    assert (await everywhere.get(f"/api/v1/tickets/{talk.ticket_id}")).status_code == 200
    support = program(
        admin, await make(admin, scopes=["inbox"], department_ids=[str(seed.departments["suporte"])])
    )
    assert problem(await support.get(f"/api/v1/tickets/{talk.ticket_id}")) == (404, "not_found")
    nowhere = program(admin, await make(admin, scopes=["inbox"]))
    assert problem(await nowhere.get(f"/api/v1/tickets/{talk.ticket_id}")) == (404, "not_found")
    assert problem(await everywhere.get("/api/v1/audit")) == (403, "forbidden")
    assert problem(await everywhere.post("/api/v1/api-keys", json={"name": "x", "scopes": ["inbox"]})) == (
        403,
        "forbidden",
    )
    auditor = program(admin, await make(admin, scopes=["audit.view"]))
    assert (await auditor.get("/api/v1/audit")).status_code == 200


async def test_a_key_that_manages_keys_is_on_record_as_the_doer(
    signed_in: SignIn, seed: SeededAccount, database: Database
) -> None:
    admin = await signed_in(seed.admin)
    keeper = await make(admin, name="Chaveiro", scopes=["api_keys.manage", "inbox"])
    child = await make(program(admin, keeper), name="Filha", scopes=["inbox"])
    assert child["api_key"]["created_by_name"] == "Chaveiro"
    entry = (await audited(database, seed.admin, "api_key.created"))[-1]
    assert (entry["actor_kind"], str(entry["actor_id"]), entry["actor_name"]) == (
        "api_key",
        keeper["api_key"]["id"],
        "Chaveiro",
    )


async def test_what_is_about_oneself_is_nothing_for_a_key(signed_in: SignIn, seed: SeededAccount) -> None:
    admin = await signed_in(seed.admin)
    crm = program(admin, await make(admin))
    response = await crm.ask("PUT", "/api/v1/me/availability", json={"availability": "online"})
    assert response.status_code in (403, 404)


async def test_last_use_is_noted_at_most_once_a_minute(
    signed_in: SignIn, seed: SeededAccount, parts: ApiParts, settings: Settings
) -> None:
    issued = await make(await signed_in(seed.admin))
    key, id_ = issued["key"], issued["api_key"]["id"]

    def last() -> tuple[datetime, str]:
        with psycopg.connect(settings.database_url) as connection:
            row = connection.execute(
                "SELECT last_used_at, host(last_used_ip) FROM api_keys WHERE id = %s", (id_,)
            ).fetchone()
            assert row is not None
            return row

    await load_key_actor(parts, key, ORIGIN)
    first = last()
    assert first[1] == "203.0.113.9"
    await load_key_actor(parts, key, Origin("::ffff:198.51.100.7"))
    assert last() == first
    with psycopg.connect(settings.database_url) as connection:
        connection.execute(
            "UPDATE api_keys SET last_used_at = now() - interval '61 seconds' WHERE id = %s", (id_,)
        )
    await load_key_actor(parts, key, Origin("::ffff:198.51.100.7"))
    assert last()[1] == "198.51.100.7"


async def test_the_actor_is_the_key(signed_in: SignIn, seed: SeededAccount, parts: ApiParts) -> None:
    issued = await make(await signed_in(seed.admin), name="CRM")
    actor = await load_key_actor(parts, issued["key"], ORIGIN)
    assert (actor.kind, str(actor.user_id), actor.role, actor.name) == (
        ActorKind.API_KEY,
        issued["api_key"]["id"],
        Role.CUSTOM,
        "CRM",
    )
    assert actor.permissions == frozenset({Permission.INBOX, Permission.DEPARTMENTS_ALL})
    assert (actor.account_id, actor.session_id, actor.origin) == (seed.account_id, None, ORIGIN)


async def test_a_key_sees_masked_numbers_where_the_account_masks_them(
    signed_in: SignIn, seed: SeededAccount, parts: ApiParts, settings: Settings
) -> None:
    admin = await signed_in(seed.admin)
    plain, trusted = await make(admin), await make(admin, scopes=["inbox", "contacts.phones"])
    change_account(settings, seed, "privacy = '{\"mask_phones\": true}'")
    assert (await load_key_actor(parts, plain["key"], ORIGIN)).masks_phones
    assert not (await load_key_actor(parts, trusted["key"], ORIGIN)).masks_phones


async def test_the_live_socket_needs_the_scope_inbox(
    signed_in: SignIn, seed: SeededAccount, parts: ApiParts
) -> None:
    admin = await signed_in(seed.admin)
    found = await load_socket_key(parts, (await make(admin))["key"], ORIGIN)
    assert found.expires_at <= datetime.now(UTC) + timedelta(hours=1)
    soon = datetime.now(UTC) + timedelta(minutes=5)
    short = await make(admin, expires_at=soon.isoformat())
    assert (await load_socket_key(parts, short["key"], ORIGIN)).expires_at == soon
    blind = await make(admin, scopes=["reports.view"])
    with pytest.raises(api_keys.KeyNeedsInbox):
        await load_socket_key(parts, blind["key"], ORIGIN)


# ── ending ──────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_revoked_key_is_refused_from_then_on_and_that_is_on_record_once(
    signed_in: SignIn, seed: SeededAccount, database: Database
) -> None:
    admin = await signed_in(seed.admin)
    issued = await make(admin)
    crm, path = program(admin, issued), f"/api/v1/api-keys/{issued['api_key']['id']}"
    assert (await crm.get("/api/v1/tickets")).status_code == 200
    assert (await admin.ask("DELETE", path)).status_code == 204
    assert (await admin.ask("DELETE", path)).status_code == 204
    for _ in range(3):
        assert problem(await crm.get("/api/v1/tickets")) == (401, "api_key_refused")
    (listed,) = (await admin.get("/api/v1/api-keys")).json()
    assert listed["state"] == "revoked"
    assert len(await audited(database, seed.admin, "api_key.revoked")) == 1
    (refusal,) = await audited(database, seed.admin, "api_key.refused")
    assert (refusal["after"], refusal["actor_kind"], refusal["target_id"]) == (
        {"reason": "revoked"},
        "api_key",
        issued["api_key"]["id"],
    )
    assert problem(await admin.post(f"{path}/rotate", json={})) == (409, "api_key_over")
    assert problem(await admin.ask("PATCH", path, json={"version": 2, "name": "x"})) == (409, "api_key_over")


async def test_an_expired_key_is_refused(
    signed_in: SignIn, seed: SeededAccount, settings: Settings, database: Database
) -> None:
    admin = await signed_in(seed.admin)
    issued = await make(admin, expires_at=(datetime.now(UTC) + timedelta(hours=1)).isoformat())
    crm = program(admin, issued)
    assert (await crm.get("/api/v1/tickets")).status_code == 200
    with psycopg.connect(settings.database_url) as connection:
        connection.execute("UPDATE api_keys SET expires_at = now() WHERE id = %s", (issued["api_key"]["id"],))
    assert problem(await crm.get("/api/v1/tickets")) == (401, "api_key_refused")
    assert (await admin.get("/api/v1/api-keys")).json()[0]["state"] == "expired"
    (refusal,) = await audited(database, seed.admin, "api_key.refused")
    assert refusal["after"] == {"reason": "expired"}
    path = f"/api/v1/api-keys/{issued['api_key']['id']}"
    renewed = await admin.ask(
        "PATCH", path, json={"version": issued["api_key"]["version"], "expires_at": None}
    )
    assert renewed.json()["state"] == "active"
    assert (await crm.get("/api/v1/tickets")).status_code == 200


async def test_rotation_is_no_outage_and_the_old_key_ends(
    signed_in: SignIn, seed: SeededAccount, settings: Settings, database: Database
) -> None:
    admin = await signed_in(seed.admin)
    first = await make(admin)
    path = f"/api/v1/api-keys/{first['api_key']['id']}"
    second = (await admin.post(f"{path}/rotate", json={"overlap_hours": 2})).json()
    assert second["key"] != first["key"]
    assert second["api_key"]["id"] == first["api_key"]["id"]
    assert second["api_key"]["prefix"] != first["api_key"]["prefix"]
    for issued in (first, second):
        assert (await program(admin, issued).get("/api/v1/tickets")).status_code == 200
    with psycopg.connect(settings.database_url) as connection:
        connection.execute(
            "UPDATE api_keys SET previous_expires_at = now() WHERE id = %s", (first["api_key"]["id"],)
        )
    assert problem(await program(admin, first).get("/api/v1/tickets")) == (401, "api_key_refused")
    assert (await audited(database, seed.admin, "api_key.refused"))[0]["after"] == {"reason": "rotated"}
    third = (await admin.post(f"{path}/rotate", json={"overlap_hours": 0})).json()
    assert problem(await program(admin, second).get("/api/v1/tickets")) == (401, "api_key_refused")
    assert (await program(admin, third).get("/api/v1/tickets")).status_code == 200
    entries = await audited(database, seed.admin, "api_key.rotated")
    assert [entry["after"]["overlap_hours"] for entry in entries] == [2, 0]
    assert problem(await admin.post(f"{path}/rotate", json={"overlap_hours": 169})) == (422, "invalid")


async def test_revoking_ends_the_key_before_the_rotation_too(signed_in: SignIn, seed: SeededAccount) -> None:
    admin = await signed_in(seed.admin)
    first = await make(admin)
    path = f"/api/v1/api-keys/{first['api_key']['id']}"
    second = (await admin.post(f"{path}/rotate", json={})).json()
    await admin.ask("DELETE", path)
    for issued in (first, second):
        assert problem(await program(admin, issued).get("/api/v1/tickets")) == (401, "api_key_refused")


async def test_of_two_people_who_change_a_key_the_second_hears_of_the_first(
    signed_in: SignIn, seed: SeededAccount, database: Database
) -> None:
    admin = await signed_in(seed.admin)
    view = (await make(admin))["api_key"]
    path = f"/api/v1/api-keys/{view['id']}"
    changed = await admin.ask("PATCH", path, json={"version": view["version"], "scopes": ["inbox"]})
    assert changed.json()["scopes"] == ["inbox"]
    assert problem(await admin.ask("PATCH", path, json={"version": view["version"], "name": "x"})) == (
        409,
        "conflict",
    )
    (entry,) = await audited(database, seed.admin, "api_key.changed")
    assert (entry["before"], entry["after"]) == (
        {"scopes": ["departments.all", "inbox"]},
        {"scopes": ["inbox"]},
    )


async def test_a_suspended_account_takes_no_keys(
    signed_in: SignIn, seed: SeededAccount, settings: Settings, database: Database
) -> None:
    admin = await signed_in(seed.admin)
    crm = program(admin, await make(admin))
    change_account(settings, seed, "state = 'suspended', state_reason = 'atraso'")
    response = await crm.get("/api/v1/tickets")
    assert problem(response) == (403, "account_suspended")
    assert response.json()["reason"] == "atraso"
    (refusal,) = await audited(database, seed.admin, "api_key.refused")
    assert refusal["after"] == {"reason": "account_suspended"}


async def test_a_key_from_elsewhere_is_refused(
    signed_in: SignIn, seed: SeededAccount, settings: Settings, parts: ApiParts, database: Database
) -> None:
    issued = await make(await signed_in(seed.admin))
    change_account(settings, seed, 'security = \'{"api_networks": ["203.0.113.0/24"]}\'')
    await load_key_actor(parts, issued["key"], ORIGIN)
    for elsewhere in ("198.51.100.1", None, "2001:db8::1"):
        with pytest.raises(AddressNotAllowed):
            await load_key_actor(parts, issued["key"], Origin(elsewhere))
    (refusal,) = await audited(database, seed.admin, "api_key.refused")
    assert (refusal["after"], str(refusal["ip"])) == ({"reason": "address"}, "198.51.100.1")


@pytest.mark.parametrize("key", ["prosa_", "prosa_23456789_" + "x" * 43, "prosa_\x00", "prosa_" + "9" * 5000])
async def test_what_is_no_key_of_ours_is_refused_alike(client: httpx.AsyncClient, key: str) -> None:
    headers = [(b"authorization", b"Bearer " + key.encode())]
    assert problem(await client.get("/api/v1/tickets", headers=headers)) == (401, "api_key_refused")


async def test_another_accounts_keys_are_not_there(
    signed_in: SignIn, seed: SeededAccount, settings: Settings
) -> None:
    admin = await signed_in(seed.admin)
    view = (await make(admin))["api_key"]
    stranger = await signed_in(seed_account(settings).admin)
    path = f"/api/v1/api-keys/{view['id']}"
    assert (await stranger.get("/api/v1/api-keys")).json() == []
    assert problem(await stranger.ask("PATCH", path, json={"version": 1, "name": "x"})) == (404, "not_found")
    assert problem(await stranger.ask("DELETE", path)) == (404, "not_found")
    assert problem(await stranger.post(f"{path}/rotate", json={})) == (404, "not_found")
    assert (await admin.get("/api/v1/api-keys")).json() == [view]
