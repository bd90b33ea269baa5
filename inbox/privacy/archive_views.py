"""What data.json of a contact's copy holds: the models are its schema (schema.json lies beside it).

Everything that is kept about the person, in the words of the REST interface where there are any. Times are ISO 8601, UTC.
"""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

FORMAT = "prosa-contact"
VERSION = 1


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ArchivedIdentity(_Part):
    kind: Literal["phone", "bsuid"]
    value: str
    """A telephone number in digits with its country, or WhatsApp's id of the person for this company."""


class ArchivedContact(_Part):
    id: UUID
    name: str
    """Given by the company."""
    profile_name: str
    """What the person calls themself on WhatsApp."""
    username: str | None
    wa_id: str | None
    phone: str | None
    bsuid: str | None
    fields: dict[str, Any]
    tags: list[str]
    created_at: datetime
    updated_at: datetime


class ArchivedConsent(_Part):
    purpose: str
    granted: bool
    legal_basis: str
    source: str
    evidence: str
    recorded_by_name: str
    at: datetime
    recorded_at: datetime


class ArchivedStep(_Part):
    """Something that happened to a ticket."""

    type: str
    by: str
    at: datetime
    data: dict[str, Any]


class ArchivedTicket(_Part):
    id: UUID
    conversation_id: UUID
    protocol: str
    state: str
    department: str
    assignee: str
    created_at: datetime
    accepted_at: datetime | None
    first_response_at: datetime | None
    closed_at: datetime | None
    closed_by: str | None
    close_reason: str | None
    steps: list[ArchivedStep]


class ArchivedFile(_Part):
    path: str | None
    """Within this archive; null when the company does not have the file."""
    mime_type: str
    file_name: str | None
    size: int | None
    sha256: str | None


class ArchivedReaction(_Part):
    by: str
    """"contact", or the name of who reacted."""
    emoji: str
    at: datetime


class ArchivedStatus(_Part):
    status: str
    at: datetime | None


class ArchivedVersion(_Part):
    """What an edit replaced."""

    kind: str
    content: dict[str, Any]
    replaced_at: datetime


class ArchivedMessage(_Part):
    id: UUID
    wamid: str | None
    at: datetime
    direction: Literal["in", "out"]
    author_kind: str
    author: str
    kind: str
    content: dict[str, Any]
    context: dict[str, Any] | None
    referral: dict[str, Any] | None
    raw: dict[str, Any] | None
    files: list[ArchivedFile]
    reactions: list[ArchivedReaction]
    status: str
    statuses: list[ArchivedStatus]
    error: dict[str, Any] | None
    versions: list[ArchivedVersion]
    edited_at: datetime | None
    deleted_at: datetime | None
    ticket_id: UUID | None


class ArchivedConversation(_Part):
    id: UUID
    number_name: str
    display_phone_number: str
    created_at: datetime
    last_message_at: datetime | None
    messages: list[ArchivedMessage]
    """Oldest first."""


class ContactArchive(_Part):
    """data.json."""

    format: Literal["prosa-contact"]
    version: Literal[1]
    made_at: datetime
    account: str
    contact: ArchivedContact
    identities: list[ArchivedIdentity]
    consents: list[ArchivedConsent]
    tickets: list[ArchivedTicket]
    conversations: list[ArchivedConversation]
