"""Who may see a contact at this desk."""

from uuid import UUID

from inbox.contacts.repository import is_visible
from inbox.kernel.actor import Actor
from inbox.kernel.database import UnitOfWork
from inbox.kernel.errors import NotFound
from inbox.kernel.permissions import Permission
from inbox.privacy import repository
from inbox.privacy.repository import ContactRow


async def access_contact(work: UnitOfWork, actor: Actor, contact_id: UUID) -> ContactRow:
    """Any contact of the account for whoever runs the desk; for others those that they see through a ticket. Raises
    NotFound."""
    contact = await repository.fetch_contact(work.session, actor.account_id, contact_id)
    if contact is None:
        raise NotFound(contact_id=contact_id)
    if actor.may(Permission.PRIVACY_MANAGE):
        return contact
    if not actor.may(Permission.INBOX) or not await is_visible(
        work.session,
        actor.account_id,
        contact_id,
        user_id=actor.user_id,
        department_ids=sorted(actor.department_ids),
        sees_all=actor.sees_all_departments,
    ):
        raise NotFound(contact_id=contact_id)
    return contact
