"""Who acts: the one argument that every handler gets and every access rule asks."""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    ADMIN = "admin"
    SUPERVISOR = "supervisor"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in user within one account. Made by server/auth only; lives as long as one request or one socket."""

    account_id: UUID
    user_id: UUID
    role: Role
    department_ids: frozenset[UUID] = field(default_factory=frozenset)
    session_id: UUID | None = None
    name: str = ""
    locale: str = "pt-BR"

    @property
    def sees_all_departments(self) -> bool:
        """Admins see the whole account; supervisors and operators only their own departments (FIELD, section 3)."""
        return self.role is Role.ADMIN

    def may_see_department(self, department_id: UUID | None) -> bool:
        return self.sees_all_departments or department_id in self.department_ids
