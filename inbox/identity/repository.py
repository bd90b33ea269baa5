"""SQL of people: who they are, their password, the accounts they belong to. All of it as prosa_system."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from inbox.accounts.policies import SecurityPolicy
from inbox.kernel.actor import Role


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may sign in."""

    id: UUID
    email: str
    name: str
    locale: str
    password_hash: str
    is_super_admin: bool


@dataclass(frozen=True, slots=True)
class Belonging:
    """One account that a person belongs to, and what it asks of them."""

    account_id: UUID
    name: str
    role: Role
    role_id: UUID | None
    state: str
    state_reason: str | None
    security: SecurityPolicy

    @property
    def is_open(self) -> bool:
        """A closing account still lets its people in: they may take their data, or change their mind."""
        return self.state in ("active", "closing")

    @property
    def demands_second_factor(self) -> bool:
        own = self.role.value if self.role_id is None else str(self.role_id)
        return own in self.security.second_factor_roles


_PERSON = "SELECT id, email, name, locale, password_hash, is_super_admin FROM users WHERE disabled_at IS NULL"


async def fetch_person_by_email(session: AsyncSession, email: str) -> Person | None:
    """None for the unknown and the disabled."""
    result = await session.execute(
        text(f"{_PERSON} AND lower(email) = lower(:email)"), {"email": email.strip()}
    )
    row = result.one_or_none()
    return _person(row) if row is not None else None


async def fetch_person(session: AsyncSession, user_id: UUID) -> Person | None:
    result = await session.execute(text(f"{_PERSON} AND id = :id"), {"id": user_id})
    row = result.one_or_none()
    return _person(row) if row is not None else None


def _person(row: tuple[UUID, str, str, str, str, bool] | object) -> Person:
    id_, *rest = row  # type: ignore[misc]  # SQLAlchemy's Row is a tuple that mypy sees as object
    return Person(plain_id(id_), *rest)


async def fetch_belongings(session: AsyncSession, user_id: UUID) -> list[Belonging]:
    """Those that are open first; among them the one they worked in last, then the oldest."""
    result = await session.execute(
        text(
            """SELECT a.account_id, a.name, m.role, m.role_id, a.state, a.state_reason, a.security
            FROM memberships m JOIN accounts a ON a.account_id = m.account_id
            WHERE m.user_id = :user_id
            ORDER BY a.state NOT IN ('active', 'closing'),
                (SELECT max(s.last_seen_at) FROM sessions s WHERE s.user_id = m.user_id
                 AND s.current_account_id = m.account_id AND s.impersonator_id IS NULL) DESC NULLS LAST,
                m.created_at, m.account_id"""
        ),
        {"user_id": user_id},
    )
    return [
        Belonging(
            account_id=plain_id(row["account_id"]),
            name=row["name"],
            role=Role(row["role"]),
            role_id=plain_id(row["role_id"]) if row["role_id"] is not None else None,
            state=row["state"],
            state_reason=row["state_reason"],
            security=SecurityPolicy.model_validate(row["security"]),
        )
        for row in result.mappings()
    ]


async def fetch_user_id(session: AsyncSession, email: str) -> UUID | None:
    """Also of a disabled person: their address is taken."""
    result = await session.execute(
        text("SELECT id FROM users WHERE lower(email) = lower(:email)"), {"email": email.strip()}
    )
    user_id: UUID | None = result.scalar_one_or_none()
    return user_id


async def set_password_hash(session: AsyncSession, user_id: UUID, password_hash: str) -> None:
    """The same password, hashed anew, or the demo's new one."""
    await session.execute(
        text("UPDATE users SET password_hash = :password_hash WHERE id = :user_id"),
        {"user_id": user_id, "password_hash": password_hash},
    )


async def change_password_hash(
    session: AsyncSession, user_id: UUID, password_hash: str, at: datetime
) -> None:
    """A new password."""
    await session.execute(
        text(
            "UPDATE users SET password_hash = :password_hash, password_changed_at = :at WHERE id = :user_id"
        ),
        {"user_id": user_id, "password_hash": password_hash, "at": at},
    )


async def update_profile(
    session: AsyncSession, user_id: UUID, *, name: str | None, locale: str | None
) -> None:
    """None leaves a field as it is."""
    await session.execute(
        text(
            """UPDATE users SET name = coalesce(CAST(:name AS text), name),
                   locale = coalesce(CAST(:locale AS text), locale) WHERE id = :user_id"""
        ),
        {"user_id": user_id, "name": name, "locale": locale},
    )


async def raise_member_version(session: AsyncSession, account_id: UUID, user_id: UUID) -> None:
    """Screens replace their copy of a colleague only by a higher one."""
    await session.execute(
        text(
            """UPDATE memberships SET version = version + 1
            WHERE account_id = :account_id AND user_id = :user_id"""
        ),
        {"account_id": account_id, "user_id": user_id},
    )


def plain_id(value: UUID) -> UUID:
    """asyncpg gives a subclass of UUID that orjson refuses; an Actor travels far."""
    return UUID(int=value.int)
