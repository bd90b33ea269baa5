"""Transactions: the two database roles, and the unit of work that is the only place that commits.

Invariants
- `acting(actor)` works as prosa_app: row-level security shows it one account and nothing else.
- `system()` works as prosa_system, for ingest, outbox, sign-in and readers of the log.
- A unit of work records events; numbering them is the last statement before COMMIT, publishing comes after it. Nobody
  talks to a network inside a unit of work.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg
import orjson
from sqlalchemy import text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from inbox.kernel.actor import Actor
from inbox.kernel.audit import SYSTEM_DOER, AuditEntry, Doer, append_audit, doer_of
from inbox.kernel.clock import Clock, utc_now
from inbox.kernel.content_seal import KEYRING
from inbox.kernel.event_log import APPEND_EVENTS_SQL, EventPublisher, LoggedEvent, NewEvent

# One process uses few connections: work is short, and Postgres is fastest with about two active ones per core.
_POOL_SIZE = 5
_POOL_OVERFLOW = 10
_CONNECT_TIMEOUT_SECONDS = 10


class UnitOfWork:
    """One transaction. Made by `Database`; committed when its block ends without an exception."""

    def __init__(
        self, session: AsyncSession, now: Clock, account_id: UUID | None, doer: Doer, audit_key: bytes
    ) -> None:
        self.session = session
        self.now = now
        self._account_id = account_id
        self._doer = doer
        self._audit_key = audit_key
        self._recorded: dict[UUID, list[NewEvent]] = defaultdict(list)
        self._audited: dict[UUID, list[tuple[Doer, AuditEntry]]] = defaultdict(list)
        self._after_commit: list[Callable[[], Awaitable[None]]] = []

    def record(self, event: NewEvent, account_id: UUID | None = None) -> None:
        """Adds an event to what this transaction will log. `account_id` is needed only in `system()`."""
        account = account_id or self._account_id
        if account is None:
            raise ValueError("an event needs an account")
        self._recorded[account].append(event)

    def audit(self, entry: AuditEntry, account_id: UUID | None = None, *, doer: Doer | None = None) -> None:
        """Adds an entry to what this transaction will put on record. In `acting()` the actor is who did it; in
        `system()` it is the system unless `doer` says otherwise."""
        account = account_id or self._account_id
        if account is None:
            raise ValueError("an audit entry needs an account (or INSTALLATION)")
        self._audited[account].append((doer or self._doer, entry))

    async def append_audited(self) -> None:
        """Accounts in ascending order, and before the event log's counters: always the same order, no deadlocks."""
        for account_id in sorted(self._audited):
            await append_audit(
                self.session, self._audit_key, account_id, self._audited[account_id], self.now()
            )

    def after_commit(self, action: Callable[[], Awaitable[None]]) -> None:
        """Runs `action` once the commit stands; it is dropped on rollback and may be lost in a crash."""
        self._after_commit.append(action)

    async def append_recorded(self) -> dict[UUID, list[LoggedEvent]]:
        """Numbers what was recorded. Last thing before COMMIT; accounts in ascending order (no deadlocks)."""
        await self.session.flush()
        logged: dict[UUID, list[LoggedEvent]] = {}
        at = self.now()
        for account_id in sorted(self._recorded):
            events = self._recorded[account_id]
            connection = await self.session.connection()
            result = await connection.exec_driver_sql(
                APPEND_EVENTS_SQL,
                (
                    account_id,
                    [event.type for event in events],
                    [" ".join(event.audience) for event in events],
                    [orjson.dumps(event.data).decode() for event in events],
                    at,
                ),
            )
            first = min(result.scalars())
            logged[account_id] = [
                LoggedEvent(first + index, event.type, event.audience, event.data, at)
                for index, event in enumerate(events)
            ]
        return logged

    async def run_after_commit(self) -> None:
        for action in self._after_commit:
            await action()


class Database:
    """Opens units of work. One per process; `publisher` hears of every commit that logged something."""

    def __init__(
        self, app_url: str, system_url: str, *, audit_key: bytes, publisher: EventPublisher | None = None,
        now: Clock = utc_now,
    ) -> None:  # fmt: skip
        self.app_engine = _engine(app_url)
        self.system_engine = _engine(system_url)
        self.publisher = publisher
        self.now = now
        self.audit_key = audit_key
        self._app_sessions = async_sessionmaker(self.app_engine, expire_on_commit=False)
        self._system_sessions = async_sessionmaker(self.system_engine, expire_on_commit=False)

    @asynccontextmanager
    async def acting(self, actor: Actor) -> AsyncIterator[UnitOfWork]:
        """A transaction as prosa_app within the actor's account."""
        async with self._app_sessions() as session:
            await enter_account(session, actor.account_id)
            await KEYRING.load(session, [actor.account_id])
            async with self._committing(
                UnitOfWork(session, self.now, actor.account_id, doer_of(actor), self.audit_key)
            ) as work:
                yield work

    @asynccontextmanager
    async def system(self, account_id: UUID | None = None) -> AsyncIterator[UnitOfWork]:
        """A transaction as prosa_system; `account_id` is where events are recorded unless told otherwise."""
        async with (
            self._system_sessions() as session,
            self._committing(UnitOfWork(session, self.now, account_id, SYSTEM_DOER, self.audit_key)) as work,
        ):
            yield work

    @asynccontextmanager
    async def _committing(self, work: UnitOfWork) -> AsyncIterator[UnitOfWork]:
        try:
            yield work
            await work.append_audited()
            logged = await work.append_recorded()
            await work.session.commit()
        except BaseException:
            await work.session.rollback()
            raise
        if self.publisher is not None:
            for account_id, events in logged.items():
                await self.publisher.publish(account_id, events)
        await work.run_after_commit()

    async def close(self) -> None:
        await self.app_engine.dispose()
        await self.system_engine.dispose()


async def enter_account(session: AsyncSession, account_id: UUID) -> None:
    """Binds the running transaction to an account for row-level security; ends with the transaction."""
    await session.execute(
        text("SELECT set_config('prosa.account_id', :account_id, true)"), {"account_id": str(account_id)}
    )


def build_pool(url: str, *, size: int) -> asyncpg.Pool:
    """A plain asyncpg pool for the hot paths (ingest, outbox, relay), where an ORM costs more than the query.

    Awaiting it connects.
    """
    return asyncpg.create_pool(
        driver_dsn(url), min_size=1, max_size=size, timeout=_CONNECT_TIMEOUT_SECONDS, command_timeout=60
    )


async def open_pool(url: str, *, size: int) -> asyncpg.Pool:
    """`build_pool`, connected."""
    pool = build_pool(url, size=size)
    await pool
    return pool


def driver_dsn(url: str) -> str:
    """The URL as asyncpg and psycopg read it: without SQLAlchemy's driver suffix."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def _engine(url: str) -> AsyncEngine:
    parsed: URL = make_url(url).set(drivername="postgresql+asyncpg")
    return create_async_engine(
        parsed,
        pool_size=_POOL_SIZE,
        max_overflow=_POOL_OVERFLOW,
        pool_pre_ping=True,
        connect_args={"timeout": _CONNECT_TIMEOUT_SECONDS},
        json_serializer=lambda value: orjson.dumps(value).decode(),
        json_deserializer=orjson.loads,
    )
