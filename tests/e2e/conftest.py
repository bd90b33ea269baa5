"""One whole installation and one browser for the end-to-end tests."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from tests.e2e.browser import ARGUMENTS, find_browser
from tests.e2e.installation import Running, running_prosa

# Shared, noisy machines: generous, for it costs nothing when things are quick.
expect.set_options(timeout=20_000)

OpenPage = Callable[[str], Awaitable[Page]]


@pytest.fixture(scope="session")
async def prosa(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    folder: Path = tmp_path_factory.mktemp("prosa")
    async with running_prosa(folder / "data", "--no-customers") as running:
        yield running


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_browser(), args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest.fixture
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    context = await browser.new_context(locale="pt-BR", viewport={"width": 1440, "height": 900})
    yield context
    await context.close()


async def sign_in(page: Page, prosa: Running, role: str = "operator", index: int = 0) -> None:
    """Through the sign-in page, as a person does; returns when the socket is live."""
    user = prosa.user(role, index)
    await page.goto(prosa.url)
    await page.get_by_test_id("sign-in-email").fill(user["email"])
    await page.get_by_test_id("sign-in-password").fill(user["password"])
    await page.get_by_test_id("sign-in-submit").click()
    await is_live(page)


async def is_live(page: Page, within_seconds: float = 20) -> None:
    await expect(page.get_by_test_id("connection-state")).to_have_attribute(
        "data-state", "live", timeout=within_seconds * 1000
    )
