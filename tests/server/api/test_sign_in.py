"""Signing in, staying signed in, signing out."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
import jwt
import pytest
from sqlalchemy import text

from inbox.kernel.database import Database
from server.auth.passwords import Passwords
from tests.conftest import SeededAccount
from tests.server.api.conftest import ApiParts

_PASSWORD = "cavalo-bateria-grampo"
_REFRESH = {"X-Prosa-Refresh": "1"}


@pytest.fixture(scope="module")
async def password_hash() -> str:
    return await Passwords().hash(_PASSWORD)


@pytest.fixture
async def email(database: Database, seed: SeededAccount, password_hash: str) -> str:
    async with database.system() as work:
        found = await work.session.execute(
            text("UPDATE users SET password_hash = :hash WHERE id = :id RETURNING email"),
            {"hash": password_hash, "id": seed.ana.user_id},
        )
        return str(found.scalar_one())


async def sign_in(client: httpx.AsyncClient, email: str, password: str = _PASSWORD) -> httpx.Response:
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
    client: httpx.AsyncClient, email: str
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


async def test_a_refresh_without_the_header_is_refused(client: httpx.AsyncClient, email: str) -> None:
    await sign_in(client, email)
    assert (await client.post("/api/v1/auth/refresh")).status_code == 403


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
    client: httpx.AsyncClient, database: Database, email: str, monkeypatch: pytest.MonkeyPatch
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


async def test_a_token_that_is_old_forged_or_for_another_purpose_opens_nothing(
    client: httpx.AsyncClient, parts: ApiParts, email: str
) -> None:
    token = (await sign_in(client, email)).json()["access_token"]
    claims = jwt.decode(token, options={"verify_signature": False})
    key = parts.settings.secret_key.get_secret_value()

    def forged(secret: str = key, **changes: object) -> str:
        return jwt.encode({**claims, **changes}, secret, algorithm="HS256")

    assert (await me(client, forged())).status_code == 200
    expired = await me(client, forged(exp=int(datetime.now(UTC).timestamp()) - 1))
    assert (expired.status_code, expired.json()["code"]) == (401, "token_expired")
    assert expired.headers["www-authenticate"] == "Bearer"
    unsigned = jwt.encode(claims, "", algorithm="none")
    wrong = [
        forged("k" * 40),
        forged(aud="media"),
        forged(sub="somebody"),
        forged(exp=None),
        unsigned,
        "rubbish",
    ]
    for bad in wrong:
        assert (await me(client, bad)).json()["code"] == "unauthenticated"
    assert (await me(client, forged(acc=str(uuid4())))).json()["code"] == "session_over"
    assert (await client.get("/api/v1/me")).json()["code"] == "unauthenticated"
