"""Whatever breaks, the open chat ends up equal to a fresh load, without a reload."""

import asyncio
import os
import signal

import httpx
import pytest
from playwright.async_api import BrowserContext, Page, expect

from tests.e2e.conftest import is_live, sign_in
from tests.e2e.installation import Running

pytestmark = pytest.mark.e2e

# Longer than Engine.IO's ping interval (25 s) and time-out (20 s) together: both ends have noticed.
_OFFLINE_SECONDS = 60
_MESSAGES = 12
# A process that starts on two cores which a browser, two databases and a sandbox also use.
_RESTART_SECONDS = 60


async def _customer_writes(client: httpx.AsyncClient, prosa: Running, wa_id: str, text: str) -> None:
    answer = await client.post(f"{prosa.sandbox_url}/sandbox/inbound", json={"from": wa_id, "text": text})
    answer.raise_for_status()


async def _open_chat(page: Page, client: httpx.AsyncClient, prosa: Running, wa_id: str, first: str) -> None:
    await sign_in(page, prosa)
    await _customer_writes(client, prosa, wa_id, first)
    await page.get_by_test_id("view-queue").click()
    await page.get_by_test_id("ticket-row").filter(has_text=first).click()
    await expect(page.get_by_test_id("message").filter(has_text=first)).to_be_visible()
    await page.evaluate("window.notReloaded = true")


async def _shown(page: Page) -> list[str]:
    """Ids and states of the bubbles on the screen, in their order."""
    shown: list[str] = await page.get_by_test_id("message").evaluate_all(
        "bubbles => bubbles.map(b => `${b.dataset.messageId} ${b.dataset.status}`)"
    )
    return shown


async def _rows(page: Page) -> list[str]:
    rows: list[str] = await page.get_by_test_id("ticket-row").evaluate_all(
        "rows => rows.map(r => `${r.dataset.conversationId} ${r.dataset.unread}`)"
    )
    return rows


async def _equals_a_fresh_load(page: Page, last: str) -> None:
    """The page as it stands, and the same address opened anew in another tab."""
    await expect(page.get_by_test_id("message").filter(has_text=last)).to_have_count(1)
    assert await page.evaluate("window.notReloaded")
    fresh = await page.context.new_page()
    await fresh.goto(page.url)
    await is_live(fresh)
    await expect(fresh.get_by_test_id("message").filter(has_text=last)).to_have_count(1)
    await expect(fresh.get_by_test_id("ticket-row").first).to_be_visible()
    for _ in range(50):
        if await _shown(page) == await _shown(fresh) and await _rows(page) == await _rows(fresh):
            break
        await asyncio.sleep(0.1)
    assert await _shown(page) == await _shown(fresh)
    assert await _rows(page) == await _rows(fresh)
    await fresh.close()


async def test_redis_killed_and_restarted_during_traffic(context: BrowserContext, prosa: Running) -> None:
    async with httpx.AsyncClient() as client:
        page = await context.new_page()
        await _open_chat(page, client, prosa, "5511966660001", "antes da queda do Redis")
        for n in range(_MESSAGES):
            if n == _MESSAGES // 3:
                os.kill(_pid_of(prosa, "valkey-server"), signal.SIGKILL)
            await _customer_writes(client, prosa, "5511966660001", f"Redis {n:02}.")
            await asyncio.sleep(0.1)
        await _equals_a_fresh_load(page, f"Redis {_MESSAGES - 1:02}.")
        for n in range(_MESSAGES):
            await expect(page.get_by_test_id("message").filter(has_text=f"Redis {n:02}.")).to_have_count(1)


async def test_the_browsers_network_cut_for_a_minute(context: BrowserContext, prosa: Running) -> None:
    async with httpx.AsyncClient() as client:
        page = await context.new_page()
        await _open_chat(page, client, prosa, "5511966660002", "antes do corte")
        await context.set_offline(True)
        await expect(page.get_by_test_id("connection-state")).to_have_attribute("data-state", "offline")
        composer = page.get_by_test_id("composer-input")
        await composer.fill("Escrevi sem rede.")
        await composer.press("Enter")
        for n in range(_MESSAGES):
            await _customer_writes(client, prosa, "5511966660002", f"Corte {n:02}.")
            await asyncio.sleep(_OFFLINE_SECONDS / _MESSAGES)
        await context.set_offline(False)
        await is_live(page)
        await expect(page.get_by_test_id("message").filter(has_text="Escrevi sem rede.")).to_have_attribute(
            "data-status", "read"
        )
        await _equals_a_fresh_load(page, f"Corte {_MESSAGES - 1:02}.")


async def test_the_server_killed_and_restarted(context: BrowserContext, prosa: Running) -> None:
    async with httpx.AsyncClient() as client:
        page = await context.new_page()
        await _open_chat(page, client, prosa, "5511966660003", "antes do kill")
        for n in range(_MESSAGES):
            if n == _MESSAGES // 3:
                os.kill(_pid_of(prosa, "server.cli serve"), signal.SIGKILL)
            # Not answered while the server is away: the sandbox repeats it, as Meta does.
            await _customer_writes(client, prosa, "5511966660003", f"Servidor {n:02}.")
            await asyncio.sleep(0.1)
        await is_live(page, _RESTART_SECONDS)
        await _equals_a_fresh_load(page, f"Servidor {_MESSAGES - 1:02}.")


def _pid_of(prosa: Running, command: str) -> int:
    """The child of this installation's supervisor that runs `command`."""
    import psutil

    supervisor = psutil.Process(prosa.supervisor_pid)
    for child in supervisor.children():
        if command in " ".join(child.cmdline()):
            return int(child.pid)
    raise AssertionError(f"no child runs {command}")
