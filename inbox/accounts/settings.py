"""An account's settings: name, language, time zone, colour, logo, business hours.

Changes are compare-and-set on `version`, on record, and told to everybody's open screens as `account_updated`.
"""

import asyncio
import secrets
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self
from uuid import UUID
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator
from sqlalchemy.engine import RowMapping

from inbox.accounts import account_repository as repository
from inbox.accounts.account_events import AccountState, account_updated, logo_url
from inbox.accounts.branding import LOGO_MIME_TYPE, build_logo, check_brand_color
from inbox.accounts.business_hours import BusinessHours
from inbox.kernel.actor import Actor
from inbox.kernel.audit import AuditEntry
from inbox.kernel.database import Database
from inbox.kernel.errors import Conflict, NotFound, Unavailable
from inbox.kernel.permissions import Permission
from inbox.media.files import run_codec
from inbox.media.storage import MediaStore, StoredFile

Locale = Literal["pt-BR", "en"]
"""Languages of the interface."""

# 192 bits: nobody finds a logo by guessing, and the address tells nothing about whose it is.
_LOGO_NAME_BYTES: Final = 24


@lru_cache(maxsize=1)
def _time_zones() -> frozenset[str]:
    # Reads the system's list once (600 names). Names like "posixrules" are files, not places.
    return frozenset(name for name in available_timezones() if "/" in name or name == "UTC")


def _time_zone(value: str) -> str:
    if value not in _time_zones():
        raise ValueError("not a time zone of the IANA database, such as America/Sao_Paulo")
    return value


TimeZone = Annotated[str, AfterValidator(_time_zone)]
AccountName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]


class AccountView(BaseModel):
    """The account as its people see it."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    name: str
    slug: str
    locale: str
    time_zone: str
    brand_color: str | None
    logo_url: str | None
    """Relative to the installation; it changes with every new logo."""
    business_hours: BusinessHours
    is_open: bool
    """Whether the business hours include this moment."""
    state: AccountState
    state_reason: str | None
    """For those who manage the account."""
    state_since: datetime
    erase_after: datetime | None
    """Of a closing account: until then the closing can be taken back."""
    can_cancel_closing: bool
    """False when the installation's operator closes it."""
    plan: str
    version: int
    created_at: datetime


class AccountChanges(BaseModel):
    """What is left out stays. `version` is the one that was read."""

    model_config = ConfigDict(extra="forbid")

    version: int = Field(ge=1)
    name: AccountName | None = None
    locale: Locale | None = None
    time_zone: TimeZone | None = None
    brand_color: Annotated[str, StringConstraints(max_length=7)] | None = None
    """#rrggbb; null takes the colour away."""
    business_hours: BusinessHours | None = None

    @model_validator(mode="after")
    def _nothing_emptied(self) -> Self:
        for name in ("name", "locale", "time_zone", "business_hours"):
            if name in self.model_fields_set and getattr(self, name) is None:
                raise ValueError(f"{name} cannot be taken away")
        return self

    def values(self) -> dict[str, Any]:
        """As the columns hold them. Raises UnreadableColor."""
        given = self.model_dump(mode="json", exclude_unset=True, exclude={"version"})
        if given.get("brand_color") is not None:
            given["brand_color"] = check_brand_color(given["brand_color"])
        return given


class AccountChanged(Conflict):
    """Somebody else saved first; `version` is the current one."""

    code = "account_changed"


async def access_account(database: Database, actor: Actor) -> AccountView:
    async with database.acting(actor) as work:
        row = await repository.fetch_account(work.session, actor.account_id)
    if row is None:
        raise NotFound(account_id=actor.account_id)
    return _view(row, actor, database.now())


async def change_account(database: Database, actor: Actor, changes: AccountChanges) -> AccountView:
    """Raises Forbidden, AccountChanged, UnreadableColor."""
    actor.require(Permission.ACCOUNT_MANAGE)
    values = changes.values()
    async with database.acting(actor) as work:
        before = await repository.fetch_account(work.session, actor.account_id)
        if before is None:
            raise NotFound(account_id=actor.account_id)
        changed = {name: value for name, value in values.items() if before[name] != value}
        if changed:
            if not await repository.update_settings(work.session, actor.account_id, changes.version, changed):
                raise AccountChanged(version=before["version"])
            previous = {name: before[name] for name in changed}
            work.audit(AuditEntry("account.updated", "account", actor.account_id, previous, changed))
        elif before["version"] != changes.version:
            raise AccountChanged(version=before["version"])
        after = await repository.fetch_account(work.session, actor.account_id)
        assert after is not None
        if changed:
            work.record(account_updated(after))
    return _view(after, actor, database.now())


# ── the logo ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def put_logo(database: Database, actor: Actor, store: MediaStore, content: bytes) -> AccountView:
    """Keeps the picture small and clean, under a new address. Raises Forbidden, UnusableLogo."""
    actor.require(Permission.ACCOUNT_MANAGE)
    picture = await run_codec(lambda: build_logo(content))
    key = f"{actor.account_id}/logo/{secrets.token_urlsafe(_LOGO_NAME_BYTES)}"
    async with _file_of(picture) as file:
        await store.put(key, file, LOGO_MIME_TYPE)
    return await _set_logo(database, actor, store, key)


async def remove_logo(database: Database, actor: Actor, store: MediaStore) -> AccountView:
    """Idempotent."""
    actor.require(Permission.ACCOUNT_MANAGE)
    return await _set_logo(database, actor, store, None)


async def open_logo(database: Database, actor: Actor, store: MediaStore, name: str) -> StoredFile:
    """The logo of the actor's own account by the last part of its address. Raises NotFound for every other."""
    async with database.acting(actor) as work:
        row = await repository.fetch_account(work.session, actor.account_id)
    key = row["logo_key"] if row is not None else None
    if key is None or not secrets.compare_digest(key.rpartition("/")[2].encode(), name.encode()):
        raise NotFound
    return await store.open(key)


async def _set_logo(database: Database, actor: Actor, store: MediaStore, key: str | None) -> AccountView:
    async with database.acting(actor) as work:
        previous = await repository.replace_logo(work.session, actor.account_id, key)
        after = await repository.fetch_account(work.session, actor.account_id)
        assert after is not None
        if previous != key:
            action = "account.logo_removed" if key is None else "account.logo_changed"
            work.audit(AuditEntry(action, "account", actor.account_id))
            work.record(account_updated(after))
    if previous is not None and previous != key:
        # An orphan of some kilobytes; the account's erasure takes it along by its prefix.
        with suppress(Unavailable):
            await store.delete(previous)
    return _view(after, actor, database.now())


@asynccontextmanager
async def _file_of(content: bytes) -> AsyncIterator[Path]:
    folder = await asyncio.to_thread(tempfile.TemporaryDirectory, prefix="prosa-logo-")
    try:
        file = Path(folder.name) / "logo.png"
        await asyncio.to_thread(file.write_bytes, content)
        yield file
    finally:
        await asyncio.to_thread(folder.cleanup)


def _view(row: RowMapping, actor: Actor, now: datetime) -> AccountView:
    hours = BusinessHours.model_validate(row["business_hours"])
    manages = actor.may(Permission.ACCOUNT_MANAGE)
    return AccountView(
        id=row["account_id"],
        name=row["name"],
        slug=row["slug"],
        locale=row["locale"],
        time_zone=row["time_zone"],
        brand_color=row["brand_color"],
        logo_url=logo_url(row["logo_key"]),
        business_hours=hours,
        is_open=hours.is_open(now, row["time_zone"]),
        state=AccountState(row["state"]),
        state_reason=row["state_reason"] if manages else None,
        state_since=row["state_since"],
        erase_after=row["erase_after"],
        can_cancel_closing=manages and row["closing_by"] == "account",
        plan=row["plan"],
        version=row["version"],
        created_at=row["created_at"],
    )
