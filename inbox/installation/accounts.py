"""All accounts, for the super admin: how they are, and their life from the first admin's invitation to the closing."""

import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy.engine import RowMapping

from inbox.accounts import lifecycle
from inbox.accounts.account_events import AccountState
from inbox.accounts.invitations import NewInvitation, invite
from inbox.accounts.lifecycle import HOME_SLUG, ClosingBy
from inbox.accounts.members import RoleChoice
from inbox.accounts.plans import PLANS
from inbox.accounts.repository import fetch_account_id
from inbox.accounts.service import create_account
from inbox.accounts.settings import AccountName, Locale, TimeZone
from inbox.accounts.usage import UsageView, number_is_fine, number_state, read_usage
from inbox.installation import repository
from inbox.installation.super_admin import SuperAdmin
from inbox.kernel.actor import Role
from inbox.kernel.audit import INSTALLATION, AuditEntry
from inbox.kernel.database import Database
from inbox.kernel.errors import Invalid, NotFound
from inbox.mail.service import Mailer

# How far back parked webhooks count as trouble of today.
_PARKED_WITHIN: Final = timedelta(hours=24)
# What waits longer than this is stuck: a retry waits 5 minutes at most before it says so (outbox/outcomes).
_OUTBOX_LATE: Final = timedelta(minutes=10)
# More is told as "1,000 or more".
_MOST_PARKED: Final = 1_000
_FIRST_DEPARTMENTS: Final = {"pt-BR": ("Atendimento", "#3b7f6f"), "en": ("Service", "#3b7f6f")}

Place = tuple[datetime, UUID]


class AccountHealth(BaseModel):
    model_config = ConfigDict(extra="forbid")

    is_fine: bool
    """Active, with an admin who can sign in, its numbers set up, nothing parked, nothing stuck in the outbox."""
    members: int
    admins: int
    """Who can sign in."""
    numbers: int
    numbers_not_fine: int
    """Of them, those that the account's usage page marks too (accounts/usage.number_is_fine)."""
    last_inbound_at: datetime | None
    """The last webhook of any of its numbers."""
    parked_webhooks: int
    """Of the last 24 hours, not replayed; 1,000 means or more."""
    outbox_oldest_at: datetime | None
    """Since when the message waits that waits longest."""


class InstallationAccount(BaseModel):
    """An account as the super admin sees it."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    name: str
    slug: str
    state: AccountState
    state_reason: str | None
    state_since: datetime
    closing_by: ClosingBy | None
    erase_after: datetime | None
    erased_at: datetime | None
    is_home: bool
    """Where the super admins are at home: neither suspended nor closed."""
    plan: str
    locale: str
    time_zone: str
    created_at: datetime
    health: AccountHealth


class InstallationAccountDetails(InstallationAccount):
    usage: UsageView


@dataclass(frozen=True, slots=True)
class AccountPage:
    items: list[InstallationAccount]
    next_place: Place | None


class NewAccount(BaseModel):
    """A company, and whom to invite as its first admin."""

    model_config = ConfigDict(extra="forbid")

    name: AccountName
    locale: Locale = "pt-BR"
    time_zone: TimeZone = "America/Sao_Paulo"
    plan: str | None = Field(default=None, max_length=40)
    """None: the installation's default."""
    admin_email: Annotated[
        str, StringConstraints(strip_whitespace=True, pattern=r"^[^@\s]+@[^@\s]+$", max_length=320)
    ]
    admin_name: Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)] = ""


async def list_accounts(
    database: Database,
    _admin: SuperAdmin,
    *,
    q: str,
    state: AccountState | None,
    before: Place | None,
    limit: int,
) -> AccountPage:
    """Newest first. `q` finds by name or by id."""
    now = database.now()
    async with database.system() as work:
        rows = await repository.fetch_accounts(
            work.session, q=q.strip(), state=state, before=before, limit=limit + 1, **_health_limits(now)
        )
    items = [InstallationAccount(**_values(row, now)) for row in rows[:limit]]
    last = items[-1] if len(rows) > limit else None
    return AccountPage(items, (last.created_at, last.id) if last is not None else None)


async def access_account(
    database: Database, admin: SuperAdmin, account_id: UUID
) -> InstallationAccountDetails:
    """Raises NotFound."""
    now = database.now()
    async with database.system() as work:
        row = await repository.fetch_account(work.session, account_id, **_health_limits(now))
    if row is None:
        raise NotFound(account_id=account_id)
    usage = await read_usage(database, admin.within(account_id))
    return InstallationAccountDetails(**_values(row, now), usage=usage)


async def open_account(
    database: Database,
    admin: SuperAdmin,
    mailer: Mailer,
    wanted: NewAccount,
    *,
    default_plan: str,
    public_url: str,
) -> UUID:
    """Makes the account with one department, then invites its first admin by mail. Raises Invalid for an unknown plan.

    The invitation is a transaction of its own; if it fails, the account stands without people and `invite_admin` heals it.
    """
    plan = wanted.plan or default_plan
    if plan not in PLANS:
        raise Invalid(f"there is no plan {plan}", plans=sorted(PLANS))
    async with database.system() as work:
        slug = slug_of(wanted.name)
        if await fetch_account_id(work.session, slug) is not None:
            # Two companies of one name; whoever is quicker than this look gets 409 and tries again.
            slug = f"{slug}-{secrets.token_hex(3)}"
        account_id, _ = await create_account(
            work, name=wanted.name, slug=slug, departments=[_FIRST_DEPARTMENTS[wanted.locale]], locale=wanted.locale,
            time_zone=wanted.time_zone,
        )  # fmt: skip
        await repository.set_plan(work.session, account_id, plan)
        entry = AuditEntry(
            "account.created", "account", account_id, after={"name": wanted.name, "plan": plan}
        )
        for chain in (account_id, INSTALLATION):
            work.audit(entry, chain, doer=admin.doer)
    await invite_admin(
        database, admin, mailer, account_id, email=wanted.admin_email, name=wanted.admin_name, public_url=public_url
    )  # fmt: skip
    return account_id


async def invite_admin(
    database: Database,
    admin: SuperAdmin,
    mailer: Mailer,
    account_id: UUID,
    *,
    email: str,
    name: str,
    public_url: str,
) -> None:
    """For a new account, and for one whose admins have all gone. Raises NotFound, AlreadyMember."""
    async with database.system() as work:
        row = await repository.fetch_account(work.session, account_id, **_health_limits(database.now()))
    if row is None or row["state"] == AccountState.CLOSED:
        raise NotFound(account_id=account_id)
    wanted = NewInvitation(
        email=email, name=name, role=RoleChoice(Role.ADMIN, None), department_ids=frozenset()
    )
    await invite(database, admin.within(account_id), mailer, wanted, public_url=public_url)


async def change_plan(database: Database, admin: SuperAdmin, account_id: UUID, plan: str) -> None:
    """Raises NotFound, Invalid for an unknown plan."""
    if plan not in PLANS:
        raise Invalid(f"there is no plan {plan}", plans=sorted(PLANS))
    async with database.system() as work:
        before = await repository.set_plan(work.session, account_id, plan)
        if before is None:
            raise NotFound(account_id=account_id)
        if before != plan:
            entry = AuditEntry(
                "account.plan_changed", "account", account_id, {"plan": before}, {"plan": plan}
            )
            for chain in (account_id, INSTALLATION):
                work.audit(entry, chain, doer=admin.doer)


async def suspend(
    database: Database, admin: SuperAdmin, mailer: Mailer, account_id: UUID, reason: str
) -> None:
    await lifecycle.suspend_account(database, mailer, account_id, doer=admin.doer, reason=reason)


async def reactivate(database: Database, admin: SuperAdmin, account_id: UUID) -> None:
    await lifecycle.reactivate_account(database, account_id, doer=admin.doer)


async def close(database: Database, admin: SuperAdmin, mailer: Mailer, account_id: UUID, reason: str) -> None:
    await lifecycle.close_account(
        database, mailer, admin.within(account_id), by="installation", reason=reason
    )


def slug_of(name: str) -> str:
    """Latin letters, digits and hyphens; never the home account's."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "account"
    return slug if slug != HOME_SLUG else f"{slug}-1"


def _health_limits(now: datetime) -> dict[str, Any]:
    # Ids are UUIDv7: those of the last day are the highest.
    parked_since = UUID(int=int((now - _PARKED_WITHIN).timestamp() * 1000) << 80)
    return {"parked_since": parked_since, "most": _MOST_PARKED}


def _values(row: RowMapping, now: datetime) -> dict[str, Any]:
    values = dict(row)
    health = {name: values.pop(name) for name in AccountHealth.model_fields if name in values}
    oldest = health["outbox_oldest_at"]
    health["numbers_not_fine"] = sum(
        not number_is_fine(number_state(at, now)) for at in values.pop("webhooks_at")
    )
    is_fine = (
        values["state"] == AccountState.ACTIVE
        and health["admins"] > 0
        and health["numbers_not_fine"] == 0
        and health["parked_webhooks"] == 0
        and (oldest is None or now - oldest < _OUTBOX_LATE)
    )
    is_home = values["slug"] == HOME_SLUG
    return {**values, "is_home": is_home, "health": AccountHealth(**health, is_fine=is_fine)}
