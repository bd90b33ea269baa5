"""Redis as a place for hints: every request has a short deadline, and an unreachable server is not asked again and again.

Invariants
- No request takes longer than its deadline, and while the breaker is open none touches the network: nothing that waits
  for a hint to be written is slowed down by a Redis that is down.
- What fails here is lost on purpose; facts are in Postgres.
"""

import asyncio
from collections.abc import Callable
from typing import Any

import structlog
from redis import asyncio as redis
from redis.asyncio.client import Pipeline
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from realtime.background import Backoff

log = structlog.get_logger()

# A healthy Redis answers within a millisecond; whoever waits longer than this is better served by the log.
REQUEST_SECONDS = 0.5


def connect_redis(url: str) -> "redis.Redis":
    """A client that fails at once instead of retrying on its own: supervision is ours."""
    return redis.Redis.from_url(
        url,
        socket_timeout=REQUEST_SECONDS,
        socket_connect_timeout=REQUEST_SECONDS,
        retry=Retry(NoBackoff(), 0),
        # Maintenance notices are a feature of Redis Cloud; Valkey answers them with an error.
        health_check_interval=0,
    )


class RedisLink:
    """Pipelines to one Redis behind a breaker."""

    def __init__(self, url: str) -> None:
        self._client = connect_redis(url)
        self._backoff = Backoff()
        self._closed_until = 0.0

    @property
    def is_open(self) -> bool:
        """Whether a request would be tried now."""
        return asyncio.get_running_loop().time() >= self._closed_until

    async def execute(self, fill: Callable[[Pipeline], object], *, atomic: bool = False) -> list[Any] | None:
        """Runs the commands that `fill` puts into a pipeline; None when Redis cannot be asked. Never raises for that."""
        if not self.is_open:
            return None
        try:
            async with self._client.pipeline(transaction=atomic) as pipeline:
                fill(pipeline)
                answers: list[Any] = await pipeline.execute()
        except (RedisError, OSError, TimeoutError) as error:
            pause = self._backoff.next_pause()
            self._closed_until = asyncio.get_running_loop().time() + pause
            log.warning("redis.unreachable", error=type(error).__name__, pause_seconds=round(pause, 2))
            return None
        self._backoff.reset()
        return answers

    async def close(self) -> None:
        await self._client.aclose()
