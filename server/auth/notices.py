"""Mails about a person's own sign-in. Queued in the transaction of what they tell of."""

import anyio.to_thread

from inbox.identity.challenges import LIVES, ChallengeKind
from inbox.identity.repository import Person
from inbox.kernel.actor import Origin
from inbox.kernel.database import UnitOfWork
from inbox.mail.service import MailData, Mailer, MailTemplate
from server.auth.devices import parse_device


class Notices:
    """One per process. `base_url`: where links lead."""

    def __init__(self, mailer: Mailer, base_url: str) -> None:
        self._mailer = mailer
        self._base_url = base_url

    async def new_sign_in(self, work: UnitOfWork, person: Person, origin: Origin) -> None:
        await self._tell(work, person, MailTemplate.NEW_SIGN_IN, origin)

    async def session_reused(self, work: UnitOfWork, person: Person, origin: Origin) -> None:
        await self._tell(work, person, MailTemplate.SESSION_REUSED, origin)

    async def password_changed(self, work: UnitOfWork, person: Person, origin: Origin) -> None:
        await self._tell(work, person, MailTemplate.PASSWORD_CHANGED, origin)

    async def password_reset(self, work: UnitOfWork, person: Person, token: str) -> None:
        # After the #, so that the token is in no server's log and in no Referer.
        data = MailData(
            recipient_name=person.name,
            link=f"{self._base_url}/reset-password#token={token}",
            expires_at=work.now() + LIVES[ChallengeKind.PASSWORD_RESET],
        )
        await self._mailer.queue_mail(
            work, recipient=person.email, template=MailTemplate.PASSWORD_RESET, locale=person.locale, data=data
        )  # fmt: skip

    async def _tell(self, work: UnitOfWork, person: Person, template: MailTemplate, origin: Origin) -> None:
        # In a thread: the first one loads all patterns, which takes a fifth of a second.
        device = await anyio.to_thread.run_sync(parse_device, origin.user_agent)
        data = MailData(recipient_name=person.name, at=work.now(), device=device.label, ip=origin.ip or "")
        await self._mailer.queue_mail(
            work, recipient=person.email, template=template, locale=person.locale, data=data
        )
