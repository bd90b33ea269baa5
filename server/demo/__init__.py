"""The demo company of `prosa run`: made once, with people, a number of the sandbox's, and a month of past conversations.

What was generated (passwords, the app's secrets) stands in the data folder's demo.json, readable by its owner only. A
database whose demo.json was lost gets a new demo number and new passwords for the same people.
"""

import asyncio
import secrets
from pathlib import Path
from uuid import UUID

import structlog
from pydantic import BaseModel, ValidationError
from sqlalchemy import text

from inbox.accounts.repository import fetch_account_id, fetch_departments
from inbox.accounts.service import add_member, create_account
from inbox.identity.repository import fetch_user_id, set_password_hash
from inbox.kernel.actor import Role
from inbox.kernel.clock import utc_now
from inbox.kernel.database import Database, UnitOfWork
from inbox.media.storage import MediaStore
from inbox.numbers.service import add_number
from server.auth.passwords import Passwords
from server.datadir import write_private
from server.demo.others import build_others, ensure_others, point_others_at_sandbox
from server.demo.people import SUPER_ADMIN_ROLE, DemoUser, readable_password
from server.settings import Settings

log = structlog.get_logger(__name__)

TIME_ZONE = "America/Sao_Paulo"

_COMPANY = "Casa Prosa"
_SLUG = "casa-prosa"
_DEPARTMENTS = (("Vendas", "#2f7d6b"), ("Suporte", "#5b6ee1"))
_PEOPLE: tuple[tuple[str, str, Role, tuple[int, ...]], ...] = (
    ("Helena Prado", "helena", Role.ADMIN, (0, 1)),
    ("Marcos Vidal", "marcos", Role.SUPERVISOR, (0, 1)),
    ("Ana Beatriz Lima", "ana", Role.OPERATOR, (0,)),
    ("Bruno Tavares", "bruno", Role.OPERATOR, (0, 1)),
    ("Carla Menezes", "carla", Role.OPERATOR, (1,)),
)


class DemoAccount(BaseModel):
    hook_key: str
    app_secret: str
    verify_token: str
    access_token: str
    waba_id: str
    phone_number_id: str
    display_phone_number: str
    users: list[DemoUser]


async def ensure_demo(settings: Settings, *, sandbox_url: str) -> DemoAccount:
    """Makes the demo company if it is not there, and points its number at the sandbox of this run."""
    database = Database(
        settings.resolved_app_database_url,
        settings.resolved_system_database_url,
        audit_key=settings.audit_key,
    )
    file = settings.data_dir / "demo.json"
    try:
        known = _load(file)
        if known is not None and await _point_at_sandbox(database, known.hook_key, sandbox_url):
            if any(user.role == SUPER_ADMIN_ROLE for user in known.users):
                return known
            demo = known  # of a version that had the shop's own people only
        else:
            demo = await _make(database, settings, sandbox_url)
        others = build_others(_COMPANY)
        async with database.system() as work:
            company_id = await fetch_account_id(work.session, _SLUG)
        assert company_id is not None
        await ensure_others(database, settings, company_id, others, sandbox_url=sandbox_url)
        demo = demo.model_copy(update={"users": [*demo.users, *others]})
        write_private(file, demo.model_dump_json(indent=2).encode())
        return demo
    finally:
        await database.close()


def _load(file: Path) -> DemoAccount | None:
    try:
        return DemoAccount.model_validate_json(file.read_bytes())
    except FileNotFoundError:
        return None
    except ValidationError:
        log.warning("demo_file_unreadable")
        return None


async def _point_at_sandbox(database: Database, hook_key: str, sandbox_url: str) -> bool:
    """The sandbox has another port at every start. False when the demo is not in this database."""
    async with database.system() as work:
        found = await work.session.execute(
            text("UPDATE whatsapp_apps SET graph_url = :url WHERE hook_key = :key RETURNING id"),
            {"url": sandbox_url, "key": hook_key},
        )
        await point_others_at_sandbox(work, sandbox_url)
        return found.first() is not None


async def _make(database: Database, settings: Settings, sandbox_url: str) -> DemoAccount:
    passwords = Passwords()
    users = [DemoUser(name=name, email=f"{login}@casaprosa.example", password=readable_password(), role=role.value,
                      account=_COMPANY)
             for name, login, role, _ in _PEOPLE]  # fmt: skip
    hashes = await asyncio.gather(*(passwords.hash(user.password) for user in users))
    digits = f"{secrets.randbelow(10**9):09}"
    demo = DemoAccount(
        hook_key=secrets.token_urlsafe(16),
        app_secret=secrets.token_hex(16),
        verify_token=secrets.token_urlsafe(24),
        access_token="sandbox-" + secrets.token_urlsafe(24),
        waba_id="419" + digits + "001",
        phone_number_id="106" + digits + "001",
        display_phone_number=f"+55 11 3{digits[:3]}-{digits[3:7]}",
        users=users,
    )
    async with database.system() as work:
        account_id = await fetch_account_id(work.session, _SLUG)
        if account_id is None:
            account_id, department_ids = await create_account(
                work,
                name=_COMPANY,
                slug=_SLUG,
                departments=_DEPARTMENTS,
                time_zone=TIME_ZONE,
                brand_color="#2f7d6b",
            )
        else:
            department_ids = [
                department.id for department in await fetch_departments(work.session, account_id)
            ]
        user_ids = [
            await _ensure_person(
                work, account_id, user, role, [department_ids[n] for n in departments], password_hash
            )
            for (_, _, role, departments), user, password_hash in zip(_PEOPLE, users, hashes, strict=True)
        ]
        _, number_id, _ = await add_number(
            work, settings.vault, account_id=account_id, name="WhatsApp da loja", phone_number_id=demo.phone_number_id,
            waba_id=demo.waba_id, display_phone_number=demo.display_phone_number, app_secret=demo.app_secret,
            access_token=demo.access_token, default_department_id=department_ids[0], graph_url=sandbox_url,
            verify_token=demo.verify_token, hook_key=demo.hook_key,
        )  # fmt: skip
        found = await work.session.execute(
            text("SELECT NOT EXISTS (SELECT FROM conversations WHERE account_id = :id)"), {"id": account_id}
        )
        has_no_past = found.scalar_one()
    if has_no_past:
        await _make_history(settings, account_id, number_id, department_ids, user_ids)
    return demo


async def _ensure_person(
    work: UnitOfWork,
    account_id: UUID,
    user: DemoUser,
    role: Role,
    department_ids: list[UUID],
    password_hash: str,
) -> UUID:
    known = await fetch_user_id(work.session, user.email)
    if known is not None:
        await set_password_hash(work.session, known, password_hash)
        return known
    return await add_member(
        work, account_id=account_id, email=user.email, name=user.name, password_hash=password_hash, role=role,
        department_ids=department_ids, availability="online" if role is Role.OPERATOR else "offline",
    )  # fmt: skip


async def _make_history(
    settings: Settings, account_id: UUID, number_id: UUID, department_ids: list[UUID], user_ids: list[UUID]
) -> None:
    """A month of conversations, all or nothing: a start that was interrupted here makes them at the next."""
    # Drawing needs Pillow and PyAV, which take a quarter of a second to load: only on the very first start.
    from server.demo.files import store_demo_files
    from server.demo.history import build_history
    from server.demo.recording import Operator, Stage
    from server.demo.writing import write_history

    now = utc_now()
    names = ("vendas", "suporte")
    operators = [
        Operator(user_id, name.split()[0], frozenset(names[n] for n in departments))
        for (name, _, role, departments), user_id in zip(_PEOPLE, user_ids, strict=True)
        if role is Role.OPERATOR
    ]
    files = await store_demo_files(MediaStore(settings.resolved_media_url), account_id, now)
    stage = Stage(account_id, number_id, dict(zip(names, department_ids, strict=True)), operators, files)
    await write_history(settings.resolved_system_database_url, build_history(stage, now))
