"""The privacy desk over REST: shapes, permissions, and that nobody reaches another account's people."""

from uuid import UUID

from sqlalchemy import text

from inbox.kernel.database import Database
from inbox.kernel.ids import new_id
from inbox.privacy.eraser import Eraser
from server.settings import Settings
from tests.conftest import SeededAccount, seed_account
from tests.inbox.rows import Talk, add_talk
from tests.server.api.conftest import ApiParts, SignIn

CONSENT = {
    "purpose": "marketing",
    "granted": True,
    "legal_basis": "consent",
    "source": "form",
    "evidence": "Formulário 12",
}
REASON = "Pedido do titular"


async def erased(parts: ApiParts, seed: SeededAccount, erasure_id: str) -> None:
    await Eraser(parts.database, parts.media_store, parts.vault).erase(seed.account_id, UUID(erasure_id))


async def test_consents_are_recorded_and_listed(
    database: Database, seed: SeededAccount, signed_in: SignIn
) -> None:
    talk = await add_talk(database, seed)
    admin = await signed_in(seed.admin)
    path = f"/api/v1/contacts/{talk.contact_id}/consents"
    created = await admin.post(path, json=CONSENT)
    assert created.status_code == 201, created.text
    assert created.json()["recorded_by_name"] == "Alice"
    listed = (await admin.get(path)).json()
    assert [entry["purpose"] for entry in listed["current"]] == ["marketing"]
    assert listed["history"] == [created.json()]
    for wrong in (
        {"legal_basis": "because"},
        {"purpose": "Market ing"},
        {"at": "2026-01-01T00:00:00"},
        {"at": "0001-01-01T00:00:00+14:00"},
        {"more": 1},
    ):
        assert (await admin.post(path, json={**CONSENT, **wrong})).status_code == 422


async def test_a_number_is_revealed_once_per_call_and_on_record(
    database: Database, seed: SeededAccount, signed_in: SignIn
) -> None:
    talk = await add_talk(database, seed, wa_id="5511987650007")
    ana = await signed_in(seed.ana)
    answer = await ana.post(f"/api/v1/contacts/{talk.contact_id}/reveal", json={"field": "phone"})
    assert answer.json() == {"phone": "+55 11 98765-0007", "wa_id": "5511987650007"}
    async with database.system() as work:
        action = await work.session.scalar(
            text("SELECT action FROM audit_log WHERE account_id = :account_id ORDER BY seq DESC LIMIT 1"),
            {"account_id": seed.account_id},
        )
    assert action == "contact.phone_revealed"
    assert (
        await ana.post(f"/api/v1/contacts/{talk.contact_id}/reveal", json={"field": "cpf"})
    ).status_code == 422


async def test_from_the_request_to_the_certificate(
    database: Database, seed: SeededAccount, signed_in: SignIn, parts: ApiParts
) -> None:
    talk = await add_talk(database, seed, name="Maria Souza", wa_id="5511987650008")
    admin = await signed_in(seed.admin)
    path = f"/api/v1/contacts/{talk.contact_id}/erase"
    refused = await admin.post(path, json={"reason": REASON, "confirm_name": "Mario"})
    assert (refused.status_code, refused.json()["code"]) == (422, "name_not_confirmed")
    asked = await admin.post(path, json={"reason": REASON, "confirm_name": "Maria Souza"})
    assert (asked.status_code, asked.json()["state"]) == (202, "pending")
    erasure_id = asked.json()["id"]
    certificate = f"/api/v1/privacy/erasures/{erasure_id}/certificate"
    early = await admin.get(certificate)
    assert (early.status_code, early.json()["code"]) == (409, "erasure_running")
    await erased(parts, seed, erasure_id)
    proof = (await admin.get(certificate)).json()
    assert proof["removed"]["messages"] == 1
    assert len(proof["mac"]) == 64
    page = await admin.get(certificate, params={"format": "html"})
    assert page.headers["content-type"].startswith("text/html")
    assert page.headers["content-disposition"].startswith("attachment")
    assert proof["mac"] in page.text
    listed = (await admin.get("/api/v1/privacy/erasures")).json()
    assert [(item["id"], item["state"], item["requested_by_name"]) for item in listed["items"]] == [
        (erasure_id, "done", "Alice")
    ]
    assert (await admin.get(f"/api/v1/privacy/erasures/{erasure_id}")).json() == listed["items"][0]
    found = await admin.post("/api/v1/privacy/erasures/search", json={"identity": "+55 (11) 98765-0008"})
    assert [item["id"] for item in found.json()] == [erasure_id]
    assert (
        await admin.post("/api/v1/privacy/erasures/search", json={"identity": "Maria"})
    ).status_code == 422


async def test_erasures_are_paged(database: Database, seed: SeededAccount, signed_in: SignIn) -> None:
    admin = await signed_in(seed.admin)
    ids = []
    for _ in range(3):
        talk = await add_talk(database, seed, name="Maria Souza")
        path = f"/api/v1/contacts/{talk.contact_id}/erase"
        ids.append(
            (await admin.post(path, json={"reason": REASON, "confirm_name": "Maria Souza"})).json()["id"]
        )
    first = (await admin.get("/api/v1/privacy/erasures", params={"limit": 2})).json()
    second = (
        await admin.get("/api/v1/privacy/erasures", params={"limit": 2, "cursor": first["next_cursor"]})
    ).json()
    assert [item["id"] for item in first["items"] + second["items"]] == ids[::-1]
    assert second["next_cursor"] is None


async def test_an_export_is_queued(database: Database, seed: SeededAccount, signed_in: SignIn) -> None:
    talk = await add_talk(database, seed)
    answer = await (await signed_in(seed.admin)).post(f"/api/v1/contacts/{talk.contact_id}/export")
    assert (answer.status_code, answer.json()["state"], answer.json()["kind"]) == (202, "pending", "contact")


async def test_the_policy_is_compare_and_set_and_tells_open_sockets(
    seed: SeededAccount, signed_in: SignIn, parts: ApiParts
) -> None:
    admin = await signed_in(seed.admin)
    policy = (await admin.get("/api/v1/privacy/policy")).json()
    assert policy["mask_phones"] is False
    changed = {**policy, "mask_phones": True, "retention": {**policy["retention"], "media_days": 90}}
    answer = await admin.ask("PUT", "/api/v1/privacy/policy", json=changed)
    assert answer.status_code == 200, answer.text
    assert answer.json() == {**changed, "version": policy["version"] + 1}
    stale = await admin.ask("PUT", "/api/v1/privacy/policy", json=changed)
    assert (stale.status_code, stale.json()["code"]) == (409, "policy_changed")
    assert stale.json()["version"] == policy["version"] + 1
    for days in (-5, 10**12):
        odd = {**answer.json(), "retention": {**policy["retention"], "contact_fields_days": {"cpf": days}}}
        assert (await admin.ask("PUT", "/api/v1/privacy/policy", json=odd)).status_code == 422
    assert (
        await admin.ask("PUT", "/api/v1/privacy/policy", json={**answer.json(), "version": 10**30})
    ).status_code == 422
    short = {**answer.json(), "retention": {**policy["retention"], "media_days": 1}}
    assert (await admin.ask("PUT", "/api/v1/privacy/policy", json=short)).status_code == 422


async def test_encryption_of_content_begins_when_every_process_knows_the_key(
    seed: SeededAccount, signed_in: SignIn
) -> None:
    admin = await signed_in(seed.admin)
    policy = (await admin.get("/api/v1/privacy/policy")).json()
    assert policy["content_sealing"] == {
        "state": "off", "since": None, "sealed_rows": 0, "holds_sealed": False
    }  # fmt: skip
    on = await admin.ask("PUT", "/api/v1/privacy/policy", json={**policy, "encrypt_content": True})
    assert on.status_code == 200, on.text
    assert (on.json()["encrypt_content"], on.json()["content_sealing"]["state"]) == (True, "starting")
    off = await admin.ask("PUT", "/api/v1/privacy/policy", json={**on.json(), "encrypt_content": False})
    assert off.json()["content_sealing"] == {
        "state": "off", "since": None, "sealed_rows": 0, "holds_sealed": True
    }  # fmt: skip


async def test_retention_is_previewed_for_stored_and_for_proposed_rules(
    seed: SeededAccount, signed_in: SignIn
) -> None:
    admin = await signed_in(seed.admin)
    stored = (await admin.get("/api/v1/privacy/retention/preview")).json()
    assert (stored["files"], stored["messages"], stored["contacts"], stored["is_capped"]) == (0, 0, 0, False)
    proposed = await admin.get(
        "/api/v1/privacy/retention/preview", params={"messages_days": 30, "contacts_days": 400}
    )
    assert proposed.status_code == 200
    assert (
        await admin.get("/api/v1/privacy/retention/preview", params={"messages_days": 1})
    ).status_code == 422


def requests(talk: Talk, erasure_id: object) -> list[tuple[str, str, dict[str, object] | None]]:
    contact = f"/api/v1/contacts/{talk.contact_id}"
    return [
        ("GET", f"{contact}/consents", None),
        ("POST", f"{contact}/consents", {**CONSENT}),
        ("POST", f"{contact}/reveal", {"field": "phone"}),
        ("POST", f"{contact}/export", None),
        ("POST", f"{contact}/erase", {"reason": REASON, "confirm_name": "Maria Souza"}),
        ("GET", f"/api/v1/privacy/erasures/{erasure_id}", None),
        ("GET", f"/api/v1/privacy/erasures/{erasure_id}/certificate", None),
    ]


async def test_another_accounts_people_are_not_there(
    database: Database, seed: SeededAccount, signed_in: SignIn, settings: Settings
) -> None:
    talk = await add_talk(database, seed)
    path = f"/api/v1/contacts/{talk.contact_id}/erase"
    own = await (await signed_in(seed.admin)).post(
        path, json={"reason": REASON, "confirm_name": "Maria Souza"}
    )
    stranger = await signed_in(seed_account(settings).admin)
    nothing = Talk(new_id(), new_id(), new_id(), new_id(), "")
    for mine, none in zip(requests(talk, own.json()["id"]), requests(nothing, new_id()), strict=True):
        answers = [await stranger.ask(method, path, json=body) for method, path, body in (mine, none)]
        assert [answer.status_code for answer in answers] == [404, 404], mine
    assert (await stranger.get("/api/v1/privacy/erasures")).json()["items"] == []
    found = await stranger.post("/api/v1/privacy/erasures/search", json={"identity": "+55 11 90000-0001"})
    assert found.json() == []


async def test_operators_do_not_run_the_desk(
    database: Database, seed: SeededAccount, signed_in: SignIn
) -> None:
    talk = await add_talk(database, seed, department="vendas")
    ana, bruno = await signed_in(seed.ana), await signed_in(seed.bruno)
    for method, path, body in requests(talk, new_id())[3:]:
        assert (await ana.ask(method, path, json=body)).status_code == 403, path
    for path in ("/api/v1/privacy/erasures", "/api/v1/privacy/policy", "/api/v1/privacy/retention/preview"):
        assert (await ana.get(path)).status_code == 403, path
    for method, path, body in requests(talk, new_id())[:3]:
        assert (await bruno.ask(method, path, json=body)).status_code == 404, path
