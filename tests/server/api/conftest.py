"""REST as the application mounts it, over ASGI, with people who are signed in."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from inbox.accounts.repository import insert_session
from inbox.kernel.actor import Actor
from inbox.kernel.database import Database
from inbox.kernel.encryption import Vault
from inbox.kernel.ids import new_id
from inbox.media.storage import MediaStore
from realtime.bus import RedisPublisher
from server.api import build_api, close_api
from server.api.media import media_routes
from server.auth.tokens import Tokens
from server.settings import Settings


@dataclass
class ApiParts:
    """What REST needs of server/context.py."""

    settings: Settings
    database: Database
    vault: Vault
    media_store: MediaStore
    publisher: RedisPublisher
    tokens: Tokens


@pytest.fixture(scope="module")
def parts(settings: Settings, database: Database, vault: Vault) -> ApiParts:
    return ApiParts(
        settings=settings,
        database=database,
        vault=vault,
        media_store=MediaStore(settings.resolved_media_url),
        publisher=RedisPublisher(settings.redis_url),
        tokens=Tokens(settings),
    )


@pytest.fixture(scope="module")
async def app(parts: ApiParts) -> AsyncIterator[Starlette]:
    api = build_api(parts)
    yield Starlette(routes=[*media_routes(parts), Mount("/api", api)])
    await close_api(api)
    await parts.publisher.close()


@pytest.fixture
async def client(app: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    """Nobody; keeps cookies as a browser does."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://prosa.test") as client:
        yield client


Ask = Callable[..., Awaitable[httpx.Response]]


@dataclass(frozen=True)
class SignedInClient:
    client: httpx.AsyncClient
    token: str

    async def ask(self, method: str, path: str, **values: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}", **values.pop("headers", {})}
        return await self.client.request(method, path, headers=headers, **values)

    async def get(self, path: str, **values: Any) -> httpx.Response:
        return await self.ask("GET", path, **values)

    async def post(self, path: str, **values: Any) -> httpx.Response:
        return await self.ask("POST", path, **values)


SignIn = Callable[[Actor], Awaitable[SignedInClient]]


@pytest.fixture
def signed_in(parts: ApiParts, client: httpx.AsyncClient) -> SignIn:
    async def sign_in(actor: Actor) -> SignedInClient:
        session_id = new_id()
        async with parts.database.system() as work:
            await insert_session(
                work.session,
                session_id=session_id,
                user_id=actor.user_id,
                account_id=actor.account_id,
                token_hash=session_id.bytes,
                expires_at=datetime.now(UTC) + timedelta(days=1),
                user_agent="test",
                ip="127.0.0.1",
            )
        token = parts.tokens.issue(user_id=actor.user_id, account_id=actor.account_id, session_id=session_id)
        return SignedInClient(client, token.token)

    return sign_in
