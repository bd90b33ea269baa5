"""What the outside sees of an account's people and departments, and the events that tell of their changes."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from inbox.kernel.actor import Role
from inbox.kernel.audience import EVERYONE
from inbox.kernel.event_log import NewEvent

Availability = Literal["online", "paused", "offline"]


class DepartmentView(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: UUID
    name: str
    color: str
    position: int


class MemberView(BaseModel):
    """A person of the account."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    name: str
    email: str
    role: Role
    department_ids: list[UUID]
    availability: Availability
    pause_reason: str | None
    availability_since: datetime
    version: int


class MemberUpdated(BaseModel):
    """Somebody's availability, role or departments changed. Audience: everybody of the account."""

    model_config = ConfigDict(extra="forbid")

    member: MemberView


def member_updated(member: MemberView) -> NewEvent:
    return NewEvent("member_updated", [EVERYONE], MemberUpdated(member=member).model_dump(mode="json"))
