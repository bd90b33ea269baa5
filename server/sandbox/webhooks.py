"""Delivery of updates to the product's webhook, with Meta's habits: batches, concurrency, no order, at least
once, the whole POST again after anything but 200.

Invariant: an update leaves the queue only when a POST that holds it was answered 200 or its horizon passed.
"""

import asyncio
import secrets
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import aiohttp
import structlog

from server.sandbox.clock import Agenda
from server.sandbox.config import WebhookPolicy
from server.sandbox.envelope import Update, build_payload, escape, sign
from server.sandbox.luck import build_luck
from server.sandbox.state import BusinessNumber

log = structlog.get_logger(__name__)

# "Body up to 3 MB": updates that would pass it are split into the next POST.
BODY_MAX_BYTES: Final = 3 * 1024 * 1024
LATENCIES_KEPT: Final = 20_000
# Meta's ask of a receiver: median at most 250 ms, fewer than 1 % above 1 s (webhooks overview, read 2026-08).
SLOW_SECONDS: Final = 1.0
# Retries of many POSTs after an outage must not arrive in one instant.
RETRY_JITTER_SHARE: Final = 0.2

Acknowledged = Callable[[list[Update]], None]


@dataclass(slots=True)
class Post:
    """One POST: its bytes never change between attempts."""

    body: bytes
    signature: str
    url: str
    updates: list[Update]
    first_at: float
    attempt: int = 0


@dataclass(slots=True)
class Outbound:
    """The queue of one destination (URL and secret)."""

    url: str
    secret: str
    queue: deque[Update] = field(default_factory=deque)
    in_flight: int = 0
    next_at: float = 0.0
    waiting: bool = False


@dataclass(slots=True)
class ReceiverStatistics:
    """How the product answered."""

    posts: int = 0
    attempts: int = 0
    acknowledged_posts: int = 0
    acknowledged_updates: int = 0
    given_up: int = 0
    dropped: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    latencies: deque[float] = field(default_factory=lambda: deque(maxlen=LATENCIES_KEPT))

    def as_json(self) -> dict[str, Any]:
        ordered = sorted(self.latencies)
        return {
            "posts": self.posts,
            "attempts": self.attempts,
            "acknowledged_posts": self.acknowledged_posts,
            "acknowledged_updates": self.acknowledged_updates,
            "given_up_posts": self.given_up,
            "dropped_posts": self.dropped,
            "answers": dict(self.answers),
            "median_ms": round(_quantile(ordered, 0.5) * 1000, 2),
            "p99_ms": round(_quantile(ordered, 0.99) * 1000, 2),
            "share_above_1_s": round(sum(each > SLOW_SECONDS for each in ordered) / max(1, len(ordered)), 4),
        }


def _quantile(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


class Webhooks:
    """Owns the queues, the connections and every delivery task."""

    def __init__(
        self, policy: WebhookPolicy, agenda: Agenda, seed: int, on_acknowledged: Acknowledged
    ) -> None:
        self.policy = policy
        self.statistics = ReceiverStatistics()
        self._agenda = agenda
        self._rng = build_luck(seed, "webhooks")
        self._on_acknowledged = on_acknowledged
        self._outbound: dict[tuple[str, str], Outbound] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._session: aiohttp.ClientSession | None = None
        self._drop_until = 0.0
        self._drop_posts = 0
        self._held = 0
        self._retrying = 0

    # Life

    async def start(self) -> None:
        connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=60)
        self._session = aiohttp.ClientSession(connector=connector, trust_env=False)

    async def stop(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    def forget(self) -> None:
        """Drop what is queued and the statistics; POSTs in flight finish."""
        for outbound in self._outbound.values():
            outbound.queue.clear()
            outbound.waiting = False
        self.statistics = ReceiverStatistics()
        self._drop_until, self._drop_posts, self._held, self._retrying = 0.0, 0, 0, 0

    @property
    def pending(self) -> int:
        """Updates and POSTs that are still on their way."""
        queued = sum(len(each.queue) + each.in_flight for each in self._outbound.values())
        return queued + self._held + self._retrying

    # In

    def enqueue(self, update: Update) -> None:
        """Queue one update; it leaves at once if the destination is idle."""
        policy = self.policy
        if policy.shuffle and policy.shuffle_spread_seconds > 0:
            self._held += 1
            wait = self._rng.uniform(0, policy.shuffle_spread_seconds)
            self._agenda.after(wait, lambda: self._release(update))
            return
        self._accept(update)

    def _release(self, update: Update) -> None:
        self._held = max(0, self._held - 1)
        self._accept(update)

    def _accept(self, update: Update) -> None:
        number = update.number
        if not number.webhook_url:
            return
        key = (number.webhook_url, number.app_secret)
        outbound = self._outbound.get(key)
        if outbound is None:
            outbound = self._outbound[key] = Outbound(*key)
        outbound.queue.append(update)
        if not outbound.waiting:
            self._pump(outbound)

    def drop_for(self, seconds: float = 0.0, posts: int = 0) -> None:
        """Act as if the network were cut: POSTs fail without being sent, and are retried."""
        self._drop_until = time.monotonic() + seconds if seconds else 0.0
        self._drop_posts = posts

    # Out

    def _pump(self, outbound: Outbound) -> None:
        """Start POSTs while there is something to send, a free connection and the gap has passed."""
        while outbound.queue and outbound.in_flight < self.policy.concurrency:
            wait = outbound.next_at - time.monotonic()
            if wait > 0:
                if not outbound.waiting:
                    outbound.waiting = True
                    self._agenda.after(wait, lambda: self._wake(outbound))
                return
            outbound.next_at = time.monotonic() + self.policy.min_gap_seconds
            post = self._build_post(outbound)
            self.statistics.posts += 1
            self._start(outbound, post)
            self._send_duplicates(outbound, post)

    def _wake(self, outbound: Outbound) -> None:
        outbound.waiting = False
        self._pump(outbound)

    def _build_post(self, outbound: Outbound) -> Post:
        policy = self.policy
        queue = outbound.queue
        updates = [queue.popleft() for _ in range(min(len(queue), policy.batch_max))]
        listed = updates
        if policy.duplicate_inside_share > 0:
            listed = updates + [
                each for each in updates if self._rng.random() < policy.duplicate_inside_share
            ]
        if policy.shuffle:
            listed = list(listed)
            self._rng.shuffle(listed)
        body = escape(build_payload(listed, policy.layout, self._rng))
        while len(body) > BODY_MAX_BYTES and len(updates) > 1:
            half = len(updates) // 2
            queue.extendleft(reversed(updates[half:]))
            updates = updates[:half]
            body = escape(build_payload(updates, policy.layout, self._rng))
        return Post(body, sign(body, outbound.secret), outbound.url, updates, time.monotonic())

    def _send_duplicates(self, outbound: Outbound, post: Post) -> None:
        policy = self.policy
        copy = Post(post.body, post.signature, post.url, post.updates, post.first_at)
        if policy.duplicate_parallel_share > 0 and self._rng.random() < policy.duplicate_parallel_share:
            self._start(outbound, copy)
        if policy.duplicate_share > 0 and self._rng.random() < policy.duplicate_share:
            self._retrying += 1
            self._agenda.after(
                self._rng.uniform(0.05, 0.5) * policy.time_scale, lambda: self._again(outbound, copy)
            )

    def post_raw(self, number: BusinessNumber, payload: Any, signature: str = "valid") -> None:
        """Send any payload once through the same road; `signature`: valid, wrong or missing."""
        body = payload.encode() if isinstance(payload, str) else escape(payload)
        key = (number.webhook_url, number.app_secret)
        outbound = self._outbound.setdefault(key, Outbound(*key))
        proof = {"valid": sign(body, outbound.secret), "wrong": "sha256=" + "0" * 64}.get(signature, "")
        self.statistics.posts += 1
        self._start(outbound, Post(body, proof, outbound.url, [], time.monotonic()))

    def _start(self, outbound: Outbound, post: Post) -> None:
        outbound.in_flight += 1
        task = asyncio.get_running_loop().create_task(self._deliver(outbound, post))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _again(self, outbound: Outbound, post: Post) -> None:
        self._retrying = max(0, self._retrying - 1)
        self._start(outbound, post)

    async def _deliver(self, outbound: Outbound, post: Post) -> None:
        try:
            if self.policy.delay_seconds:
                await asyncio.sleep(self.policy.delay_seconds)
            accepted = await self._attempt(post)
        finally:
            outbound.in_flight -= 1
        if accepted:
            self.statistics.acknowledged_posts += 1
            self.statistics.acknowledged_updates += len(post.updates)
            self._on_acknowledged(post.updates)
        else:
            self._plan_retry(outbound, post)
        self._pump(outbound)

    async def _attempt(self, post: Post) -> bool:
        """One try; True only for 200."""
        self.statistics.attempts += 1
        if self._dropping():
            self.statistics.dropped += 1
            return False
        assert self._session is not None, "start() comes first"
        headers = {"content-type": "application/json", "user-agent": "facebookexternalua"}
        if post.signature:
            headers["x-hub-signature-256"] = post.signature
        timeout = aiohttp.ClientTimeout(total=self.policy.timeout_seconds)
        began = time.perf_counter()
        try:
            async with self._session.post(
                post.url, data=post.body, headers=headers, timeout=timeout, allow_redirects=False
            ) as answer:
                await answer.read()
                outcome = str(answer.status)
        except TimeoutError:
            outcome = "timeout"
        except (aiohttp.ClientError, OSError) as error:
            outcome = type(error).__name__
        self.statistics.latencies.append(time.perf_counter() - began)
        self.statistics.answers[outcome] += 1
        return outcome == "200"

    def _dropping(self) -> bool:
        if self._drop_posts > 0:
            self._drop_posts -= 1
            return True
        return time.monotonic() < self._drop_until

    def _plan_retry(self, outbound: Outbound, post: Post) -> None:
        policy = self.policy
        if time.monotonic() - post.first_at > policy.give_up_after_seconds * policy.time_scale:
            self.statistics.given_up += 1
            log.warning("sandbox_webhook_given_up", attempts=post.attempt + 1, updates=len(post.updates))
            return
        gaps = policy.retry_gaps_seconds
        gap = gaps[min(post.attempt, len(gaps) - 1)] * policy.time_scale
        post.attempt += 1
        gap *= 1 + RETRY_JITTER_SHARE * self._rng.random()
        self._retrying += 1
        self._agenda.after(gap, lambda: self._again(outbound, post))

    # Handshake

    async def verify(self, url: str, verify_token: str) -> bool:
        """Meta's GET with a challenge, which must come back verbatim."""
        assert self._session is not None, "start() comes first"
        challenge = str(secrets.randbelow(10**10))
        query = {"hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": verify_token}
        try:
            async with self._session.get(
                url, params=query, timeout=aiohttp.ClientTimeout(total=self.policy.timeout_seconds)
            ) as answer:
                return answer.status == 200 and (await answer.read()) == challenge.encode()
        except (aiohttp.ClientError, TimeoutError, OSError):
            return False
