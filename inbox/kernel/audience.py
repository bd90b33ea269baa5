"""Who may hear an event: a list of room names, the same at live delivery and at replay.

A socket stands in a set of rooms; an event goes to the sockets that stand in at least one room of its audience. The
names are the vocabulary that `events.audience` stores.
"""

from uuid import UUID

from inbox.kernel.actor import Actor
from inbox.kernel.permissions import Permission

EVERYONE = "account"
"""Everybody who works in the account's inbox."""

ADMINS = "admins"
"""Those who see all departments; stands in every department's audience."""


def department_room(department_id: UUID) -> str:
    return f"department:{department_id}"


def user_room(user_id: UUID) -> str:
    return f"user:{user_id}"


def conversation_room(conversation_id: UUID) -> str:
    """Those who have the conversation open; entered by `open_conversation` after an access check."""
    return f"conversation:{conversation_id}"


def standing_rooms(actor: Actor) -> frozenset[str]:
    """The rooms an actor stands in all the time, opened conversations apart. Who does not work in the inbox hears only
    what is told to them themselves."""
    if not actor.may(Permission.INBOX):
        return frozenset({user_room(actor.user_id)})
    rooms = {EVERYONE, user_room(actor.user_id), *(department_room(d) for d in actor.department_ids)}
    if actor.sees_all_departments:
        rooms.add(ADMINS)
    return frozenset(rooms)


def ticket_audience(conversation_id: UUID, department_id: UUID, assignee_id: UUID | None) -> list[str]:
    """List updates of a ticket: its department, its assignee wherever they are, admins, and whoever has its conversation
    open: they see all its tickets, though they may have come to it through one of another department."""
    rooms = [ADMINS, department_room(department_id), conversation_room(conversation_id)]
    if assignee_id is not None:
        rooms.append(user_room(assignee_id))
    return rooms


def message_audience(conversation_id: UUID, assignee_id: UUID | None) -> list[str]:
    """Exact message events: whoever has the conversation open, and the assignee."""
    rooms = [conversation_room(conversation_id)]
    if assignee_id is not None:
        rooms.append(user_room(assignee_id))
    return rooms
