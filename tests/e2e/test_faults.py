"""Whatever breaks, the open chat ends up equal to a fresh load, without a reload."""

import asyncio
import os
import signal

import httpx
import pytest
from playwright.async_api import BrowserContext, expect

from tests.e2e.chat import customer_writes, equals_a_fresh_load, open_chat
from tests.e2e.conftest import is_live
from tests.e2e.installation import Running

pytestmark = pytest.mark.e2e

_MESSAGES = 12
# A process that starts on two cores which a browser, two databases and a sandbox also use.
_RESTART_SECONDS = 60


async def test_redis_killed_and_restarted_during_traffic(context: BrowserContext, prosa: Running) -> None:
    async with httpx.AsyncClient() as client:
        page = await context.new_page()
        await open_chat(page, client, prosa, "5511966660001", "antes da queda do Redis")
        for n in range(_MESSAGES):
            if n == _MESSAGES // 3:
                os.kill(_pid_of(prosa, "valkey-server"), signal.SIGKILL)
            await customer_writes(client, prosa, "5511966660001", f"Redis {n:02}.")
            await asyncio.sleep(0.1)
        await equals_a_fresh_load(page, f"Redis {_MESSAGES - 1:02}.")
        for n in range(_MESSAGES):
            await expect(page.get_by_test_id("message").filter(has_text=f"Redis {n:02}.")).to_have_count(1)


async def test_the_server_killed_and_restarted(context: BrowserContext, prosa: Running) -> None:
    async with httpx.AsyncClient() as client:
        page = await context.new_page()
        await open_chat(page, client, prosa, "5511966660003", "antes do kill")
        for n in range(_MESSAGES):
            if n == _MESSAGES // 3:
                os.kill(_pid_of(prosa, "server.cli serve"), signal.SIGKILL)
            # Not answered while the server is away: the sandbox repeats it, as Meta does.
            await customer_writes(client, prosa, "5511966660003", f"Servidor {n:02}.")
            await asyncio.sleep(0.1)
        await is_live(page, _RESTART_SECONDS)
        await equals_a_fresh_load(page, f"Servidor {_MESSAGES - 1:02}.")


def _pid_of(prosa: Running, command: str) -> int:
    """The child of this installation's supervisor that runs `command`."""
    import psutil

    supervisor = psutil.Process(prosa.supervisor_pid)
    for child in supervisor.children():
        if command in " ".join(child.cmdline()):
            return int(child.pid)
    raise AssertionError(f"no child runs {command}")
