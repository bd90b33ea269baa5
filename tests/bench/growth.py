"""Lists, conversation pages and search at 10 million messages ÷ the same at 10 thousand: p99 of REST, in one run.

Two databases of one Postgres (the settings of `prosa run`), a `prosa serve` for each; every request goes to the small one
and, with the same meaning, to the large one, in turns. Warm: the files have been read into the system's cache, and each
kind of request has been asked before it is measured; the large database is many times larger than Postgres' own buffers.

Without `--data-dir` (a folder that `prosa bench seed` made) a hundred times smaller "large" is seeded first, and `detail` says so.
"""

import asyncio
import contextlib
import os
import random
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote
from uuid import UUID

import asyncpg

from inbox.kernel.database import driver_dsn
from server.embedded import EmbeddedPostgres
from server.migrate import migrate
from server.settings import Settings
from tests.bench.http_client import KeptConnection
from tests.bench.rows import Row
from tests.bench.seed import LARGE, SMALL, SeededServer, Size, read_manifest, seed_folder
from tests.bench.servers import serving, sign_in_as, started_valkey
from tests.conftest import make_settings

_TARGET = "≤ 1.5"
_WITHOUT_SEED = Size(300_000, 30_000)
_QUICK_WITHOUT_SEED = Size(100_000, 10_000)
_ROUNDS = 150
_QUICK_ROUNDS = 25
_WARM_ROUNDS = 5
_DEEPEST_PAGE = 5
_OPERATORS = 8
_SAMPLES = 2_000
_VIEWS = ("mine", "queue", "bot", "all", "closed")


async def run(*, quick: bool, data_dir: Path | None = None) -> list[Row]:
    with contextlib.ExitStack() as stack:
        if data_dir is None:
            data_dir = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="prosa-bench-")))
            os.chmod(data_dir, 0o711)
            sys.stderr.write("growth: no --data-dir, so a smaller set is seeded\n")
            size = _QUICK_WITHOUT_SEED if quick else _WITHOUT_SEED
            seeded = await asyncio.to_thread(seed_folder, data_dir, size, lambda _: None)
        else:
            seeded = read_manifest(data_dir)
        server = seeded.open()
        server.start()
        stack.callback(server.stop)
        return await _measure(seeded, server, _QUICK_ROUNDS if quick else _ROUNDS)


async def _measure(seeded: SeededServer, server: EmbeddedPostgres, rounds: int) -> list[Row]:
    async with contextlib.AsyncExitStack() as stack:
        redis_url = await stack.enter_async_context(started_valkey(seeded.folder))
        sides = [
            await stack.enter_async_context(_side(make_settings(server, name, redis_url, seeded.folder)))
            for name in (SMALL, LARGE)
        ]
        rows = []
        for name, shapes in _ROWS.items():
            await _ask(sides, shapes, _WARM_ROUNDS)
            for side in sides:
                side.seconds.clear()
            await _ask(sides, shapes, rounds)
            rows.append(_row(name, sides, seeded))
        return rows


@dataclass
class _Conversation:
    id: UUID
    cursor: str | None = None


@dataclass
class _Side:
    """One database behind its `prosa serve`."""

    connection: KeptConnection
    supervisor: str
    operators: list[str]
    contacts: list[tuple[str, str, str]]
    """Name, wa_id and the protocol of a ticket; of contacts drawn at random."""
    short: list[UUID]
    long: list[UUID]
    """Conversations of more than two pages."""
    chosen: random.Random
    seconds: dict[str, list[float]] = field(default_factory=dict)
    cursors: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Where a list that is being read goes on, and on which page that is."""

    async def get(self, shape: str, target: str, token: str) -> object:
        answer = await self.connection.get(f"/api/v1{target}", token)
        self.seconds.setdefault(shape, []).append(answer.seconds)
        return answer.json()


Shape = Callable[[_Side, int], Awaitable[None]]


async def _ask(sides: list[_Side], shapes: tuple[Shape, ...], rounds: int) -> None:
    for turn in range(rounds):
        for shape in shapes:
            # Who is first alternates: what a pause of the machine hits must not always be the same side.
            for side in sides if turn % 2 else reversed(sides):
                await shape(side, turn)


# ── what is asked ───────────────────────────────────────────────────────────────────────────────────────────────────


def _list(view: str, who: str) -> Shape:
    """The first page and, in the next turns, the pages after it."""

    async def ask(side: _Side, turn: int) -> None:
        token = side.supervisor if who == "supervisor" else side.operators[turn // _DEEPEST_PAGE % _OPERATORS]
        key = f"{view} {who} {token[-8:]}"
        cursor, page = side.cursors.pop(key, ("", 1))
        after = f"&cursor={cursor}" if cursor else ""
        shape = f"{view}, {who}, {'first' if page == 1 else 'later'}"
        told = await side.get(shape, f"/tickets?view={view}{after}", token)
        assert isinstance(told, dict)
        if told["next_cursor"] and page < _DEEPEST_PAGE:
            side.cursors[key] = (told["next_cursor"], page + 1)

    return ask


async def _open_short(side: _Side, turn: int) -> None:
    conversation = side.chosen.choice(side.short)
    await side.get("header", f"/conversations/{conversation}", side.supervisor)
    await side.get("newest, any", f"/conversations/{conversation}/messages", side.supervisor)


async def _open_long(side: _Side, turn: int) -> None:
    conversation, before = side.chosen.choice(side.long), ""
    for page in range(3):
        shape = "newest, long" if page == 0 else "older, long"
        told = await side.get(shape, f"/conversations/{conversation}/messages{before}", side.supervisor)
        assert isinstance(told, dict)
        if not told["next_before"]:
            break
        before = f"?before={told['next_before']}"


def _search(name: str, term: Callable[[_Side], str], view: str = "all", who: str = "supervisor") -> Shape:
    async def ask(side: _Side, turn: int) -> None:
        token = side.supervisor if who == "supervisor" else side.operators[turn % _OPERATORS]
        await side.get(f"{name}, {view}, {who}", f"/tickets?view={view}&q={quote(term(side))}", token)

    return ask


def _full_name(side: _Side) -> str:
    return side.chosen.choice(side.contacts)[0]


def _first_name(side: _Side) -> str:
    return _full_name(side).split()[0].lower()


def _two_words(side: _Side) -> str:
    return " ".join(_full_name(side).split()[-2:])


def _whole_phone(side: _Side) -> str:
    return side.chosen.choice(side.contacts)[1]


def _phone_ending(side: _Side) -> str:
    return _whole_phone(side)[-6:]


def _protocol(side: _Side) -> str:
    return side.chosen.choice(side.contacts)[2]


_ROWS: dict[str, tuple[Shape, ...]] = {
    "list_growth": tuple(_list(view, who) for view in _VIEWS for who in ("operator", "supervisor")),
    "conversation_growth": (_open_short, _open_long),
    "search_growth": (
        _search("full name", _full_name),
        _search("full name", _full_name, "all", "operator"),
        _search("first name", _first_name),
        _search("first name", _first_name, "mine", "operator"),
        _search("first name", _first_name, "closed"),
        _search("surname", _two_words),
        _search("surname", _two_words, "all", "operator"),
        _search("phone", _whole_phone),
        _search("phone ending", _phone_ending),
        _search("protocol", _protocol),
        _search("nobody", lambda _: "Xyzwk Qwrtz"),
    ),
}


# ── the sides ───────────────────────────────────────────────────────────────────────────────────────────────────────


@contextlib.asynccontextmanager
async def _side(settings: Settings) -> AsyncIterator[_Side]:
    await asyncio.to_thread(migrate, settings)  # it may have been seeded by an older version
    database = await asyncpg.connect(driver_dsn(settings.database_url))
    try:
        await _read_into_cache(database)
        account_id = await database.fetchval("SELECT account_id FROM accounts WHERE slug = 'bench-0'")
        people = await database.fetch(
            "SELECT user_id, role FROM memberships WHERE account_id = $1 AND role <> 'admin' ORDER BY user_id", account_id
        )  # fmt: skip
        tokens = [
            (row["role"], await sign_in_as(database, settings, account_id, row["user_id"])) for row in people
        ]
        contacts = await database.fetch(
            """SELECT coalesce(nullif(c.name, ''), c.profile_name), c.wa_id, t.protocol, t.conversation_id
            FROM tickets t JOIN contacts c ON c.account_id = t.account_id AND c.id = t.contact_id
            WHERE t.account_id = $1 ORDER BY md5(t.protocol) LIMIT $2""",
            account_id, _SAMPLES,
        )  # fmt: skip
        long = await database.fetch(
            """SELECT conversation_id FROM (SELECT conversation_id FROM messages WHERE account_id = $1 LIMIT 2000000) m
            GROUP BY 1 HAVING count(*) > 100 ORDER BY md5(conversation_id::text) LIMIT $2""",
            account_id, _SAMPLES,
        )  # fmt: skip
    finally:
        await database.close()
    async with serving(settings) as process:
        connection = KeptConnection(process.port)
        try:
            yield _Side(
                connection,
                next(token for role, token in tokens if role == "supervisor"),
                [token for role, token in tokens if role == "operator"][:_OPERATORS],
                [(name, wa_id, protocol) for name, wa_id, protocol, _ in contacts],
                [row["conversation_id"] for row in contacts],
                [row["conversation_id"] for row in long],
                random.Random(7),
            )
        finally:
            connection.close()


async def _read_into_cache(database: "asyncpg.Connection[asyncpg.Record]") -> None:
    await database.execute("CREATE EXTENSION IF NOT EXISTS pg_prewarm")
    await database.execute(
        """SELECT pg_prewarm(c.oid::regclass, 'read') FROM pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'i') AND c.relpages > 0""",
        timeout=600,
    )


def _row(name: str, sides: list[_Side], seeded: SeededServer) -> Row:
    _, large = sides
    shapes = {
        shape: {
            "n": len(large.seconds[shape]),
            # Of the small side there may be none: its open tickets fill one page.
            "p50_ms": [_ms(statistics.median(side.seconds.get(shape, [0]))) for side in sides],
            "p99_ms": [_ms(_p99(side.seconds.get(shape, [0]))) for side in sides],
        }
        for shape in large.seconds
    }
    p99 = [_p99([s for taken in side.seconds.values() for s in taken]) for side in sides]
    detail = {
        "p99_ms": [_ms(one) for one in p99],
        "messages": [seeded.small.messages, seeded.large.messages],
        "conversations": [seeded.small.conversations, seeded.large.conversations],
        "shapes": shapes,
    }
    return Row(name, round(p99[1] / p99[0], 3), "ratio", _TARGET, detail)


def _p99(seconds: list[float]) -> float:
    return sorted(seconds)[int(len(seconds) * 0.99)]


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 2)
