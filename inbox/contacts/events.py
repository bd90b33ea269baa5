"""What the outside sees of a contact."""

from collections.abc import Iterable
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from inbox.kernel.audience import ADMINS, conversation_room, department_room, user_room
from inbox.kernel.event_log import NewEvent


class ContactView(BaseModel):
    """A customer as lists and headers show them."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    name: str
    """Given by operators, else the customer's own profile name, else the username, else the formatted phone."""
    profile_name: str
    username: str | None
    phone: str | None
    """Formatted for people (+55 11 99999-0001); None for a customer who has not shared a number."""
    wa_id: str | None
    phone_masked: bool = False
    """Whether digits of `phone` and `wa_id` are hidden from who reads this; `contacts.reveal` may show them."""


class ContactUpdated(BaseModel):
    """What lists and headers show of a customer changed: every copy of it, in rows of closed tickets too.

    Exact. Audience: the departments of all tickets of the customer, the assignees of open ones, and who has one of the
    conversations open.
    """

    model_config = ConfigDict(extra="forbid")

    contact: ContactView


def contact_updated(
    contact: ContactView,
    *,
    department_ids: Iterable[UUID],
    assignee_ids: Iterable[UUID],
    conversation_ids: Iterable[UUID],
) -> NewEvent:
    audience = [
        ADMINS,
        *map(department_room, sorted(department_ids)),
        *map(user_room, sorted(assignee_ids)),
        *map(conversation_room, sorted(conversation_ids)),
    ]
    return NewEvent("contact_updated", audience, ContactUpdated(contact=contact).model_dump(mode="json"))
