"""Signing in, staying signed in, signing out."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import jwt
import pytest
from sqlalchemy import text

from inbox.kernel.audit import INSTALLATION
from inbox.kernel.database import Database
from tests.conftest import SeededAccount
from tests.server.api.conftest import PASSWORD, ApiParts, audited, mails_to

_REFRESH = {"X-Prosa-Refresh": "1"}


async def sign_in(client: httpx.AsyncClient, email: str, password: str = PASSWORD) -> httpx.Response:
    return await client.post("/api/v1/auth/sign-in", json={"email": email, "password": password})


async def me(client: httpx.AsyncClient, token: str) -> httpx.Response:
    return await client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})


def cookies_of(response: httpx.Response) -> dict[str, str]:
    return {line.split("=", 1)[0]: line for line in response.headers.get_list("set-cookie")}


async def test_signing_in_gives_a_token_a_session_and_cookies_that_scripts_cannot_read(
    client: httpx.AsyncClient, seed: SeededAccount, email: str
) -> None:
    response = await sign_in(client, email.upper())
    assert response.status_code == 200
    body = response.json()
    assert (body["token_type"], body["expires_in"]) == ("bearer", 900)
    session = body["session"]
    assert session["user"]["id"] == str(seed.ana.user_id)
    assert session["account"]["id"] == str(seed.account_id)
    assert (session["role"], session["department_ids"]) == ("operator", [str(seed.departments["vendas"])])
    assert (await me(client, body["access_token"])).json() == session
    cookies = cookies_of(response)
    for name, path in (("prosa_refresh", "/api/v1/auth"), ("prosa_media", "/media")):
        assert "HttpOnly" in cookies[name]
        assert "SameSite=strict" in cookies[name]
        assert f"Path={path}" in cookies[name]


async def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(
    client: httpx.AsyncClient, email: str
) -> None:
    answers = [await sign_in(client, email, "errada"), await sign_in(client, "ninguem@example.com")]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["code"] == "wrong_credentials"
    assert answers[0].headers["content-type"] == "application/problem+json"


async def test_a_disabled_person_is_not_let_in(
    client: httpx.AsyncClient, database: Database, seed: SeededAccount, email: str
) -> None:
    token = (await sign_in(client, email)).json()["access_token"]
    async with database.system() as work:
        await work.session.execute(
            text("UPDATE users SET disabled_at = now() WHERE id = :id"), {"id": seed.ana.user_id}
        )
    assert (await sign_in(client, email)).json()["code"] == "wrong_credentials"
    assert (await me(client, token)).json()["code"] == "session_over"


async def test_too_many_failures_make_the_next_one_wait_but_not_everybody(
    client: httpx.AsyncClient, database: Database, email: str
) -> None:
    victim = f"{uuid4().hex}@example.com"
    answers = [await sign_in(client, victim, "errada") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert answers[-1].json()["code"] == "too_many_attempts"
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 60
    assert (await sign_in(client, email)).status_code == 200


async def test_a_refresh_rotates_the_token(client: httpx.AsyncClient, email: str) -> None:
    await sign_in(client, email)
    first = client.cookies["prosa_refresh"]
    response = await client.post("/api/v1/auth/refresh", headers=_REFRESH)
    assert response.status_code == 200
    assert client.cookies["prosa_refresh"] != first
    assert (await me(client, response.json()["access_token"])).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {**_REFRESH, "Sec-Fetch-Site": "cross-site"},
        {**_REFRESH, "Sec-Fetch-Site": "same-site"},
        {**_REFRESH, "Origin": "https://evil.example"},
        {**_REFRESH, "Origin": "null"},
    ],
)
async def test_a_refresh_that_another_site_caused_is_refused_and_on_record(
    client: httpx.AsyncClient,
    stranger: httpx.AsyncClient,
    database: Database,
    email: str,
    headers: dict[str, str],
) -> None:
    await sign_in(client, email)
    cookie = {"Cookie": f"prosa_refresh={client.cookies['prosa_refresh']}"}
    before = len(await audited(database, INSTALLATION, "session.foreign_refresh_refused"))
    answer = await stranger.post("/api/v1/auth/refresh", headers={**headers, **cookie})
    assert (answer.status_code, answer.json()["code"]) == (403, "foreign_request")
    assert "set-cookie" not in answer.headers
    assert len(await audited(database, INSTALLATION, "session.foreign_refresh_refused")) == before + 1


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://prosa.test"}, {}])
async def test_a_refresh_of_our_own_page_is_taken(
    client: httpx.AsyncClient, email: str, headers: dict[str, str]
) -> None:
    await sign_in(client, email)
    answer = await client.post("/api/v1/auth/refresh", headers={**_REFRESH, **headers})
    assert answer.status_code == 200


async def test_a_refresh_without_a_cookie_is_over(client: httpx.AsyncClient) -> None:
    response = await client.post("/api/v1/auth/refresh", headers=_REFRESH)
    assert (response.status_code, response.json()["code"]) == (401, "session_over")


async def refresh_with(client: httpx.AsyncClient, token: str) -> httpx.Response:
    client.cookies.clear()
    return await client.post("/api/v1/auth/refresh", headers={**_REFRESH, "Cookie": f"prosa_refresh={token}"})


async def test_two_tabs_that_refresh_at_once_both_go_on(client: httpx.AsyncClient, email: str) -> None:
    await sign_in(client, email)
    token = client.cookies["prosa_refresh"]
    winner, late = await refresh_with(client, token), await refresh_with(client, token)
    assert (winner.status_code, late.status_code) == (200, 200)
    assert "prosa_refresh" in cookies_of(winner)
    assert "prosa_refresh" not in cookies_of(late)
    newest = cookies_of(winner)["prosa_refresh"].split(";")[0].split("=", 1)[1]
    assert (await refresh_with(client, newest)).status_code == 200


async def test_an_old_token_that_comes_back_later_ends_the_session_for_everybody(
    client: httpx.AsyncClient,
    database: Database,
    seed: SeededAccount,
    email: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await sign_in(client, email)
    stolen = client.cookies["prosa_refresh"]
    response = await refresh_with(client, stolen)
    current = cookies_of(response)["prosa_refresh"].split(";")[0].split("=", 1)[1]
    access = response.json()["access_token"]
    monkeypatch.setattr(database, "now", lambda: datetime.now(UTC) + timedelta(minutes=1))
    reused = await refresh_with(client, stolen)
    assert (reused.status_code, reused.json()["code"]) == (401, "session_over")
    assert 'prosa_refresh=""' in cookies_of(reused)["prosa_refresh"]
    assert (await refresh_with(client, current)).status_code == 401
    assert (await me(client, access)).json()["code"] == "session_over"
    (entry,) = await audited(database, seed.account_id, "session.reuse_detected")
    assert entry.after == {"user_id": str(seed.ana.user_id)}
    assert entry.ip == "127.0.0.1"
    assert await mails_to(database, email) == ["session_reused"]


async def test_a_token_of_any_earlier_generation_is_recognised_as_stolen(
    client: httpx.AsyncClient, database: Database, seed: SeededAccount, email: str
) -> None:
    await sign_in(client, email)
    stolen = client.cookies["prosa_refresh"]
    for _ in range(3):
        response = await client.post("/api/v1/auth/refresh", headers=_REFRESH)
    assert (await refresh_with(client, stolen)).json()["code"] == "session_over"
    assert (await me(client, response.json()["access_token"])).json()["code"] == "session_over"
    assert len(await audited(database, seed.account_id, "session.reuse_detected")) == 1


async def test_a_forged_token_ends_nobodys_session_and_is_on_record(
    client: httpx.AsyncClient, stranger: httpx.AsyncClient, database: Database, email: str
) -> None:
    access = (await sign_in(client, email)).json()["access_token"]
    known = client.cookies["prosa_refresh"]
    forged = known[:-4] + ("AAAA" if not known.endswith("AAAA") else "BBBB")
    before = len(await audited(database, INSTALLATION, "session.refused"))
    for token in (forged, "rubbish", "x" * 5000, "é"):
        headers = [(b"X-Prosa-Refresh", b"1"), (b"Cookie", f"prosa_refresh={token}".encode())]
        answer = await stranger.post("/api/v1/auth/refresh", headers=headers)
        assert answer.json()["code"] == "session_over"
    assert (await me(client, access)).status_code == 200
    assert len(await audited(database, INSTALLATION, "session.refused")) == before + 1


async def test_two_tabs_that_refresh_at_the_same_moment_rotate_once(
    client: httpx.AsyncClient, database: Database, seed: SeededAccount, email: str
) -> None:
    await sign_in(client, email)
    token = client.cookies["prosa_refresh"]
    client.cookies.clear()
    headers = {**_REFRESH, "Cookie": f"prosa_refresh={token}"}
    answers = await asyncio.gather(*(client.post("/api/v1/auth/refresh", headers=headers) for _ in range(4)))
    assert [answer.status_code for answer in answers] == [200] * 4
    assert sum("prosa_refresh" in cookies_of(answer) for answer in answers) == 1
    assert await audited(database, seed.account_id, "session.reuse_detected") == []


async def test_signing_out_ends_the_session_at_once(client: httpx.AsyncClient, email: str) -> None:
    token = (await sign_in(client, email)).json()["access_token"]
    refresh_token = client.cookies["prosa_refresh"]
    response = await client.post("/api/v1/auth/sign-out")
    assert response.status_code == 204
    assert set(cookies_of(response)) == {"prosa_refresh", "prosa_media"}
    assert (await me(client, token)).status_code == 401
    assert (await refresh_with(client, refresh_token)).status_code == 401
    client.cookies.clear()
    assert (await client.post("/api/v1/auth/sign-out")).status_code == 204


async def test_guessing_a_password_is_on_record_and_waits_longer_each_time(
    stranger: httpx.AsyncClient, database: Database, seed: SeededAccount, email: str
) -> None:
    answers = [await sign_in(stranger, email, "errada") for _ in range(7)]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429] * 2
    # Even the right one waits now, from there; the person themselves, elsewhere, does not.
    assert (await sign_in(stranger, email)).status_code == 429
    refused = await audited(database, seed.account_id, "sign_in.refused")
    assert [entry.after for entry in refused] == [{"reason": "wrong_credentials"}] * 4 + [
        {"reason": "wrong_credentials", "locked_for_seconds": "60"}
    ]
    assert {(entry.actor_kind, entry.target_id) for entry in refused} == {
        ("anonymous", str(seed.ana.user_id))
    }
    (throttled,) = [
        entry
        for entry in await audited(database, INSTALLATION, "sign_in.refused")
        if entry.ip == refused[0].ip
    ]
    assert throttled.after == {"reason": "too_many_attempts"}


async def test_a_hundred_guesses_at_once_are_judged_no_more_often_than_in_a_row(
    stranger: httpx.AsyncClient, email: str
) -> None:
    answers = await asyncio.gather(*(sign_in(stranger, email, f"errada {n}") for n in range(12)))
    codes = [answer.status_code for answer in answers]
    assert codes.count(401) == 5
    assert codes.count(429) == 7


async def test_right_passwords_never_lock_anybody_out(client: httpx.AsyncClient, email: str) -> None:
    assert [(await sign_in(client, email)).status_code for _ in range(7)] == [200] * 7


async def test_a_new_browser_is_told_to_its_person_and_a_known_one_is_not(
    client: httpx.AsyncClient, stranger: httpx.AsyncClient, database: Database, email: str
) -> None:
    for _ in range(2):
        await sign_in(client, email)
    assert await mails_to(database, email) == []
    await sign_in(stranger, email)
    assert await mails_to(database, email) == ["new_sign_in"]
    await sign_in(stranger, email)
    assert await mails_to(database, email) == ["new_sign_in"]


@pytest.mark.parametrize("state", ["suspended", "closed"])
async def test_a_suspended_account_lets_nobody_in_and_says_why(
    client: httpx.AsyncClient, database: Database, seed: SeededAccount, email: str, state: str
) -> None:
    token = (await sign_in(client, email)).json()["access_token"]
    async with database.system() as work:
        await work.session.execute(
            text("UPDATE accounts SET state = :state, state_reason = 'sem pagamento' WHERE account_id = :id"),
            {"state": state, "id": seed.account_id},
        )
    refused = await sign_in(client, email)
    assert (refused.status_code, refused.json()["code"]) == (403, "account_suspended")
    assert (refused.json()["reason"], refused.json()["state"]) == ("sem pagamento", state)
    assert (await me(client, token)).json()["code"] == "account_suspended"
    refreshed = await client.post("/api/v1/auth/refresh", headers=_REFRESH)
    assert (refreshed.status_code, refreshed.json()["code"]) == (403, "account_suspended")
    assert 'prosa_refresh=""' in cookies_of(refreshed)["prosa_refresh"]
    reasons = [entry.after for entry in await audited(database, seed.account_id, "sign_in.refused")]
    assert reasons == [{"reason": "account_suspended"}]


async def test_a_closing_account_still_lets_its_people_in(
    client: httpx.AsyncClient, database: Database, seed: SeededAccount, email: str
) -> None:
    async with database.system() as work:
        await work.session.execute(
            text("UPDATE accounts SET state = 'closing' WHERE account_id = :id"), {"id": seed.account_id}
        )
    answer = await sign_in(client, email)
    assert answer.json()["session"]["account"]["state"] == "closing"


async def test_outside_the_accounts_networks_nobody_signs_in_or_stays(
    client: httpx.AsyncClient,
    stranger: httpx.AsyncClient,
    database: Database,
    seed: SeededAccount,
    email: str,
) -> None:
    await sign_in(stranger, email)
    async with database.system() as work:
        await work.session.execute(
            text(
                """UPDATE accounts SET security = '{"sign_in_networks": ["127.0.0.1/32"]}' WHERE account_id = :id"""
            ),
            {"id": seed.account_id},
        )
    assert (await sign_in(client, email)).status_code == 200
    refused = await sign_in(stranger, email)
    assert (refused.status_code, refused.json()["code"]) == (403, "address_not_allowed")
    refreshed = await stranger.post("/api/v1/auth/refresh", headers=_REFRESH)
    assert refreshed.json()["code"] == "address_not_allowed"
    assert len(await audited(database, seed.account_id, "sign_in.refused")) == 1
    assert len(await audited(database, seed.account_id, "session.refused")) == 1


Forge = Callable[[dict[str, Any], str], str]

_FORGED: dict[str, Forge] = {
    "unsigned": lambda claims, key: jwt.encode(claims, "", algorithm="none"),
    "signed with another key": lambda claims, key: jwt.encode(claims, "k" * 40, algorithm="HS256"),
    "signed with another algorithm": lambda claims, key: jwt.encode(claims, key * 2, algorithm="HS512"),
    "for another audience": lambda claims, key: jwt.encode(
        {**claims, "aud": "media"}, key, algorithm="HS256"
    ),
    "of another issuer": lambda claims, key: jwt.encode({**claims, "iss": "evil"}, key, algorithm="HS256"),
    "of nobody": lambda claims, key: jwt.encode({**claims, "sub": "somebody"}, key, algorithm="HS256"),
    "for ever": lambda claims, key: jwt.encode({**claims, "exp": None}, key, algorithm="HS256"),
    "rubbish": lambda claims, key: "rubbish",
}


@pytest.mark.parametrize("kind", _FORGED)
async def test_a_forged_access_token_opens_nothing_and_is_on_record_once_a_minute(
    client: httpx.AsyncClient,
    stranger: httpx.AsyncClient,
    database: Database,
    parts: ApiParts,
    email: str,
    kind: str,
) -> None:
    token = (await sign_in(client, email)).json()["access_token"]
    claims = jwt.decode(token, options={"verify_signature": False})
    forged = _FORGED[kind](claims, parts.settings.secret_key.get_secret_value())
    before = len(await audited(database, INSTALLATION, "token.refused"))
    for _ in range(3):
        refused = await me(stranger, forged)
        assert (refused.status_code, refused.json()["code"]) == (401, "unauthenticated")
        assert refused.headers["www-authenticate"] == "Bearer"
    recorded = await audited(database, INSTALLATION, "token.refused")
    assert len(recorded) == before + 1
    assert (recorded[-1].actor_kind, recorded[-1].after) == ("anonymous", {"reason": "not_ours"})


async def test_an_expired_token_says_so_and_is_on_record(
    client: httpx.AsyncClient, stranger: httpx.AsyncClient, database: Database, parts: ApiParts, email: str
) -> None:
    token = (await sign_in(client, email)).json()["access_token"]
    claims = jwt.decode(token, options={"verify_signature": False})
    key = parts.settings.secret_key.get_secret_value()
    past = {**claims, "exp": int(datetime.now(UTC).timestamp()) - 1}
    refused = await me(stranger, jwt.encode(past, key, algorithm="HS256"))
    assert (refused.status_code, refused.json()["code"]) == (401, "token_expired")
    assert (await audited(database, INSTALLATION, "token.refused"))[-1].after == {"reason": "expired"}


async def test_a_token_for_an_account_that_one_is_not_in_is_over(
    client: httpx.AsyncClient, parts: ApiParts, email: str
) -> None:
    token = (await sign_in(client, email)).json()["access_token"]
    claims = jwt.decode(token, options={"verify_signature": False})
    key = parts.settings.secret_key.get_secret_value()
    elsewhere = jwt.encode({**claims, "acc": str(uuid4())}, key, algorithm="HS256")
    assert (await me(client, elsewhere)).status_code == 401
    assert (await client.get("/api/v1/me")).json()["code"] == "unauthenticated"
