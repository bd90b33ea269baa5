"""Two accounts that share an installation, and everything of the one that the other may try."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest
import redis

from inbox.identity.session_repository import insert_session
from inbox.kernel.actor import Actor, ActorKind, Role
from inbox.kernel.ids import new_id
from inbox.kernel.permissions import ALL_PERMISSIONS
from server.embedded import EmbeddedPostgres, EmbeddedValkey
from server.settings import Settings
from tests.conftest import SeededAccount, make_settings, seed_account
from tests.isolation.rows import Table, World, fill_account, read_catalogue
from tests.trips.live_app import Prosa, running_prosa

OURS = "NOSSO"
THEIRS = "SEGREDO"
OTHER_DEPARTMENT = "OUTRA-FILA"

ID_COLUMNS = {
    "account_id": ("accounts", "account_id"),
    "assignee_id": ("memberships", "user_id"),
    "member_id": ("memberships", "user_id"),
    "number_id": ("phone_numbers", "id"),
    "media_id": ("media", "id"),
    "reply_to_message_id": ("messages", "id"),
    "default_department_id": ("departments", "id"),
    "actor_id": ("users", "id"),
    "target_id": ("contacts", "id"),
}
"""What a parameter names where the rule `<noun>_id` → table `<noun>s` does not say it."""

NO_ROW = {"client_message_id", "waba_id", "phone_number_id", "request_id"}
"""Ids that name no row of ours."""


def id_in(world: World, name: str) -> UUID | None:
    """The id that a parameter of this name has in `world`. Raises for a name that is new: extend ID_COLUMNS."""
    if name in NO_ROW:
        return None
    table, column = ID_COLUMNS.get(name, (f"{name.removesuffix('_id')}s", "id"))
    if table not in world:
        raise AssertionError(f"which table has the ids of {name}? Add it to ID_COLUMNS or NO_ROW")
    found = world[table][column]
    assert isinstance(found, UUID)
    return UUID(int=found.int)


@dataclass
class Someone:
    """Signed in, over a real connection."""

    actor: Actor
    token: str
    rest: httpx.AsyncClient


@pytest.fixture(scope="package")
def settings(
    postgres: EmbeddedPostgres, valkey: EmbeddedValkey, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Settings]:
    """One database and one server for the whole folder. Its walks make in a minute what no person does: no rate limits."""
    name = "test_isolation"
    with (
        redis.Redis.from_url(valkey.url) as client,
        psycopg.connect(postgres.database_url("postgres"), autocommit=True) as connection,
    ):
        client.flushall()
        connection.execute(f"CREATE DATABASE {name} TEMPLATE prosa STRATEGY FILE_COPY".encode())
        made = make_settings(postgres, name, valkey.url, tmp_path_factory.mktemp("data"))
        yield made.model_copy(update={"rate_limit_factor": 1000.0})
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture(scope="package")
def owner(settings: Settings) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(settings.database_url, autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="package")
def catalogue(owner: psycopg.Connection[Any]) -> dict[str, Table]:
    return read_catalogue(owner)


@pytest.fixture(scope="package")
def ours(settings: Settings) -> SeededAccount:
    """A real account with real people."""
    return seed_account(settings)


@pytest.fixture(scope="package")
def theirs(owner: psycopg.Connection[Any], catalogue: dict[str, Table]) -> World:
    """Another company: a row in every table, full of markers."""
    return fill_account(owner, catalogue, THEIRS)


@pytest.fixture(scope="package")
def other_department(
    owner: psycopg.Connection[Any], catalogue: dict[str, Table], ours: SeededAccount
) -> World:
    """What belongs to the department `suporte` of our own account: Ana answers for `vendas` and may see none of it."""
    user = {"id": ours.bruno.user_id}
    given: World = {
        "accounts": {"account_id": ours.account_id},
        "event_counters": {},
        "users": user,
        "memberships": {"user_id": ours.bruno.user_id},
        "departments": {"id": ours.departments["suporte"]},
        "phone_numbers": {"id": ours.number.id},
        "whatsapp_apps": {"id": ours.app.id},
    }
    return fill_account(owner, catalogue, OTHER_DEPARTMENT, given)


@pytest.fixture(scope="package")
async def prosa(settings: Settings) -> AsyncIterator[Prosa]:
    async with running_prosa(settings) as running:
        yield running


@pytest.fixture(scope="package")
async def people(prosa: Prosa, ours: SeededAccount) -> AsyncIterator[dict[str, Someone]]:
    """By what they are: admin, ana, client, key (with all scopes), super admin (at home in an account of their own)."""
    home = seed_account(prosa.settings)
    await prosa.context.pool.execute(
        "UPDATE users SET is_super_admin = true WHERE id = $1", home.admin.user_id
    )
    client = await _add_client(prosa, ours)
    actors = {"admin": ours.admin, "ana": ours.ana, "client": client, "super admin": home.admin}
    found = {name: await sign_in(prosa, actor) for name, actor in actors.items()}
    found["key"] = await _issue_key(prosa, found["admin"])
    yield found
    for someone in found.values():
        await someone.rest.aclose()


@pytest.fixture(scope="package")
async def document(people: dict[str, Someone]) -> dict[str, Any]:
    answer = await people["admin"].rest.get("/api/openapi.json")
    found: dict[str, Any] = answer.json()
    return found


async def _add_client(prosa: Prosa, account: SeededAccount) -> Actor:
    user_id = new_id()
    await prosa.context.pool.execute(
        """WITH person AS (INSERT INTO users (id, email, name, password_hash) VALUES ($2, $3, 'Clara', 'unusable'))
        INSERT INTO memberships (account_id, user_id, role) VALUES ($1, $2, 'client')""",
        account.account_id,
        user_id,
        f"clara-{user_id.hex}@example.com",
    )
    return Actor(account.account_id, user_id, Role.CLIENT, name="Clara")


async def _issue_key(prosa: Prosa, admin: Someone) -> Someone:
    body = {"name": "Tudo", "scopes": sorted(ALL_PERMISSIONS)}
    answer = await admin.rest.post("/api/v1/api-keys", json=body)
    assert answer.status_code == 201, answer.text
    issued = answer.json()
    actor = Actor(
        admin.actor.account_id, UUID(issued["api_key"]["id"]), Role.CUSTOM, permissions=ALL_PERMISSIONS,
        kind=ActorKind.API_KEY,
    )  # fmt: skip
    return Someone(actor, issued["key"], _rest(prosa, issued["key"]))


async def sign_in(prosa: Prosa, actor: Actor) -> Someone:
    session_id = new_id()
    async with prosa.context.database.system() as work:
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
    issued = prosa.context.tokens.issue(
        user_id=actor.user_id, account_id=actor.account_id, session_id=session_id
    )
    return Someone(actor, issued.token, _rest(prosa, issued.token))


def _rest(prosa: Prosa, token: str) -> httpx.AsyncClient:
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.AsyncClient(base_url=prosa.url, headers=headers, verify=False, timeout=30)
