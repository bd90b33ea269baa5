"""Changing a password, and setting a new one by a link from a mail."""

import asyncio
import re
from datetime import timedelta
from typing import Any

import httpx
import orjson
import pytest
from sqlalchemy import text

from inbox.kernel.audit import INSTALLATION
from inbox.kernel.database import Database
from inbox.kernel.encryption import Vault
from inbox.mail.service import sealing_context
from tests.conftest import SeededAccount
from tests.server.api.ceremonies import REFRESH, MovableClock, enrol, sign_in, signed_in_as
from tests.server.api.conftest import PASSWORD, audited, mails_to

_NEW = "tigela-roxa-do-vizinho"


async def forget(client: httpx.AsyncClient, email: str) -> None:
    answer = await client.post("/api/v1/auth/password/forgot", json={"email": email})
    assert (answer.status_code, answer.text) == (202, "null")


async def reset(client: httpx.AsyncClient, token: str, password: str = _NEW) -> httpx.Response:
    return await client.post("/api/v1/auth/password/reset", json={"token": token, "password": password})


async def mailed_token(database: Database, vault: Vault, email: str) -> str:
    """Out of the newest mail's link."""
    async with database.system() as work:
        result = await work.session.execute(
            text(
                """SELECT id, data_sealed FROM mails WHERE recipient = :email AND template = 'password_reset'
                ORDER BY id DESC LIMIT 1"""
            ),
            {"email": email},
        )
        mail_id, sealed = result.one()
    data: dict[str, Any] = orjson.loads(vault.decrypt(sealed, sealing_context(mail_id)))
    match = re.fullmatch(r"http://127\.0\.0\.1:8500/reset-password#token=([\w-]{43})", data["link"])
    assert match is not None
    return match[1]


async def test_a_link_from_a_mail_sets_a_new_password_and_ends_all_sessions(
    client: httpx.AsyncClient, database: Database, vault: Vault, seed: SeededAccount, email: str
) -> None:
    person = await signed_in_as(client, email)
    await forget(client, email.upper())
    assert (await reset(client, await mailed_token(database, vault, email))).status_code == 204
    assert (await person.get("/api/v1/me")).json()["code"] == "session_over"
    assert (await client.post("/api/v1/auth/refresh", headers=REFRESH)).status_code == 401
    assert (await sign_in(client, email))["code"] == "wrong_credentials"
    assert (await sign_in(client, email, _NEW))["outcome"] == "signed_in"
    assert await mails_to(database, email) == ["password_reset", "password_changed"]
    (entry,) = await audited(database, seed.account_id, "password.reset")
    assert (entry.actor_id, entry.after) == (seed.ana.user_id, {"sessions_ended": 1})
    assert len(await audited(database, seed.account_id, "password.reset_requested")) == 1


async def test_of_two_that_use_a_link_at_once_one_wins(
    client: httpx.AsyncClient, stranger: httpx.AsyncClient, database: Database, vault: Vault, email: str
) -> None:
    await forget(stranger, email)
    token = await mailed_token(database, vault, email)
    before = len(await audited(database, INSTALLATION, "password.reset_refused"))
    answers = await asyncio.gather(*(reset(stranger, token, f"{_NEW}-{n}") for n in range(4)))
    assert sorted(answer.status_code for answer in answers) == [204, 410, 410, 410]
    assert {answer.json()["code"] for answer in answers if answer.status_code == 410} == {"link_over"}
    assert len(await audited(database, INSTALLATION, "password.reset_refused")) == before + 1
    signed_in = [(await sign_in(client, email, f"{_NEW}-{n}")).get("outcome") for n in range(4)]
    assert signed_in.count("signed_in") == 1


async def test_a_link_is_over_after_half_an_hour_or_when_a_newer_one_was_sent(
    client: httpx.AsyncClient,
    database: Database,
    vault: Vault,
    email: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = MovableClock(database, monkeypatch)
    await forget(client, email)
    older = await mailed_token(database, vault, email)
    await forget(client, email)
    newer = await mailed_token(database, vault, email)
    assert (await reset(client, older)).json()["code"] == "link_over"
    clock.advance(timedelta(minutes=30))
    assert (await reset(client, newer)).json()["code"] == "link_over"
    assert (await reset(client, "x" * 43)).json()["code"] == "link_over"


async def test_a_password_that_is_refused_does_not_use_up_the_link(
    client: httpx.AsyncClient, database: Database, vault: Vault, email: str
) -> None:
    await forget(client, email)
    token = await mailed_token(database, vault, email)
    for password, rule in (("curta", "too_short"), ("Senha@12345", "common"), (f"{email}1", "personal")):
        refused = await reset(client, token, password)
        assert (refused.status_code, refused.json()["code"]) == (422, "weak_password")
        assert refused.json()["rule"] == rule
    assert (await reset(client, token)).status_code == 204


async def test_a_stranger_gets_the_same_answer_and_no_mail(
    client: httpx.AsyncClient, database: Database
) -> None:
    await forget(client, "ninguem@example.com")
    assert await mails_to(database, "ninguem@example.com") == []


async def test_nobody_can_be_flooded_with_mails(
    stranger: httpx.AsyncClient, database: Database, email: str
) -> None:
    for _ in range(6):
        await forget(stranger, email)
    assert await mails_to(database, email) == ["password_reset"] * 3


async def test_a_reset_does_not_get_around_the_second_factor(
    client: httpx.AsyncClient,
    database: Database,
    vault: Vault,
    email: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await enrol(await signed_in_as(client, email), MovableClock(database, monkeypatch))
    await forget(client, email)
    assert (await reset(client, await mailed_token(database, vault, email))).status_code == 204
    assert (await sign_in(client, email, _NEW))["outcome"] == "second_factor"


async def test_changing_it_ends_the_other_sessions_and_not_this_one(
    client: httpx.AsyncClient,
    stranger: httpx.AsyncClient,
    database: Database,
    seed: SeededAccount,
    email: str,
) -> None:
    here, there = await signed_in_as(client, email), await signed_in_as(stranger, email)
    body = {"current_password": PASSWORD, "new_password": _NEW}
    changed = await here.ask("PUT", "/api/v1/me/password", json=body)
    assert changed.status_code == 204
    assert (await here.get("/api/v1/me")).status_code == 200
    assert (await there.get("/api/v1/me")).json()["code"] == "session_over"
    assert (await sign_in(client, email, _NEW))["outcome"] == "signed_in"
    (entry,) = await audited(database, seed.account_id, "password.changed")
    assert entry.after == {"sessions_ended": 1}
    assert "password_changed" in await mails_to(database, email)


async def test_changing_it_needs_the_present_one_and_guesses_are_bounded(
    client: httpx.AsyncClient, database: Database, seed: SeededAccount, email: str
) -> None:
    person = await signed_in_as(client, email)
    answers = [
        await person.ask(
            "PUT", "/api/v1/me/password", json={"current_password": f"errada {n}", "new_password": _NEW}
        )
        for n in range(6)
    ]
    assert [answer.status_code for answer in answers] == [403] * 5 + [429]
    assert len(await audited(database, seed.account_id, "password.refused")) == 5


@pytest.mark.parametrize(("password", "rule"), [("curta", "too_short"), ("minhasenha123", "common")])
async def test_a_weak_new_password_is_refused(
    client: httpx.AsyncClient, email: str, password: str, rule: str
) -> None:
    person = await signed_in_as(client, email)
    body = {"current_password": PASSWORD, "new_password": password}
    refused = await person.ask("PUT", "/api/v1/me/password", json=body)
    assert (refused.status_code, refused.json()["rule"]) == (422, rule)
