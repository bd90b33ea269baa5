"""`prosa capacity`: how many processes, how much Postgres, Redis and disk an installation needs. Arithmetic on measured numbers.

Each figure below says which row of `make bench` it comes from, or that it is an estimate. The measured ones were taken on a small shared machine (`MEASURED_ON`) with the
load generator on the same cores, so they err on the safe side; a faster core scales them. Pure: no I/O.
"""

import math
from dataclasses import asdict, dataclass
from typing import Any, Final

MEASURED_ON: Final = "2026-11-23, 2 shared x86-64 cores, Postgres 18 and Valkey 9 on the same machine"

HEADROOM: Final = 0.6
"""How much of what a process can do is planned for: the rest is bursts, deploys, and a node that is away."""

INGEST_PER_SERVE: Final = 2_100
"""Webhooks with one message each that one `prosa serve` stores in a second: row ingest_ratio, `messages_per_second`."""
INGEST_CPU_US: Final = 350
"""CPU of serve for one: row ingest_ratio, `server_cpu_us_per_request`."""
POSTGRES_CPU_US_PER_MESSAGE: Final = 740
"""CPU of Postgres for one message stored: row footprint_postgres_us."""
STATUS_CPU_US: Final = 220
"""CPU of serve for one status: row status_ingest_ratio, 3,100–3,600 a second."""
POSTGRES_CPU_US_PER_STATUS: Final = 370
"""Not measured by itself: half of a message, as a status writes half of the rows."""
STATUSES_PER_SENT: Final = 3
"""sent, delivered, read."""
DELIVERY_CPU_US: Final = 15
"""CPU of serve for one event on one socket: row fanout_us_per_delivery."""
OUTBOUND_PER_WORK: Final = 990
"""Messages that one `prosa work` sends in a second: row outbound_per_second."""
OUTBOUND_CPU_US: Final = 900
"""CPU of work for one, at most: the row above is one process that is nearly full."""
POSTGRES_CPU_US_PER_SENT: Final = 740
"""Claiming it, writing its result and its events. Not measured by itself: taken as much as a message stored."""
OPERATOR_KB: Final = 47
"""Memory of serve for one connected operator: row idle_operator_kb (45.1 with 2,000 of them)."""
SERVE_BASE_MB: Final = 175
"""`prosa serve` after its first requests, without sockets: row idle_operator_kb, `process_mb_before`."""
WORK_BASE_MB: Final = 175
"""As serve: the same libraries."""
OPERATORS_PER_SERVE: Final = 2_000
"""As many as row idle_operator_kb is made for; what they cost by being busy is counted as deliveries."""
EVENTS_PER_RECEIVED: Final = 2
"""The message and its ticket: row footprint_postgres_us, `events` (1.96)."""
EVENTS_PER_SENT: Final = 6
"""The message and its ticket when it is queued, accepting it, and each status."""
WATCHERS_PER_EVENT: Final = 20
"""Sockets that one event goes to: a department's operators, as in row webhook_to_socket_p99_ms."""
REDIS_PUBLISHES_PER_SECOND: Final = 100_000
"""Of one Redis core. Not measured by us: the order of magnitude that redis.io's benchmark page gives for small commands."""
DISK_BYTES_PER_MESSAGE: Final = 1_000
"""Row, indexes and its part of tickets and contacts: `prosa bench seed`, 10.0 GB for 10 million; row
footprint_postgres_us, `table_bytes`: 820."""
DISK_BYTES_PER_STATUS: Final = 250
"""A row of message_statuses with its key; not measured by itself."""
LOG_BYTES_PER_EVENT: Final = 1_130
"""Row footprint_postgres_us, `log_bytes` ÷ `events`."""
LOG_DAYS: Final = 7
WAL_BYTES_PER_MESSAGE: Final = 4_040
"""Row footprint_postgres_us, `wal_bytes`."""
BUSY_SECONDS_PER_DAY: Final = 10 * 3_600
"""A day's messages come in business hours: the rate that is asked for is held for this long."""


@dataclass(frozen=True)
class Demand:
    messages_per_second: float
    """Customers' messages, at the peak."""
    operators: int
    """Connected at once."""
    sent_per_second: float
    """Operators', bots' and campaigns' messages, at the peak."""


@dataclass(frozen=True)
class Capacity:
    serve_processes: int
    work_processes: int
    serve_cores: float
    work_cores: float
    postgres_cores: float
    redis_cores: float
    memory_mb: int
    """Of serve and work; Postgres wants a quarter of its machine beside what the system caches."""
    postgres_memory_mb: int
    disk_gb_per_day: float
    log_gb: float
    wal_gb_per_day: float
    is_within_tried: bool
    """Each single process stays within what has been measured; an account's rate still has its own limit (docs/SCALING.md)."""

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "measured_on": MEASURED_ON, "headroom": HEADROOM}


def plan_capacity(demand: Demand) -> Capacity:
    """What `demand` needs with HEADROOM. All numbers round up; at least one process of each kind."""
    received, sent = demand.messages_per_second, demand.sent_per_second
    statuses = sent * STATUSES_PER_SENT
    events = received * EVENTS_PER_RECEIVED + sent * EVENTS_PER_SENT
    deliveries = events * min(WATCHERS_PER_EVENT, demand.operators)
    serve_cores = _cores((received, INGEST_CPU_US), (statuses, STATUS_CPU_US), (deliveries, DELIVERY_CPU_US))
    by_ingest = math.ceil((received + statuses) / (INGEST_PER_SERVE * HEADROOM))
    serves = max(1, math.ceil(serve_cores), by_ingest, math.ceil(demand.operators / OPERATORS_PER_SERVE))
    work_cores = _cores((sent, OUTBOUND_CPU_US))
    works = max(1, math.ceil(work_cores), math.ceil(sent / (OUTBOUND_PER_WORK * HEADROOM)))
    postgres_cores = _cores(
        (received, POSTGRES_CPU_US_PER_MESSAGE),
        (statuses, POSTGRES_CPU_US_PER_STATUS),
        (sent, POSTGRES_CPU_US_PER_SENT),
    )
    day = BUSY_SECONDS_PER_DAY
    stored = (received + sent) * DISK_BYTES_PER_MESSAGE + statuses * DISK_BYTES_PER_STATUS
    return Capacity(
        serve_processes=serves,
        work_processes=works,
        serve_cores=serve_cores,
        work_cores=work_cores,
        postgres_cores=postgres_cores,
        redis_cores=round(events / REDIS_PUBLISHES_PER_SECOND / HEADROOM, 2),
        memory_mb=math.ceil(
            serves * SERVE_BASE_MB + works * WORK_BASE_MB + demand.operators * OPERATOR_KB / 1024
        ),
        postgres_memory_mb=max(2_048, math.ceil(postgres_cores) * 4_096),
        disk_gb_per_day=round(stored * day / 1e9, 2),
        log_gb=round(events * LOG_BYTES_PER_EVENT * day * LOG_DAYS / 1e9, 2),
        wal_gb_per_day=round((received + sent) * WAL_BYTES_PER_MESSAGE * day / 1e9, 2),
        is_within_tried=sent <= OUTBOUND_PER_WORK * works
        and demand.operators <= OPERATORS_PER_SERVE * serves,
    )


def _cores(*loads: tuple[float, int]) -> float:
    """Of (times a second, microseconds each), with HEADROOM; to a hundredth, up."""
    return math.ceil(sum(rate * micros for rate, micros in loads) / 1e6 / HEADROOM * 100) / 100


def capacity_lines(demand: Demand, found: Capacity) -> list[tuple[str, str, str]]:
    """What, how much, why: the rows of the table."""
    return [
        ("prosa serve", f"{found.serve_processes} processes", f"{found.serve_cores:g} cores of webhooks, statuses, live events"),
        ("prosa work", f"{found.work_processes} processes", f"{found.work_cores:g} cores of sending"),
        ("Postgres", f"{found.postgres_cores:g} cores", f"{found.postgres_memory_mb / 1024:g} GB of memory"),
        ("Redis", f"{found.redis_cores:g} cores", "pub/sub and rate limits only; 256 MB of memory"),
        ("memory", f"{found.memory_mb:,} MB", f"serve and work, {demand.operators:,} operators at {OPERATOR_KB} kB"),
        ("disk, messages", f"{found.disk_gb_per_day:g} GB a day", f"{BUSY_SECONDS_PER_DAY // 3600} busy hours; media not counted"),
        ("disk, event log", f"{found.log_gb:g} GB", f"kept for {LOG_DAYS} days"),
        ("WAL", f"{found.wal_gb_per_day:g} GB a day", "what a replica or a backup carries"),
    ]  # fmt: skip
