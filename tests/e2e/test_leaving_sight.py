"""A conversation whose ticket goes to another department and comes back while it is on an operator's screen."""

import httpx
import pytest
from playwright.async_api import BrowserContext, Page, expect

from tests.e2e.conftest import sign_in
from tests.e2e.installation import Running

pytestmark = pytest.mark.e2e


async def _shown(page: Page) -> list[str]:
    shown: list[str] = await page.get_by_test_id("message").evaluate_all(
        "bubbles => bubbles.map(b => `${b.dataset.messageId} ${b.dataset.status}`)"
    )
    return shown


async def _transfer(client: httpx.AsyncClient, conversation_id: str, department: str) -> str:
    """Moves the conversation's open ticket; answers the name of the department that it left."""
    ticket = (
        (await client.get(f"/conversations/{conversation_id}")).raise_for_status().json()["current_ticket"]
    )
    departments = (await client.get("/departments")).raise_for_status().json()
    names = {item["id"]: item["name"] for item in departments}
    ids = {item["name"]: item["id"] for item in departments}
    answer = await client.post(f"/tickets/{ticket['id']}/transfer", json={"department_id": ids[department]})
    answer.raise_for_status()
    return str(names[ticket["department_id"]])


async def test_a_ticket_transferred_away_and_back_leaves_the_chat_as_a_fresh_load(
    context: BrowserContext, prosa: Running
) -> None:
    # The first operator belongs to Vendas alone, where the demo's number delivers.
    wa_id, first = "5511966660009", "antes de ir embora"
    page = await context.new_page()
    await sign_in(page, prosa)
    async with (
        httpx.AsyncClient() as sandbox,
        httpx.AsyncClient(base_url=f"{prosa.url}/api/v1") as admin,
    ):
        admin.headers["Authorization"] = f"Bearer {await prosa.sign_in(admin, 'admin')}"

        async def customer_writes(text: str) -> None:
            answer = await sandbox.post(
                f"{prosa.sandbox_url}/sandbox/inbound", json={"from": wa_id, "text": text}
            )
            answer.raise_for_status()

        await customer_writes(first)
        await page.get_by_test_id("view-queue").click()
        await page.get_by_test_id("ticket-row").filter(has_text=first).click()
        await expect(page.get_by_test_id("message").filter(has_text=first)).to_be_visible()
        await page.evaluate("window.notReloaded = true")
        conversation_id = page.url.rsplit("/", 1)[-1].split("?")[0]

        home = await _transfer(admin, conversation_id, "Suporte")
        await expect(page.get_by_text("Conversa não encontrada")).to_be_visible()
        await customer_writes("dito enquanto estava longe")
        await _transfer(admin, conversation_id, home)

        away = page.get_by_test_id("message").filter(has_text="dito enquanto estava longe")
        await expect(away).to_have_count(1)
        # What follows is heard again, without asking.
        await customer_writes("dito depois da volta")
        await expect(page.get_by_test_id("message").filter(has_text="dito depois da volta")).to_have_count(1)
        assert await page.evaluate("window.notReloaded")

        fresh = await context.new_page()
        await fresh.goto(page.url)
        await expect(fresh.get_by_test_id("message").filter(has_text="dito depois da volta")).to_have_count(1)
        assert await _shown(page) == await _shown(fresh)
