"""API keys of an account: made, changed, rotated, revoked; each on record.

Invariants
- Nobody makes a key that may do more than themselves: not at the start, not by a change, not by rotating one that does.
- A key is answered once, when it is made; the database has its hash only.
- Rotation keeps the one before good for an overlap; revoking ends both at once.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, Final, Literal
from uuid import UUID

from inbox.accounts.authority import check_room
from inbox.accounts.errors import BeyondOwnPermissions
from inbox.api_keys import repository
from inbox.api_keys.keys import NewKey, make_key
from inbox.api_keys.views import ApiKeyView, IssuedApiKey
from inbox.identity.errors import refuse_impersonated
from inbox.kernel.actor import Actor
from inbox.kernel.audit import AuditEntry
from inbox.kernel.database import Database, UnitOfWork
from inbox.kernel.errors import Conflict, Invalid, NotFound
from inbox.kernel.ids import new_id
from inbox.kernel.permissions import Permission


class Unchanged(Enum):
    UNCHANGED = "unchanged"


UNCHANGED: Final[Literal[Unchanged.UNCHANGED]] = Unchanged.UNCHANGED
"""For a value whose None has a meaning of its own."""


class ApiKeyOver(Conflict):
    code = "api_key_over"
    title = "This key is revoked or has expired"


@dataclass(frozen=True, slots=True)
class NewApiKey:
    name: str
    scopes: frozenset[Permission]
    department_ids: frozenset[UUID]
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ApiKeyChange:
    """None and UNCHANGED: stays as it is."""

    version: int
    name: str | None = None
    scopes: frozenset[Permission] | None = None
    department_ids: frozenset[UUID] | None = None
    expires_at: datetime | Unchanged | None = UNCHANGED


async def list_api_keys(database: Database, actor: Actor) -> list[ApiKeyView]:
    """Raises Forbidden."""
    actor.require(Permission.API_KEYS_MANAGE)
    async with database.acting(actor) as work:
        return await repository.fetch_api_keys(work.session, actor.account_id, work.now())


async def create_api_key(database: Database, actor: Actor, new: NewApiKey) -> IssuedApiKey:
    """Raises Forbidden, BeyondOwnPermissions, NotFound for an unknown department, PlanLimit, Invalid."""
    _require_manager(actor)
    made, api_key_id = make_key(), new_id()
    async with database.acting(actor) as work:
        now = work.now()
        _require_future(new.expires_at, now)
        await _require_own(work, actor, new.scopes, new.department_ids)
        await check_room(work, actor.account_id, "api_keys")
        await repository.insert_api_key(
            work.session, account_id=actor.account_id, api_key_id=api_key_id, name=new.name, prefix=made.prefix,
            key_hash=made.key_hash, scopes=sorted(new.scopes), department_ids=sorted(new.department_ids),
            created_by=actor.user_id, expires_at=new.expires_at, at=now,
        )  # fmt: skip
        view = await _lock(work, actor, api_key_id)
        work.audit(AuditEntry("api_key.created", "api_key", api_key_id, after=_facts(view)))
        return IssuedApiKey(api_key=view, key=made.key)


async def change_api_key(
    database: Database, actor: Actor, api_key_id: UUID, change: ApiKeyChange
) -> ApiKeyView:
    """Raises Forbidden, BeyondOwnPermissions, NotFound, ApiKeyOver, Conflict for another version, Invalid."""
    _require_manager(actor)
    async with database.acting(actor) as work:
        before = await _lock(work, actor, api_key_id)
        if before.state == "revoked":
            raise ApiKeyOver(api_key_id=api_key_id)
        if before.version != change.version:
            raise Conflict(api_key_id=api_key_id, version=before.version)
        scopes = change.scopes if change.scopes is not None else frozenset(before.scopes)
        departments = (
            change.department_ids if change.department_ids is not None else frozenset(before.department_ids)
        )
        expires_at = before.expires_at if isinstance(change.expires_at, Unchanged) else change.expires_at
        if expires_at != before.expires_at:
            _require_future(expires_at, work.now())
        # A longer life is a gift as much as a scope is; a new name alone is none.
        if (
            scopes != set(before.scopes)
            or departments != set(before.department_ids)
            or (expires_at != before.expires_at)
        ):
            await _require_own(work, actor, scopes, departments)
        await repository.update_api_key(
            work.session, actor.account_id, api_key_id, name=change.name or before.name, scopes=sorted(scopes),
            department_ids=sorted(departments), expires_at=expires_at,
        )  # fmt: skip
        after = await _lock(work, actor, api_key_id)
        old, new = _changes(_facts(before), _facts(after))
        if new:
            work.audit(AuditEntry("api_key.changed", "api_key", api_key_id, old, new))
        return after


async def revoke_api_key(database: Database, actor: Actor, api_key_id: UUID) -> None:
    """At once, for good; a second time changes nothing. Raises Forbidden, NotFound."""
    _require_manager(actor)
    async with database.acting(actor) as work:
        view = await _lock(work, actor, api_key_id)
        if view.state == "revoked":
            return
        await repository.set_revoked(work.session, actor.account_id, api_key_id, work.now())
        work.audit(AuditEntry("api_key.revoked", "api_key", api_key_id, before={"name": view.name}))


async def rotate_api_key(
    database: Database, actor: Actor, api_key_id: UUID, *, overlap_hours: int
) -> IssuedApiKey:
    """A new key in its place; the old one is good for `overlap_hours`, 0 ends it. Raises Forbidden, BeyondOwnPermissions (the
    actor would hold the new key), NotFound, ApiKeyOver."""
    _require_manager(actor)
    made: NewKey = make_key()
    async with database.acting(actor) as work:
        view = await _lock(work, actor, api_key_id)
        if view.state != "active":
            raise ApiKeyOver(api_key_id=api_key_id)
        await _require_own(work, actor, frozenset(view.scopes), frozenset(view.department_ids))
        now = work.now()
        overlap_ends = now + timedelta(hours=overlap_hours) if overlap_hours else None
        await repository.rotate_hash(
            work.session, actor.account_id, api_key_id, prefix=made.prefix, key_hash=made.key_hash, at=now,
            previous_expires_at=overlap_ends,
        )  # fmt: skip
        work.audit(
            AuditEntry(
                "api_key.rotated", "api_key", api_key_id, {"prefix": view.prefix},
                {"prefix": made.prefix, "overlap_hours": overlap_hours},
            )
        )  # fmt: skip
        return IssuedApiKey(api_key=await _lock(work, actor, api_key_id), key=made.key)


def _require_manager(actor: Actor) -> None:
    actor.require(Permission.API_KEYS_MANAGE)
    refuse_impersonated(actor)


def _require_future(expires_at: datetime | None, now: datetime) -> None:
    if expires_at is not None and expires_at <= now:
        raise Invalid("the key would have expired already", field="expires_at")


async def _require_own(
    work: UnitOfWork, actor: Actor, scopes: frozenset[Permission], department_ids: frozenset[UUID]
) -> None:
    known = await repository.fetch_known_departments(work.session, actor.account_id, department_ids)
    if unknown := department_ids - known:
        raise NotFound("no such department", department_ids=sorted(map(str, unknown)))
    lacking = {scope for scope in scopes if not actor.may(scope)}
    hidden = {found for found in department_ids if not actor.may_see_department(found)}
    if lacking or hidden:
        raise BeyondOwnPermissions(missing=sorted(lacking), department_ids=sorted(map(str, hidden)))


async def _lock(work: UnitOfWork, actor: Actor, api_key_id: UUID) -> ApiKeyView:
    view = await repository.lock_api_key(work.session, actor.account_id, api_key_id, work.now())
    if view is None:
        raise NotFound(api_key_id=api_key_id)
    return view


def _facts(view: ApiKeyView) -> dict[str, Any]:
    """What the audit log tells of a key."""
    return {
        "name": view.name,
        "prefix": view.prefix,
        "scopes": [scope.value for scope in view.scopes],
        "department_ids": [str(found) for found in view.department_ids],
        "expires_at": view.expires_at.isoformat() if view.expires_at else None,
    }


def _changes(before: dict[str, Any], after: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    names = [name for name in after if after[name] != before[name]]
    return {name: before[name] for name in names}, {name: after[name] for name in names}
