"""An account's life: each step compare-and-set, on record in the right chains, with mails, and nothing lost on the way."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import orjson
import pytest
from sqlalchemy import text
from starlette.applications import Starlette

from inbox.accounts.lifecycle import (
    CLOSING_TIME,
    HOME_SLUG,
    HomeAccount,
    WrongState,
    cancel_closing,
    close_account,
    reactivate_account,
    suspend_account,
)
from inbox.identity.errors import NotWhileImpersonating
from inbox.ingest.service import Ingest
from inbox.kernel.actor import ActorKind
from inbox.kernel.audit import INSTALLATION, AuditActor, Doer
from inbox.kernel.database import Database
from inbox.kernel.errors import Forbidden, NotFound
from inbox.kernel.ids import new_id
from inbox.mail.service import Mailer
from inbox.whatsapp.signature import sign
from server.hooks import WebhookGate
from server.settings import Settings
from tests.conftest import RecordingPublisher, SeededAccount

OPERATOR_OF_ALL = Doer(AuditActor.USER, new_id(), "Sara")


async def ask(database: Database, query: str, **values: Any) -> list[Any]:
    async with database.system() as work:
        return list(await work.session.execute(text(query), values))


async def state(database: Database, account_id: UUID) -> Any:
    (row,) = await ask(
        database,
        "SELECT state, state_reason, closing_by, erase_after, state_since FROM accounts WHERE account_id = :id",
        id=account_id,
    )
    return row


async def chain(database: Database, account_id: UUID, target_id: UUID) -> list[str]:
    rows = await ask(
        database,
        "SELECT action FROM audit_log WHERE account_id = :id AND target_id = :target AND target_kind = 'account' ORDER BY seq",
        id=account_id,
        target=str(target_id),
    )
    return [row.action for row in rows]


async def mails(database: Database, seed: SeededAccount, template: str) -> int:
    (row,) = await ask(
        database,
        """SELECT count(*) FROM mails m JOIN users u ON u.email = m.recipient
        WHERE u.id = :id AND m.template = :template""",
        id=seed.admin.user_id,
        template=template,
    )
    count: int = row[0]
    return count


async def test_suspending_and_reactivating_is_on_record_in_both_chains(
    database: Database, seed: SeededAccount, mailer: Mailer, publisher: RecordingPublisher
) -> None:
    await suspend_account(
        database, mailer, seed.account_id, doer=OPERATOR_OF_ALL, reason="Falta de pagamento"
    )
    row = await state(database, seed.account_id)
    assert (row.state, row.state_reason) == ("suspended", "Falta de pagamento")
    assert await mails(database, seed, "account_suspended") == 1
    publisher.nudged.clear()
    await reactivate_account(database, seed.account_id, doer=OPERATOR_OF_ALL)
    row = await state(database, seed.account_id)
    assert (row.state, row.state_reason) == ("active", None)
    assert publisher.nudged == ["outbox"]
    for chain_id in (seed.account_id, INSTALLATION):
        assert await chain(database, chain_id, seed.account_id) == [
            "account.suspended",
            "account.reactivated",
        ]


async def test_a_step_that_does_not_fit_the_state_is_refused_with_the_state(
    database: Database, seed: SeededAccount, mailer: Mailer
) -> None:
    with pytest.raises(WrongState) as refused:
        await reactivate_account(database, seed.account_id, doer=OPERATOR_OF_ALL)
    assert refused.value.extra["state"] == "active"
    await suspend_account(database, mailer, seed.account_id, doer=OPERATOR_OF_ALL, reason="x")
    with pytest.raises(WrongState):
        await suspend_account(database, mailer, seed.account_id, doer=OPERATOR_OF_ALL, reason="x")
    with pytest.raises(WrongState):
        await close_account(database, mailer, seed.admin, by="account", reason="x")
    with pytest.raises(WrongState):
        await cancel_closing(database, seed.admin)
    with pytest.raises(NotFound):
        await reactivate_account(database, new_id(), doer=OPERATOR_OF_ALL)


async def test_closing_orders_the_export_tells_the_admins_and_waits_thirty_days(
    database: Database, seed: SeededAccount, mailer: Mailer
) -> None:
    export_id = await close_account(database, mailer, seed.admin, by="account", reason="Vendemos a loja")
    row = await state(database, seed.account_id)
    assert (row.state, row.closing_by) == ("closing", "account")
    assert row.erase_after - row.state_since == CLOSING_TIME == timedelta(days=30)
    (export,) = await ask(database, "SELECT kind, state FROM exports WHERE id = :id", id=export_id)
    assert tuple(export) == ("account", "pending")
    assert await mails(database, seed, "account_closing") == 1
    await cancel_closing(database, seed.admin)
    row = await state(database, seed.account_id)
    assert (row.state, row.closing_by, row.erase_after) == ("active", None, None)
    assert await chain(database, seed.account_id, seed.account_id) == [
        "account.closing_began",
        "account.closing_cancelled",
    ]
    assert await chain(database, INSTALLATION, seed.account_id) == []


async def test_only_a_person_with_the_permission_and_as_themself_closes(
    database: Database, seed: SeededAccount, mailer: Mailer
) -> None:
    for actor in (seed.ana, seed.supervisor, replace(seed.admin, kind=ActorKind.API_KEY)):
        with pytest.raises(Forbidden):
            await close_account(database, mailer, actor, by="account", reason="x")
    with pytest.raises(NotWhileImpersonating):
        await close_account(
            database, mailer, replace(seed.admin, impersonator_id=new_id()), by="account", reason="x"
        )
    assert (await state(database, seed.account_id)).state == "active"
    await close_account(database, mailer, seed.admin, by="account", reason="x")
    for actor in (seed.ana, seed.supervisor):
        with pytest.raises(Forbidden):
            await cancel_closing(database, actor)


async def test_what_the_installation_closes_the_account_cannot_take_back(
    database: Database, seed: SeededAccount, mailer: Mailer
) -> None:
    await suspend_account(database, mailer, seed.account_id, doer=OPERATOR_OF_ALL, reason="Fraude")
    await close_account(database, mailer, seed.admin, by="installation", reason="Fraude")
    with pytest.raises(WrongState):
        await cancel_closing(database, seed.admin)
    assert "account.closing_began" in await chain(database, INSTALLATION, seed.account_id)
    await reactivate_account(database, seed.account_id, doer=OPERATOR_OF_ALL)
    assert (await state(database, seed.account_id)).state == "active"


async def test_of_many_who_act_at_once_exactly_one_wins(
    database: Database, seed: SeededAccount, mailer: Mailer
) -> None:
    closings = [close_account(database, mailer, seed.admin, by="account", reason="x") for _ in range(4)]
    results = await asyncio.gather(*closings, return_exceptions=True)
    assert sum(isinstance(result, UUID) for result in results) == 1
    assert sum(isinstance(result, WrongState) for result in results) == 3
    (exports,) = await ask(
        database, "SELECT count(*) FROM exports WHERE account_id = :id", id=seed.account_id
    )
    assert exports[0] == 1
    cancels = [cancel_closing(database, seed.admin) for _ in range(4)]
    results_ = await asyncio.gather(*cancels, return_exceptions=True)
    assert sum(result is None for result in results_) == 1


async def test_a_suspension_and_a_closing_at_once_leave_one_state_and_its_own_record(
    database: Database, seed: SeededAccount, mailer: Mailer
) -> None:
    await asyncio.gather(
        suspend_account(database, mailer, seed.account_id, doer=OPERATOR_OF_ALL, reason="x"),
        close_account(database, mailer, seed.admin, by="account", reason="y"),
        return_exceptions=True,
    )
    row = await state(database, seed.account_id)
    expected = {"suspended": ["account.suspended"], "closing": ["account.closing_began"]}[row.state]
    assert await chain(database, seed.account_id, seed.account_id) == expected


async def test_the_super_admins_home_is_neither_suspended_nor_closed(
    database: Database, seed: SeededAccount, mailer: Mailer
) -> None:
    await ask_write(database, seed.account_id)
    with pytest.raises(HomeAccount):
        await suspend_account(database, mailer, seed.account_id, doer=OPERATOR_OF_ALL, reason="x")
    with pytest.raises(HomeAccount):
        await close_account(database, mailer, seed.admin, by="account", reason="x")


async def ask_write(database: Database, account_id: UUID) -> None:
    async with database.system() as work:
        await work.session.execute(
            text("UPDATE accounts SET slug = :slug WHERE account_id = :id"),
            {"slug": HOME_SLUG, "id": account_id},
        )


async def test_webhooks_of_a_suspended_account_are_stored_as_ever(
    database: Database, settings: Settings, seed: SeededAccount, mailer: Mailer, publisher: RecordingPublisher
) -> None:
    await suspend_account(database, mailer, seed.account_id, doer=OPERATOR_OF_ALL, reason="x")
    ingest = Ingest(settings.resolved_system_database_url, settings.vault, publisher)
    await ingest.start()
    message = {
        "from": "5511988887777",
        "id": "wamid.S",
        "timestamp": "1763900000",
        "type": "text",
        "text": {"body": "Oi"},
    }
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "1", "phone_number_id": seed.number.phone_number_id},
        "contacts": [{"profile": {"name": "Maria"}, "wa_id": "5511988887777"}],
        "messages": [message],
    }
    entry = {"id": seed.number.waba_id, "changes": [{"field": "messages", "value": value}]}
    body = orjson.dumps({"object": "whatsapp_business_account", "entry": [entry]})
    gate = WebhookGate(Starlette(), ingest, max_bytes=100_000)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(gate), base_url="http://test") as client:
        answer = await client.post(
            f"/hooks/whatsapp/{seed.app.hook_key}",
            content=body,
            headers={"X-Hub-Signature-256": sign(body, seed.app.app_secret)},
        )
    await ingest.stop()
    assert answer.status_code == 200
    stored = await ask(database, "SELECT count(*) FROM messages WHERE account_id = :id", id=seed.account_id)
    assert stored[0][0] == 1
