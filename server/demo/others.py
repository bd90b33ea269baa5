"""Everybody of the demo who is not of the shop's everyday: the super admin, a client, a role of the shop's own, and a second,
smaller company, so that switching between accounts and their isolation can be seen.
"""

import asyncio
import secrets
from typing import Final
from uuid import UUID

from sqlalchemy import text

from inbox.accounts.member_repository import insert_membership, replace_departments
from inbox.accounts.repository import fetch_account_id, fetch_departments
from inbox.accounts.role_repository import fetch_roles, insert_role
from inbox.accounts.service import add_member, create_account
from inbox.identity.repository import fetch_user_id, set_password_hash
from inbox.installation.people import add_super_admin
from inbox.kernel.actor import Role
from inbox.kernel.clock import utc_now
from inbox.kernel.database import Database, UnitOfWork
from inbox.kernel.ids import new_id
from inbox.kernel.permissions import Permission
from inbox.numbers.service import add_number
from server.auth.passwords import Passwords
from server.demo.people import SUPER_ADMIN_ROLE, DemoUser, readable_password
from server.settings import Settings

SECOND_SLUG: Final = "atelie-lume"
_SECOND: Final = "Ateliê Lume"
_SECOND_COLOR: Final = "#8a4b2d"
_SECOND_DEPARTMENTS: Final = (("Pedidos", "#8a4b2d"), ("Assistência", "#4a6fa5"))
_TIME_ZONE: Final = "America/Sao_Paulo"
_CUSTOM_ROLE: Final = "Qualidade"
_CUSTOM_PERMISSIONS: Final = frozenset(
    {Permission.INBOX, Permission.DEPARTMENTS_ALL, Permission.REPORTS_VIEW, Permission.AUDIT_VIEW}
)
# Works in both companies: supervisor in the shop, admin in the second one.
_IN_BOTH: Final = "marcos@casaprosa.example"


def build_others(company: str) -> list[DemoUser]:
    people = (
        ("Sara Quintela", "sara@prosa.example", SUPER_ADMIN_ROLE, "Prosa"),
        ("Cecília Rocha", "cecilia@casaprosa.example", Role.CLIENT, company),
        ("Davi Moreira", "davi@casaprosa.example", Role.CUSTOM, company),
        ("Renata Lume", "renata@atelielume.example", Role.ADMIN, _SECOND),
        ("Tiago Sales", "tiago@atelielume.example", Role.OPERATOR, _SECOND),
    )
    return [
        DemoUser(name=name, email=email, password=readable_password(), role=str(role), account=account)
        for name, email, role, account in people
    ]


async def ensure_others(
    database: Database, settings: Settings, company_id: UUID, users: list[DemoUser], *, sandbox_url: str
) -> None:
    """`users`: as `build_others` gives them. Who is there already gets the password that is told now."""
    passwords = Passwords()
    hashes = await asyncio.gather(*(passwords.hash(user.password) for user in users))
    async with database.system() as work:
        second_id = await _ensure_second(work, settings, sandbox_url)
        departments = [department.id for department in await fetch_departments(work.session, second_id)]
        role_id = await _ensure_role(work, company_id)
        for user, password_hash in zip(users, hashes, strict=True):
            known = await fetch_user_id(work.session, user.email)
            if known is not None:
                await set_password_hash(work.session, known, password_hash)
            elif user.role == SUPER_ADMIN_ROLE:
                await add_super_admin(work, name=user.name, email=user.email, password_hash=password_hash)
            else:
                in_second = user.account == _SECOND
                await add_member(
                    work,
                    account_id=second_id if in_second else company_id,
                    email=user.email,
                    name=user.name,
                    password_hash=password_hash,
                    role=Role(user.role),
                    role_id=role_id if user.role == Role.CUSTOM else None,
                    department_ids=departments if in_second else (),
                    availability="online" if user.role == Role.OPERATOR else "offline",
                )
        await _join_second(work, second_id, departments)
    await _make_history(database, settings, second_id, departments)


async def point_others_at_sandbox(work: UnitOfWork, sandbox_url: str) -> None:
    """What is sent from there is refused by the sandbox, for it has one number; it must never reach Meta."""
    await work.session.execute(
        text(
            """UPDATE whatsapp_apps SET graph_url = :url
            WHERE account_id = (SELECT account_id FROM accounts WHERE slug = :slug)"""
        ),
        {"url": sandbox_url, "slug": SECOND_SLUG},
    )


async def _ensure_second(work: UnitOfWork, settings: Settings, sandbox_url: str) -> UUID:
    known = await fetch_account_id(work.session, SECOND_SLUG)
    if known is not None:
        await point_others_at_sandbox(work, sandbox_url)
        return known
    account_id, department_ids = await create_account(
        work, name=_SECOND, slug=SECOND_SLUG, departments=_SECOND_DEPARTMENTS, time_zone=_TIME_ZONE,
        brand_color=_SECOND_COLOR,
    )  # fmt: skip
    digits = f"{secrets.randbelow(10**9):09}"
    await add_number(
        work, settings.vault, account_id=account_id, name="WhatsApp do ateliê", phone_number_id=f"106{digits}002",
        waba_id=f"419{digits}002", display_phone_number=f"+55 11 3{digits[:3]}-{digits[3:7]}",
        app_secret=secrets.token_hex(16), access_token="sandbox-" + secrets.token_urlsafe(24),
        default_department_id=department_ids[0], graph_url=sandbox_url,
    )  # fmt: skip
    return account_id


async def _ensure_role(work: UnitOfWork, account_id: UUID) -> UUID:
    for role in await fetch_roles(work.session, account_id):
        if role.name == _CUSTOM_ROLE:
            return role.id
    role_id = new_id()
    await insert_role(work.session, account_id, role_id, _CUSTOM_ROLE, _CUSTOM_PERMISSIONS, work.now())
    return role_id


async def _join_second(work: UnitOfWork, account_id: UUID, department_ids: list[UUID]) -> None:
    user_id = await fetch_user_id(work.session, _IN_BOTH)
    if user_id is None:
        return
    await insert_membership(work.session, account_id, user_id, role=Role.ADMIN, role_id=None, at=work.now())
    await replace_departments(work.session, account_id, user_id, department_ids)


async def _make_history(
    database: Database, settings: Settings, account_id: UUID, department_ids: list[UUID]
) -> None:
    """A few conversations of two weeks; only if there are none."""
    from server.demo.history import SMALL, build_history
    from server.demo.recording import Operator, Stage
    from server.demo.writing import write_history

    async with database.system() as work:
        rows = await work.session.execute(
            text(
                """SELECT u.id, u.name, n.id AS number_id FROM phone_numbers n, users u
                JOIN memberships m ON m.user_id = u.id AND m.role IN ('admin', 'operator')
                WHERE n.account_id = :id AND m.account_id = :id AND u.email LIKE '%@atelielume.example'
                  AND NOT EXISTS (SELECT FROM conversations WHERE account_id = :id) ORDER BY u.name"""
            ),
            {"id": account_id},
        )
        found = rows.all()
    if not found:
        return
    names = ("vendas", "suporte")
    # asyncpg gives a subclass of UUID that orjson refuses.
    operators = [Operator(UUID(int=row.id.int), row.name.split()[0], frozenset(names)) for row in found]
    stage = Stage(
        account_id,
        UUID(int=found[0].number_id.int),
        dict(zip(names, department_ids, strict=True)),
        operators,
        {},
    )
    rows_ = build_history(stage, utc_now(), seed=2, size=SMALL)
    await write_history(settings.resolved_system_database_url, rows_)
