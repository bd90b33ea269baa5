"""People, roles and mails that tests of the team begin with."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text

from inbox.accounts.repository import fetch_member, role_permissions
from inbox.accounts.service import add_member
from inbox.kernel.actor import Actor, Role
from inbox.kernel.database import Database
from inbox.kernel.ids import new_id
from inbox.kernel.permissions import Permission
from inbox.mail.service import sealing_context
from server.settings import Settings
from tests.conftest import SeededAccount


async def add_person(
    database: Database,
    seed: SeededAccount,
    name: str,
    *,
    role: Role = Role.OPERATOR,
    role_id: UUID | None = None,
    departments: Iterable[str] = (),
) -> Actor:
    """A member, and the actor that a request of theirs would have."""
    department_ids = [seed.departments[d] for d in departments]
    async with database.system() as work:
        user_id = await add_member(
            work,
            account_id=seed.account_id,
            email=f"{name.lower()}-{new_id().hex}@example.com",
            name=name,
            password_hash="unusable",
            role=Role.OPERATOR,
            department_ids=department_ids,
            availability="online",
        )
        await work.session.execute(
            text("UPDATE memberships SET role = :role, role_id = :role_id WHERE user_id = :user_id"),
            {"role": role.value, "role_id": role_id, "user_id": user_id},
        )
    return await load(database, seed, user_id)


async def load(database: Database, seed: SeededAccount, user_id: UUID) -> Actor:
    """The actor as of now."""
    async with database.system() as work:
        member = await fetch_member(work.session, seed.account_id, user_id, with_disabled=True)
    assert member is not None
    return Actor(
        seed.account_id,
        user_id,
        member.role,
        frozenset(member.department_ids),
        name=member.name,
        permissions=frozenset(member.permissions),
    )


def with_permissions(actor: Actor, *permissions: Permission) -> Actor:
    """The same person with exactly these permissions, as a custom role would give them."""
    return Actor(
        actor.account_id, actor.user_id, Role.CUSTOM, actor.department_ids, name=actor.name,
        permissions=frozenset(permissions),
    )  # fmt: skip


async def version_of(database: Database, seed: SeededAccount, user_id: UUID) -> int:
    async with database.system() as work:
        member = await fetch_member(work.session, seed.account_id, user_id, with_disabled=True)
    assert member is not None
    return member.version


async def audited(database: Database, account_id: UUID) -> list[tuple[str, str, Any, Any]]:
    """Action, target, before and after, in order."""
    async with database.system() as work:
        rows = await work.session.execute(
            text(
                """SELECT action, target_id, before, after FROM audit_log WHERE account_id = :id ORDER BY seq"""
            ),
            {"id": account_id},
        )
        return [(row.action, row.target_id, row.before, row.after) for row in rows]


async def mailed(database: Database, settings: Settings, template: str) -> list[dict[str, Any]]:
    """What was queued with a template, opened; with its recipient."""
    async with database.system() as work:
        rows = await work.session.execute(
            text("SELECT id, recipient, data_sealed FROM mails WHERE template = :template ORDER BY id"),
            {"template": template},
        )
        return [
            {
                **orjson.loads(settings.vault.decrypt(bytes(row.data_sealed), sealing_context(row.id))),
                "recipient": row.recipient,
            }
            for row in rows
        ]


def permissions_of(role: str) -> frozenset[Permission]:
    return role_permissions(role, None)
