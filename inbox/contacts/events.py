"""What the outside sees of a contact."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict


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
