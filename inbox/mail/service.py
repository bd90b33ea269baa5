"""Queues mails: in the transaction of the change that they tell of, so neither comes without the other.

Invariants
- What a mail says (links with tokens, above all) is sealed while it waits and gone once it was sent or given up.
- Whoever queues names a template and its values; how it looks and reads is `texts.py` and `render.py`, at sending.
"""

from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from inbox.kernel.database import Database, UnitOfWork
from inbox.kernel.encryption import Vault
from inbox.kernel.ids import new_id
from inbox.kernel.jobs import defer_in
from inbox.mail import repository
from inbox.mail.repository import MailHealth

SEND_TASK: Final = "mail.send"
MAIL_QUEUE: Final = "mail"


class MailTemplate(StrEnum):
    INVITATION = "invitation"
    """link, account_name, actor_name, expires_at"""
    PASSWORD_RESET = "password_reset"  # noqa: S105 - a template's name
    """link, expires_at"""
    PASSWORD_CHANGED = "password_changed"  # noqa: S105
    """at; device, ip"""
    NEW_SIGN_IN = "new_sign_in"
    """at; device, ip"""
    SESSION_REUSED = "session_reused"
    """at; device, ip: somebody used a copy of their sign-in; it was ended"""
    SECOND_FACTOR_RESET = "second_factor_reset"
    """at; actor_name, account_name"""
    ACCOUNT_SUSPENDED = "account_suspended"
    """account_name; reason"""
    ACCOUNT_CLOSING = "account_closing"
    """account_name, at (the day of erasure); reason, actor_name"""
    EXPORT_READY = "export_ready"
    """link, expires_at; account_name, file_name"""


_REQUIRED: Final[dict[MailTemplate, tuple[str, ...]]] = {
    MailTemplate.INVITATION: ("link", "account_name", "actor_name", "expires_at"),
    MailTemplate.PASSWORD_RESET: ("link", "expires_at"),
    MailTemplate.PASSWORD_CHANGED: ("at",),
    MailTemplate.NEW_SIGN_IN: ("at",),
    MailTemplate.SESSION_REUSED: ("at",),
    MailTemplate.SECOND_FACTOR_RESET: ("at",),
    MailTemplate.ACCOUNT_SUSPENDED: ("account_name",),
    MailTemplate.ACCOUNT_CLOSING: ("account_name", "at"),
    MailTemplate.EXPORT_READY: ("link", "expires_at"),
}


class MailData(BaseModel):
    """What templates are filled with; which one needs what is said at `MailTemplate`. Values are escaped when rendered."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    recipient_name: str = ""
    account_name: str = ""
    brand_color: str | None = None
    """#rrggbb of the account; Prosa's own when there is none."""
    link: str = ""
    """Absolute."""
    actor_name: str = ""
    """Who did it: who invited, who reset."""
    reason: str = ""
    at: datetime | None = None
    expires_at: datetime | None = None
    device: str = ""
    ip: str = ""
    file_name: str = ""
    time_zone: str = "America/Sao_Paulo"
    """In which times are written."""


class Mailer:
    """Queues; made once per process. Works in `acting()` and in `system()` alike."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def queue_mail(
        self, work: UnitOfWork, *, recipient: str, template: MailTemplate, locale: str, data: MailData
    ) -> UUID:
        """Within the caller's transaction; sent after its commit. Raises ValueError when the template lacks a value."""
        if missing := [name for name in _REQUIRED[template] if not getattr(data, name)]:
            raise ValueError(f"the mail {template} needs {', '.join(missing)}")
        mail_id = new_id()
        sealed = self._vault.encrypt(data.model_dump_json().encode(), sealing_context(mail_id))
        await repository.insert_mail(
            work.session, mail_id=mail_id, recipient=recipient, template=template.value, locale=locale,
            data_sealed=sealed, at=work.now(),
        )  # fmt: skip
        await defer_in(work.session, SEND_TASK, {"mail_id": mail_id}, queue=MAIL_QUEUE)
        return mail_id


def sealing_context(mail_id: UUID) -> str:
    return f"mails.data:{mail_id}"


async def fetch_mail_health(database: Database) -> MailHealth:
    """How the queue stands, for those who look after the installation."""
    async with database.system() as work:
        return await repository.fetch_health(work.session)
