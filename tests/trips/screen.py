"""What a client keeps, and how events change it: the protocol's promises as a small reducer.

- A view is replaced only by one of a higher version; an event that comes twice or late changes nothing.
- `ticket_removed` drops the ticket, and whatever is older than the removal stays out.
- Of the open conversation the messages are kept: what arrives while its page is fetched is applied to the page.
"""

from typing import Any, Literal, TypeVar
from uuid import UUID

from inbox.accounts.events import MemberRemoved, MemberUpdated, MemberView
from inbox.contacts.events import ContactUpdated, ContactView
from inbox.conversations.events import MessageCreated, MessageStatusChanged, MessageUpdated, MessageView
from inbox.kernel.actor import Actor
from inbox.tickets.events import TicketRemoved, TicketUpdated, TicketView
from inbox.tickets.listing import TicketCounts

ListName = Literal["mine", "queue", "bot", "closed", "all"]
LISTS: tuple[ListName, ...] = ("mine", "queue", "bot", "closed", "all")

_View = TypeVar("_View", TicketView, MemberView, MessageView)


class Screen:
    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.tickets: dict[UUID, TicketView] = {}
        self.members: dict[UUID, MemberView] = {}
        self.open_id: UUID | None = None
        """The conversation on the screen."""
        self.messages: dict[UUID, MessageView] | None = None
        """Its messages; None while they are fetched."""
        self.in_doubt = False
        """The open conversation may have left this user's sight: it has to be asked for again."""
        self._removed: dict[UUID, int] = {}
        self._waiting: list[dict[str, Any]] = []

    # ── events ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def take(self, item: dict[str, Any]) -> None:
        data = item["data"]
        match item["type"]:
            case "ticket_updated":
                self.take_ticket(TicketUpdated.model_validate(data).ticket)
            case "ticket_removed":
                self._drop_ticket(TicketRemoved.model_validate(data))
            case "member_updated":
                _replace(self.members, MemberUpdated.model_validate(data).member)
            case "member_removed":
                self.members.pop(MemberRemoved.model_validate(data).member_id, None)
            case "contact_updated":
                self._take_contact(ContactUpdated.model_validate(data).contact)
            case "department_created" | "department_updated" | "account_updated" | "conversation_updated":
                pass  # nothing of it is drawn here
            case _:
                self._take_message_event(item)

    def take_ticket(self, ticket: TicketView) -> None:
        if ticket.version >= self._removed.get(ticket.id, 0):
            _replace(self.tickets, ticket)

    def _take_contact(self, contact: ContactView) -> None:
        for ticket in self.tickets.values():
            if ticket.contact.id == contact.id:
                self.tickets[ticket.id] = ticket.model_copy(update={"contact": contact})

    def _drop_ticket(self, removed: TicketRemoved) -> None:
        self._removed[removed.ticket_id] = max(removed.version, self._removed.get(removed.ticket_id, 0))
        held = self.tickets.get(removed.ticket_id)
        if held is not None and held.version <= removed.version:
            del self.tickets[removed.ticket_id]
        if removed.conversation_id == self.open_id:
            self.in_doubt = True

    def _take_message_event(self, item: dict[str, Any]) -> None:
        data = item["data"]
        change: MessageCreated | MessageUpdated | MessageStatusChanged
        if item["type"] == "message_status_changed":
            change = MessageStatusChanged.model_validate(data)
            conversation_id = change.conversation_id
        else:
            change = (MessageCreated if item["type"] == "message_created" else MessageUpdated).model_validate(
                data
            )
            conversation_id = change.message.conversation_id
        if conversation_id != self.open_id:
            return
        if self.messages is None:
            self._waiting.append(item)
        elif not isinstance(change, MessageStatusChanged):
            _replace(self.messages, change.message)
        elif (held := self.messages.get(change.message_id)) and held.version < change.version:
            ticks = change.model_dump(include={"status", "status_at", "version"}) | {"error": change.error}
            self.messages[held.id] = held.model_copy(update=ticks)

    # ── fetching ────────────────────────────────────────────────────────────────────────────────────────────────────

    def open(self, conversation_id: UUID) -> None:
        """From now on its events are kept, until `fill` brings the page."""
        self.open_id, self.messages, self.in_doubt, self._waiting = conversation_id, None, False, []

    def fill(self, page: list[MessageView], seq: int) -> None:
        """`seq`: where the log stood when the page was read."""
        self.messages = {message.id: message for message in page}
        waiting, self._waiting = self._waiting, []
        for item in waiting:
            if item["seq"] > seq:
                self.take(item)

    def close(self) -> None:
        self.open_id, self.messages, self.in_doubt, self._waiting = None, None, False, []

    # ── what is shown ───────────────────────────────────────────────────────────────────────────────────────────────

    def tickets_of(self, name: ListName) -> list[TicketView]:
        if name == "closed":
            closed = [t for t in self.tickets.values() if t.closed_at and self._is_near(t)]
            return sorted(closed, key=lambda t: (t.closed_at, t.id), reverse=True)
        shown = [t for t in self.tickets.values() if t.closed_at is None and self._belongs(t, name)]
        return sorted(shown, key=lambda t: (t.last_message_at, t.id), reverse=True)

    def counts(self) -> TicketCounts:
        mine = self.tickets_of("mine")
        return TicketCounts(
            mine=len(mine),
            mine_unread=sum(ticket.unread_count > 0 for ticket in mine),
            queue=len(self.tickets_of("queue")),
            bot=len(self.tickets_of("bot")),
            all=len(self.tickets_of("all")),
        )

    def tickets_of_open(self) -> list[TicketView]:
        """All tickets of the open conversation, whoever's they are, latest first."""
        shown = [t for t in self.tickets.values() if t.conversation_id == self.open_id]
        return sorted(shown, key=lambda t: t.id, reverse=True)

    def history(self) -> list[MessageView]:
        return sorted((self.messages or {}).values(), key=lambda message: (message.at, message.id))

    def _belongs(self, ticket: TicketView, name: ListName) -> bool:
        is_mine = ticket.assignee_id == self.actor.user_id
        match name:
            case "mine":
                return is_mine and ticket.state != "bot"
            case "queue":
                return ticket.state in ("queued", "offered") and self._is_near(ticket)
            case "bot":
                return ticket.state == "bot" and self._is_near(ticket)
            case _:
                return self.lists(ticket)

    def lists(self, ticket: TicketView) -> bool:
        """Of an open conversation other departments' tickets are known, too; they stand in no list."""
        return ticket.assignee_id == self.actor.user_id or self._is_near(ticket)

    def _is_near(self, ticket: TicketView) -> bool:
        return self.actor.may_see_department(ticket.department_id)


def _replace(views: dict[UUID, _View], view: _View) -> None:
    held = views.get(view.id)
    if held is None or held.version < view.version:
        views[view.id] = view
