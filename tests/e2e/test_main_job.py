"""The main job with nothing faked: a customer writes on the phone page, an operator answers in the chat."""

import httpx
import pytest
from playwright.async_api import BrowserContext, Locator, Page, expect

from tests.e2e.conftest import sign_in
from tests.e2e.installation import Running

pytestmark = pytest.mark.e2e


async def _phone(context: BrowserContext, prosa: Running, wa_id: str) -> Page:
    page = await context.new_page()
    await page.goto(f"{prosa.sandbox_url}/phone?customer={wa_id}")
    await expect(page.get_by_test_id("phone-input")).to_be_visible()
    return page


async def _write(phone: Page, text: str) -> None:
    await phone.get_by_test_id("phone-input").fill(text)
    await phone.get_by_test_id("phone-send").click()


def _bubble(chat: Page, text: str) -> Locator:
    return chat.get_by_test_id("message").filter(has_text=text)


async def test_a_customers_text_appears_live_and_the_answer_goes_back(
    context: BrowserContext, prosa: Running
) -> None:
    chat = await context.new_page()
    await sign_in(chat, prosa)
    await chat.get_by_test_id("view-queue").click()
    await chat.evaluate("window.notReloaded = true")
    phone = await _phone(context, prosa, "5511977770001")

    await _write(phone, "Oi, meu pedido já saiu?")
    row = chat.get_by_test_id("ticket-row").filter(has_text="meu pedido já saiu")
    await expect(row).to_be_visible()
    await row.click()
    await expect(_bubble(chat, "meu pedido já saiu")).to_be_visible()

    await chat.get_by_test_id("accept-ticket").click()
    composer = chat.get_by_test_id("composer-input")
    await composer.fill("Saiu sim, chega amanhã!")
    await composer.press("Enter")
    answer = _bubble(chat, "chega amanhã")
    await expect(answer).to_have_count(1)
    await expect(phone.get_by_test_id("phone-message").filter(has_text="chega amanhã")).to_be_visible()
    await expect(answer).to_have_attribute("data-status", "read")

    await _write(phone, "Obrigada!")
    await expect(_bubble(chat, "Obrigada!")).to_be_visible()
    # The chat is open, so the business has read it: the phone's ticks turn blue.
    thanks = phone.get_by_test_id("phone-message").filter(has_text="Obrigada!")
    await expect(thanks).to_have_attribute("data-status", "read")
    assert await chat.evaluate("window.notReloaded")


async def test_ticks_pass_through_every_state(context: BrowserContext, prosa: Running) -> None:
    chat = await context.new_page()
    await sign_in(chat, prosa)
    async with httpx.AsyncClient(base_url=f"{prosa.sandbox_url}/sandbox") as sandbox:
        # Far enough apart that no two fall into one webhook, where only the last would be seen.
        spread = {"sent": [0.5, 0.5], "delivered": [1.5, 1.5], "read": [3.0, 3.0]}
        (await sandbox.post("/statuses", json=spread)).raise_for_status()
        greeting = {"from": "5511977770002", "text": "Vocês abrem no sábado?"}
        (await sandbox.post("/inbound", json=greeting)).raise_for_status()
    await chat.get_by_test_id("view-queue").click()
    await chat.get_by_test_id("ticket-row").filter(has_text="abrem no sábado").click()
    await chat.evaluate(
        """() => { window.seen = []; new MutationObserver(() => {
            for (const bubble of document.querySelectorAll('[data-testid=message][data-direction=out]')) {
                if (!bubble.textContent.includes('das 9h')) continue;
                const status = bubble.dataset.status;
                if (window.seen.at(-1) !== status) window.seen.push(status);
            } }).observe(document.body, {subtree: true, childList: true, attributes: true}); }"""
    )
    composer = chat.get_by_test_id("composer-input")
    await composer.fill("Abrimos das 9h às 14h.")
    await composer.press("Enter")
    await expect(_bubble(chat, "das 9h")).to_have_attribute("data-status", "read")
    seen = await chat.evaluate("window.seen")
    order = ["queued", "sending", "sent", "delivered", "read"]
    assert [order.index(status) for status in seen] == sorted({order.index(status) for status in seen}), seen
    assert {"sent", "delivered", "read"} <= set(seen)


async def test_a_failure_shows_its_reason_and_the_retry_really_sends(
    context: BrowserContext, prosa: Running
) -> None:
    chat = await context.new_page()
    await sign_in(chat, prosa)
    phone = await _phone(context, prosa, "5511977770003")
    await _write(phone, "Quero um orçamento")
    await chat.get_by_test_id("view-queue").click()
    await chat.get_by_test_id("ticket-row").filter(has_text="Quero um orçamento").click()
    async with httpx.AsyncClient() as client:
        answer = await client.post(
            f"{prosa.sandbox_url}/sandbox/faults", json={"kind": "status", "code": 131026}
        )
        answer.raise_for_status()
    composer = chat.get_by_test_id("composer-input")
    await composer.fill("Segue o orçamento.")
    await composer.press("Enter")
    bubble = _bubble(chat, "Segue o orçamento.")
    await expect(bubble).to_have_attribute("data-status", "failed")
    await bubble.get_by_role("button", name="Tentar de novo").click()
    await expect(bubble).to_have_attribute("data-status", "read")
    await expect(phone.get_by_test_id("phone-message").filter(has_text="Segue o orçamento.")).to_have_count(1)
