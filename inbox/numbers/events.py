"""What the outside sees of a WhatsApp number."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class NumberView(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: UUID
    name: str
    phone_number_id: str
    waba_id: str
    display_phone_number: str
    default_department_id: UUID
    messages_per_second: int
    last_webhook_at: datetime | None
    version: int


class NumberUpdateView(BaseModel):
    """What Meta told about a number or its WhatsApp Business account (quality, limits, templates, …), as it came."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    field: str
    value: Any
    whole_account: bool
    """True: about the whole WhatsApp Business account, not this number alone."""
    at: datetime | None
    received_at: datetime


class ConnectedNumberView(BaseModel):
    """A number just connected, with what has to be entered at Meta: shown once, to an admin."""

    model_config = ConfigDict(extra="forbid")

    number: NumberView
    webhook_path: str
    """Below the public address of this installation."""
    verify_token: str
