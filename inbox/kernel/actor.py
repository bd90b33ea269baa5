"""Who acts: the one argument that every handler gets and every access rule asks."""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from inbox.kernel.errors import Forbidden
from inbox.kernel.permissions import BUILT_IN_ROLES, Permission


class Role(StrEnum):
    """`memberships.role`. What a role may do is its permissions; only `custom` has them in a table."""

    ADMIN = "admin"
    SUPERVISOR = "supervisor"
    OPERATOR = "operator"
    CLIENT = "client"
    """Reads dashboards and reports of the company, and nothing else."""
    CUSTOM = "custom"


class ActorKind(StrEnum):
    USER = "user"
    API_KEY = "api_key"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request came from, for the audit log."""

    ip: str | None = None
    user_agent: str = ""
    request_id: str | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in user, or an API key, within one account. Made by server/auth only; lives as long as one request or socket."""

    account_id: UUID
    user_id: UUID
    """The user's id; of an API key, the key's own id."""
    role: Role
    department_ids: frozenset[UUID] = field(default_factory=frozenset)
    session_id: UUID | None = None
    name: str = ""
    locale: str = "pt-BR"
    permissions: frozenset[Permission] | None = None
    """None: what the built-in role has."""
    kind: ActorKind = ActorKind.USER
    impersonator_id: UUID | None = None
    """The super admin who signed in as this user."""
    origin: Origin | None = None
    masks_phones: bool = False
    """The account masks telephone numbers and this actor may not see them whole."""

    def __post_init__(self) -> None:
        if self.permissions is None:
            object.__setattr__(self, "permissions", BUILT_IN_ROLES.get(self.role, frozenset()))

    def may(self, permission: Permission) -> bool:
        assert self.permissions is not None
        return permission in self.permissions

    def require(self, permission: Permission) -> None:
        """Raises Forbidden. For what belongs to the account; what may not be seen at all is NotFound instead."""
        if not self.may(permission):
            raise Forbidden(needs=permission.value)

    @property
    def sees_all_departments(self) -> bool:
        """Admins see the whole account; supervisors and operators only their own departments (FIELD, section 3)."""
        return self.may(Permission.DEPARTMENTS_ALL)

    def may_see_department(self, department_id: UUID | None) -> bool:
        return self.sees_all_departments or department_id in self.department_ids
