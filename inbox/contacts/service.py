"""What people change about a contact."""

from uuid import UUID

from inbox.contacts import repository
from inbox.contacts.events import ContactView, contact_updated
from inbox.contacts.masking import mask_contact
from inbox.kernel.actor import Actor
from inbox.kernel.audit import AuditEntry
from inbox.kernel.database import Database
from inbox.kernel.errors import NotFound
from inbox.kernel.permissions import Permission
from inbox.tickets.events import ticket_updated
from inbox.tickets.repository import bump_tickets_of_contact, fetch_ticket_view


async def rename_contact(database: Database, actor: Actor, contact_id: UUID, *, name: str) -> ContactView:
    """Gives the contact a name that wins over the customer's own; empty gives it back. Every copy of it hears of it.

    Raises NotFound, Forbidden.
    """
    actor.require(Permission.INBOX)
    async with database.acting(actor) as work:
        session, account_id = work.session, actor.account_id
        if not await repository.is_visible(
            session,
            account_id,
            contact_id,
            user_id=actor.user_id,
            department_ids=sorted(actor.department_ids),
            sees_all=actor.sees_all_departments,
        ):
            raise NotFound(contact_id=contact_id)
        actor.require(Permission.CONTACTS_EDIT)
        await repository.set_name(session, account_id, contact_id, name.strip(), work.now())
        for ticket_id in await bump_tickets_of_contact(session, account_id, contact_id):
            ticket = await fetch_ticket_view(session, account_id, ticket_id)
            if ticket is not None:
                work.record(ticket_updated(ticket))
        contact = await repository.fetch_contact(session, account_id, contact_id)
        assert contact is not None
        reach = await repository.fetch_reach(session, account_id, contact_id)
        work.record(
            contact_updated(
                contact,
                department_ids=reach.department_ids,
                assignee_ids=reach.assignee_ids,
                conversation_ids=reach.conversation_ids,
            )
        )
        # Without the names: the customer's data is not the audit log's.
        work.audit(AuditEntry("contact.renamed", "contact", contact_id))
        return mask_contact(actor, contact)
