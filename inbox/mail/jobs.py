"""Sends what is queued: a durable job per mail, and a sweep for those that nobody is about to send.

Invariants
- A mail is claimed by its state, so of two jobs one sends it. A worker that dies between the server's yes and the mark
  sends it again; the Message-ID is the same, so that servers can tell.
- Tried with growing pauses for about a day; then given up, with the reason in its row. What a server refuses for good is
  given up at once.
- Without a mail server mails wait; they go out when one is set.
"""

from datetime import timedelta
from typing import Final
from uuid import UUID

import procrastinate
import structlog
from prometheus_client import Counter

from inbox.kernel.database import Database
from inbox.kernel.encryption import Vault
from inbox.kernel.errors import ProsaError
from inbox.kernel.job_worker import Backoff
from inbox.kernel.jobs import defer_in
from inbox.mail import repository
from inbox.mail.mail_server import MailServer
from inbox.mail.render import render_mail
from inbox.mail.repository import ClaimedMail
from inbox.mail.service import MAIL_QUEUE, SEND_TASK, MailData, MailTemplate, sealing_context
from inbox.mail.smtp import MailNotAccepted, build_message, send_message

log = structlog.get_logger(__name__)

MAILS = Counter("prosa_mails_total", "Mails by how a try to send ended", ["outcome"])

# 30 s, 1 min, 2 min, … 4 h: a day in all. Invitations live longer than that, links of resets do not.
_PAUSES: Final = Backoff(first_seconds=30, longest_seconds=4 * 3600, attempts=14)
# Longer than every step of SMTP together; then the worker that claimed it is dead.
_CLAIM_LIFE: Final = timedelta(minutes=10)
# The jobs of the mails themselves come first.
_SWEEP_GRACE: Final = timedelta(minutes=1)
_SWEEP_LIMIT: Final = 200
# Rows of mails hold addresses; they are for finding out what went wrong.
_KEPT: Final = timedelta(days=30)


class MailSender:
    """One per worker. `server` None: nothing is sent."""

    def __init__(self, database: Database, vault: Vault, server: MailServer | None, sender: str) -> None:
        self._database = database
        self._vault = vault
        self._server = server
        self._sender = sender
        self._warned_of = 0

    async def send(self, mail_id: UUID) -> None:
        """One try; another one is queued when it fails. Never raises for what the mail server does."""
        if self._server is None:
            return
        async with self._database.system() as work:
            mail = await repository.claim_mail(work.session, mail_id, work.now(), _CLAIM_LIFE)
        if mail is None:
            return
        try:
            await self._send(self._server, mail)
        except (ProsaError, ValueError) as error:
            await self._put_back(mail, error)
            return
        async with self._database.system() as work:
            await repository.mark_sent(work.session, mail.id, work.now())
        MAILS.labels("sent").inc()
        log.info("mail_sent", mail_id=str(mail.id), template=mail.template)

    async def _send(self, server: MailServer, mail: ClaimedMail) -> None:
        data = MailData.model_validate_json(self._vault.decrypt(mail.data_sealed, sealing_context(mail.id)))
        rendered = render_mail(MailTemplate(mail.template), mail.locale, data)
        message = build_message(
            rendered, sender=self._sender, recipient=mail.recipient, message_id=str(mail.id),
            at=self._database.now(),
        )  # fmt: skip
        await send_message(server, message)

    async def _put_back(self, mail: ClaimedMail, error: ProsaError | ValueError) -> None:
        # Not the words of a ValueError: pydantic's repeat the values.
        reason = f"{error.code}: {error}" if isinstance(error, ProsaError) else "unusable values or address"
        # A key that is missing may come back; a value that does not fit its template never will.
        hopeless = error.is_final if isinstance(error, MailNotAccepted) else isinstance(error, ValueError)
        final = hopeless or mail.attempts >= _PAUSES.attempts
        MAILS.labels("failed" if final else "retried").inc()
        log.warning(
            "mail_not_sent", mail_id=str(mail.id), template=mail.template, attempt=mail.attempts, final=final,
            error=error.code if isinstance(error, ProsaError) else type(error).__name__,
            smtp_code=error.extra.get("smtp_code") if isinstance(error, ProsaError) else None,
        )  # fmt: skip
        async with self._database.system() as work:
            if final:
                await repository.mark_failed(work.session, mail.id, reason)
                return
            due_at = work.now() + timedelta(seconds=_PAUSES.wait_seconds(mail.attempts - 1))
            await repository.mark_retried(work.session, mail.id, reason, due_at)
            await defer_in(
                work.session, SEND_TASK, {"mail_id": mail.id}, queue=MAIL_QUEUE, scheduled_at=due_at
            )

    async def sweep(self) -> int:
        """Queues jobs for mails that have none any more; answers how many."""
        async with self._database.system() as work:
            if self._server is None:
                waiting = await repository.count_waiting(work.session)
                if waiting > self._warned_of:
                    log.warning("mails_wait_for_a_mail_server", waiting=waiting, setting="PROSA_SMTP_URL")
                self._warned_of = waiting
                return 0
            forgotten = await repository.fetch_forgotten(
                work.session, work.now(), grace=_SWEEP_GRACE, claim_life=_CLAIM_LIFE, limit=_SWEEP_LIMIT
            )
            queued = 0
            for mail_id in forgotten:
                queued += await defer_in(
                    work.session, SEND_TASK, {"mail_id": mail_id}, queue=MAIL_QUEUE, queueing_lock=f"mail:{mail_id}"
                )  # fmt: skip
        return queued

    async def forget_old(self) -> int:
        async with self._database.system() as work:
            return await repository.delete_finished(work.session, work.now() - _KEPT)


def mail_jobs(sender: MailSender) -> procrastinate.Blueprint:
    """Tasks `mail.send` {mail_id}; every five minutes `mail.sweep`; daily `mail.clean_up`."""
    blueprint = procrastinate.Blueprint()

    @blueprint.task(name=SEND_TASK, queue=MAIL_QUEUE, retry=Backoff(5, 300, 10))
    async def send(mail_id: str) -> None:
        await sender.send(UUID(mail_id))

    @blueprint.periodic(cron="*/5 * * * *")
    @blueprint.task(name="mail.sweep", queue="maintenance")
    async def sweep(timestamp: int) -> None:
        del timestamp
        await sender.sweep()

    @blueprint.periodic(cron="43 4 * * *")
    @blueprint.task(name="mail.clean_up", queue="maintenance", retry=Backoff(60, 3600, 5))
    async def clean_up(timestamp: int) -> None:
        del timestamp
        log.info("old_mails_forgotten", count=await sender.forget_old())

    return blueprint
