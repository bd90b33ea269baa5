"""Settings of the whole installation: typed, stored one row each, read through one cached place.

A setting that was never changed has no row. Every process keeps what it read for a while; whoever changes something nudges
`SETTINGS_TOPIC`, and the others read again (a lost nudge costs at most `_FRESH_SECONDS`).
"""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Annotated, Any, Final, Literal

import structlog
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from inbox.accounts.plans import PLANS
from inbox.installation import repository
from inbox.installation.super_admin import SuperAdmin
from inbox.kernel.audit import INSTALLATION, AuditEntry
from inbox.kernel.database import Database
from inbox.kernel.errors import Invalid

log = structlog.get_logger(__name__)

SETTINGS_TOPIC: Final = "installation-settings"
# What a change costs at most when its nudge is lost.
_FRESH_SECONDS: Final = 30.0

MOST_SESSION_DAYS: Final = 90
"""OWASP ASVS 5.0, 7.3.1 leaves it to the risk; a quarter of a year without a sign of life is the longest we take."""

Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]


class Banner(BaseModel):
    """Shown on top of every screen."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
    level: Literal["info", "warning", "danger"] = "info"


class InstallationSettings(BaseModel):
    model_config = ConfigDict(extra="forbid")

    product_name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)] = (
        "Prosa"
    )
    support_contact: Text = ""
    """Where people ask for help: an address, a telephone number, a link."""
    banner: Banner | None = None
    default_plan: str = "standard"
    """Of new accounts."""
    session_days: int | None = Field(default=None, ge=1, le=MOST_SESSION_DAYS)
    """How long a sign-in lasts without being used; null: as PROSA_SESSION_DAYS says."""
    password_minimum: int = Field(default=10, ge=10, le=64)
    """Characters. NIST SP 800-63B-4: length is what counts; 64 must be allowed."""


class ProductView(BaseModel):
    """What everybody may know, signed in or not."""

    model_config = ConfigDict(extra="forbid")

    product_name: str
    support_contact: str
    banner: Banner | None
    password_minimum: int


class SettingsCache:
    """One per process. `keep_fresh` runs beside the requests; `latest` is for places that must not wait for the database."""

    def __init__(self, database: Database, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._clock = clock
        self._known: InstallationSettings | None = None
        self._stale_at = float("-inf")
        self._lock = asyncio.Lock()
        self._changed = asyncio.Event()

    @property
    def latest(self) -> InstallationSettings:
        """As they were read last; the defaults before that."""
        return self._known or InstallationSettings()

    async def keep_fresh(self) -> None:
        """Reads again when somebody has changed something, and now and then; until cancelled."""
        while True:
            self._changed.clear()
            await self.current()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), _FRESH_SECONDS)

    async def current(self) -> InstallationSettings:
        if self._known is not None and self._clock() < self._stale_at:
            return self._known
        async with self._lock:  # many find it stale at once; one of them reads
            if self._known is None or self._clock() >= self._stale_at:
                stale_at = self._clock() + _FRESH_SECONDS
                self._known = await read_settings(self._database)
                self._stale_at = stale_at
        return self._known

    def invalidate(self) -> None:
        """Somebody has changed something: the next look reads."""
        self._stale_at = float("-inf")
        self._changed.set()


async def read_settings(database: Database) -> InstallationSettings:
    async with database.system() as work:
        return _settings(await repository.fetch_settings(work.session))


def product_view(settings: InstallationSettings) -> ProductView:
    return ProductView(
        product_name=settings.product_name,
        support_contact=settings.support_contact,
        banner=settings.banner,
        password_minimum=settings.password_minimum,
    )


async def change_settings(
    database: Database, admin: SuperAdmin, settings: InstallationSettings
) -> InstallationSettings:
    """Puts all of them; what is at its default has no row. Raises Invalid for an unknown plan."""
    if settings.default_plan not in PLANS:
        raise Invalid(f"there is no plan {settings.default_plan}", plans=sorted(PLANS))
    wanted, defaults = settings.model_dump(mode="json"), InstallationSettings().model_dump(mode="json")
    async with database.system() as work:
        # Two who save at once: the second sees what the first has left.
        await repository.lock_settings(work.session)
        before = _settings(await repository.fetch_settings(work.session)).model_dump(mode="json")
        changed = {name: value for name, value in wanted.items() if before[name] != value}
        for name, value in changed.items():
            is_default = defaults[name] == value
            await repository.put_setting(
                work.session, name, None if is_default else {"value": value}, admin.user_id, work.now()
            )
        if changed:
            previous = {name: before[name] for name in changed}
            entry = AuditEntry("installation.settings_changed", "installation", "", previous, changed)
            work.audit(entry, INSTALLATION, doer=admin.doer)
            publisher = database.publisher
            if publisher is not None:
                work.after_commit(lambda: publisher.nudge(SETTINGS_TOPIC))
    return settings


def _settings(stored: dict[str, Any]) -> InstallationSettings:
    """What this version does not know or cannot read is at its default: a setting must never keep the door shut."""
    known = {name: value for name, value in stored.items() if name in InstallationSettings.model_fields}
    try:
        return InstallationSettings.model_validate(known)
    except ValidationError as error:
        wrong = {str(item["loc"][0]) for item in error.errors()}
        log.error("installation_settings_unreadable", names=sorted(wrong))
        return InstallationSettings.model_validate(
            {name: value for name, value in known.items() if name not in wrong}
        )
