"""The proof as people see it: equations of today and of the week, how fast, and how one message travelled."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from inbox.conversations.access import access_conversation
from inbox.kernel.actor import Actor
from inbox.kernel.database import Database
from inbox.kernel.errors import NotFound
from inbox.kernel.permissions import Permission
from inbox.kernel.rows import Row
from inbox.proof import repository
from inbox.proof.equations import EquationState, Sums, build_equations
from inbox.proof.histogram import percentile
from inbox.proof.views import (
    EquationView,
    Leg,
    LegView,
    MessageTripView,
    ProofMinute,
    ProofView,
    ProofWindow,
)

SILENT_AFTER: Final = timedelta(seconds=60)
"""A process that has not reported for this long is gone: six heartbeats (observer)."""
# Reports come every two seconds and rows are of whole minutes: what is older than this has been told of, or never will be.
_YOUNG: Final = timedelta(minutes=2)
_DAYS: Final = 7
_MINUTES: Final = 60
_LEGS: Final[tuple[Leg, ...]] = ("store", "push", "paint", "whole")
_WORST_FIRST: Final[tuple[EquationState, ...]] = ("alarm", "explained", "under_way", "equal")
TRIPS_PER_SECOND: Final = 200
"""Messages of one process a second whose trips are measured one by one; beyond it every tenth (realtime/trips)."""


async def read_proof(database: Database, actor: Actor) -> ProofView:
    """Raises Forbidden."""
    actor.require(Permission.AUDIT_VIEW)
    async with database.acting(actor) as work:
        session, account_id, now = work.session, actor.account_id, work.now()
        alive_since = now - SILENT_AFTER
        standing = await repository.fetch_standing(session, account_id, alive_since)
        if standing is None:
            raise NotFound(account_id=account_id)
        today = _midnight(now, ZoneInfo(standing["time_zone"]))
        week = today - timedelta(days=_DAYS - 1)
        young = _minute(now - _YOUNG)
        facts = await repository.fetch_facts(session, account_id, today, week)
        # What was told is read before what there is to tell of: an event in between is under way, never too much. The job
        # that counts the log must not come between its mark and its rows; it comes once a minute, so twice is enough.
        mark = await repository.fetch_mark(session, account_id)
        observed = await repository.fetch_observed(session, account_id, today, week, young, alive_since)
        if mark != (again := await repository.fetch_mark(session, account_id)):
            mark = again
            observed = await repository.fetch_observed(session, account_id, today, week, young, alive_since)
        tail = await repository.fetch_tail(session, account_id, mark[0], today, young)
        legs = await repository.fetch_legs(session, account_id, today, week)
        since = _minute(now) - timedelta(minutes=_MINUTES - 1)
        minutes = await repository.fetch_minutes(session, account_id, since)
        trips = await repository.fetch_trip_minutes(session, account_id, since)
    rows: list[Mapping[str, Any]] = [
        *map(dict, facts),
        *map(dict, observed),
        *(
            {"is_today": part["is_today"], "numbered": part["numbered"], "unpublished_young": part["young"]}
            for part in tail
        ),
    ]
    windows = [
        _window(
            since_,
            replace(_sum(r for r in rows if all_ or r["is_today"]), holes=mark[1]),
            [leg for leg in legs if all_ or leg["is_today"]],
        )
        for since_, all_ in ((today, False), (week, True))
    ]
    states = {equation.state for equation in windows[0].equations}
    return ProofView(
        at=now,
        state=next(state for state in _WORST_FIRST if state in states),
        today=windows[0],
        week=windows[1],
        minutes=_minutes(since, minutes, trips),
        parked_waiting=standing["parked_waiting"],
        counts_stop_at=repository.MOST_COUNTED,
        processes=standing["processes"],
        trips_per_second=TRIPS_PER_SECOND,
    )


async def read_trip(
    database: Database, actor: Actor, conversation_id: UUID, message_id: UUID
) -> MessageTripView:
    """How a message travelled. Raises NotFound for one that the actor may not see."""
    async with database.acting(actor) as work:
        await access_conversation(work, actor, conversation_id)
        row = await repository.fetch_trip(work.session, actor.account_id, conversation_id, message_id)
    if row is None:
        raise NotFound(message_id=message_id)
    received, stored, pushed, painted = (
        row[name] for name in ("received_at", "stored_at", "pushed_at", "painted_at")
    )
    return MessageTripView(
        message_id=message_id,
        received_at=received,
        stored_at=stored,
        pushed_at=pushed,
        painted_at=painted,
        store_ms=_ms(received, stored),
        push_ms=_ms(stored, pushed),
        paint_ms=_ms(pushed, painted),
        whole_ms=_ms(received or stored, painted),
    )


def _window(since: datetime, sums: Sums, legs: Iterable[Row]) -> ProofWindow:
    histograms: dict[str, Counter[int]] = {leg: Counter() for leg in _LEGS}
    for row in legs:
        histograms[row["leg"]][row["bucket"]] += row["count"]
    shown = {name: getattr(sums, name) for name in ProofWindow.model_fields.keys() & Sums.__slots__}
    return ProofWindow(
        since=since,
        equations=[
            EquationView(
                name=e.name,
                left=e.left,
                right=e.right,
                gap=e.gap,
                under_way=e.under_way,
                unreported=e.unreported,
                state=e.state,
            )
            for e in build_equations(sums)
        ],
        legs=[
            LegView(
                leg=leg,
                count=histograms[leg].total(),
                p50_ms=percentile(histograms[leg], 0.5),
                p99_ms=percentile(histograms[leg], 0.99),
            )
            for leg in _LEGS
        ],
        **shown,
    )


def _sum(rows: Iterable[Mapping[str, Any]]) -> Sums:
    total: Counter[str] = Counter()
    for row in rows:
        for name, value in row.items():
            if name != "is_today":
                total[name] += value
    return Sums(**total)


def _minutes(since: datetime, counted: Iterable[Row], trips: Iterable[Row]) -> list[ProofMinute]:
    by_minute = {row["minute"]: row for row in counted}
    speeds = {row["minute"]: row for row in trips}
    minutes = []
    for minute in (since + timedelta(minutes=n) for n in range(_MINUTES)):
        row, speed = by_minute.get(minute), speeds.get(minute)
        minutes.append(
            ProofMinute(
                minute=minute,
                received=row["received"] if row else 0,
                pushed=row["pushed"] if row else 0,
                p50_ms=speed["p50_ms"] if speed else None,
                p99_ms=speed["p99_ms"] if speed else None,
            )
        )
    return minutes


def _midnight(now: datetime, zone: ZoneInfo) -> datetime:
    return now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def _ms(since: datetime | None, until: datetime | None) -> float | None:
    if since is None or until is None:
        return None
    return max(0.0, (until - since).total_seconds() * 1000)
