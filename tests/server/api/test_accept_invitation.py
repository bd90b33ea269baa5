"""From an invitation's link into the account."""

from datetime import timedelta
from typing import Any

import httpx
import orjson
import pytest
from sqlalchemy import text

from inbox.accounts.invitations import NewInvitation, invite
from inbox.accounts.members import RoleChoice
from inbox.kernel.actor import Role
from inbox.kernel.audit import INSTALLATION
from inbox.kernel.database import Database
from inbox.kernel.encryption import Vault
from inbox.mail.service import Mailer, sealing_context
from server.settings import Settings
from tests.conftest import SeededAccount, seed_account
from tests.server.api.ceremonies import MovableClock, sign_in, signed_in_as
from tests.server.api.conftest import PASSWORD, audited

_NEW = "tigela-roxa-do-vizinho"


async def invited(database: Database, vault: Vault, seed: SeededAccount, email: str) -> str:
    """The token of the link that was mailed."""
    wanted = NewInvitation(email, "Dora", RoleChoice(Role.OPERATOR), frozenset({seed.departments["vendas"]}))
    await invite(database, seed.admin, Mailer(vault), wanted, public_url="http://prosa.test")
    async with database.system() as work:
        result = await work.session.execute(
            text("SELECT id, data_sealed FROM mails WHERE recipient = :email ORDER BY id DESC LIMIT 1"),
            {"email": email},
        )
        mail_id, sealed = result.one()
    link: str = orjson.loads(vault.decrypt(sealed, sealing_context(mail_id)))["link"]
    return link.rpartition("=")[2]


async def accept(client: httpx.AsyncClient, token: str, **body: Any) -> httpx.Response:
    return await client.post(f"/api/v1/auth/invitations/{token}/accept", json=body)


async def test_somebody_new_chooses_a_password_and_is_in(
    client: httpx.AsyncClient, database: Database, vault: Vault, seed: SeededAccount
) -> None:
    token = await invited(database, vault, seed, f"dora-{seed.account_id}@example.com")
    preview = (await client.get(f"/api/v1/auth/invitations/{token}")).json()
    assert (preview["is_registered"], preview["role"]) == (False, "operator")
    weak = await accept(client, token, name="Dora", password="senha12345")
    assert weak.json()["code"] == "weak_password"
    answer = await accept(client, token, name="Dora Reis", password=_NEW)
    assert answer.json()["outcome"] == "signed_in"
    session = answer.json()["session"]
    assert (session["user"]["name"], session["role"]) == ("Dora Reis", "operator")
    assert session["account"]["id"] == str(seed.account_id)
    assert (await sign_in(client, f"dora-{seed.account_id}@example.com", _NEW))["outcome"] == "signed_in"


async def test_a_link_that_is_over_is_refused_and_on_record(
    stranger: httpx.AsyncClient,
    database: Database,
    vault: Vault,
    seed: SeededAccount,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    token = await invited(database, vault, seed, f"late-{seed.account_id}@example.com")
    MovableClock(database, monkeypatch).advance(timedelta(days=7, seconds=1))
    before = len(await audited(database, INSTALLATION, "invitation.refused"))
    shown = await stranger.get(f"/api/v1/auth/invitations/{token}")
    refused = await accept(stranger, token, name="Dora", password=_NEW)
    assert {shown.json()["code"], refused.json()["code"]} == {"invitation_over"}
    assert len(await audited(database, INSTALLATION, "invitation.refused")) == before + 1


async def test_somebody_registered_shows_who_they_are_first(
    client: httpx.AsyncClient,
    database: Database,
    vault: Vault,
    settings: Settings,
    seed: SeededAccount,
    email: str,
) -> None:
    other = seed_account(settings)
    token = await invited(database, vault, other, email)
    assert (await accept(client, token)).json()["code"] == "sign_in_to_accept"
    assert (await accept(client, token, password="errada-errada")).json()["code"] == "wrong_credentials"
    answer = await accept(client, token, password=PASSWORD)
    assert answer.json()["session"]["account"]["id"] == str(other.account_id)
    assert len(answer.json()["session"]["accounts"]) == 2


async def test_somebody_signed_in_goes_on_in_the_new_account(
    client: httpx.AsyncClient,
    database: Database,
    vault: Vault,
    settings: Settings,
    seed: SeededAccount,
    email: str,
    signed_in: Any,
) -> None:
    other = seed_account(settings)
    token = await invited(database, vault, other, email)
    bruno = await signed_in(seed.bruno)
    path = f"/api/v1/auth/invitations/{token}/accept"
    assert (await bruno.post(path, json={})).json()["code"] == "invited_somebody_else"
    ana = await signed_in_as(client, email)
    answer = (await ana.post(path, json={})).json()
    assert (answer["outcome"], answer["session"]["account"]["id"]) == ("signed_in", str(other.account_id))
    assert len((await ana.get("/api/v1/me/sessions")).json()) == 1
    assert (await ana.post(path, json={})).json()["code"] == "invitation_over"
