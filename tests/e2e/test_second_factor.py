"""Signing in with more than a password, in a real browser and under the page's own Content-Security-Policy."""

import pyotp
import pytest
from playwright.async_api import BrowserContext, Page, expect

from tests.e2e.conftest import is_live
from tests.e2e.installation import Running

pytestmark = pytest.mark.e2e

# What the policy refused, by directive: everything that the page does must be allowed.
_WATCH = "addEventListener('securitypolicyviolation', e => (window.refused ??= []).push(e.violatedDirective))"


async def _fill_credentials(page: Page, user: dict[str, str]) -> None:
    await page.get_by_test_id("sign-in-email").fill(user["email"])
    await page.get_by_test_id("sign-in-password").fill(user["password"])
    await page.get_by_test_id("sign-in-submit").click()


async def _sign_out(page: Page) -> None:
    await page.get_by_test_id("user-menu").click()
    await page.get_by_test_id("sign-out").click()
    await expect(page.get_by_test_id("sign-in-email")).to_be_visible()
    await expect(page.get_by_text("Sua sessão terminou")).to_have_count(0)


async def test_app_recovery_code_and_passkey_open_the_account(
    context: BrowserContext, prosa: Running
) -> None:
    # Browsers make passkeys for names only: the same server, called localhost.
    url = prosa.url.replace("127.0.0.1", "localhost")
    user = prosa.user("operator", 2)
    page = await context.new_page()
    await page.add_init_script(_WATCH)
    devices = await context.new_cdp_session(page)
    await devices.send("WebAuthn.enable")
    device = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True,
    }  # fmt: skip
    await devices.send("WebAuthn.addVirtualAuthenticator", {"options": device})

    await page.goto(url)
    await _fill_credentials(page, user)
    await is_live(page)
    await page.get_by_test_id("nav-settings").click()
    await page.get_by_role("link", name="Sua segurança").click()
    await page.get_by_role("button", name="Ligar").click()
    secret = (await page.get_by_label("Chave secreta").inner_text()).replace(" ", "")
    await page.get_by_test_id("code-input").fill(pyotp.TOTP(secret).now())
    codes = page.get_by_test_id("recovery-codes").get_by_role("listitem")
    await expect(codes).to_have_count(10)
    recovery_code = await codes.first.inner_text()
    await page.get_by_role("button", name="Guardei os códigos").click()
    await page.get_by_test_id("add-passkey").click()
    await page.get_by_role("button", name="Continuar").click()
    await expect(page.get_by_text("ainda não usada")).to_be_visible()
    assert await page.evaluate("window.refused ?? []") == []

    await _sign_out(page)
    await _fill_credentials(page, user)
    await page.get_by_role("button", name="Usar um código de recuperação").click()
    await page.get_by_test_id("recovery-code").fill(recovery_code)
    await page.get_by_test_id("second-factor-submit").click()
    await is_live(page)

    await _sign_out(page)
    await page.get_by_test_id("sign-in-passkey").click()
    await is_live(page)

    await _sign_out(page)
    await _fill_credentials(page, user)
    await page.get_by_role("button", name="Usar um código de recuperação").click()
    await page.get_by_test_id("recovery-code").fill(recovery_code)
    await page.get_by_test_id("second-factor-submit").click()
    await expect(page.get_by_role("alert")).to_contain_text("já foi usado")
    assert await page.evaluate("window.refused ?? []") == []
