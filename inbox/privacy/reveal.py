"""One look at a telephone number that the account masks; each is on record."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from inbox.kernel.actor import Actor
from inbox.kernel.audit import AuditEntry
from inbox.kernel.database import Database
from inbox.kernel.errors import Forbidden
from inbox.kernel.permissions import Permission
from inbox.privacy import repository
from inbox.privacy.access import access_contact
from inbox.privacy.errors import NoPhone, ReasonNamesSubject, TooManyReveals
from inbox.privacy.subjects import names_subject
from inbox.privacy.views import RevealedPhone
from inbox.whatsapp.phone import format_phone

REVEALED: Final = "contact.phone_revealed"

# An operator calls back a few customers an hour; who copies the customer base needs thousands.
MOST_AN_HOUR: Final = 60
_HOUR: Final = timedelta(hours=1)


async def reveal_phone(
    database: Database, actor: Actor, contact_id: UUID, *, reason: str | None = None
) -> RevealedPhone:
    """The number, whole. Raises NotFound, Forbidden, NoPhone, ReasonNamesSubject, TooManyReveals."""
    async with database.acting(actor) as work:
        contact = await access_contact(work, actor, contact_id)
        if not actor.may(Permission.CONTACTS_REVEAL) and not actor.may(Permission.CONTACTS_PHONES):
            raise Forbidden(needs=Permission.CONTACTS_REVEAL.value)
        if not contact.wa_id:
            raise NoPhone(contact_id=contact_id)
        if reason and names_subject(reason, (contact.name, contact.profile_name), contact.subject):
            raise ReasonNamesSubject
        await repository.lock_reveals(work.session, actor.user_id)
        now = work.now()
        looks = await repository.fetch_reveals(
            work.session, actor.account_id, actor.user_id, REVEALED, now - _HOUR
        )
        if len(looks) >= MOST_AN_HOUR:
            wait = looks[-MOST_AN_HOUR] + _HOUR - now
            raise TooManyReveals(limit=MOST_AN_HOUR, retry_after_seconds=int(wait.total_seconds()) + 1)
        after = {"field": "phone", **({"reason": reason} if reason else {})}
        work.audit(AuditEntry(REVEALED, "contact", contact_id, after=after))
        return RevealedPhone(phone=format_phone(contact.wa_id), wa_id=contact.wa_id)
