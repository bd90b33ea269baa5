"""What people change about a contact."""

from uuid import UUID

from inbox.contacts import repository
from inbox.contacts.events import ContactView
from inbox.kernel.actor import Actor
from inbox.kernel.database import Database
from inbox.kernel.errors import NotFound
from inbox.tickets.events import ticket_updated
from inbox.tickets.repository import bump_open_tickets, fetch_ticket_view


async def rename_contact(database: Database, actor: Actor, contact_id: UUID, *, name: str) -> ContactView:
    """Gives the contact a name that wins over the customer's own; empty gives it back. The lists hear of it."""
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
        await repository.set_name(session, account_id, contact_id, name.strip(), work.now())
        for ticket_id in await bump_open_tickets(session, account_id, contact_id):
            ticket = await fetch_ticket_view(session, account_id, ticket_id)
            if ticket is not None:
                work.record(ticket_updated(ticket))
        contact = await repository.fetch_contact(session, account_id, contact_id)
        assert contact is not None
        return contact
