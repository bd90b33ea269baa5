"""People, roles, departments and invitations over REST; and what an operator of X learns of Y: nothing."""

from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text

from inbox.accounts.invitations import NewUser, accept_invitation
from inbox.kernel.actor import Actor, Role
from inbox.kernel.database import Database
from inbox.kernel.ids import new_id
from inbox.media.models import Media
from inbox.media.storage import MediaStore, storage_key
from inbox.tickets.service import close_ticket, transfer_ticket
from server.settings import Settings
from tests.conftest import SeededAccount
from tests.inbox.accounts.people import mailed
from tests.inbox.rows import Talk, add_talk
from tests.server.api.conftest import SignedInClient, SignIn


def code(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


async def member_of(client: SignedInClient, actor: Actor) -> dict[str, Any]:
    members = (await client.get("/api/v1/members")).json()
    found: dict[str, Any] = next(m for m in members if m["id"] == str(actor.user_id))
    return found


async def test_an_admin_changes_a_member_and_it_holds_at_the_next_request(
    signed_in: SignIn, seed: SeededAccount
) -> None:
    admin, ana = await signed_in(seed.admin), await signed_in(seed.ana)
    member = await member_of(admin, seed.ana)
    assert (await ana.get("/api/v1/team")).status_code == 403
    response = await admin.ask(
        "PATCH", f"/api/v1/members/{member['id']}", json={"version": member["version"], "role": "admin"}
    )
    assert response.status_code == 200
    assert (response.json()["role"], response.json()["version"]) == ("admin", member["version"] + 1)
    team = (await ana.get("/api/v1/team")).json()
    assert {m["member"]["name"] for m in team} == {"Alice", "Ana", "Bruno", "Sofia"}
    response = await admin.ask(
        "PATCH", f"/api/v1/members/{member['id']}", json={"version": member["version"], "capacity": 1}
    )
    assert code(response) == (409, "conflict")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"version": 1, "role": "custom"},
        {"version": 1, "role": "operator", "role_id": str(uuid4())},
        {"version": 1, "role_id": str(uuid4())},
        {"version": 1, "role": "king"},
        {"version": 1, "capacity": -1},
        {"version": 1, "surprise": True},
    ],
)
async def test_a_change_that_makes_no_sense_is_refused(
    signed_in: SignIn, seed: SeededAccount, body: dict[str, Any]
) -> None:
    admin = await signed_in(seed.admin)
    response = await admin.ask("PATCH", f"/api/v1/members/{seed.ana.user_id}", json=body)
    assert code(response) == (422, "invalid")


async def test_a_removed_member_is_out_at_the_next_request(signed_in: SignIn, seed: SeededAccount) -> None:
    admin, ana = await signed_in(seed.admin), await signed_in(seed.ana)
    assert (await admin.ask("DELETE", f"/api/v1/members/{seed.ana.user_id}")).status_code == 204
    assert (await ana.get("/api/v1/tickets")).status_code == 401
    assert code(await admin.ask("DELETE", f"/api/v1/members/{seed.ana.user_id}")) == (404, "not_found")
    assert code(await admin.ask("DELETE", f"/api/v1/members/{seed.admin.user_id}")) == (409, "last_admin")


async def test_ended_sessions_are_over(signed_in: SignIn, seed: SeededAccount) -> None:
    admin, ana = await signed_in(seed.admin), await signed_in(seed.ana)
    path = f"/api/v1/members/{seed.ana.user_id}"
    assert (await admin.post(f"{path}/end-sessions")).status_code == 204
    assert (await ana.get("/api/v1/tickets")).status_code == 401
    again = await signed_in(seed.ana)
    assert (await again.get("/api/v1/tickets")).status_code == 200
    assert (await admin.post(f"{path}/reset-second-factor")).status_code == 204
    assert (await again.get("/api/v1/tickets")).status_code == 401


async def test_a_role_of_ones_own_decides_over_rest(signed_in: SignIn, seed: SeededAccount) -> None:
    admin, ana = await signed_in(seed.admin), await signed_in(seed.ana)
    names = {p["name"] for p in (await admin.get("/api/v1/permissions")).json()}
    assert {"inbox", "people.manage"} <= names
    made = await admin.post("/api/v1/roles", json={"name": "Leitura", "permissions": ["reports.view"]})
    assert made.status_code == 201
    role = made.json()
    member = await member_of(admin, seed.ana)
    changed = await admin.ask(
        "PATCH", f"/api/v1/members/{member['id']}",
        json={"version": member["version"], "role": "custom", "role_id": role["role_id"]},
    )  # fmt: skip
    assert (changed.json()["role_name"], changed.json()["permissions"]) == ("Leitura", ["reports.view"])
    for path in (
        "tickets",
        "tickets/counts",
        "members",
        "numbers",
        f"conversations/{uuid4()}",
        f"tickets/{uuid4()}",
    ):
        response = await ana.get(f"/api/v1/{path}")
        assert (*code(response), response.json()["needs"]) == (403, "forbidden", "inbox"), path
    path = f"/api/v1/roles/{role['role_id']}"
    assert code(await admin.ask("DELETE", path)) == (409, "role_in_use")
    granted = await admin.ask("PATCH", path, json={"version": 1, "permissions": ["inbox"]})
    assert granted.status_code == 200
    assert (await ana.get("/api/v1/tickets")).status_code == 200
    assert code(await admin.post("/api/v1/roles", json={"name": "x", "permissions": ["fly"]})) == (
        422,
        "invalid",
    )


async def test_departments_are_made_changed_and_archived(signed_in: SignIn, seed: SeededAccount) -> None:
    admin = await signed_in(seed.admin)
    made = await admin.post("/api/v1/departments", json={"name": "Cobrança"})
    assert made.status_code == 201
    path = f"/api/v1/departments/{made.json()['id']}"
    changed = await admin.ask("PATCH", path, json={"version": 1, "name": "Contas", "color": "#ABCDEF"})
    assert (changed.json()["name"], changed.json()["color"]) == ("Contas", "#ABCDEF")
    assert (await admin.ask("DELETE", path)).status_code == 204
    archived = [d for d in (await admin.get("/api/v1/departments")).json() if d["archived_at"]]
    assert [d["name"] for d in archived] == ["Contas"]
    vendas = await admin.ask("DELETE", f"/api/v1/departments/{seed.departments['vendas']}")
    assert (*code(vendas), vendas.json()["numbers"]) == (409, "department_in_use", 1)


async def test_an_invitation_goes_out_by_mail_and_lets_in(
    signed_in: SignIn, seed: SeededAccount, database: Database, settings: Settings
) -> None:
    admin, email = await signed_in(seed.admin), f"rita-{new_id().hex}@example.com"
    body = {"email": email, "role": "operator", "department_ids": [str(seed.departments["vendas"])]}
    sent = await admin.post("/api/v1/invitations", json=body)
    assert (sent.status_code, sent.json()["state"]) == (201, "pending")
    path = f"/api/v1/invitations/{sent.json()['id']}"
    assert (await admin.post(f"{path}/resend")).status_code == 200
    links = [m["link"] for m in await mailed(database, settings, "invitation") if m["recipient"] == email]
    assert len(links) == 2
    token = parse_qs(urlsplit(links[-1]).fragment)["token"][0]
    accepted = await accept_invitation(database, token, user=NewUser("Rita", "unusable"))
    assert str(accepted.user_id) in [m["id"] for m in (await admin.get("/api/v1/members")).json()]
    assert (await admin.get("/api/v1/invitations")).json() == []
    assert code(await admin.ask("DELETE", path)) == (404, "not_found")
    assert code(await admin.post("/api/v1/invitations", json=body)) == (409, "already_member")
    assert code(await admin.post("/api/v1/invitations", json={**body, "email": "no address"})) == (
        422,
        "invalid",
    )


# ── department X against department Y ───────────────────────────────────────────────────────────────────────────────


async def add_file(database: Database, seed: SeededAccount, talk: Talk, settings: Settings, tmp: Any) -> str:
    """A stored file of the customer's message."""
    store, media_id = MediaStore(settings.resolved_media_url), new_id()
    file = tmp / media_id.hex
    file.write_bytes(b"%PDF secret of vendas")
    key = storage_key(seed.account_id, media_id, database.now())
    await store.put(key, file, "application/pdf")
    async with database.system() as work:
        work.session.add(
            Media(
                account_id=seed.account_id, id=media_id, message_id=talk.message_id, mime_type="application/pdf",
                size=21, state="stored", storage_key=key, created_at=work.now(),
            )
        )  # fmt: skip
    return str(media_id)


async def test_an_operator_of_one_department_learns_nothing_of_another(
    signed_in: SignIn, seed: SeededAccount, database: Database, settings: Settings, tmp_path: Any
) -> None:
    talk = await add_talk(database, seed, name="Segredo de Vendas", wa_id="5511912345678")
    media_id = await add_file(database, seed, talk, settings, tmp_path)
    ana, bruno = await signed_in(seed.ana), await signed_in(seed.bruno)
    ticket = (await ana.get(f"/api/v1/tickets/{talk.ticket_id}")).json()
    assert (await ana.get(f"/media/{media_id}")).status_code == 200
    message = {"client_message_id": str(new_id()), "content": {"kind": "text", "body": "x"}}
    reaching: list[tuple[str, str, Any]] = [
        ("GET", f"/api/v1/tickets/{talk.ticket_id}", None),
        ("POST", f"/api/v1/tickets/{talk.ticket_id}/accept", None),
        ("POST", f"/api/v1/tickets/{talk.ticket_id}/close", {}),
        ("POST", f"/api/v1/tickets/{talk.ticket_id}/reopen", None),
        ("POST", f"/api/v1/tickets/{talk.ticket_id}/return-to-queue", None),
        (
            "POST",
            f"/api/v1/tickets/{talk.ticket_id}/transfer",
            {"department_id": str(seed.departments["suporte"])},
        ),
        ("GET", f"/api/v1/conversations/{talk.conversation_id}", None),
        ("POST", f"/api/v1/conversations/{talk.conversation_id}/read", None),
        ("GET", f"/api/v1/conversations/{talk.conversation_id}/messages", None),
        ("POST", f"/api/v1/conversations/{talk.conversation_id}/messages", message),
        ("PATCH", f"/api/v1/contacts/{talk.contact_id}", {"name": "Minha"}),
        ("GET", f"/media/{media_id}", None),
        ("POST", f"/api/v1/media/{media_id}/fetch", None),
    ]
    for method, path, body in reaching:
        response = await bruno.ask(method, path, json=body)
        assert code(response) == (404, "not_found"), (method, path, response.text)
        assert "Segredo" not in response.text
    for query in (
        "view=all", "view=queue", "view=closed", "view=mine", "view=all&q=Segredo", "view=all&q=5511912345678",
        f"view=all&q={ticket['protocol']}", f"view=all&department_id={seed.departments['vendas']}",
    ):  # fmt: skip
        page = (await bruno.get(f"/api/v1/tickets?{query}")).json()
        assert page["items"] == [], query
        assert set(page["counts"].values()) == {0}
    assert (await bruno.get("/api/v1/tickets/counts")).json()["all"] == 0


async def test_what_was_transferred_away_is_out_of_reach_with_its_files(
    signed_in: SignIn, seed: SeededAccount, database: Database, settings: Settings, tmp_path: Any
) -> None:
    talk = await add_talk(database, seed)
    media_id = await add_file(database, seed, talk, settings, tmp_path)
    ana, bruno = await signed_in(seed.ana), await signed_in(seed.bruno)
    assert (await ana.get(f"/media/{media_id}")).status_code == 200
    assert (await bruno.get(f"/media/{media_id}")).status_code == 404
    await transfer_ticket(database, seed.admin, talk.ticket_id, department_id=seed.departments["suporte"])
    assert (await ana.get(f"/media/{media_id}")).status_code == 404
    assert (await ana.get(f"/api/v1/conversations/{talk.conversation_id}/messages")).status_code == 404
    assert (await bruno.get(f"/media/{media_id}")).status_code == 200
    # Closed, it stays with the department that ended it.
    await close_ticket(database, seed.admin, talk.ticket_id)
    assert (await ana.get(f"/media/{media_id}")).status_code == 404
    assert (await bruno.get(f"/media/{media_id}")).status_code == 200


async def test_numbers_are_masked_over_rest(
    signed_in: SignIn, seed: SeededAccount, database: Database
) -> None:
    talk = await add_talk(database, seed, name="", wa_id="5511987651234")
    async with database.system() as work:
        await work.session.execute(
            text("""UPDATE accounts SET privacy = '{"mask_phones": true}' WHERE account_id = :id"""),
            {"id": seed.account_id},
        )
    ana, sofia = await signed_in(seed.ana), await signed_in(seed.supervisor)
    for path in (
        "tickets?view=queue", f"tickets/{talk.ticket_id}", f"conversations/{talk.conversation_id}",
        f"conversations/{talk.conversation_id}/messages", "tickets?view=all&q=5511987651234",
    ):  # fmt: skip
        assert "98765" not in (await ana.get(f"/api/v1/{path}")).text, path
    assert "5511987651234" in (await sofia.get(f"/api/v1/tickets/{talk.ticket_id}")).text
    assert (await ana.get("/api/v1/tickets?view=all&q=98765")).json()["items"] == []
    assert len((await sofia.get("/api/v1/tickets?view=all&q=98765")).json()["items"]) == 1


async def test_a_client_sees_nothing_of_the_inbox(
    signed_in: SignIn, seed: SeededAccount, database: Database
) -> None:
    async with database.system() as work:
        await work.session.execute(
            text("UPDATE memberships SET role = :role WHERE user_id = :id"),
            {"role": Role.CLIENT.value, "id": seed.ana.user_id},
        )
    talk = await add_talk(database, seed)
    ana = await signed_in(seed.ana)
    for path in (
        "tickets",
        f"tickets/{talk.ticket_id}",
        f"conversations/{talk.conversation_id}",
        "members",
        "team",
    ):
        assert (await ana.get(f"/api/v1/{path}")).status_code == 403, path


@pytest.mark.parametrize("name", [" ", "", "\t\n", "a\x00b", "x" * 61])
async def test_a_name_that_is_none_is_refused(signed_in: SignIn, seed: SeededAccount, name: str) -> None:
    admin = await signed_in(seed.admin)
    for path, body in (
        ("departments", {"name": name}),
        ("roles", {"name": name, "permissions": []}),
    ):
        assert code(await admin.post(f"/api/v1/{path}", json=body)) == (422, "invalid"), path
