"""A contact's own copy of everything (LGPD, article 18): asked for here, made by `contact_archive.py`."""

from uuid import UUID

from inbox.exports.service import request_export
from inbox.exports.views import ExportKind, ExportView
from inbox.kernel.actor import Actor
from inbox.kernel.database import Database
from inbox.kernel.errors import NotFound
from inbox.kernel.permissions import Permission
from inbox.privacy import repository
from inbox.privacy.errors import AlreadyErased


async def request_contact_export(database: Database, actor: Actor, contact_id: UUID) -> ExportView:
    """Queues the file. Raises NotFound, Forbidden, AlreadyErased."""
    actor.require(Permission.PRIVACY_MANAGE)
    async with database.acting(actor) as work:
        contact = await repository.fetch_contact(work.session, actor.account_id, contact_id)
        if contact is None:
            raise NotFound(contact_id=contact_id)
        if contact.erased_at is not None:
            raise AlreadyErased(contact_id=contact_id)
        return await request_export(work, actor, kind=ExportKind.CONTACT, subject_id=contact_id)
