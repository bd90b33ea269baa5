"""Every route: what it answers, and to whom it does not."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text

from inbox.conversations.drafts import parse_draft
from inbox.conversations.service import queue_message
from inbox.kernel.database import Database
from inbox.numbers.models import NumberUpdate
from server.settings import Settings
from tests.conftest import SeededAccount, seed_account
from tests.inbox.rows import Talk, add_talk
from tests.server.api.conftest import SignIn


def problem(response: httpx.Response) -> tuple[int, str]:
    assert response.headers["content-type"] == "application/problem+json", response.text
    body = response.json()
    assert body["status"] == response.status_code
    assert body["type"] == f"urn:prosa:problem:{body['code']}"
    return response.status_code, body["code"]


async def test_people_and_departments(signed_in: SignIn, seed: SeededAccount) -> None:
    ana = await signed_in(seed.ana)
    members = (await ana.get("/api/v1/members")).json()
    assert [member["name"] for member in members] == ["Alice", "Ana", "Bruno", "Sofia"]
    departments = (await ana.get("/api/v1/departments")).json()
    assert [department["name"] for department in departments] == ["Vendas", "Suporte"]
    response = await ana.ask(
        "PUT", "/api/v1/me/availability", json={"availability": "paused", "pause_reason": "almoço"}
    )
    member = response.json()
    assert (member["availability"], member["pause_reason"], member["version"]) == ("paused", "almoço", 2)
    response = await ana.ask(
        "PUT", "/api/v1/me/availability", json={"availability": "online", "pause_reason": "x"}
    )
    assert response.json()["pause_reason"] is None


def number_body(seed: SeededAccount, **changes: Any) -> dict[str, Any]:
    return {
        "name": "Matriz",
        "phone_number_id": str(uuid4().int)[:15],
        "waba_id": "4190001112223",
        "display_phone_number": "+55 11 3000-0001",
        "app_secret": "0123456789abcdef",
        "access_token": "EAAG-very-secret",
        "default_department_id": str(seed.departments["vendas"]),
        **changes,
    }


async def test_an_admin_connects_a_number_and_its_secrets_are_sealed(
    signed_in: SignIn, seed: SeededAccount, database: Database, settings: Settings
) -> None:
    admin = await signed_in(seed.admin)
    response = await admin.post("/api/v1/numbers", json=number_body(seed))
    assert response.status_code == 201
    connected = response.json()
    assert "very-secret" not in response.text
    assert connected["webhook_path"].startswith("/hooks/whatsapp/")
    async with database.system() as work:
        row = (
            await work.session.execute(
                text(
                    """SELECT n.id, n.access_token_sealed, a.id AS app_id, a.app_secret_sealed, a.verify_token_sealed
                    FROM phone_numbers n JOIN whatsapp_apps a ON a.id = n.app_id WHERE n.id = :id"""
                ),
                {"id": connected["number"]["id"]},
            )
        ).one()
    vault = settings.vault
    assert (
        vault.decrypt(row.access_token_sealed, f"phone_numbers.access_token:{row.id}") == b"EAAG-very-secret"
    )
    assert (
        vault.decrypt(row.app_secret_sealed, f"whatsapp_apps.app_secret:{row.app_id}") == b"0123456789abcdef"
    )
    token = vault.decrypt(row.verify_token_sealed, f"whatsapp_apps.verify_token:{row.app_id}")
    assert token.decode() == connected["verify_token"]
    numbers = (await admin.get("/api/v1/numbers")).json()
    assert {number["name"] for number in numbers} == {"Principal", "Matriz"}


async def test_a_number_is_connected_once_by_admins_to_a_department_of_theirs(
    signed_in: SignIn, seed: SeededAccount
) -> None:
    admin, ana = await signed_in(seed.admin), await signed_in(seed.ana)
    taken = number_body(seed, phone_number_id=seed.number.phone_number_id)
    assert problem(await admin.post("/api/v1/numbers", json=taken)) == (409, "conflict")
    assert problem(await ana.post("/api/v1/numbers", json=number_body(seed))) == (403, "forbidden")
    strange = number_body(seed, default_department_id=str(uuid4()))
    assert problem(await admin.post("/api/v1/numbers", json=strange)) == (422, "invalid")
    with_url = number_body(seed, graph_url="http://evil.example")
    response = await admin.post("/api/v1/numbers", json=with_url)
    assert problem(response) == (422, "invalid")
    assert response.json()["errors"][0]["field"] == "graph_url"
    assert "very-secret" not in response.text


async def test_what_meta_says_about_a_number_is_shown_to_admins(
    signed_in: SignIn, seed: SeededAccount, database: Database
) -> None:
    async with database.system(seed.account_id) as work:
        for index, number in enumerate((seed.number.phone_number_id, None, "other")):
            work.session.add(
                NumberUpdate(
                    account_id=seed.account_id,
                    id=uuid4(),
                    dedupe_hash=bytes([index]),
                    waba_id=seed.number.waba_id,
                    phone_number_id=number,
                    field="phone_number_quality_update",
                    value={"event": "FLAGGED", "index": index},
                    received_at=datetime.now(UTC),
                )
            )
    admin, ana = await signed_in(seed.admin), await signed_in(seed.ana)
    path = f"/api/v1/numbers/{seed.number.id}/updates"
    updates = (await admin.get(path)).json()
    assert sorted(update["value"]["index"] for update in updates) == [0, 1]
    assert {update["whole_account"] for update in updates} == {True, False}
    page = (await admin.get(path, params={"limit": 1})).json()
    rest = (await admin.get(path, params={"before": page[0]["id"]})).json()
    assert [page[0]["id"], rest[0]["id"]] == [update["id"] for update in updates]
    assert problem(await ana.get(path)) == (403, "forbidden")
    assert problem(await admin.get(f"/api/v1/numbers/{uuid4()}/updates")) == (404, "not_found")


async def test_ticket_lists_page_by_cursor_and_count(
    signed_in: SignIn, seed: SeededAccount, database: Database
) -> None:
    now = datetime.now(UTC)
    talks = [await add_talk(database, seed, at=now - timedelta(minutes=n)) for n in range(5)]
    ana = await signed_in(seed.ana)
    first = (await ana.get("/api/v1/tickets", params={"view": "queue", "limit": 3})).json()
    cursor = first["next_cursor"]
    second = (await ana.get("/api/v1/tickets", params={"view": "queue", "limit": 3, "cursor": cursor})).json()
    assert [ticket["id"] for ticket in first["items"] + second["items"]] == [
        str(talk.ticket_id) for talk in talks
    ]
    assert second["next_cursor"] is None
    counts = {"mine": 0, "mine_unread": 0, "queue": 5, "bot": 0, "all": 5}
    assert first["counts"] == counts
    assert (await ana.get("/api/v1/tickets/counts")).json() == counts
    for bad in ({"cursor": "x"}, {"view": "everything"}, {"limit": 1000}, {"cursor": "MjAyNi0wMS0wMSBhYg"}):
        assert problem(await ana.get("/api/v1/tickets", params=bad)) == (422, "invalid")


async def test_a_tickets_way_over_rest(signed_in: SignIn, seed: SeededAccount, database: Database) -> None:
    talk = await add_talk(database, seed)
    ana, bruno = await signed_in(seed.ana), await signed_in(seed.bruno)
    path = f"/api/v1/tickets/{talk.ticket_id}"
    assert (await ana.get(path)).json()["state"] == "queued"
    assert (await ana.post(f"{path}/accept")).json()["assignee_id"] == str(seed.ana.user_id)
    supervisor = await signed_in(seed.supervisor)
    refused = await supervisor.post(f"{path}/accept")
    assert problem(refused) == (409, "already_accepted")
    assert refused.json()["assignee_name"] == "Ana"
    body = {"department_id": str(seed.departments["suporte"]), "note": "Garantia"}
    assert (await ana.post(f"{path}/transfer", json=body)).json()["state"] == "queued"
    assert problem(await ana.get(path)) == (404, "not_found")
    assert (await bruno.post(f"{path}/accept")).json()["state"] == "active"
    assert (await bruno.post(f"{path}/return-to-queue")).json()["assignee_id"] is None
    assert (await bruno.post(f"{path}/close", json={"reason": "Resolvido"})).json()[
        "close_reason"
    ] == "Resolvido"
    assert (await bruno.post(f"{path}/reopen")).json()["assignee_id"] == str(seed.bruno.user_id)


async def test_a_conversation_and_its_messages(
    signed_in: SignIn, seed: SeededAccount, database: Database
) -> None:
    talk = await add_talk(database, seed, state="active", assignee_id=seed.ana.user_id)
    ana = await signed_in(seed.ana)
    path = f"/api/v1/conversations/{talk.conversation_id}"
    view = (await ana.get(path)).json()
    assert view["current_ticket"]["id"] == str(talk.ticket_id)
    assert view["number"]["id"] == str(seed.number.id)
    body = {"client_message_id": str(uuid4()), "content": {"kind": "text", "body": "Olá!"}}
    sent = await ana.post(f"{path}/messages", json=body)
    assert sent.status_code == 202
    message = sent.json()["message"]
    assert (await ana.post(f"{path}/messages", json=body)).json()["message"] == message
    page = (await ana.get(f"{path}/messages", params={"limit": 1})).json()
    assert page["items"] == [message]
    assert message["at"].endswith("Z")
    older = (await ana.get(f"{path}/messages", params={"before": page["next_before"]})).json()
    assert [item["id"] for item in older["items"]] == [str(talk.message_id)]
    assert older["next_before"] is None
    assert (await ana.post(f"{path}/read")).status_code == 204
    retried = await ana.post(f"{path}/messages/{message['id']}/retry", json={})
    assert problem(retried) == (409, "not_retryable")


@pytest.mark.parametrize(
    "content",
    [
        {"kind": "location", "latitude": -23.55, "longitude": -46.63, "name": "Loja"},
        {"kind": "contacts", "contacts": [{"name": "Bia", "phones": [{"phone": "+55 11 99999-0001"}]}]},
        {"kind": "reaction", "message_id": "THE MESSAGE", "emoji": "👍"},
        {"kind": "template", "name": "boas_vindas", "language": "pt_BR"},
    ],
    ids=lambda content: content["kind"],
)
async def test_every_kind_of_content_is_taken(
    signed_in: SignIn, seed: SeededAccount, database: Database, content: dict[str, Any]
) -> None:
    talk = await add_talk(database, seed, state="active", assignee_id=seed.ana.user_id)
    content = {
        key: str(talk.message_id) if value == "THE MESSAGE" else value for key, value in content.items()
    }
    ana = await signed_in(seed.ana)
    response = await ana.post(
        f"/api/v1/conversations/{talk.conversation_id}/messages",
        json={"client_message_id": str(uuid4()), "content": content},
    )
    assert response.status_code == 202, response.text
    assert response.json()["message"]["kind"] == content["kind"]


@pytest.mark.parametrize(
    "content",
    [
        {"kind": "text", "body": ""},
        {"kind": "text", "body": "x" * 5000},
        {"kind": "poll"},
        {"kind": "location", "latitude": 95, "longitude": 0},
        {"kind": "reaction", "message_id": str(uuid4()), "emoji": "abc"},
        {},
    ],
)
async def test_content_that_whatsapp_would_refuse_is_refused_here(
    signed_in: SignIn, seed: SeededAccount, database: Database, content: dict[str, Any]
) -> None:
    talk = await add_talk(database, seed, state="active", assignee_id=seed.ana.user_id)
    if content.get("kind") == "reaction":
        content = {**content, "message_id": str(talk.message_id)}
    ana = await signed_in(seed.ana)
    response = await ana.post(
        f"/api/v1/conversations/{talk.conversation_id}/messages",
        json={"client_message_id": str(uuid4()), "content": content},
    )
    assert problem(response)[0] == 422


async def test_a_closed_window_is_a_problem_that_names_its_end(
    signed_in: SignIn, seed: SeededAccount, database: Database
) -> None:
    expired = datetime.now(UTC) - timedelta(hours=3)
    talk = await add_talk(
        database, seed, state="active", assignee_id=seed.ana.user_id, window_expires_at=expired
    )
    ana = await signed_in(seed.ana)
    response = await ana.post(
        f"/api/v1/conversations/{talk.conversation_id}/messages",
        json={"client_message_id": str(uuid4()), "content": {"kind": "text", "body": "Oi"}},
    )
    assert problem(response) == (409, "window_closed")
    assert datetime.fromisoformat(response.json()["window_expires_at"]) == expired


async def test_renaming_a_contact_shows_in_the_lists(
    signed_in: SignIn, seed: SeededAccount, database: Database
) -> None:
    talk = await add_talk(database, seed, name="maria")
    ana = await signed_in(seed.ana)
    path = f"/api/v1/contacts/{talk.contact_id}"
    assert (await ana.ask("PATCH", path, json={"name": " Maria da Silva "})).json()[
        "name"
    ] == "Maria da Silva"
    ticket = (await ana.get(f"/api/v1/tickets/{talk.ticket_id}")).json()
    assert (ticket["contact"]["name"], ticket["version"]) == ("Maria da Silva", 2)
    assert (await ana.ask("PATCH", path, json={"name": ""})).json()["name"] == "maria"


Route = tuple[str, Callable[[Talk], str], dict[str, Any] | None]

_ROUTES: list[Route] = [
    ("GET", lambda t: f"tickets/{t.ticket_id}", None),
    ("POST", lambda t: f"tickets/{t.ticket_id}/accept", None),
    ("POST", lambda t: f"tickets/{t.ticket_id}/transfer", {"department_id": str(uuid4())}),
    ("POST", lambda t: f"tickets/{t.ticket_id}/return-to-queue", None),
    ("POST", lambda t: f"tickets/{t.ticket_id}/close", {}),
    ("POST", lambda t: f"tickets/{t.ticket_id}/reopen", None),
    ("GET", lambda t: f"conversations/{t.conversation_id}", None),
    ("POST", lambda t: f"conversations/{t.conversation_id}/read", None),
    ("GET", lambda t: f"conversations/{t.conversation_id}/messages", None),
    (
        "POST",
        lambda t: f"conversations/{t.conversation_id}/messages",
        {"client_message_id": str(uuid4()), "content": {"kind": "text", "body": "Oi"}},
    ),
    ("POST", lambda t: f"conversations/{t.conversation_id}/messages/{t.message_id}/retry", {}),
    ("PATCH", lambda t: f"contacts/{t.contact_id}", {"name": "X"}),
]


@pytest.mark.parametrize("route", _ROUTES, ids=lambda route: f"{route[0]} {route[1].__code__.co_consts}")
async def test_what_belongs_to_another_department_or_account_is_not_found(
    signed_in: SignIn, seed: SeededAccount, settings: Settings, database: Database, route: Route
) -> None:
    method, path, body = route
    talk = await add_talk(database, seed, department="suporte")
    other = seed_account(settings)
    for stranger in (seed.ana, other.admin):
        client = await signed_in(stranger)
        response = await client.ask(method, f"/api/v1/{path(talk)}", json=body)
        assert problem(response) == (404, "not_found")
    nobody = await client.client.request(method, f"/api/v1/{path(talk)}", json=body)
    assert problem(nobody) == (401, "unauthenticated")


async def test_a_role_that_was_changed_counts_at_once(
    signed_in: SignIn, seed: SeededAccount, database: Database
) -> None:
    talk = await add_talk(database, seed, department="suporte")
    ana = await signed_in(seed.ana)
    path = f"/api/v1/tickets/{talk.ticket_id}"
    assert (await ana.get(path)).status_code == 404
    async with database.system() as work:
        await work.session.execute(
            text("UPDATE memberships SET role = 'admin' WHERE user_id = :id"), {"id": seed.ana.user_id}
        )
    assert (await ana.get(path)).status_code == 200


async def test_unknown_addresses_methods_and_bodies_are_problems(
    signed_in: SignIn, seed: SeededAccount
) -> None:
    ana = await signed_in(seed.ana)
    assert problem(await ana.get("/api/v1/nothing")) == (404, "not_found")
    assert problem(await ana.ask("DELETE", "/api/v1/members")) == (405, "method_not_allowed")
    response = await ana.post(
        "/api/v1/auth/sign-in", content=b"{", headers={"Content-Type": "application/json"}
    )
    assert problem(response) == (422, "invalid")
    huge = await ana.post("/api/v1/auth/sign-in", json={"email": "a@b", "password": "x" * 2_000_000})
    assert problem(huge) == (413, "too_large")

    async def unannounced() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"x" * 100_000

    streamed = await ana.post(
        "/api/v1/auth/sign-in", content=unannounced(), headers={"Content-Type": "application/json"}
    )
    assert problem(streamed) == (413, "too_large")


async def test_the_description_builds_and_its_reader_fetches_nothing_from_elsewhere(
    client: httpx.AsyncClient,
) -> None:
    document = (await client.get("/api/openapi.json")).json()
    assert document["openapi"].startswith("3.1")
    operations = [operation for methods in document["paths"].values() for operation in methods.values()]
    ids = [operation["operationId"] for operation in operations]
    assert len(ids) == len(set(ids)) >= 25
    assert all(name.isidentifier() for name in ids)
    for operation in operations:
        assert list(operation["responses"]["default"]["content"]) == ["application/problem+json"]
    for path in ("docs", "docs/reader.js", "docs/reader.css"):
        page = await client.get(f"/api/{path}")
        assert page.status_code == 200
        assert "http" not in page.text.replace("http-equiv", "")


async def test_the_same_message_over_rest_and_the_domain_is_one(
    signed_in: SignIn, seed: SeededAccount, database: Database
) -> None:
    talk = await add_talk(database, seed, state="active", assignee_id=seed.ana.user_id)
    client_message_id = uuid4()
    message = await queue_message(
        database,
        seed.ana,
        client_message_id=client_message_id,
        conversation_id=talk.conversation_id,
        content=parse_draft({"kind": "text", "body": "Oi"}),
    )
    ana = await signed_in(seed.ana)
    response = await ana.post(
        f"/api/v1/conversations/{talk.conversation_id}/messages",
        json={"client_message_id": str(client_message_id), "content": {"kind": "text", "body": "Oi"}},
    )
    assert response.json()["message"]["id"] == str(message.id)
