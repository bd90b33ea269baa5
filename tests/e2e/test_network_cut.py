"""A browser without a network for a minute. A file of its own: it mostly waits, and others run meanwhile."""

import asyncio

import httpx
import pytest
from playwright.async_api import BrowserContext, expect

from tests.e2e.chat import customer_writes, equals_a_fresh_load, open_chat
from tests.e2e.conftest import is_live
from tests.e2e.installation import Running

pytestmark = pytest.mark.e2e

# Longer than Engine.IO's ping interval (25 s) and time-out (20 s) together: both ends have noticed.
_OFFLINE_SECONDS = 60
_MESSAGES = 12


async def test_the_browsers_network_cut_for_a_minute(context: BrowserContext, prosa: Running) -> None:
    async with httpx.AsyncClient() as client:
        page = await context.new_page()
        await open_chat(page, client, prosa, "5511966660002", "antes do corte")
        await context.set_offline(True)
        await expect(page.get_by_test_id("connection-state")).to_have_attribute("data-state", "offline")
        composer = page.get_by_test_id("composer-input")
        await composer.fill("Escrevi sem rede.")
        await composer.press("Enter")
        for n in range(_MESSAGES):
            await customer_writes(client, prosa, "5511966660002", f"Corte {n:02}.")
            await asyncio.sleep(_OFFLINE_SECONDS / _MESSAGES)
        await context.set_offline(False)
        await is_live(page)
        await expect(page.get_by_test_id("message").filter(has_text="Escrevi sem rede.")).to_have_attribute(
            "data-status", "read"
        )
        await equals_a_fresh_load(page, f"Corte {_MESSAGES - 1:02}.")
