"""The outbox's database connections: few, plain, and planned for a table whose size swings between nothing and a campaign."""

import asyncpg

from inbox.kernel.database import driver_dsn

# Planned anew each time (0.3–1 ms, twenty times a second): a plan kept from when the outbox was empty reads the whole
# campaign for each claim later (Postgres 18, 2026-11: 400 ms at 5,000 waiting messages instead of 5). The planner knows how
# large the tables are now, but their statistics may be from before the campaign, so only index paths are left to it.
_PLANNER = {
    "plan_cache_mode": "force_custom_plan",
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "enable_bitmapscan": "off",
    "jit": "off",
}
_POOL_SIZE = 6
_CONNECT_TIMEOUT_SECONDS = 10.0
# A flush takes milliseconds; one that hangs this long is broken, and its lease is about to be taken over.
_COMMAND_TIMEOUT_SECONDS = 15.0


async def open_outbox_pool(url: str, *, size: int = _POOL_SIZE) -> asyncpg.Pool:
    """Connects as prosa_system; raises OSError or asyncpg's errors when that fails."""
    return await asyncpg.create_pool(
        driver_dsn(url),
        min_size=1,
        max_size=size,
        timeout=_CONNECT_TIMEOUT_SECONDS,
        command_timeout=_COMMAND_TIMEOUT_SECONDS,
        server_settings={**_PLANNER, "application_name": "prosa outbox"},
        # Nothing is left behind in a session; asyncpg's own reset is a round trip for every statement.
        reset=_keep_as_it_is,
    )


async def _keep_as_it_is(connection: asyncpg.Connection) -> None:
    del connection
