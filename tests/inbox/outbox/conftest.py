"""A number whose Graph is a scripted server, messages that wait to be sent, and a dispatcher to send them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import orjson
import pytest

from inbox.kernel.ids import new_id
from inbox.outbox.claim import Claimed
from inbox.outbox.dispatcher import Dispatcher
from inbox.outbox.lease import Lease, LeaseTerms
from inbox.outbox.pool import open_outbox_pool
from inbox.outbox.targets import NumberTarget, Targets
from inbox.whatsapp.client import GraphClient
from inbox.whatsapp.http import build_http_client
from server.settings import Settings
from tests.conftest import RecordingPublisher, SeededAccount
from tests.inbox.outbox.fake_graph import FakeGraph

WAIT_SECONDS = 20.0


@dataclass
class Conversation:
    id: UUID
    contact_id: UUID
    ticket_id: UUID
    wa_id: str


async def no_uploads(lease: Lease, target: NumberTarget, item: Claimed) -> None:
    raise AssertionError("nothing to upload here")


@dataclass
class Yard:
    """All that a test of sending needs, for one seeded account."""

    settings: Settings
    seed: SeededAccount
    pool: asyncpg.Pool
    graph: FakeGraph
    publisher: RecordingPublisher
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    http: httpx.AsyncClient = field(default_factory=build_http_client)
    _contacts: int = 0

    async def connect(self, *, messages_per_second: int = 1000) -> None:
        await self.pool.execute(
            "UPDATE whatsapp_apps SET graph_url = $2 WHERE account_id = $1",
            self.seed.account_id,
            self.graph.url,
        )
        await self.pool.execute(
            "UPDATE phone_numbers SET messages_per_second = $2 WHERE account_id = $1",
            self.seed.account_id,
            messages_per_second,
        )

    async def conversation(self) -> Conversation:
        self._contacts += 1
        wa_id = f"55119{self.seed.number.phone_number_id[-4:]}{self._contacts:04}"
        conversation = Conversation(new_id(), new_id(), new_id(), wa_id)
        account_id, number_id, now = self.seed.account_id, self.seed.number.id, datetime.now(UTC)
        await self.pool.execute(
            "INSERT INTO contacts (account_id, id, profile_name, wa_id) VALUES ($1, $2, 'Cliente', $3)",
            account_id, conversation.contact_id, wa_id,
        )  # fmt: skip
        await self.pool.execute(
            "INSERT INTO contact_identities (account_id, kind, value, contact_id) VALUES ($1, 'phone', $2, $3)",
            account_id, wa_id, conversation.contact_id,
        )  # fmt: skip
        await self.pool.execute(
            """INSERT INTO conversations (account_id, id, number_id, contact_id, window_expires_at)
            VALUES ($1, $2, $3, $4, $5)""",
            account_id, conversation.id, number_id, conversation.contact_id, now + timedelta(hours=24),
        )  # fmt: skip
        await self.pool.execute(
            """INSERT INTO tickets (account_id, id, conversation_id, number_id, contact_id, protocol, state, department_id,
                                    assignee_id, last_message_at)
            VALUES ($1, $2, $3, $4, $5, $6, 'active', $7, $8, $9)""",
            account_id, conversation.ticket_id, conversation.id, number_id, conversation.contact_id, wa_id,
            self.seed.departments["vendas"], self.seed.ana.user_id, now,
        )  # fmt: skip
        return conversation

    async def queue(
        self,
        conversation: Conversation,
        *,
        priority: int = 0,
        kind: str = "text",
        content: dict[str, Any] | None = None,
        preview: bool = True,
    ) -> UUID:
        """A message and its outbox row, as queue_message writes them."""
        message_id, now = new_id(), datetime.now(UTC)
        await self.pool.execute(
            """INSERT INTO messages (account_id, id, conversation_id, ticket_id, direction, author_kind, author_id, kind,
                                     content, status, at) VALUES ($1, $2, $3, $4, 'out', 'user', $5, $6, $7, 'queued', $8)""",
            self.seed.account_id, message_id, conversation.id, conversation.ticket_id, self.seed.ana.user_id, kind,
            orjson.dumps(content or {"body": f"Oi {message_id}"}).decode(), now,
        )  # fmt: skip
        if preview:
            shown = {
                "message_id": str(message_id),
                "direction": "out",
                "kind": kind,
                "text": "Oi",
                "status": "queued",
            }
            await self.pool.execute(
                "UPDATE tickets SET preview = $3 WHERE account_id = $1 AND id = $2",
                self.seed.account_id, conversation.ticket_id, orjson.dumps(shown).decode(),
            )  # fmt: skip
        await self.pool.execute(
            """INSERT INTO outbox (account_id, message_id, number_id, conversation_id, priority, not_before)
            VALUES ($1, $2, $3, $4, $5, $6)""",
            self.seed.account_id, message_id, self.seed.number.id, conversation.id, priority, now,
        )  # fmt: skip
        self.wake.set()
        return message_id

    async def message(self, message_id: UUID) -> asyncpg.Record:
        row = await self.pool.fetchrow(
            "SELECT status, wamid, error, version FROM messages WHERE account_id = $1 AND id = $2",
            self.seed.account_id,
            message_id,
        )
        assert row is not None
        return row

    async def waiting(self) -> list[asyncpg.Record]:
        """What is still in the outbox."""
        rows: list[asyncpg.Record] = await self.pool.fetch(
            "SELECT * FROM outbox WHERE account_id = $1 ORDER BY priority, message_id", self.seed.account_id
        )
        return rows

    async def lease(self) -> asyncpg.Record | None:
        return await self.pool.fetchrow(
            "SELECT *, expires_at > now() AS live FROM number_leases WHERE account_id = $1",
            self.seed.account_id,
        )

    def events(self, type_: str) -> list[dict[str, Any]]:
        return [
            event.data
            for account_id, event in self.publisher.published
            if account_id == self.seed.account_id and event.type == type_
        ]

    def dispatcher(self, holder: str = "test", **options: Any) -> Dispatcher:
        client = options.pop("client", None) or GraphClient(self.http)
        return Dispatcher(
            self.pool,
            holder=holder,
            client=client,
            targets=Targets(self.pool, self.settings.vault),
            uploader=options.pop("uploader", no_uploads),
            publisher=self.publisher,
            wake=options.pop("wake", self.wake),
            **options,
        )

    @asynccontextmanager
    async def sending(self, **options: Any) -> AsyncIterator[Dispatcher]:
        dispatcher = self.dispatcher(**options)
        stop = asyncio.Event()
        task = asyncio.create_task(dispatcher.run(stop))
        try:
            yield dispatcher
        finally:
            stop.set()
            await task

    async def until(self, condition: Callable[[], Any], *, what: str = "condition") -> Any:
        """Polls a condition of the outside world (database, fake server); fails loudly after a while."""
        deadline = asyncio.get_running_loop().time() + WAIT_SECONDS
        while True:
            value = condition()
            if asyncio.iscoroutine(value):
                value = await value
            if value:
                return value
            assert asyncio.get_running_loop().time() < deadline, f"{what} did not come true"
            await asyncio.sleep(0.01)

    async def until_status(self, message_id: UUID, status: str) -> asyncpg.Record:
        async def reached() -> asyncpg.Record | None:
            row = await self.message(message_id)
            return row if row["status"] == status else None

        row: asyncpg.Record = await self.until(reached, what=f"status {status}")
        return row

    async def until_empty(self) -> None:
        async def empty() -> bool:
            return not await self.waiting()

        await self.until(empty, what="an empty outbox")


FAST_LEASE = LeaseTerms(expiry_seconds=1.0, renew_seconds=0.2, margin_seconds=0.2)
"""The same rules as in production, eight times quicker."""


@pytest.fixture
async def graph() -> AsyncIterator[FakeGraph]:
    async with FakeGraph().running() as graph:
        yield graph


@pytest.fixture
async def yard(
    settings: Settings, seed: SeededAccount, graph: FakeGraph, publisher: RecordingPublisher
) -> AsyncIterator[Yard]:
    pool = await open_outbox_pool(settings.resolved_system_database_url, size=4)
    # Numbers of earlier tests of the module must not be driven by this test's dispatcher.
    await pool.execute("DELETE FROM outbox")
    await pool.execute("UPDATE number_leases SET holder = '', expires_at = now()")
    yard = Yard(settings, seed, pool, graph, publisher)

    await yard.connect()
    yield yard
    await yard.http.aclose()
    await pool.close()
