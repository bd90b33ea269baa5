"""What may stand in the way of a ticket's transition."""

from inbox.kernel.errors import Conflict


class AlreadyAccepted(Conflict):
    """Somebody else has it: extra members `assignee_id` and `assignee_name`."""

    code = "already_accepted"
    title = "Somebody else already answers this ticket"


class TicketClosed(Conflict):
    code = "ticket_closed"
    title = "This ticket is closed"


class TicketOpen(Conflict):
    """A conversation has at most one open ticket."""

    code = "ticket_open"
    title = "This conversation already has an open ticket"
