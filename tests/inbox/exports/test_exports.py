"""A file is made for who asked, given to who may have it, and gone after a week."""

import asyncio
import csv
import io
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest
from sqlalchemy import text

from inbox.audit.export import AuditExportMaker
from inbox.audit.service import request_audit_export
from inbox.audit.views import AuditFilters
from inbox.exports import service
from inbox.exports.jobs import ExportWorker
from inbox.exports.service import ExportNotReady, request_export
from inbox.exports.views import ExportKind, ExportMaker, ExportOrder, ExportView, MadeExport
from inbox.kernel.actor import Actor, ActorKind, Role
from inbox.kernel.audit import AuditEntry
from inbox.kernel.database import Database
from inbox.kernel.encryption import Vault
from inbox.kernel.errors import Forbidden, NotFound, Unavailable
from inbox.kernel.job_worker import GiveUp
from inbox.kernel.permissions import Permission
from inbox.mail.service import Mailer
from inbox.media.storage import MediaStore
from server.settings import Settings
from tests.conftest import SeededAccount, seed_account


class ScriptedMaker:
    """Writes what it is told, or raises it."""

    def __init__(self, *answers: bytes | Exception) -> None:
        self.answers = list(answers)
        self.orders: list[ExportOrder] = []

    async def make(self, order: ExportOrder, target: Path) -> MadeExport:
        self.orders.append(order)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        await asyncio.to_thread(target.write_bytes, answer)
        return MadeExport("dados é.zip", "application/zip")


@pytest.fixture
def store(settings: Settings) -> MediaStore:
    return MediaStore(settings.resolved_media_url)


def worker(database: Database, vault: Vault, store: MediaStore, maker: ExportMaker) -> ExportWorker:
    makers = dict.fromkeys(ExportKind, maker)
    return ExportWorker(
        database, store, Mailer(vault), makers, page_url="https://prosa.example/settings/exports"
    )


async def ask(database: Database, actor: Actor, kind: ExportKind = ExportKind.CONTACT) -> ExportView:
    async with database.acting(actor) as work:
        return await request_export(work, actor, kind=kind, subject_id=uuid4(), parameters={"format": "zip"})


async def read(database: Database, actor: Actor, store: MediaStore, export_id: UUID) -> bytes:
    opened = await service.open_export(database, actor, store, export_id)
    return b"".join([chunk async for chunk in opened.stored.chunks])


async def actions(database: Database, seed: SeededAccount) -> list[str]:
    async with database.acting(seed.admin) as work:
        result = await work.session.execute(text("SELECT action FROM audit_log ORDER BY seq"))
        return list(result.scalars())


async def mails_to(database: Database, recipient: str) -> list[str]:
    async with database.system() as work:
        result = await work.session.execute(
            text("SELECT template FROM mails WHERE recipient = :recipient"), {"recipient": recipient}
        )
        return list(result.scalars())


async def email_of(database: Database, actor: Actor) -> str:
    async with database.system() as work:
        email: str = (
            await work.session.execute(text("SELECT email FROM users WHERE id = :id"), {"id": actor.user_id})
        ).scalar_one()
        return email


async def test_an_export_is_asked_for_made_told_of_and_downloaded_on_record(
    database: Database, vault: Vault, store: MediaStore, seed: SeededAccount
) -> None:
    asked = await ask(database, seed.admin)
    assert (asked.state, asked.requested_by_name, asked.file_name) == ("pending", "Alice", "")
    with pytest.raises(ExportNotReady) as refused:
        await read(database, seed.admin, store, asked.id)
    assert refused.value.extra["state"] == "pending"
    maker = ScriptedMaker(b"the data")
    await worker(database, vault, store, maker).make(seed.account_id, asked.id, 1)
    order = maker.orders[0]
    assert (order.kind, order.subject_id, order.parameters) == (
        ExportKind.CONTACT,
        asked.subject_id,
        {"format": "zip"},
    )
    assert (order.requested_by, order.locale, order.time_zone) == (
        seed.admin.user_id,
        "pt-BR",
        "America/Sao_Paulo",
    )
    ready = await service.get_export(database, seed.admin, asked.id)
    assert (ready.state, ready.file_name, ready.mime_type, ready.size) == (
        "ready",
        "dados é.zip",
        "application/zip",
        8,
    )
    assert ready.ready_at is not None
    assert ready.expires_at == ready.ready_at + timedelta(days=7)
    assert await read(database, seed.admin, store, asked.id) == b"the data"
    assert await actions(database, seed) == ["export.requested", "export.made", "export.downloaded"]
    assert await mails_to(database, await email_of(database, seed.admin)) == ["export_ready"]


async def test_a_job_that_runs_twice_makes_one_file(
    database: Database, vault: Vault, store: MediaStore, seed: SeededAccount
) -> None:
    asked = await ask(database, seed.admin)
    exports = worker(database, vault, store, ScriptedMaker(b"first", b"second"))
    await exports.make(seed.account_id, asked.id, 1)
    await exports.make(seed.account_id, asked.id, 2)
    assert await read(database, seed.admin, store, asked.id) == b"first"


async def test_what_may_pass_is_tried_again_and_what_stands_fails_with_its_code(
    database: Database, vault: Vault, store: MediaStore, seed: SeededAccount
) -> None:
    asked = await ask(database, seed.admin)
    exports = worker(
        database, vault, store, ScriptedMaker(Unavailable(), ZeroDivisionError(), NotFound("gone"))
    )
    with pytest.raises(Unavailable):
        await exports.make(seed.account_id, asked.id, 1)
    pending = await service.get_export(database, seed.admin, asked.id)
    assert (pending.state, pending.error) == ("pending", "unavailable")
    with pytest.raises(ZeroDivisionError):
        await exports.make(seed.account_id, asked.id, 2)
    assert (await service.get_export(database, seed.admin, asked.id)).error == "internal_error"
    with pytest.raises(GiveUp):
        await exports.make(seed.account_id, asked.id, 3)
    failed = await service.get_export(database, seed.admin, asked.id)
    assert (failed.state, failed.error) == ("failed", "not_found")
    assert await actions(database, seed) == ["export.requested", "export.failed"]


async def test_the_last_try_leaves_nobody_waiting(
    database: Database, vault: Vault, store: MediaStore, seed: SeededAccount
) -> None:
    for fault in (Unavailable(), ZeroDivisionError()):
        asked = await ask(database, seed.admin)
        with pytest.raises((GiveUp, ZeroDivisionError)):
            await worker(database, vault, store, ScriptedMaker(fault)).make(seed.account_id, asked.id, 6)
        assert (await service.get_export(database, seed.admin, asked.id)).state == "failed"


async def test_after_its_time_the_file_is_gone_and_the_row_says_so(
    database: Database, vault: Vault, store: MediaStore, seed: SeededAccount
) -> None:
    asked = await ask(database, seed.admin)
    exports = worker(database, vault, store, ScriptedMaker(b"the data"))
    await exports.make(seed.account_id, asked.id, 1)
    assert await exports.expire() == 0
    async with database.system() as work:
        key = await work.session.scalar(
            text("SELECT storage_key FROM exports WHERE id = :id"), {"id": asked.id}
        )
        await work.session.execute(
            text("UPDATE exports SET expires_at = now() WHERE id = :id"), {"id": asked.id}
        )
    assert key is not None
    with pytest.raises(ExportNotReady) as refused:  # before the job comes by
        await read(database, seed.admin, store, asked.id)
    assert refused.value.extra["state"] == "expired"
    assert await exports.expire() == 1
    assert (await service.get_export(database, seed.admin, asked.id)).state == "expired"
    with pytest.raises(NotFound):
        await store.open(key)
    assert await exports.expire() == 0
    assert (await actions(database, seed))[-1] == "export.expired"


async def test_a_file_that_could_not_be_removed_is_removed_the_next_time(
    database: Database, vault: Vault, store: MediaStore, seed: SeededAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = await ask(database, seed.admin)
    exports = worker(database, vault, store, ScriptedMaker(b"the data"))
    await exports.make(seed.account_id, asked.id, 1)
    async with database.system() as work:
        await work.session.execute(
            text("UPDATE exports SET expires_at = now() WHERE id = :id"), {"id": asked.id}
        )

    async def refuse(key: str) -> None:
        raise Unavailable

    with monkeypatch.context() as patch:
        patch.setattr(store, "delete", refuse)
        with pytest.raises(Unavailable):
            await exports.expire()
    await exports.expire()
    with pytest.raises(NotFound):
        await store.open(f"{seed.account_id}/exports/{asked.id}")


@pytest.mark.parametrize(
    ("kind", "permission"),
    [
        (ExportKind.CONTACT, Permission.PRIVACY_MANAGE),
        (ExportKind.AUDIT, Permission.AUDIT_VIEW),
        (ExportKind.ACCOUNT, Permission.ACCOUNT_MANAGE),
    ],
)
async def test_each_kind_is_for_who_has_its_permission(
    database: Database,
    vault: Vault,
    store: MediaStore,
    seed: SeededAccount,
    kind: ExportKind,
    permission: Permission,
) -> None:
    asked = await ask(database, seed.admin, kind)
    others = frozenset(Permission) - {permission}
    almost = Actor(seed.account_id, seed.ana.user_id, Role.CUSTOM, permissions=others)
    just = Actor(seed.account_id, seed.ana.user_id, Role.CUSTOM, permissions=frozenset({permission}))
    with pytest.raises(Forbidden):
        await ask(database, almost, kind)
    with pytest.raises(NotFound):
        await service.get_export(database, almost, asked.id)
    with pytest.raises(NotFound):
        await service.open_export(database, almost, store, asked.id)
    assert asked.id not in {export.id for export in await service.list_exports(database, almost)}
    assert {export.id for export in await service.list_exports(database, just)} == {asked.id}
    with pytest.raises(Forbidden):
        await service.list_exports(database, seed.ana)


async def test_another_accounts_export_is_not_there(
    database: Database, store: MediaStore, settings: Settings, seed: SeededAccount
) -> None:
    asked = await ask(database, seed.admin)
    stranger = seed_account(settings).admin
    with pytest.raises(NotFound):
        await service.get_export(database, stranger, asked.id)
    with pytest.raises(NotFound):
        await service.open_export(database, stranger, store, asked.id)
    assert await service.list_exports(database, stranger) == []


async def test_an_export_that_a_key_asked_for_is_made_without_a_mail(
    database: Database, vault: Vault, store: MediaStore, seed: SeededAccount
) -> None:
    key = Actor(
        seed.account_id, uuid4(), Role.CUSTOM, permissions=frozenset(Permission), kind=ActorKind.API_KEY
    )
    asked = await ask(database, key)
    await worker(database, vault, store, ScriptedMaker(b"x")).make(seed.account_id, asked.id, 1)
    assert (await service.get_export(database, key, asked.id)).state == "ready"


# ── the audit log as a file ─────────────────────────────────────────────────────────────────────────────────────────


async def export_audit(
    database: Database, vault: Vault, store: MediaStore, actor: Actor, format_: Any, filters: AuditFilters
) -> bytes:
    asked = await request_audit_export(database, actor, filters, format_)
    await worker(database, vault, store, AuditExportMaker(database)).make(actor.account_id, asked.id, 1)
    export = await service.get_export(database, actor, asked.id)
    assert export.file_name.endswith(f".{format_}")
    return await read(database, actor, store, asked.id)


async def test_the_audit_log_as_json_lines_has_what_was_filtered_for(
    database: Database, vault: Vault, store: MediaStore, seed: SeededAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inbox.audit.export._BATCH", 3)
    async with database.acting(seed.admin) as work:
        for n in range(8):
            work.audit(AuditEntry("member.role_changed", "member", seed.ana.user_id, {"n": n}, {"n": n + 1}))
    data = await export_audit(database, vault, store, seed.admin, "jsonl", AuditFilters(action="member."))
    lines = [orjson.loads(line) for line in data.splitlines()]
    assert [line["before"]["n"] for line in lines] == list(range(7, -1, -1))
    assert {(line["actor_name"], line["target_name"], line["action"]) for line in lines} == {
        ("Alice", "Ana", "member.role_changed")
    }


async def test_the_audit_log_as_csv_opens_in_a_spreadsheet_and_runs_nothing_there(
    database: Database, vault: Vault, store: MediaStore, seed: SeededAccount
) -> None:
    async with database.acting(seed.admin) as work:
        work.audit(
            AuditEntry("thing.changed", "thing", '=HYPERLINK("http://x","y")', None, {"é": 'a,b\n"c"'})
        )
    data = await export_audit(database, vault, store, seed.admin, "csv", AuditFilters(action="thing.changed"))
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert len(rows) == 1
    assert rows[0]["target_id"] == '\'=HYPERLINK("http://x","y")'
    assert orjson.loads(rows[0]["after"]) == {"é": 'a,b\n"c"'}
    assert rows[0]["actor_name"] == "Alice"
