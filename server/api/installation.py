"""/v1/installation: for super admins; to everybody else none of it exists (404). /v1/product: what everybody may know."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from inbox.accounts.account_events import AccountState
from inbox.accounts.usage import PlanView, list_plans
from inbox.audit.service import list_installation_audit
from inbox.audit.views import AuditFilters
from inbox.installation import accounts, people, system_log
from inbox.installation import settings as settings_
from inbox.installation.accounts import InstallationAccount, InstallationAccountDetails, NewAccount
from inbox.installation.people import PersonView
from inbox.installation.settings import InstallationSettings, ProductView, SettingsCache, product_view
from inbox.installation.super_admin import SuperAdmin, access_super_admin
from inbox.installation.system_log import LogEntryView, LogLevel
from server.api.account import Reason
from server.api.audit import AuditPageView, audit_page_view, read_seq_cursor
from server.api.auth import SignedInView, answer_signed_in
from server.api.cursors import CursorText, PageLimit, read_cursor, write_cursor
from server.api.dependencies import CurrentActor, CurrentContext, CurrentDatabase, CurrentSessions

router = APIRouter(tags=["installation"])
_PREFIX = "/v1/installation"


async def _super_admin(database: CurrentDatabase, actor: CurrentActor) -> SuperAdmin:
    return await access_super_admin(database, actor)


def _settings_cache(request: Request) -> SettingsCache:
    cache: SettingsCache = request.app.state.installation_settings
    return cache


CurrentSuperAdmin = Annotated[SuperAdmin, Depends(_super_admin)]
CurrentSettings = Annotated[SettingsCache, Depends(_settings_cache)]
SearchText = Annotated[str, Query(max_length=100)]


class ReasonBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: Reason
    """On record; the account's admins read it where they get a mail."""


class ImpersonateBody(ReasonBody):
    user_id: UUID
    """A member of the account."""


class PlanBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    plan: str = Field(min_length=1, max_length=40)


class InviteAdminBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    email: Annotated[
        str, StringConstraints(strip_whitespace=True, pattern=r"^[^@\s]+@[^@\s]+$", max_length=320)
    ]
    name: Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)] = ""


class InstallationAccountList(BaseModel):
    items: list[InstallationAccount]
    next_cursor: str | None


class PeopleList(BaseModel):
    items: list[PersonView]
    next_cursor: str | None


class SystemLogList(BaseModel):
    items: list[LogEntryView]
    next_cursor: str | None


@router.get("/v1/product")
async def get_product(cache: CurrentSettings) -> ProductView:
    """Name, support, banner; for the sign-in page too."""
    return product_view(await cache.current())


# ── accounts ────────────────────────────────────────────────────────────────────────────────────────────────────────


@router.get(f"{_PREFIX}/plans")
async def list_installation_plans(_admin: CurrentSuperAdmin) -> list[PlanView]:
    """What an account can have, and what each has room for; smallest first."""
    return list_plans()


@router.get(f"{_PREFIX}/accounts")
async def list_installation_accounts(
    database: CurrentDatabase,
    admin: CurrentSuperAdmin,
    q: SearchText = "",
    state: AccountState | None = None,
    cursor: CursorText = None,
    limit: PageLimit = 50,
) -> InstallationAccountList:
    page = await accounts.list_accounts(
        database, admin, q=q, state=state, before=read_cursor(cursor), limit=limit
    )
    return InstallationAccountList(items=page.items, next_cursor=write_cursor(page.next_place))


@router.post(f"{_PREFIX}/accounts", status_code=201)
async def open_installation_account(
    body: NewAccount, context: CurrentContext, admin: CurrentSuperAdmin, cache: CurrentSettings
) -> InstallationAccountDetails:
    """Invites its first admin by mail."""
    account_id = await accounts.open_account(
        context.database, admin, context.mailer, body, default_plan=(await cache.current()).default_plan,
        public_url=context.settings.base_url,
    )  # fmt: skip
    return await accounts.access_account(context.database, admin, account_id)


@router.get(f"{_PREFIX}/accounts/{{account_id}}")
async def get_installation_account(
    account_id: UUID, database: CurrentDatabase, admin: CurrentSuperAdmin
) -> InstallationAccountDetails:
    return await accounts.access_account(database, admin, account_id)


@router.put(f"{_PREFIX}/accounts/{{account_id}}/plan")
async def put_installation_account_plan(
    account_id: UUID, body: PlanBody, database: CurrentDatabase, admin: CurrentSuperAdmin
) -> InstallationAccountDetails:
    await accounts.change_plan(database, admin, account_id, body.plan)
    return await accounts.access_account(database, admin, account_id)


@router.post(f"{_PREFIX}/accounts/{{account_id}}/invite-admin", status_code=204)
async def invite_installation_account_admin(
    account_id: UUID, body: InviteAdminBody, context: CurrentContext, admin: CurrentSuperAdmin
) -> None:
    """For a new account, and for one whose admins have all gone."""
    await accounts.invite_admin(
        context.database, admin, context.mailer, account_id, email=body.email, name=body.name,
        public_url=context.settings.base_url,
    )  # fmt: skip


@router.post(f"{_PREFIX}/accounts/{{account_id}}/suspend")
async def suspend_installation_account(
    account_id: UUID, body: ReasonBody, request: Request, context: CurrentContext, admin: CurrentSuperAdmin
) -> InstallationAccountDetails:
    """Its people are out at once; it sends nothing; what customers write is kept."""
    await accounts.suspend(context.database, admin, context.mailer, account_id, body.reason)
    request.app.state.announce_account_change(account_id)
    return await accounts.access_account(context.database, admin, account_id)


@router.post(f"{_PREFIX}/accounts/{{account_id}}/reactivate")
async def reactivate_installation_account(
    account_id: UUID, request: Request, database: CurrentDatabase, admin: CurrentSuperAdmin
) -> InstallationAccountDetails:
    """Ends a suspension, or takes a closing back."""
    await accounts.reactivate(database, admin, account_id)
    request.app.state.announce_account_change(account_id)
    return await accounts.access_account(database, admin, account_id)


@router.post(f"{_PREFIX}/accounts/{{account_id}}/close")
async def close_installation_account(
    account_id: UUID, body: ReasonBody, request: Request, context: CurrentContext, admin: CurrentSuperAdmin
) -> InstallationAccountDetails:
    """Erased in 30 days; its people can take their data along until then, and only this side can take it back."""
    await accounts.close(context.database, admin, context.mailer, account_id, body.reason)
    request.app.state.announce_account_change(account_id)
    return await accounts.access_account(context.database, admin, account_id)


@router.post(f"{_PREFIX}/accounts/{{account_id}}/impersonate")
async def impersonate_member(
    account_id: UUID, body: ImpersonateBody, response: Response, context: CurrentContext, admin: CurrentSuperAdmin,
    sessions: CurrentSessions,
) -> SignedInView:  # fmt: skip
    """Signs in as a member, on record in both chains; `POST /v1/auth/sign-out` returns to one's own."""
    signed_in = await sessions.impersonate(admin.actor, account_id, body.user_id, body.reason)
    return answer_signed_in(signed_in, response, context.settings)


# ── people ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@router.get(f"{_PREFIX}/people")
async def list_people(
    database: CurrentDatabase,
    admin: CurrentSuperAdmin,
    q: SearchText = "",
    account_id: UUID | None = None,
    cursor: CursorText = None,
    limit: PageLimit = 50,
) -> PeopleList:
    page = await people.list_people(
        database, admin, q=q, account_id=account_id, before=read_cursor(cursor), limit=limit
    )
    return PeopleList(items=page.items, next_cursor=write_cursor(page.next_place))


@router.post(f"{_PREFIX}/people/{{user_id}}/disable")
async def disable_person(
    user_id: UUID, body: ReasonBody, request: Request, database: CurrentDatabase, admin: CurrentSuperAdmin
) -> PersonView:
    """They are out everywhere at once."""
    person, account_ids = await people.disable_person(database, admin, user_id, body.reason)
    for account_id in account_ids:
        request.app.state.announce_access_change(account_id, user_id)
    return person


@router.post(f"{_PREFIX}/people/{{user_id}}/enable")
async def enable_person(user_id: UUID, database: CurrentDatabase, admin: CurrentSuperAdmin) -> PersonView:
    return await people.enable_person(database, admin, user_id)


# ── the installation itself ─────────────────────────────────────────────────────────────────────────────────────────


@router.get(f"{_PREFIX}/log")
async def list_system_log(
    database: CurrentDatabase,
    admin: CurrentSuperAdmin,
    level: LogLevel | None = None,
    q: SearchText = "",
    since: datetime | None = None,
    cursor: CursorText = None,
    limit: PageLimit = 50,
) -> SystemLogList:
    """Warnings and errors of all processes, newest first; `level`: this one and worse."""
    page = await system_log.list_log_entries(
        database, admin, level=level, q=q, since=since, before=read_cursor(cursor), limit=limit
    )
    return SystemLogList(items=page.items, next_cursor=write_cursor(page.next_place))


@router.get(f"{_PREFIX}/settings")
async def get_installation_settings(
    database: CurrentDatabase, _admin: CurrentSuperAdmin
) -> InstallationSettings:
    return await settings_.read_settings(database)


@router.put(f"{_PREFIX}/settings")
async def put_installation_settings(
    body: InstallationSettings, database: CurrentDatabase, admin: CurrentSuperAdmin, cache: CurrentSettings
) -> InstallationSettings:
    """All of them; other processes follow within moments."""
    changed = await settings_.change_settings(database, admin, body)
    cache.invalidate()
    return changed


@router.get(f"{_PREFIX}/audit")
async def list_installation_audit_entries(
    database: CurrentDatabase,
    _admin: CurrentSuperAdmin,
    actor_id: UUID | None = None,
    action: Annotated[str, Query(max_length=100)] = "",
    target_kind: Annotated[str, Query(max_length=100)] = "",
    target_id: Annotated[str, Query(max_length=200)] = "",
    since: datetime | None = None,
    until: datetime | None = None,
    q: SearchText = "",
    cursor: CursorText = None,
    limit: PageLimit = 50,
) -> AuditPageView:
    """What concerns no account, and what super admins did to any."""
    filters = AuditFilters(
        actor_id=actor_id, action=action, target_kind=target_kind, target_id=target_id, since=since, until=until, q=q
    )  # fmt: skip
    page = await list_installation_audit(database, filters, below=read_seq_cursor(cursor), limit=limit)
    return audit_page_view(page)
