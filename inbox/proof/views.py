"""What the outside sees of the proof."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from inbox.proof.equations import EquationName, EquationState

Leg = Literal["store", "push", "paint", "whole"]
"""Received → stored → pushed → painted, and all of it."""


class EquationView(BaseModel):
    """left = right, or what the gap between them is made of."""

    model_config = ConfigDict(extra="forbid")

    name: EquationName
    left: int
    right: int
    gap: int
    under_way: int
    """Of the gap: on its way right now."""
    unreported: int
    """Of the gap: a process ended without telling. Screens got these by resuming; nobody counted it."""
    state: EquationState
    """`alarm` alone means that something may be lost."""


class LegView(BaseModel):
    model_config = ConfigDict(extra="forbid")

    leg: Leg
    count: int
    p50_ms: float | None
    """At most 9 % off; null without a message."""
    p99_ms: float | None


class ProofWindow(BaseModel):
    """Everything since a moment."""

    model_config = ConfigDict(extra="forbid")

    since: datetime
    received: int
    """Parts of webhooks: messages, statuses, account updates."""
    stored: int
    repeated: int
    """Were stored before: Meta sends again."""
    parked: int
    messages: int
    """New messages among the stored."""
    announced: int
    numbered: int
    """Events in the log, of everything that happened in the account."""
    published: int
    """Handed to Redis."""
    dropped: int
    """Redis did not take them: found by reading the log."""
    found: int
    """Events that a process read from the log because no hint had brought them."""
    pushed: int
    """Events × screens."""
    acknowledged: int
    ended: int
    """The screen's connection ended before it had confirmed: its next one resumed from its cursor."""
    equations: list[EquationView]
    legs: list[LegView]


class ProofMinute(BaseModel):
    model_config = ConfigDict(extra="forbid")

    minute: datetime
    received: int
    pushed: int
    p50_ms: float | None
    """Received → painted; of messages that reached a screen in this minute."""
    p99_ms: float | None


class ProofView(BaseModel):
    """Is everything that came in on the screens, and how fast."""

    model_config = ConfigDict(extra="forbid")

    at: datetime
    state: EquationState
    """The worst of today."""
    today: ProofWindow
    """Since midnight of the account."""
    week: ProofWindow
    """The last seven days, today included."""
    minutes: list[ProofMinute]
    """The last 60, oldest first."""
    parked_waiting: int
    """Parked and not replayed yet."""
    counts_stop_at: int
    """`parked_waiting` of this size means "or more"."""
    processes: int
    """That report on this account now."""
    trips_per_second: int
    """Beyond so many shown messages a second of one process, only every tenth has its way measured."""


class MessageTripView(BaseModel):
    """When a message passed each station, on the servers' clocks; null: it has not, or nobody measured."""

    model_config = ConfigDict(extra="forbid")

    message_id: UUID
    received_at: datetime | None
    stored_at: datetime
    pushed_at: datetime | None
    painted_at: datetime | None
    store_ms: float | None
    push_ms: float | None
    paint_ms: float | None
    whole_ms: float | None
