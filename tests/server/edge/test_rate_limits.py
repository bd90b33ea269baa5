"""Limits by address, the headers that tell of them, and life without Redis."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from server.edge import limiter as limiter_module
from server.edge.limiter import Limiter, Quota, RateLimited
from server.edge.rate_limits import RateLimits
from tests.server.edge.asking import asking, echo

_ADDRESS = Quota("address", 5)
_ANONYMOUS = Quota("anonymous", 3)
_BEARER = {"Authorization": "Bearer x"}


@pytest.fixture(scope="module")
async def limiter(redis_url: str) -> AsyncIterator[Limiter]:
    limiter = Limiter(redis_url)
    yield limiter
    await limiter.close()


def limited(limiter: Limiter) -> RateLimits:
    return RateLimits(echo(), limiter=limiter, address=_ADDRESS, anonymous=_ANONYMOUS)


async def statuses(
    limiter: Limiter, path: str, times: int, *, address: str, headers: dict[str, str] | None = None
) -> list[int]:
    async with asking(limited(limiter), address=address) as client:
        return [(await client.get(path, headers=headers)).status_code for _ in range(times)]


async def test_an_address_may_ask_so_often_and_is_then_told_when_again(limiter: Limiter) -> None:
    async with asking(limited(limiter), address="203.0.113.1") as client:
        answers = [await client.get("/api/v1/me", headers=_BEARER) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    refused = answers[-1]
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["code"] == "rate_limited"
    assert refused.json()["retryable"] is True
    assert 1 <= int(refused.headers["retry-after"]) <= 60


async def test_answers_tell_how_the_limit_stands(limiter: Limiter) -> None:
    async with asking(limited(limiter), address="203.0.113.2") as client:
        answers = [await client.get("/api/v1/me", headers=_BEARER) for _ in range(6)]
    assert {answer.headers["ratelimit-policy"] for answer in answers} == {'"address";q=5;w=60'}
    remaining = [answer.headers["ratelimit"].split(";")[1] for answer in answers]
    assert remaining == ["r=4", "r=3", "r=2", "r=1", "r=0", "r=0"]


async def test_who_shows_no_credential_may_ask_less(limiter: Limiter) -> None:
    assert await statuses(limiter, "/api/v1/auth/sign-in", 4, address="203.0.113.3") == [200, 200, 200, 429]
    # Not at the expense of those who do.
    assert await statuses(limiter, "/api/v1/me", 1, address="203.0.113.3", headers=_BEARER) == [200]
    for cookie in ("prosa_media=x", "a=b; prosa_refresh=y"):
        headers = {"Cookie": cookie}
        assert await statuses(limiter, "/media/1", 2, address="203.0.113.3", headers=headers) == [200] * 2


async def test_addresses_are_counted_apart_and_ipv6_by_network(limiter: Limiter) -> None:
    assert (await statuses(limiter, "/api/v1/me", 4, address="203.0.113.4"))[-1] == 429
    assert await statuses(limiter, "/api/v1/me", 1, address="203.0.113.5") == [200]
    for host in range(3):
        assert await statuses(limiter, "/api/v1/me", 1, address=f"2001:db8:7:7::{host + 1}") == [200]
    assert await statuses(limiter, "/api/v1/me", 1, address="2001:db8:7:7:ffff::1") == [429]
    assert await statuses(limiter, "/api/v1/me", 1, address="2001:db8:7:8::1") == [200]


@pytest.mark.parametrize(
    "path", ["/hooks/whatsapp/k", "/", "/assets/app.js", "/healthz", "/readyz", "/metrics"]
)
async def test_webhooks_assets_and_probes_are_not_counted(limiter: Limiter, path: str) -> None:
    assert await statuses(limiter, path, 10, address="203.0.113.6") == [200] * 10


async def test_handshakes_of_sockets_are_counted(limiter: Limiter) -> None:
    app, sent = limited(limiter), []

    async def send(message: Any) -> None:
        sent.append(message)

    for _ in range(6):
        scope = {"type": "websocket", "path": "/socket.io/", "client": ("203.0.113.8", 1), "headers": [],
                 "extensions": {"websocket.http.response": {}}}  # fmt: skip
        await app(scope, None, send)  # type: ignore[arg-type]
    refused = next(message for message in sent if message["type"] == "websocket.http.response.start")
    assert refused["status"] == 429
    assert sum(message["type"] == "http.response.start" for message in sent) == 5


async def test_processes_count_together(redis_url: str) -> None:
    one, other = Limiter(redis_url), Limiter(redis_url)
    quota = Quota("user", 4)
    try:
        allowed = [(await process.hit(quota, "both")).allowed for process in (one, other) * 3]
    finally:
        await one.close()
        await other.close()
    assert allowed == [True] * 4 + [False] * 2


async def test_nobody_gets_more_than_the_quota_from_processes_that_take_by_portions(redis_url: str) -> None:
    processes = [Limiter(redis_url) for _ in range(3)]
    quota = Quota("user", 250)  # portions of two
    standings = [await processes[n % 3].hit(quota, "portions") for n in range(400)]
    for process in processes:
        await process.close()
    allowed = [standing for standing in standings if standing.allowed]
    assert 250 - 3 <= len(allowed) <= 250  # what a process had taken and did not hand out is lost
    assert [standing.remaining for standing in allowed[:3]] == [249, 247, 245]
    assert not any(standing.allowed for standing in standings[260:])


async def test_most_requests_ask_no_redis(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    limiter, asked, hit = Limiter(redis_url), 0, limiter_module._hit

    async def counted(*arguments: Any) -> Any:
        nonlocal asked
        asked += 1
        return await hit(*arguments)

    monkeypatch.setattr(limiter_module, "_hit", counted)
    for _ in range(600):
        assert (await limiter.hit(Quota("user", 6000), "busy")).allowed
    await limiter.close()
    assert asked == 10


async def test_an_installation_may_allow_more_or_less(redis_url: str) -> None:
    limiter = Limiter(redis_url, factor=0.5)
    standings = [await limiter.hit(Quota("user", 6), "half") for _ in range(4)]
    await limiter.close()
    assert [standing.allowed for standing in standings] == [True, True, True, False]
    assert standings[0].quota.limit == 3


async def test_a_request_may_cost_more(limiter: Limiter) -> None:
    quota = Quota("number", 10)
    assert (await limiter.hit(quota, "n", cost=8)).remaining == 2
    with pytest.raises(RateLimited):
        await limiter.require(quota, "n", cost=3)
    assert (await limiter.require(quota, "n", cost=2)).remaining == 0


async def test_without_redis_each_process_counts_for_itself_and_nobody_waits() -> None:
    limiter = Limiter("redis://127.0.0.1:1")  # nobody listens there
    quota = Quota("address", 3)
    started = time.monotonic()
    allowed = [(await limiter.hit(quota, "k")).allowed for _ in range(5)]
    assert allowed == [True] * 3 + [False] * 2
    assert time.monotonic() - started < 2 * limiter_module._REDIS_TIMEOUT_SECONDS
    await limiter.close()


async def test_a_redis_that_hangs_costs_one_timeout_and_is_tried_again_later() -> None:
    connections = 0

    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        await reader.read()
        writer.close()

    server = await asyncio.start_server(hang, "127.0.0.1", 0)
    now = 100.0
    limiter = Limiter(f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}", clock=lambda: now)
    quota = Quota("address", 100)
    started = time.monotonic()
    for _ in range(20):
        assert (await limiter.hit(quota, "k")).allowed
    assert time.monotonic() - started < 2 * limiter_module._REDIS_TIMEOUT_SECONDS
    assert connections == 1
    now += limiter_module._AWAY_SECONDS
    await limiter.hit(quota, "k")
    assert connections == 2
    await limiter.close()
    server.close()
    await server.wait_closed()


async def test_an_office_that_comes_back_at_the_same_moment_uses_up_no_more_than_it_asks(
    redis_url: str,
) -> None:
    limiter, quota = Limiter(redis_url), Quota("address", 600)
    standings = await asyncio.gather(*(limiter.hit(quota, "herd") for _ in range(300)))
    assert all(standing.allowed for standing in standings)
    assert [(await limiter.hit(quota, "herd")).allowed for _ in range(250)] == [True] * 250
    await limiter.close()
