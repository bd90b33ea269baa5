"""The audit log over REST: who may read it, what is found in it, and what leaves it as a file."""

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from inbox.audit.export import AuditExportMaker
from inbox.audit.service import list_installation_audit, verify_installation
from inbox.audit.views import AuditFilters
from inbox.exports.jobs import ExportWorker
from inbox.exports.views import ExportKind
from inbox.kernel.actor import Actor, Origin
from inbox.kernel.audit import INSTALLATION, AuditActor, AuditEntry, Doer
from inbox.kernel.database import Database
from server.settings import Settings
from tests.conftest import SeededAccount, seed_account
from tests.server.api.conftest import ApiParts, SignedInClient, SignIn
from tests.server.api.test_resources import problem

AUDIT = "/api/v1/audit"


async def write(database: Database, actor: Actor, *entries: AuditEntry) -> None:
    for entry in entries:
        async with database.acting(actor) as work:
            work.audit(entry)


async def found(client: SignedInClient, **params: Any) -> list[dict[str, Any]]:
    response = await client.get(AUDIT, params=params)
    assert response.status_code == 200, response.text
    items: list[dict[str, Any]] = response.json()["items"]
    return items


async def test_pages_are_newest_first_and_go_to_the_beginning(
    signed_in: SignIn, seed: SeededAccount, database: Database
) -> None:
    await write(database, seed.admin, *(AuditEntry("thing.changed", "thing", str(n)) for n in range(7)))
    admin = await signed_in(seed.admin)
    seen: list[str] = []
    cursor: str | None = None
    for _ in range(10):
        params = {"limit": 3} | ({"cursor": cursor} if cursor else {})
        page = (await admin.get(AUDIT, params=params)).json()
        seen += [item["target_id"] for item in page["items"]]
        # What is written meanwhile does not move the pages that follow.
        await write(database, seed.admin, AuditEntry("other.thing"))
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == ["6", "5", "4", "3", "2", "1", "0"]
    for wrong in ("!!", "c2VxIDA", "c2VxIHg", "x" * 201):
        assert problem(await admin.get(AUDIT, params={"cursor": wrong})) == (422, "invalid")


async def test_filters_find_what_they_say(signed_in: SignIn, seed: SeededAccount, database: Database) -> None:
    await write(
        database,
        seed.admin,
        AuditEntry(
            "member.role_changed", "member", seed.ana.user_id, {"role": "operator"}, {"role": "admin"}
        ),
        AuditEntry("member.removed", "member", seed.bruno.user_id),
        AuditEntry("members_list.exported"),
        AuditEntry("role.created", "role", "x", None, {"name": "100% Ágil_"}),
    )
    await write(database, seed.supervisor, AuditEntry("ticket.closed", "ticket", "y"))
    admin = await signed_in(seed.admin)

    async def actions(**params: Any) -> list[str]:
        return [item["action"] for item in await found(admin, **params)]

    assert await actions(action="member.removed") == ["member.removed"]
    assert await actions(action="member.") == ["member.removed", "member.role_changed"]
    assert await actions(actor_id=str(seed.supervisor.user_id)) == ["ticket.closed"]
    assert await actions(target_kind="member", target_id=str(seed.ana.user_id)) == ["member.role_changed"]
    assert await actions(q="ágil_") == ["role.created"]
    assert await actions(q="100% Á") == ["role.created"]
    assert await actions(q="%") == ["role.created"]
    assert await actions(q="operator") == ["member.role_changed"]
    assert await actions(q="sofia") == ["ticket.closed"]
    soon = (datetime.now(UTC) + timedelta(minutes=1)).isoformat()
    assert len(await actions(until=soon)) == 5
    assert await actions(since=soon) == []
    assert await actions(q="nothing like this") == []
    # What no database can hold is a mistake of the caller's, not ours.
    for senseless in (
        {"q": "\0"},
        {"target_id": "a\0"},
        {"since": "0001-01-01T00:00:00+10:00"},
        {"until": "9999-12-31T23:59:59-10:00"},
    ):
        assert problem(await admin.get(AUDIT, params=senseless)) == (422, "invalid"), senseless


async def test_an_entry_says_who_did_what_to_whom_and_from_where(
    signed_in: SignIn, seed: SeededAccount, database: Database
) -> None:
    doer = Doer(
        AuditActor.USER,
        seed.admin.user_id,
        "Alice",
        seed.supervisor.user_id,
        Origin("2001:DB8::1", "Firefox", "req-1"),
    )
    async with database.system(seed.account_id) as work:
        for kind, id_ in (
            ("member", seed.ana.user_id),
            ("department", seed.departments["vendas"]),
            ("number", seed.number.id),
            ("contact", seed.ana.user_id),
            ("member", "no id"),
        ):
            work.audit(AuditEntry("thing.done", kind, id_), doer=doer)
    items = await found(await signed_in(seed.admin))
    names = [(item["target_kind"], item["target_name"]) for item in reversed(items)]
    assert names == [
        ("member", "Ana"),
        ("department", "Vendas"),
        ("number", "Principal"),
        ("contact", ""),  # customers are not named in the audit log
        ("member", ""),
    ]
    assert items[0]["who"] == {
        "kind": "user",
        "id": str(seed.admin.user_id),
        "name": "Alice",
        "impersonator_id": str(seed.supervisor.user_id),
        "impersonator_name": "Sofia",
    }
    assert (items[0]["ip"], items[0]["user_agent"], items[0]["request_id"]) == (
        "2001:db8::1",
        "Firefox",
        "req-1",
    )
    assert await found(await signed_in(seed.admin), actor_id=str(seed.supervisor.user_id)) == items


async def test_the_log_is_for_who_may_read_it_and_for_their_account_only(
    signed_in: SignIn, seed: SeededAccount, database: Database, settings: Settings
) -> None:
    await write(database, seed.admin, AuditEntry("thing.changed"))
    ana = await signed_in(seed.ana)
    assert problem(await ana.get(AUDIT)) == (403, "forbidden")
    assert problem(await ana.post(f"{AUDIT}/verify")) == (403, "forbidden")
    assert problem(await ana.post(f"{AUDIT}/export", json={"format": "csv"})) == (403, "forbidden")
    assert problem(await ana.get("/api/v1/exports")) == (403, "forbidden")
    assert await found(await signed_in(seed_account(settings).admin)) == []


async def test_names_of_another_accounts_things_are_not_looked_up(
    signed_in: SignIn, seed: SeededAccount, database: Database, settings: Settings
) -> None:
    other = seed_account(settings)
    await write(
        database, seed.admin, AuditEntry("department.changed", "department", other.departments["vendas"])
    )
    (item,) = await found(await signed_in(seed.admin))
    assert item["target_name"] == ""


async def test_verifying_says_whether_the_chain_is_whole_and_is_on_record(
    signed_in: SignIn, seed: SeededAccount, database: Database, settings: Settings
) -> None:
    await write(database, seed.admin, AuditEntry("a.b"), AuditEntry("c.d"))
    admin = await signed_in(seed.admin)
    whole = (await admin.post(f"{AUDIT}/verify")).json()
    assert (whole["entries"], whole["is_whole"], whole["first_broken_seq"]) == (2, True, None)
    assert (await found(admin))[0]["after"] == {"entries": 2, "is_whole": True, "first_broken_seq": None}
    with psycopg.connect(settings.database_url) as connection:
        connection.execute("ALTER TABLE audit_log DISABLE TRIGGER USER")
        connection.execute(
            "UPDATE audit_log SET actor_name = 'Bruno' WHERE account_id = %s AND seq = 2", (seed.account_id,)
        )
        connection.execute("ALTER TABLE audit_log ENABLE TRIGGER USER")
    broken = (await admin.post(f"{AUDIT}/verify")).json()
    assert (broken["is_whole"], broken["first_broken_seq"]) == (False, 2)
    assert broken["broken"] == [{"seq": 2, "fault": "changed"}]


async def test_the_log_leaves_as_a_file(
    signed_in: SignIn, seed: SeededAccount, parts: ApiParts, settings: Settings
) -> None:
    database = parts.database
    await write(database, seed.admin, AuditEntry("thing.changed", "thing", "1"), AuditEntry("other.done"))
    admin = await signed_in(seed.admin)
    response = await admin.post(f"{AUDIT}/export", json={"format": "csv", "filters": {"action": "thing."}})
    assert response.status_code == 202
    asked = response.json()
    assert (asked["state"], asked["kind"]) == ("pending", "audit")
    path = f"/api/v1/exports/{asked['id']}"
    assert problem(await admin.get(f"{path}/file")) == (409, "export_not_ready")
    worker = ExportWorker(
        database,
        parts.media_store,
        parts.mailer,
        {ExportKind.AUDIT: AuditExportMaker(database)},
        page_url="http://x",
    )
    await worker.make(seed.account_id, asked["id"], 1)
    assert (await admin.get(path)).json()["state"] == "ready"
    assert [export["id"] for export in (await admin.get("/api/v1/exports")).json()] == [asked["id"]]
    file = await admin.get(f"{path}/file")
    assert file.status_code == 200
    assert file.headers["content-type"] == "text/csv; charset=utf-8"
    assert file.headers["cache-control"] == "private, no-store"
    assert file.headers["x-content-type-options"] == "nosniff"
    assert file.headers["content-disposition"].startswith('attachment; filename="audit-')
    assert int(file.headers["content-length"]) == len(file.content)
    assert len(file.text.splitlines()) == 2
    stranger = await signed_in(seed_account(settings).admin)
    assert problem(await stranger.get(path)) == (404, "not_found")
    assert problem(await stranger.get(f"{path}/file")) == (404, "not_found")
    downloads = await found(admin, action="export.downloaded")
    assert [item["target_id"] for item in downloads] == [asked["id"]]


async def test_the_installations_chain_is_read_and_proved_apart(
    database: Database, seed: SeededAccount
) -> None:
    async with database.system() as work:
        work.audit(AuditEntry("sign_in.refused"), INSTALLATION, doer=Doer(AuditActor.ANONYMOUS))
    page = await list_installation_audit(database, AuditFilters(action="sign_in."), below=None, limit=10)
    assert page.items[0].action == "sign_in.refused"
    assert page.items[0].who.kind is AuditActor.ANONYMOUS
    assert (await verify_installation(database)).is_whole


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_log SET action = 'x'", "DELETE FROM audit_log", "TRUNCATE audit_log"]
)
async def test_not_even_the_owner_changes_the_log_by_mistake(
    settings: Settings, database: Database, seed: SeededAccount, statement: str
) -> None:
    await write(database, seed.admin, AuditEntry("thing.changed"))
    with (
        psycopg.connect(settings.database_url) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"),
    ):
        connection.execute(statement.encode())


async def test_super_admins_see_the_mail_queue_and_prove_the_installations_chain(
    signed_in: SignIn, seed: SeededAccount, settings: Settings
) -> None:
    with psycopg.connect(settings.database_url) as connection:
        connection.execute("UPDATE users SET is_super_admin = true WHERE id = %s", (seed.supervisor.user_id,))
        connection.execute(
            "INSERT INTO mails (id, recipient, template, locale, state, error) "
            "VALUES (gen_random_uuid(), 'a@example.com', 'invitation', 'en', 'failed', '554 no')"
        )
    sara = await signed_in(seed.supervisor)
    health = (await sara.get("/api/v1/installation/mail")).json()
    assert health["has_server"] is False
    assert (health["failed"], health["last_error"]) == (1, "554 no")
    assert (await sara.post("/api/v1/installation/audit/verify")).json()["is_whole"]
    admin = await signed_in(seed.admin)
    assert problem(await admin.get("/api/v1/installation/mail")) == (404, "not_found")
    assert problem(await admin.post("/api/v1/installation/audit/verify")) == (404, "not_found")
