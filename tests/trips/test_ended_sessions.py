"""A session that ends takes its sockets with it at once, whatever ended it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest
from sqlalchemy import text

from server.auth.passwords import Passwords
from server.settings import Settings
from tests.trips.live_app import LiveSocket, Prosa, Shop, eventually, running_prosa

_PASSWORD = "cavalo-bateria-grampo"
_REFRESH = {"X-Prosa-Refresh": "1"}


@pytest.fixture(scope="module")
async def prosa(settings: Settings) -> AsyncIterator[Prosa]:
    async with running_prosa(settings) as prosa:
        yield prosa


@pytest.fixture
async def shop(prosa: Prosa) -> AsyncIterator[Shop]:
    async with prosa.open_shop() as shop:
        yield shop


@dataclass
class Browser:
    rest: httpx.AsyncClient
    live: LiveSocket
    token: str

    async def is_signed_out(self) -> None:
        await eventually(
            lambda: any(event == "signed_out" for event, _ in self.live.told), "the socket is told"
        )


@pytest.fixture
async def browsers(shop: Shop) -> AsyncIterator[list[Browser]]:
    """Two of Ana's, each with a socket."""
    hashed = await Passwords().hash(_PASSWORD)
    async with shop.context.database.system() as work:
        found = await work.session.execute(
            text("UPDATE users SET password_hash = :hash WHERE id = :id RETURNING email"),
            {"hash": hashed, "id": shop.account.ana.user_id},
        )
        email = found.scalar_one()
    opened = []
    for _ in range(2):
        rest = httpx.AsyncClient(base_url=f"{shop.url}/api/v1", verify=False)
        answer = await rest.post("/auth/sign-in", json={"email": email, "password": _PASSWORD})
        token = answer.json()["access_token"]
        rest.headers["Authorization"] = f"Bearer {token}"
        opened.append(Browser(rest, await LiveSocket(shop.url, token=token).connect(), token))
    yield opened
    for browser in opened:
        await browser.live.close()
        await browser.rest.aclose()


async def test_a_stolen_refresh_token_ends_the_familys_sockets_and_no_others(browsers: list[Browser]) -> None:
    one, other = browsers
    stolen = one.rest.cookies["prosa_refresh"]
    for _ in range(2):
        await one.rest.post("/auth/refresh", headers=_REFRESH)
    thief = httpx.AsyncClient(base_url=one.rest.base_url, verify=False)
    answer = await thief.post("/auth/refresh", headers={**_REFRESH, "Cookie": f"prosa_refresh={stolen}"})
    await thief.aclose()
    assert answer.json()["code"] == "session_over"
    await one.is_signed_out()
    assert (await other.rest.get("/me")).status_code == 200
    assert not [event for event, _ in other.live.told if event == "signed_out"]


async def test_signing_out_everywhere_else_ends_the_sockets_there(browsers: list[Browser]) -> None:
    here, there = browsers
    assert (await here.rest.post("/me/sessions/end-others")).json() == {"ended": 1}
    await there.is_signed_out()
    assert not [event for event, _ in here.live.told if event == "signed_out"]


async def test_signing_out_ends_ones_own_socket(browsers: list[Browser]) -> None:
    here, _ = browsers
    assert (await here.rest.post("/auth/sign-out")).status_code == 204
    await here.is_signed_out()
