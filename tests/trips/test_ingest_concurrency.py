"""Trip in under repetition, disorder and competition: two processes' worth of ingest on one database."""

import asyncio
import random
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import orjson
import pytest
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from inbox.ingest.service import Ingest
from inbox.kernel.database import driver_dsn
from server.settings import Settings
from tests.conftest import RecordingPublisher, SeededAccount, seed_account
from tests.inbox.ingest.test_effects import edit, reaction, revoke
from tests.inbox.ingest.webhooks import (
    Hook,
    change,
    document,
    escaped,
    hook_client,
    new_wamid,
    profile,
    status,
    text,
)


@pytest.fixture(scope="module")
async def pool(settings: Settings) -> AsyncIterator[asyncpg.Pool]:
    async with asyncpg.create_pool(driver_dsn(settings.database_url), min_size=1, max_size=4) as pool:
        yield pool


@pytest.fixture(scope="module")
async def ingests(settings: Settings) -> AsyncIterator[tuple[Ingest, Ingest]]:
    """As two serve processes."""
    pair = tuple(
        Ingest(settings.resolved_system_database_url, settings.vault, RecordingPublisher()) for _ in range(2)
    )
    for ingest in pair:
        await ingest.start()
    yield pair[0], pair[1]
    for ingest in pair:
        await ingest.stop()


@pytest.fixture
async def hooks(
    ingests: tuple[Ingest, Ingest], seed: SeededAccount, pool: asyncpg.Pool
) -> AsyncIterator[tuple[Hook, Hook]]:
    async with hook_client(ingests[0]) as first, hook_client(ingests[1]) as second:
        yield Hook(first, seed, pool), Hook(second, seed, pool)


def post_body(hook: Hook, **value: Any) -> bytes:
    return escaped(document(change(hook.seed.number.phone_number_id, **value)))


async def test_the_same_post_three_times_at_once_is_stored_once(hooks: tuple[Hook, Hook]) -> None:
    hook = hooks[0]
    for _ in range(5):
        before = len(await hook.messages())
        messages = [
            text(phone=f"55117{random.randrange(10**8):08}", bsuid=new_wamid().replace("wamid.TEST", "BR.9"))
            for _ in range(50)
        ]
        body = post_body(hook, messages=messages)
        answers = await asyncio.gather(*(hooks[n % 2].post(body) for n in range(6)))
        assert {a.status_code for a in answers} == {200}
        assert len(await hook.messages()) == before + 50
    await check_account(hook)


async def test_two_processes_store_everything_once_under_disorder_and_repetition(
    hooks: tuple[Hook, Hook],
) -> None:
    hook = hooks[0]
    chosen = random.Random(7)
    posts = [
        post_body(
            hook,
            messages=[
                text(
                    f"m{n}",
                    seconds=n,
                    phone=f"551199999{chosen.randrange(12):04}",
                    bsuid=None if n % 3 else f"BR.{n % 12}",
                )
                for n in range(start, start + 4)
            ],
        )
        for start in range(0, 400, 4)
    ]
    repeated = posts * 3
    chosen.shuffle(repeated)
    answers = await asyncio.gather(*(hooks[n % 2].post(body) for n, body in enumerate(repeated)))
    assert {a.status_code for a in answers} == {200}
    assert len(await hook.messages()) == 400
    await check_account(hook)


async def test_several_accounts_in_one_batch_keep_their_own_dense_numbers(
    hooks: tuple[Hook, Hook], settings: Settings
) -> None:
    seeds = [await asyncio.to_thread(seed_account, settings) for _ in range(6)]
    posters = [Hook(hooks[n % 2].client, seed, hooks[0].pool) for n in range(2) for seed in seeds]
    await asyncio.gather(
        *(poster.send(text(str(n), phone=f"551190000{n % 5:04}")) for n in range(15) for poster in posters)
    )
    for seed in seeds:
        hook = Hook(hooks[0].client, seed, hooks[0].pool)
        assert len(await hook.messages()) == 30
        await check_account(hook)


async def test_published_events_are_the_logged_ones_in_order(
    settings: Settings, seed: SeededAccount, pool: asyncpg.Pool
) -> None:
    publisher = RecordingPublisher()
    ingest = Ingest(settings.resolved_system_database_url, settings.vault, publisher)
    await ingest.start()
    async with hook_client(ingest) as client:
        hook = Hook(client, seed, pool)
        await asyncio.gather(*(hook.send(text(str(n), phone=f"55118{n:08}")) for n in range(40)))
    await ingest.stop()
    published = [
        (event.seq, event.type, orjson.loads(orjson.dumps(event.data)), event.audience)
        for _, event in publisher.published
    ]
    logged = [(e["seq"], e["type"], e["payload"], e["audience"]) for e in await hook.events()]
    assert published == logged


async def check_account(hook: Hook) -> None:
    """What must hold at any time."""
    events = await hook.events()
    assert [e["seq"] for e in events] == list(range(1, len(events) + 1))
    assert await hook.value("SELECT seq FROM event_counters WHERE account_id = $1") == len(events)
    assert sum(e["type"] == "message_created" for e in events) == len(await hook.messages())
    open_twice = "SELECT conversation_id FROM tickets WHERE account_id = $1 AND closed_at IS NULL GROUP BY 1 HAVING count(*) > 1"
    assert await hook.rows(open_twice) == []
    unread = await hook.value("SELECT sum(unread_count) FROM tickets WHERE account_id = $1")
    assert unread == await hook.value(
        "SELECT count(*) FROM messages WHERE account_id = $1 AND ticket_id IS NOT NULL"
    )
    orphans = "SELECT id FROM contacts c WHERE account_id = $1 AND NOT EXISTS (SELECT FROM contact_identities i WHERE i.contact_id = c.id)"
    assert await hook.rows(orphans) == []
    numbers = sorted(
        int(t["protocol"][8:]) for t in await hook.rows("SELECT protocol FROM tickets WHERE account_id = $1")
    )
    assert numbers == list(range(1, len(numbers) + 1))


# ── the same end, whatever the way ──────────────────────────────────────────────────────────────────────────────────

# Each example is some forty commits; shrinking a failure would take minutes.
_PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
_PHONES = ("5511999990001", "5511999990002")


def history() -> list[tuple[str, dict[str, Any]]]:
    """Two customers, edits, a deletion, reactions, and the ticks of two messages of ours."""
    wamids = [new_wamid() for _ in range(6)]
    sent = [new_wamid() for _ in range(2)]
    parts: list[tuple[str, dict[str, Any]]] = [
        ("messages", text(f"m{n}", seconds=10 * n, phone=_PHONES[n % 2], wamid=wamid))
        for n, wamid in enumerate(wamids)
    ]
    parts += [
        ("messages", {**edit(wamids[0], "editada", 101), "from": _PHONES[0]}),
        ("messages", {**edit(wamids[0], "editada de novo", 105), "from": _PHONES[0]}),
        ("messages", {**revoke(wamids[3], 110), "from": _PHONES[1]}),
        ("messages", {**revoke(wamids[4], 111), "from": _PHONES[0]}),
        ("messages", {**reaction(wamids[5], "👍", 120), "from": _PHONES[1]}),
        ("messages", {**reaction(wamids[5], "❤️", 121), "from": _PHONES[1]}),
    ]
    parts += [
        ("statuses", status(wamid, name, 130 + n))
        for wamid in sent
        for n, name in enumerate(("sent", "delivered", "read"))
    ]
    parts.append(("statuses", status(sent[1], "failed", 140, errors=[{"code": 131026, "title": "x"}])))
    return parts


async def end_of(hook: Hook, posts: list[list[tuple[str, dict[str, Any]]]]) -> Any:
    for post in posts:
        value: dict[str, Any] = {"contacts": [profile("Ana", _PHONES[0]), profile("Bia", _PHONES[1])]}
        for key, part in post:
            value.setdefault(key, []).append(part)
        response = await hook.post(post_body(hook, **value))
        assert response.status_code == 200
    messages = await hook.rows(
        "SELECT m.wamid, m.kind, m.content::text, m.at, m.edited_at, m.deleted_at, m.status, m.raw, c.wa_id, m.ticket_id IS NOT NULL AS in_ticket,"
        " ARRAY(SELECT v.content::text FROM message_versions v WHERE v.message_id = m.id ORDER BY 1) AS versions"
        " FROM messages m JOIN conversations v ON v.id = m.conversation_id JOIN contacts c ON c.id = v.contact_id WHERE m.account_id = $1 ORDER BY m.wamid"
    )
    tickets = await hook.rows(
        "SELECT c.wa_id, t.unread_count, t.preview->>'text' AS text, t.preview->>'kind' AS kind, t.last_message_at, t.waiting_since, t.state,"
        " v.last_inbound_at, v.last_inbound_wamid, v.window_expires_at, v.last_message_at AS spoke_at, c.profile_name"
        " FROM tickets t JOIN conversations v ON v.id = t.conversation_id JOIN contacts c ON c.id = t.contact_id WHERE t.account_id = $1 ORDER BY 1"
    )
    reactions = await hook.rows("SELECT target_wamid, emoji, at FROM reactions WHERE account_id = $1")
    statuses = await hook.rows(
        "SELECT wamid, status, at FROM message_statuses WHERE account_id = $1 ORDER BY 1, 2"
    )
    return messages, tickets, reactions, statuses


@hypothesis_settings(max_examples=12, deadline=None, phases=_PHASES, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_shuffled_and_repeated_webhooks_lead_to_the_same_end(data: st.DataObject, runner: "Runner") -> None:
    parts = history()
    order = data.draw(st.permutations(range(len(parts))))
    again = data.draw(st.lists(st.integers(0, len(parts) - 1), max_size=8))
    size = data.draw(st.integers(1, 6))
    sequence = [*order, *again]
    shuffled = [[parts[n] for n in sequence[start : start + size]] for start in range(0, len(sequence), size)]
    straight = [[part] for part in parts]
    assert runner.run(shuffled) == runner.run(straight)


class Runner:
    """Lets a synchronous property drive the loop: hypothesis calls no coroutines."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._loop = asyncio.new_event_loop()
        self._ingest = Ingest(settings.resolved_system_database_url, settings.vault)
        self._loop.run_until_complete(self._ingest.start())

    def run(self, posts: list[list[tuple[str, dict[str, Any]]]]) -> Any:
        seed = seed_account(self._settings)
        return self._loop.run_until_complete(self._end(seed, posts))

    async def _end(self, seed: SeededAccount, posts: list[list[tuple[str, dict[str, Any]]]]) -> Any:
        async with (
            asyncpg.create_pool(driver_dsn(self._settings.database_url), min_size=1, max_size=1) as pool,
            hook_client(self._ingest) as client,
        ):
            return await end_of(Hook(client, seed, pool), posts)

    def close(self) -> None:
        self._loop.run_until_complete(self._ingest.stop())
        self._loop.close()


@pytest.fixture(scope="module")
def runner(settings: Settings) -> Any:
    runner = Runner(settings)
    yield runner
    runner.close()
