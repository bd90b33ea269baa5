"""Steps of signing in that several tests take."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pyotp
import pytest

from inbox.kernel.database import Database
from tests.server.api.conftest import PASSWORD, SignedInClient

REFRESH = {"X-Prosa-Refresh": "1"}
STEP = timedelta(seconds=30)


class MovableClock:
    """The database's present, moved by hand: codes of an authenticator app are good once, and time does not wait for tests."""

    def __init__(self, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        self._ahead = timedelta()
        monkeypatch.setattr(database, "now", self.now)

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def advance(self, by: timedelta = STEP) -> None:
        self._ahead += by

    def code(self, secret: str) -> str:
        return pyotp.TOTP(secret).at(self.now())


async def sign_in(client: httpx.AsyncClient, email: str, password: str = PASSWORD) -> dict[str, Any]:
    response = await client.post("/api/v1/auth/sign-in", json={"email": email, "password": password})
    body: dict[str, Any] = response.json()
    return body


async def signed_in_as(client: httpx.AsyncClient, email: str) -> SignedInClient:
    return SignedInClient(client, (await sign_in(client, email))["access_token"])


async def enrol(person: SignedInClient, clock: MovableClock) -> tuple[str, list[str]]:
    """An authenticator app: its secret, and the recovery codes."""
    setup = (await person.post("/api/v1/me/second-factor/totp")).json()
    answer = await person.post(
        "/api/v1/me/second-factor/totp/confirm", json={"code": clock.code(setup["secret"])}
    )
    assert answer.status_code == 200, answer.text
    clock.advance()
    return setup["secret"], answer.json()["recovery_codes"]


async def prove(client: httpx.AsyncClient, challenge: str, code: str, method: str = "totp") -> httpx.Response:
    return await client.post(
        "/api/v1/auth/second-factor", json={"challenge": challenge, "method": method, "code": code}
    )
