"""A mail is queued with its cause, sent once, and leaves nothing readable behind."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from inbox.kernel.database import Database
from inbox.kernel.encryption import Vault
from inbox.mail.jobs import MailSender
from inbox.mail.mail_server import MailServer, parse_mail_server
from inbox.mail.service import MailData, Mailer, MailTemplate, fetch_mail_health
from tests.conftest import SeededAccount
from tests.inbox.mail.conftest import FakeMailServer

LINK = "https://prosa.example/convite/um-segredo"
INVITATION = MailData(
    recipient_name="José", account_name="Casa Verde", brand_color="#0f6f6a", link=LINK, actor_name="Alice",
    expires_at=datetime(2026, 12, 1, 15, 30, tzinfo=UTC),
)  # fmt: skip


async def queue(
    database: Database, vault: Vault, seed: SeededAccount, recipient: str = "jose@example.com"
) -> UUID:
    async with database.acting(seed.admin) as work:
        return await Mailer(vault).queue_mail(
            work, recipient=recipient, template=MailTemplate.INVITATION, locale="pt-BR", data=INVITATION
        )


async def stored(database: Database, mail_id: UUID) -> dict[str, Any]:
    async with database.system() as work:
        result = await work.session.execute(text("SELECT * FROM mails WHERE id = :id"), {"id": mail_id})
        return dict(result.mappings().one())


async def jobs_of(database: Database, mail_id: UUID) -> list[Any]:
    async with database.system() as work:
        result = await work.session.execute(
            text(
                "SELECT scheduled_at FROM procrastinate_jobs WHERE task_name = 'mail.send' AND args->>'mail_id' = :id ORDER BY id"
            ),
            {"id": str(mail_id)},
        )
        return list(result.scalars())


def sender(database: Database, vault: Vault, server: MailServer | None) -> MailSender:
    return MailSender(database, vault, server, "Prosa <avisos@prosa.example>")


async def test_a_mail_comes_with_the_change_that_causes_it_or_not_at_all(
    database: Database, vault: Vault, seed: SeededAccount
) -> None:
    async def change_and_fail() -> None:
        async with database.acting(seed.admin) as work:
            await Mailer(vault).queue_mail(
                work, recipient="nobody@example.com", template=MailTemplate.INVITATION, locale="en", data=INVITATION
            )  # fmt: skip
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await change_and_fail()
    async with database.system() as work:
        count = await work.session.scalar(
            text("SELECT count(*) FROM mails WHERE recipient = 'nobody@example.com'")
        )
    assert count == 0
    mail_id = await queue(database, vault, seed)
    assert len(await jobs_of(database, mail_id)) == 1


async def test_what_a_mail_says_is_sealed_while_it_waits_and_gone_once_sent(
    database: Database, vault: Vault, seed: SeededAccount, mail_server: FakeMailServer
) -> None:
    mail_id = await queue(database, vault, seed)
    sealed = (await stored(database, mail_id))["data_sealed"]
    assert b"um-segredo" not in sealed
    await sender(database, vault, mail_server.address).send(mail_id)
    row = await stored(database, mail_id)
    assert (row["state"], row["data_sealed"], row["attempts"], row["error"]) == ("sent", None, 1, None)
    assert row["sent_at"] is not None
    mail = mail_server.mails[0]
    assert mail["From"] == "Prosa <avisos@prosa.example>"
    assert mail["To"] == "jose@example.com"
    assert mail["Subject"] == "Alice convidou você para Casa Verde"
    assert mail["Message-ID"] == f"<{mail_id}@prosa.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert LINK in plain.get_content()
    assert f'href="{LINK}"' in html.get_content()
    assert "01/12/2026 às 12:30 (America/Sao_Paulo)" in plain.get_content()


async def test_a_mail_that_is_sent_is_not_sent_again(
    database: Database, vault: Vault, seed: SeededAccount, mail_server: FakeMailServer
) -> None:
    mail_id = await queue(database, vault, seed)
    worker = sender(database, vault, mail_server.address)
    await worker.send(mail_id)
    await worker.send(mail_id)
    assert len(mail_server.mails) == 1


async def test_what_may_pass_is_tried_again_later_and_what_stands_is_given_up(
    database: Database, vault: Vault, seed: SeededAccount, mail_server: FakeMailServer
) -> None:
    worker = sender(database, vault, mail_server.address)
    mail_id = await queue(database, vault, seed)
    mail_server.answers = ["451 4.7.1 Greylisted, come back"]
    before = datetime.now(UTC)
    await worker.send(mail_id)
    row = await stored(database, mail_id)
    assert (row["state"], row["attempts"]) == ("queued", 1)
    assert "451" in row["error"]
    assert row["data_sealed"] is not None
    assert before + timedelta(seconds=14) < row["due_at"] < before + timedelta(seconds=60)
    assert (await jobs_of(database, mail_id))[-1] == row["due_at"]
    await worker.send(mail_id)  # too early: a job that runs twice
    assert (await stored(database, mail_id))["attempts"] == 1
    await _make_due(database, mail_id)
    mail_server.answers = ["554 5.7.1 No such person here"]
    await worker.send(mail_id)
    row = await stored(database, mail_id)
    assert (row["state"], row["attempts"], row["data_sealed"]) == ("failed", 2, None)
    assert "554" in row["error"]


async def test_a_server_that_is_away_is_tried_for_a_day(
    database: Database, vault: Vault, seed: SeededAccount, mail_server: FakeMailServer
) -> None:
    nobody = sender(database, vault, MailServer("127.0.0.1", 9, "never"))
    mail_id = await queue(database, vault, seed)
    total = timedelta()
    for _ in range(20):
        if (await stored(database, mail_id))["state"] != "queued":
            break
        await _make_due(database, mail_id)
        now = datetime.now(UTC)
        await nobody.send(mail_id)
        total += (await stored(database, mail_id))["due_at"] - now
    row = await stored(database, mail_id)
    assert (row["state"], row["attempts"], row["data_sealed"]) == ("failed", 14, None)
    assert row["error"].startswith("mail_server_unreachable")
    assert timedelta(hours=10) < total < timedelta(hours=30)


async def test_without_a_mail_server_mails_wait_and_go_out_when_there_is_one(
    database: Database, vault: Vault, seed: SeededAccount, mail_server: FakeMailServer
) -> None:
    mail_id = await queue(database, vault, seed)
    waiting = sender(database, vault, None)
    await waiting.send(mail_id)
    assert await waiting.sweep() == 0
    assert (await stored(database, mail_id))["state"] == "queued"
    health = await fetch_mail_health(database)
    assert health.waiting >= 1
    async with database.system() as work:
        await work.session.execute(
            text("UPDATE mails SET due_at = now() - interval '2 minutes' WHERE id = :id"), {"id": mail_id}
        )
    worker = sender(database, vault, mail_server.address)
    assert await worker.sweep() >= 1
    assert len(await jobs_of(database, mail_id)) == 2
    await worker.sweep()  # the first sweep's job still waits
    assert len(await jobs_of(database, mail_id)) == 2
    await worker.send(mail_id)
    assert len(mail_server.mails) == 1


async def test_what_a_dead_worker_had_claimed_is_sent_by_another(
    database: Database, vault: Vault, seed: SeededAccount, mail_server: FakeMailServer
) -> None:
    worker = sender(database, vault, mail_server.address)
    mail_id = await queue(database, vault, seed)
    async with database.system() as work:
        await work.session.execute(
            text("UPDATE mails SET state = 'sending', claimed_at = now() WHERE id = :id"), {"id": mail_id}
        )
    await worker.send(mail_id)
    assert mail_server.mails == []
    async with database.system() as work:
        await work.session.execute(
            text("UPDATE mails SET claimed_at = now() - interval '11 minutes' WHERE id = :id"),
            {"id": mail_id},
        )
    await worker.sweep()
    await worker.send(mail_id)
    assert len(mail_server.mails) == 1


async def test_an_address_that_is_none_is_given_up(
    database: Database, vault: Vault, seed: SeededAccount, mail_server: FakeMailServer
) -> None:
    mail_id = await queue(database, vault, seed, "not an address\r\nBcc: x@example.com")
    await sender(database, vault, mail_server.address).send(mail_id)
    row = await stored(database, mail_id)
    assert (row["state"], row["error"]) == ("failed", "unusable values or address")
    assert mail_server.mails == []


async def test_who_acts_in_an_account_queues_mails_and_reads_none(
    database: Database, vault: Vault, seed: SeededAccount
) -> None:
    await queue(database, vault, seed)
    for statement in ("SELECT count(*) FROM mails", "UPDATE mails SET state = 'sent'", "DELETE FROM mails"):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with database.acting(seed.admin) as work:
                await work.session.execute(text(statement))


async def test_a_template_that_lacks_a_value_is_refused_when_queued(
    database: Database, vault: Vault, seed: SeededAccount
) -> None:
    with pytest.raises(ValueError, match="needs link, expires_at"):
        async with database.system() as work:
            await Mailer(vault).queue_mail(
                work, recipient="a@example.com", template=MailTemplate.PASSWORD_RESET, locale="en", data=MailData()
            )  # fmt: skip


async def test_old_mails_are_forgotten_and_waiting_ones_are_not(
    database: Database, vault: Vault, seed: SeededAccount, mail_server: FakeMailServer
) -> None:
    worker = sender(database, vault, mail_server.address)
    old, waiting = await queue(database, vault, seed), await queue(database, vault, seed)
    await worker.send(old)
    async with database.system() as work:
        await work.session.execute(
            text("UPDATE mails SET created_at = now() - interval '31 days' WHERE id = ANY(:ids)"),
            {"ids": [old, waiting]},
        )
    assert await worker.forget_old() == 1
    assert (await stored(database, waiting))["state"] == "queued"


async def _make_due(database: Database, mail_id: UUID) -> None:
    async with database.system() as work:
        await work.session.execute(text("UPDATE mails SET due_at = now() WHERE id = :id"), {"id": mail_id})


async def test_the_password_is_not_told_to_a_server_without_tls(
    database: Database, vault: Vault, seed: SeededAccount, mail_server: FakeMailServer
) -> None:
    address = parse_mail_server(f"smtp://user:hunter2@127.0.0.1:{mail_server.port}?tls=required")
    mail_id = await queue(database, vault, seed)
    await sender(database, vault, address).send(mail_id)
    row = await stored(database, mail_id)
    assert (row["state"], mail_server.mails) == ("queued", [])
    assert "STARTTLS" in row["error"]
    assert "hunter2" not in row["error"]


async def test_a_wrong_password_is_tried_again_for_whoever_runs_this_mends_it(
    database: Database, vault: Vault, seed: SeededAccount, mail_server: FakeMailServer
) -> None:
    mail_server.password = "right"
    mail_id = await queue(database, vault, seed)
    for password, state, error in (("wrong", "queued", "mail_not_accepted: 535"), ("right", "sent", "")):
        address = parse_mail_server(f"smtp://user:{password}@127.0.0.1:{mail_server.port}")
        await _make_due(database, mail_id)
        await sender(database, vault, address).send(mail_id)
        row = await stored(database, mail_id)
        assert row["state"] == state
        assert (row["error"] or "").startswith(error)
    assert len(mail_server.mails) == 1


async def test_addresses_with_accents_are_written_to(
    database: Database, vault: Vault, seed: SeededAccount, mail_server: FakeMailServer
) -> None:
    mail_id = await queue(database, vault, seed, "josé@exemplo.com.br")
    await sender(database, vault, mail_server.address).send(mail_id)
    assert (await stored(database, mail_id))["state"] == "sent"
    assert mail_server.recipients == ["josé@exemplo.com.br"]
