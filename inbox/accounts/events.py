"""What the outside sees of an account's people, roles, departments and invitations, and the events that tell of changes."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from inbox.kernel.actor import Role
from inbox.kernel.audience import EVERYONE
from inbox.kernel.event_log import NewEvent
from inbox.kernel.permissions import Permission

Availability = Literal["online", "paused", "offline"]
InvitationState = Literal["pending", "expired"]


class DepartmentView(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: UUID
    name: str
    color: str
    position: int
    archived_at: datetime | None
    """Archived: nothing new comes into it; its closed tickets keep their name."""
    version: int


class MemberView(BaseModel):
    """A person of the account."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    name: str
    email: str
    role: Role
    role_id: UUID | None
    """Of a custom role."""
    role_name: str
    """A custom role's name; empty for built-in ones."""
    permissions: list[Permission]
    department_ids: list[UUID]
    capacity: int
    """How many tickets they answer at once."""
    availability: Availability
    pause_reason: str | None
    availability_since: datetime
    version: int


class TeamMemberView(BaseModel):
    """A person as those who manage people see them."""

    model_config = ConfigDict(extra="forbid")

    member: MemberView
    state: Literal["active", "disabled"]
    """Disabled: by the installation; cannot sign in anywhere."""
    last_seen_at: datetime | None
    """In this account, by the sessions that are kept; null: never signed in, or long ago."""
    second_factor: bool
    joined_at: datetime


class RoleView(BaseModel):
    """A built-in role (`role_id` null), or one of the account's own."""

    model_config = ConfigDict(extra="forbid")

    role: Role
    role_id: UUID | None
    name: str
    """Empty for built-in ones: their names are the interface's."""
    permissions: list[Permission]
    member_count: int
    may_assign: bool
    """Whether the asker may give it: nobody gives what they lack."""
    version: int


class PermissionView(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Permission
    group: Literal["inbox", "contacts", "company", "security", "reports"]


class InvitationView(BaseModel):
    """Somebody who was invited and has not come yet."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    email: str
    name: str
    role: Role
    role_id: UUID | None
    role_name: str
    department_ids: list[UUID]
    invited_by: UUID
    created_at: datetime
    expires_at: datetime
    state: InvitationState


class InvitationPreview(BaseModel):
    """What the invited person sees before accepting."""

    model_config = ConfigDict(extra="forbid")

    account_name: str
    brand_color: str | None
    email: str
    name: str
    invited_by_name: str
    role: Role
    role_name: str
    expires_at: datetime
    is_registered: bool
    """The address already belongs to somebody here: they sign in and accept, instead of choosing a password."""


class MemberUpdated(BaseModel):
    """Somebody came, or their availability, role, departments or capacity changed. Audience: everybody of the account."""

    model_config = ConfigDict(extra="forbid")

    member: MemberView


class MemberRemoved(BaseModel):
    """Somebody left the account. Audience: everybody of the account."""

    model_config = ConfigDict(extra="forbid")

    member_id: UUID


class DepartmentCreated(BaseModel):
    """Audience: everybody of the account."""

    model_config = ConfigDict(extra="forbid")

    department: DepartmentView


class DepartmentUpdated(BaseModel):
    """Renamed, recoloured, moved, archived or brought back. Audience: everybody of the account."""

    model_config = ConfigDict(extra="forbid")

    department: DepartmentView


def member_updated(member: MemberView) -> NewEvent:
    return NewEvent("member_updated", [EVERYONE], MemberUpdated(member=member).model_dump(mode="json"))


def member_removed(user_id: UUID) -> NewEvent:
    return NewEvent("member_removed", [EVERYONE], MemberRemoved(member_id=user_id).model_dump(mode="json"))


def department_created(department: DepartmentView) -> NewEvent:
    data = DepartmentCreated(department=department).model_dump(mode="json")
    return NewEvent("department_created", [EVERYONE], data)


def department_updated(department: DepartmentView) -> NewEvent:
    data = DepartmentUpdated(department=department).model_dump(mode="json")
    return NewEvent("department_updated", [EVERYONE], data)
