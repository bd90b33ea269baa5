"""Every page of the web app under axe: names, roles, contrast, in both themes."""

from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, Page, expect

from tests.e2e.conftest import sign_in
from tests.e2e.installation import Running

pytestmark = pytest.mark.e2e

_AXE = Path(__file__).parents[2] / "web/node_modules/axe-core/axe.min.js"

# WCAG 2.2 A and AA: what axe can tell without a person's eye. Themes differ in colours only, so the second look is at those.
_RUN = """
async ([within, onlyColours]) => {
  const runOnly = onlyColours ? ['color-contrast'] : ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
  // Experimental: it takes hidden initials and counts for a button's visible name.
  const rules = onlyColours ? {} : { 'label-content-name-mismatch': { enabled: false } };
  const { violations } = await axe.run(within, { runOnly, rules, resultTypes: ['violations'] });
  return violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(({ html }) => html.slice(0, 160)).join(' | ')}`);
}
"""
# Read from the cascade: a colour that is still on its way to the other theme is no finding.
_STILL = "*, *::before, *::after { transition: none !important; animation: none !important }"


async def _problems(page: Page, within: str = "body") -> list[str]:
    """By theme and rule; the page's own policy stays as it is, for the script comes through the debugger."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(_AXE.read_text())
        await page.evaluate(
            "css => { const sheet = new CSSStyleSheet(); sheet.replaceSync(css); document.adoptedStyleSheets.push(sheet) }",
            _STILL,
        )
    found: list[str] = []
    for theme in ("light", "dark"):
        await page.emulate_media(color_scheme=theme)
        await expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", theme)
        said: list[str] = await page.evaluate(_RUN, [within, theme == "dark"])
        found += [f"{page.url} {theme} {text}" for text in said]
    return found


async def test_everybody_can_use_the_entrance(context: BrowserContext, prosa: Running) -> None:
    page = await context.new_page()
    await page.goto(prosa.url)
    await expect(page.get_by_test_id("sign-in-email")).to_be_visible()
    assert await _problems(page) == []


async def test_everybody_can_use_the_inbox(context: BrowserContext, prosa: Running) -> None:
    page = await context.new_page()
    await sign_in(page, prosa)
    await page.get_by_test_id("ticket-row").first.click()
    await expect(page.get_by_test_id("composer-input")).to_be_visible()
    assert await _problems(page) == []


@pytest.mark.parametrize("role", ["admin", "super_admin"])
async def test_everybody_can_use_the_settings(context: BrowserContext, prosa: Running, role: str) -> None:
    page = await context.new_page()
    await sign_in(page, prosa, role)
    await page.get_by_test_id("nav-settings").click()
    links = page.get_by_test_id("settings-nav").get_by_role("link")
    await expect(links.first).to_be_visible()
    found: list[str] = []
    # The company's pages are the same for whoever runs the installation: theirs are the last five.
    first = 0 if role == "admin" else await links.count() - 5
    for index in range(first, await links.count()):
        await links.nth(index).click()
        await expect(links.nth(index)).to_have_attribute("aria-current", "page")
        await expect(page.locator("main h1")).to_be_visible()
        await expect(page.locator("main [aria-busy=true]")).to_have_count(0)
        # What is around the pages stays: looked at with the first.
        found += await _problems(page, "body" if index == first else "main")
    assert found == []
