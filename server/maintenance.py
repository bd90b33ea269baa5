"""What administrators do from the command line: first accounts, first numbers, parked webhooks."""

import re
import unicodedata
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import UUID

from inbox.accounts.repository import fetch_account_id, fetch_departments
from inbox.accounts.service import add_member, create_account
from inbox.ingest.connection import open_ingest_pool
from inbox.ingest.replay import ReplayReport, replay
from inbox.installation.people import add_super_admin
from inbox.installation.settings import read_settings
from inbox.kernel.actor import Role
from inbox.kernel.content_seal import KEYRING
from inbox.kernel.database import Database, UnitOfWork
from inbox.kernel.errors import Invalid, NotFound
from inbox.numbers.models import WhatsAppApp
from inbox.numbers.service import add_number
from inbox.proof.observer import Observer
from realtime.bus import RedisPublisher
from server.auth.password_rules import check_password_rules
from server.auth.passwords import Passwords
from server.rotate_keys import rotate_keys
from server.settings import Settings

_FIRST_DEPARTMENT = ("Atendimento", "#3b7f6f")


async def create_administrator(
    settings: Settings, *, email: str, name: str, account: str, password: str
) -> str:
    """Makes the company if its name is new. Raises WeakPassword, Conflict when the e-mail address is taken."""
    _check_address(email)
    async with _database(settings) as database:
        password_hash = await _accept_password(database, password, email=email, name=name)
        async with database.system() as work:
            await _add_administrator(
                work, email=email, name=name, account=account, password_hash=password_hash
            )
    return f"{email} administers {account}. Sign in at {settings.base_url}"


async def _add_administrator(
    work: UnitOfWork, *, email: str, name: str, account: str, password_hash: str
) -> None:
    found = await fetch_account_id(work.session, _slug(account))
    if found is None:
        account_id, department_ids = await create_account(
            work, name=account, slug=_slug(account), departments=[_FIRST_DEPARTMENT]
        )
    else:
        account_id, department_ids = found, []
    await add_member(
        work, account_id=account_id, email=email, name=name, password_hash=password_hash, role=Role.ADMIN,
        department_ids=department_ids,
    )  # fmt: skip


async def create_super_administrator(settings: Settings, *, email: str, name: str, password: str) -> str:
    """Somebody who runs the installation. Raises WeakPassword, Conflict when the e-mail address is taken."""
    _check_address(email)
    async with _database(settings) as database:
        password_hash = await _accept_password(database, password, email=email, name=name)
        async with database.system() as work:
            await add_super_admin(work, name=name, email=email, password_hash=password_hash)
    return f"{email} runs this installation. Sign in at {settings.base_url}"


async def _accept_password(database: Database, password: str, *, email: str, name: str) -> str:
    """Its hash, when it is as good as this installation wants them. Raises WeakPassword."""
    least = (await read_settings(database)).password_minimum
    check_password_rules(password, email=email, name=name, least=least)
    return await Passwords().hash(password)


async def connect_whatsapp_number(
    settings: Settings, *, account: str, name: str, phone_number_id: str, waba_id: str, display_phone_number: str,
    access_token: str, app_secret: str,
) -> str:  # fmt: skip
    """Answers what to enter at Meta. Raises NotFound for an unknown company, Conflict for a connected number."""
    async with _database(settings) as database, database.system() as work:
        account_id = await fetch_account_id(work.session, _slug(account))
        if account_id is None:
            raise NotFound(f"no company is called {account}")
        first, *_ = await fetch_departments(work.session, account_id)
        app_id, _, verify_token = await add_number(
            work, settings.vault, account_id=account_id, name=name, phone_number_id=phone_number_id, waba_id=waba_id,
            display_phone_number=display_phone_number, app_secret=app_secret, access_token=access_token,
            default_department_id=first.id,
        )  # fmt: skip
        app = await work.session.get_one(WhatsAppApp, (account_id, app_id))
    return (
        f"Connected. Enter in Meta's dashboard (WhatsApp → Configuration):\n"
        f"  Callback URL: {settings.base_url}/hooks/whatsapp/{app.hook_key}\n"
        f"  Verify token: {verify_token}"
    )


async def replay_parked(
    settings: Settings, *, ids: Sequence[UUID] | None, reason: str | None, since: datetime | None
) -> str:
    """Runs parked webhooks again, oldest first; live screens hear of what comes out."""
    KEYRING.use(settings.vault)
    observer = Observer()
    publisher = RedisPublisher(settings.redis_url, observer)
    pool = await open_ingest_pool(settings.resolved_system_database_url, size=1)
    total = ReplayReport()
    try:
        for id_ in [*ids] if ids else [None]:
            since_utc = since.replace(tzinfo=UTC) if since is not None and since.tzinfo is None else since
            report = await replay(pool, publisher, id_=id_, reason=reason, since=since_utc)
            total.replayed += report.replayed
            total.still_parked += report.still_parked
    finally:
        await publisher.drained()
        await observer.report(pool)
        await pool.close()
        await publisher.close()
    return f"{total.replayed} replayed, {total.still_parked} still parked"


async def rotate_encryption_keys(settings: Settings) -> tuple[str, int]:
    """A line per column, and how many secrets no key opens."""
    async with _database(settings) as database:
        report = await rotate_keys(database, settings.vault)
    return str(report), report.unreadable


@asynccontextmanager
async def _database(settings: Settings) -> AsyncIterator[Database]:
    database = Database(
        settings.resolved_app_database_url,
        settings.resolved_system_database_url,
        audit_key=settings.audit_key,
    )
    try:
        yield database
    finally:
        await database.close()


def _check_address(email: str) -> None:
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", email):
        raise Invalid(f"{email} is not an e-mail address")


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "account"
