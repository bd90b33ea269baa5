"""The web app under its Content-Security-Policy: everything that people do works, and the browser refuses nothing."""

import io
import re

import httpx
import pytest
from PIL import Image
from playwright.async_api import BrowserContext, Page, expect

from tests.e2e.conftest import sign_in
from tests.e2e.installation import Running

pytestmark = pytest.mark.e2e

_WATCH = """
window.refused = [];
document.addEventListener('securitypolicyviolation', (event) =>
    window.refused.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber} ${event.sample}`));
"""


class WatchedPage:
    def __init__(self, page: Page) -> None:
        self.page = page
        self.said: list[str] = []
        page.on("console", lambda message: self.said.append(message.text))

    async def refused(self) -> list[str]:
        """What the browser would not do, by its events and by its console."""
        found: list[str] = await self.page.evaluate("window.refused")
        return found + [
            text for text in self.said if "Content Security Policy" in text or "Permissions policy" in text
        ]


@pytest.fixture
async def watched(context: BrowserContext) -> WatchedPage:
    await context.add_init_script(_WATCH)
    return WatchedPage(await context.new_page())


def _picture() -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (64, 64), "teal").save(content, "JPEG")
    return content.getvalue()


async def test_the_app_works_and_nothing_is_refused(watched: WatchedPage, prosa: Running) -> None:
    page = watched.page
    await sign_in(page, prosa)
    async with httpx.AsyncClient(base_url=f"{prosa.sandbox_url}/sandbox") as sandbox:
        greeting = {"from": "5511977773001", "text": "política de segurança"}
        (await sandbox.post("/inbound", json=greeting)).raise_for_status()
    await page.get_by_test_id("view-queue").click()
    await page.get_by_test_id("ticket-row").filter(has_text="política de segurança").click()
    await page.get_by_test_id("accept-ticket").click()
    composer = page.get_by_test_id("composer-input")
    await composer.fill("olá")
    await composer.press("Enter")
    # A picture: shown from blob: before it is sent, from /media after it.
    picture = {"name": "teal.jpg", "mimeType": "image/jpeg", "buffer": _picture()}
    await page.get_by_test_id("composer-file").set_input_files(picture)  # type: ignore[arg-type]  # a FilePayload
    await expect(page.locator("img[src^='blob:']").first).to_be_visible()
    await composer.press("Enter")
    sent = page.get_by_test_id("message").locator("img")
    await expect(sent.first).to_have_attribute("src", re.compile("^/media/"))
    # Its natural width is 0 until it is there: 64 is the picture, not a placeholder.
    await expect(sent.first).to_have_js_property("naturalWidth", 64)
    # A dialog: its library locks scrolling with a <style> of its own.
    await page.keyboard.press("Control+k")
    await expect(page.get_by_role("dialog")).to_be_visible()
    await page.keyboard.press("Escape")
    assert await watched.refused() == []


async def test_the_policy_is_in_force(watched: WatchedPage, prosa: Running) -> None:
    """The other way round: what an attacker would try is refused."""
    page = watched.page
    await page.goto(prosa.url)
    await page.evaluate(
        """() => {
            const add = (tag, values) => document.body.append(Object.assign(document.createElement(tag), values));
            add('script', {textContent: 'window.ran = "inline"'});
            add('script', {src: 'https://evil.example/x.js'});
            add('style', {textContent: 'body { outline: 7px solid red }'});
            add('img', {src: 'https://evil.example/?stolen'});
            add('iframe', {src: 'https://evil.example/'});
            document.body.insertAdjacentHTML('beforeend', '<b onclick="window.ran = 1" style="color: red">x</b>');
        }"""
    )
    refused = " ".join(await watched.refused())
    for directive in (
        "script-src-elem",
        "style-src-elem",
        "img-src",
        "frame-src",
        "style-src-attr",
        "script-src-attr",
    ):
        assert directive in refused, directive
    assert await page.evaluate("window.ran") is None


async def test_the_api_reader_works_under_its_policy(watched: WatchedPage, prosa: Running) -> None:
    await watched.page.goto(f"{prosa.url}/api/docs")
    await expect(watched.page.get_by_text("/v1/auth/sign-in", exact=False).first).to_be_visible()
    assert await watched.refused() == []
