"""An operator's open chat, and whether it equals a fresh load."""

import asyncio

import httpx
from playwright.async_api import Page, expect

from tests.e2e.conftest import is_live, sign_in
from tests.e2e.installation import Running


async def customer_writes(client: httpx.AsyncClient, prosa: Running, wa_id: str, text: str) -> None:
    answer = await client.post(f"{prosa.sandbox_url}/sandbox/inbound", json={"from": wa_id, "text": text})
    answer.raise_for_status()


async def open_chat(page: Page, client: httpx.AsyncClient, prosa: Running, wa_id: str, first: str) -> None:
    await sign_in(page, prosa)
    await customer_writes(client, prosa, wa_id, first)
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


async def equals_a_fresh_load(page: Page, last: str) -> None:
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
