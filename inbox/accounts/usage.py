"""What an account uses and how it stands: a page for everybody with reports.view, quick at any size.

Messages are counted into days once, by a job that goes through them in the order of their ids; the page adds the few that
came since. Ids are UUIDv7 made when a message is written, so an id old enough has no unwritten one below it.
"""

from datetime import date, datetime, timedelta
from typing import Final, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from inbox.accounts import usage_repository as repository
from inbox.accounts.plans import PLANS, plan_of
from inbox.kernel.actor import Actor
from inbox.kernel.database import Database
from inbox.kernel.errors import NotFound
from inbox.kernel.permissions import Permission

_DAYS: Final = 30
# A transaction that writes messages is over long before: statements are cut after 60 s.
_SETTLED: Final = timedelta(minutes=2)
# Summing a million files takes a third of a second; once an hour is fresh enough for a bill.
_STORAGE_EVERY: Final = timedelta(hours=1)
# A shop's night is quiet; a day without any webhook is worth a look.
_QUIET_AFTER: Final = timedelta(hours=24)

NumberState = Literal["receiving", "quiet", "never"]
"""A webhook within 24 hours; none for longer; none ever: the callback at Meta is not set up."""


class UsageDay(BaseModel):
    model_config = ConfigDict(extra="forbid")

    day: date
    """Of the account's time zone."""
    messages_in: int
    messages_out: int
    api_requests: int
    """By API keys; written down once a minute."""


class NumberUsage(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: UUID
    name: str
    display_phone_number: str
    state: NumberState
    is_fine: bool
    last_webhook_at: datetime | None


class PlanLimits(BaseModel):
    """What a plan has room for."""

    model_config = ConfigDict(extra="forbid")

    members: int
    numbers: int
    departments: int
    api_keys: int
    roles: int
    storage_bytes: int
    upload_bytes: int
    user_requests_per_minute: int
    key_requests_per_minute: int
    number_sends_per_minute: int


class PlanView(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    limits: PlanLimits


class UsageView(BaseModel):
    model_config = ConfigDict(extra="forbid")

    at: datetime
    plan: str
    limits: PlanLimits
    members: int
    numbers: list[NumberUsage]
    days: list[UsageDay]
    """The last 30, today included, oldest first; a day without anything has zeros."""
    open_tickets: int
    queued_tickets: int
    outbox_waiting: int
    outbox_oldest_at: datetime | None
    parked_webhooks: int
    """Kept whole because they could not be stored, and not replayed yet."""
    storage_bytes: int
    storage_at: datetime
    """When the files were summed up."""
    counts_stop_at: int
    """A count of this size means "or more"."""


async def read_usage(database: Database, actor: Actor) -> UsageView:
    """Raises Forbidden."""
    actor.require(Permission.REPORTS_VIEW)
    async with database.acting(actor) as work:
        now = work.now()
        standing = await repository.fetch_standing(work.session, actor.account_id)
        if standing is None:
            raise NotFound(account_id=actor.account_id)
        today = now.astimezone(ZoneInfo(standing["time_zone"])).date()
        first_day = today - timedelta(days=_DAYS - 1)
        counted = await repository.fetch_days(
            work.session, actor.account_id, standing["time_zone"], first_day
        )
        numbers = await repository.fetch_numbers(work.session, actor.account_id)
        storage = (standing["storage_bytes"], standing["storage_at"])
        if standing["storage_at"] is None:
            storage = (await repository.fetch_storage(work.session, actor.account_id), now)
    by_day = {day.day: day for day in counted}
    days = [first_day + timedelta(days=n) for n in range(_DAYS)]
    return UsageView(
        at=now,
        plan=standing["plan"],
        limits=plan_limits(standing["plan"]),
        members=standing["members"],
        numbers=[
            NumberUsage(
                id=number["id"],
                name=number["name"],
                display_phone_number=number["display_phone_number"],
                state=(state := number_state(number["last_webhook_at"], now)),
                is_fine=number_is_fine(state),
                last_webhook_at=number["last_webhook_at"],
            )
            for number in numbers
        ],
        days=[
            UsageDay(
                day=day,
                messages_in=found.messages_in,
                messages_out=found.messages_out,
                api_requests=found.api_requests,
            )
            for day in days
            for found in [by_day.get(day, repository.CountedDay(day, 0, 0, 0))]
        ],
        open_tickets=standing["open_tickets"],
        queued_tickets=standing["queued_tickets"],
        outbox_waiting=standing["outbox_waiting"],
        outbox_oldest_at=standing["outbox_oldest_at"],
        parked_webhooks=standing["parked_webhooks"],
        storage_bytes=storage[0],
        storage_at=storage[1],
        counts_stop_at=repository.MOST_COUNTED,
    )


def plan_limits(name: str) -> PlanLimits:
    plan = plan_of(name)
    return PlanLimits(**{limit: getattr(plan, limit) for limit in PlanLimits.model_fields})


def list_plans() -> list[PlanView]:
    """All there are, smallest first."""
    return [PlanView(name=name, limits=plan_limits(name)) for name in PLANS]


def number_is_fine(state: NumberState) -> bool:
    """The rule of every page: a quiet number may be a shop on a Sunday; one that never had a webhook is not set up."""
    return state != "never"


def number_state(last_webhook_at: datetime | None, now: datetime) -> NumberState:
    if last_webhook_at is None:
        return "never"
    return "receiving" if now - last_webhook_at < _QUIET_AFTER else "quiet"


# ── counting ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def count_usage(database: Database) -> None:
    """Brings every account's days up to date. May run twice at once: accounts are locked one by one."""
    async with database.system() as work:
        accounts = await repository.fetch_countable(work.session)
    for account_id in accounts:
        while await _count_batch(database, account_id):
            pass


async def _count_batch(database: Database, account_id: UUID) -> bool:
    async with database.system() as work:
        now = work.now()
        storage_at = await repository.lock_mark(work.session, account_id)
        more = await repository.count_messages(work.session, account_id, _lowest_id_of(now - _SETTLED))
        if storage_at is None or now - storage_at >= _STORAGE_EVERY:
            storage = await repository.fetch_storage(work.session, account_id)
            await repository.store_storage(work.session, account_id, storage, now)
    return more


def _lowest_id_of(at: datetime) -> UUID:
    """Not above any UUIDv7 of this moment (RFC 9562, section 5.7)."""
    return UUID(int=int(at.timestamp() * 1000) << 80)
