"""The account as open screens show it, and the event that tells of its changes."""

from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from inbox.accounts.business_hours import BusinessHours
from inbox.kernel.audience import EVERYONE
from inbox.kernel.event_log import NewEvent
from inbox.kernel.rows import Row

_LOGO_PATH: Final = "/media/logo/"


class AccountState(StrEnum):
    """`accounts.state`; what each means is accounts/lifecycle."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    CLOSING = "closing"
    CLOSED = "closed"


class AccountAppearance(BaseModel):
    """What open screens show of the account."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    name: str
    locale: str
    time_zone: str
    brand_color: str | None
    logo_url: str | None
    business_hours: BusinessHours
    state: AccountState
    erase_after: datetime | None
    """Of a closing account."""
    version: int


class AccountUpdated(BaseModel):
    """The account's settings or its state changed. Audience: everybody of the account."""

    model_config = ConfigDict(extra="forbid")

    account: AccountAppearance


def account_updated(row: Row) -> NewEvent:
    """`row`: as account_repository.fetch_account gives it."""
    appearance = AccountAppearance(
        id=row["account_id"],
        name=row["name"],
        locale=row["locale"],
        time_zone=row["time_zone"],
        brand_color=row["brand_color"],
        logo_url=logo_url(row["logo_key"]),
        business_hours=BusinessHours.model_validate(row["business_hours"]),
        state=AccountState(row["state"]),
        erase_after=row["erase_after"],
        version=row["version"],
    )
    data = AccountUpdated(account=appearance).model_dump(mode="json")
    return NewEvent("account_updated", [EVERYONE], data)


def logo_url(logo_key: str | None) -> str | None:
    """Where a browser of the account gets the logo."""
    return None if logo_key is None else _LOGO_PATH + logo_key.rpartition("/")[2]
