"""REST as the application mounts it, over ASGI, with people who are signed in."""

import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from starlette.applications import Starlette
from starlette.routing import Mount

from inbox.identity.session_repository import insert_session
from inbox.kernel.actor import Actor
from inbox.kernel.content_seal import KEYRING
from inbox.kernel.database import Database
from inbox.kernel.encryption import Vault
from inbox.kernel.ids import new_id
from inbox.mail.service import Mailer
from inbox.media.storage import MediaStore
from realtime.bus import RedisPublisher
from server.api import build_api, close_api
from server.api.media import media_routes
from server.auth.passwords import Passwords
from server.auth.tokens import Tokens
from server.settings import Settings
from tests.conftest import SeededAccount


@dataclass
class ApiParts:
    """What REST needs of server/context.py."""

    settings: Settings
    database: Database
    vault: Vault
    mailer: Mailer
    media_store: MediaStore
    publisher: RedisPublisher
    tokens: Tokens


@pytest.fixture(scope="module")
def parts(settings: Settings, database: Database, vault: Vault) -> ApiParts:
    KEYRING.use(vault)  # as server/context.py does
    return ApiParts(
        settings=settings,
        database=database,
        vault=vault,
        mailer=Mailer(vault),
        media_store=MediaStore(settings.resolved_media_url),
        publisher=RedisPublisher(settings.redis_url),
        tokens=Tokens(settings),
    )


@pytest.fixture(scope="module")
async def app(parts: ApiParts) -> AsyncIterator[Starlette]:
    api = build_api(parts)
    yield Starlette(routes=[*media_routes(parts, api.state.gate), Mount("/api", api)])
    await close_api(api)
    await parts.publisher.close()


@pytest.fixture
async def client(app: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    """Nobody; keeps cookies as a browser does."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://prosa.test") as client:
        yield client


_addresses = itertools.count(1)


@pytest.fixture
async def stranger(app: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    """Nobody, from an address of their own: what is recorded once a minute and address is recorded."""
    address = f"198.51.100.{next(_addresses)}"
    transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=(address, 1234))
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


PASSWORD = "cavalo-bateria-grampo"


@pytest.fixture(scope="session")
async def password_hash() -> str:
    return await Passwords().hash(PASSWORD)


@pytest.fixture
async def email(database: Database, seed: SeededAccount, password_hash: str) -> str:
    """Ana's, who can sign in with PASSWORD."""
    return await give_password(database, seed.ana, password_hash)


async def give_password(database: Database, actor: Actor, password_hash: str) -> str:
    """Answers their address."""
    async with database.system() as work:
        found = await work.session.execute(
            text("UPDATE users SET password_hash = :hash WHERE id = :id RETURNING email"),
            {"hash": password_hash, "id": actor.user_id},
        )
        return str(found.scalar_one())


@dataclass(frozen=True)
class Recorded:
    """An entry of the audit log."""

    action: str
    actor_kind: str
    actor_id: UUID | None
    impersonator_id: UUID | None
    target_id: str
    after: dict[str, Any] | None
    ip: str | None


async def audited(database: Database, account_id: UUID, action: str) -> list[Recorded]:
    """What is on record of an action, oldest first."""
    async with database.system() as work:
        result = await work.session.execute(
            text(
                """SELECT action, actor_kind, actor_id, impersonator_id, target_id, after, host(ip) FROM audit_log
                WHERE account_id = :account_id AND action = :action ORDER BY seq"""
            ),
            {"account_id": account_id, "action": action},
        )
        return [Recorded(*row) for row in result]


async def mails_to(database: Database, email: str) -> list[str]:
    """The templates of what was queued, oldest first."""
    async with database.system() as work:
        result = await work.session.execute(
            text("SELECT template FROM mails WHERE recipient = :email ORDER BY id"), {"email": email}
        )
        return list(result.scalars())


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
