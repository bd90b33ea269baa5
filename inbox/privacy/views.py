"""What the outside sees of the privacy desk."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from inbox.accounts.policies import PrivacyPolicy

LegalBasis = Literal[
    "consent", "legal_obligation", "public_policy", "research", "contract", "legal_claims", "vital_interest",
    "health", "legitimate_interest", "credit",
]  # fmt: skip
"""LGPD (Lei 13.709/2018), article 7, I to X, in its order."""

ConsentSource = Literal[
    "whatsapp", "form", "phone", "email", "in_person", "import", "operator", "api", "other"
]
ErasureState = Literal["pending", "done", "failed"]


class ConsentView(BaseModel):
    """One entry of the ledger."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    purpose: str
    granted: bool
    legal_basis: LegalBasis
    source: ConsentSource
    evidence: str
    recorded_by: UUID | None
    recorded_by_name: str
    at: datetime
    """When the customer said so."""
    recorded_at: datetime


class ContactConsents(BaseModel):
    model_config = ConfigDict(extra="forbid")

    current: list[ConsentView]
    """The entry that holds, one per purpose, by purpose."""
    history: list[ConsentView]
    """All entries, newest first."""


class RevealedPhone(BaseModel):
    model_config = ConfigDict(extra="forbid")

    phone: str
    wa_id: str


class ErasureView(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: UUID
    contact_id: UUID
    reason: str
    requested_by: UUID | None
    """None: the account's retention rules."""
    requested_by_name: str
    requested_at: datetime
    state: ErasureState
    done_at: datetime | None
    removed: dict[str, int]
    """How many of each kind so far: messages, files, events, …"""


class CertificateSubject(BaseModel):
    """Who was erased, for those who know the phone number or the BSUID; nobody can read it from here."""

    model_config = ConfigDict(extra="forbid")

    contact_id: UUID
    algorithm: Literal["HMAC-SHA256"]
    hashes: list[str]
    """Hex, one per identity: of the account's id, the kind of identity and the identity, with the installation's key."""


class ErasureCertificate(BaseModel):
    """What was erased, when, on whose word. Authenticated: `mac` covers everything above it."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    account_id: UUID
    account_name: str
    subject: CertificateSubject
    reason: str
    requested_by: UUID | None
    requested_by_name: str
    requested_at: datetime
    done_at: datetime
    removed: dict[str, int]
    kept: list[str]
    """Keys of what stays without any name (texts: inbox/privacy/certificate)."""
    not_covered: list[str]
    """Keys of what this installation cannot reach."""
    legal_basis: str
    mac: str


SealingState = Literal["off", "starting", "catching_up", "on"]


class ContentSealing(BaseModel):
    """How far the encryption of message content has come."""

    model_config = ConfigDict(extra="forbid")

    state: SealingState
    """`starting`: every process is learning the new key, for a minute and a half; `catching_up`: new messages are sealed,
    older ones are being sealed."""
    since: datetime | None
    """When it was turned on."""
    sealed_rows: int
    """Of what was there before: sealed so far."""
    holds_sealed: bool
    """Something that is stored may be sealed, also when it is off now."""


class PrivacyPolicyView(PrivacyPolicy):
    content_sealing: ContentSealing
    version: int
    """For compare-and-set: send it back with PUT."""


class RetentionPreview(BaseModel):
    """What the next runs would remove, were the rules these."""

    model_config = ConfigDict(extra="forbid")

    as_of: datetime
    files: int
    file_bytes: int
    messages: int
    contacts: int
    fields: dict[str, int]
    """By field of the contact."""
    is_capped: bool
    """There is more: counting stopped."""


class ContactErased(BaseModel):
    """A customer was erased: drop what is cached of their conversations and fetch anew. Exact; audience: those who have one
    of the conversations open, the departments of its tickets, admins."""

    model_config = ConfigDict(extra="forbid")

    contact_id: UUID
    conversation_ids: list[UUID]


JsonObject = dict[str, Any]
