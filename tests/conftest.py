"""Real Postgres and Redis for every test: one pair of servers a run, one fresh database a test module."""

import contextlib
import functools
import itertools
import os
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
import redis
from argon2 import PasswordHasher

from inbox.kernel.actor import Actor, Role
from inbox.kernel.database import Database
from inbox.kernel.encryption import Vault
from inbox.kernel.event_log import LoggedEvent
from inbox.kernel.ids import new_id
from server.embedded import EmbeddedPostgres, EmbeddedValkey
from server.migrate import migrate
from server.settings import Settings

_SECRET_KEY = "a secret key that is only for tests, 32+"
_ENCRYPTION_KEY = bytes(range(32)).hex()
# The tests kill servers on purpose elsewhere; here durability on disk only costs time. wal_level minimal: nobody
# replicates, and a copy of a database is then not written to the WAL as well.
_FAST_SETTINGS = {
    "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off",
    "wal_level": "minimal", "max_wal_senders": "0",
}  # fmt: skip
# Whole files are handed to the processes of a run (--dist loadfile); one of these, begun last, leaves the other process
# idle for as long as it takes. In order of their time, November 2026.
_LONG_FILES = (
    "isolation/test_contract.py", "inbox/outbox/test_fencing.py", "trips/test_state_and_events.py", "isolation/test_routes.py", "realtime/test_feed.py",
    "trips/test_ingest_concurrency.py", "server/api/test_sign_in.py", "realtime/test_gateway.py", "trips/test_whole_trip.py",
    "inbox/outbox/test_sending.py", "server/edge/test_account_rules.py", "server/test_run_refusals.py",
    "inbox/privacy/test_erasure.py", "inbox/accounts/test_access_matrix.py", "inbox/audit/test_verification.py",
)  # fmt: skip
# Memory where Linux offers it: files of a database that lives for a second need no disk.
_MEMORY = Path("/dev/shm")
# For each of two processes: the WAL (at most max_wal_size, 2 GB; mostly far less) and 10 MB a module.
_MEMORY_NEEDED_BYTES = 4 * 1024**3
_numbers = itertools.count(1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first. The order within a file stays."""
    tests = Path(__file__).parent
    rank = {tests / name: place for place, name in enumerate(_LONG_FILES)}
    items.sort(key=lambda item: rank.get(item.path, len(rank)))


@pytest.fixture(scope="session", autouse=True)
def cheap_password_hashes() -> Iterator[None]:
    """argon2id with the least it takes: a hash of the real strength is 50 ms of a core, and nothing here attacks one."""
    with pytest.MonkeyPatch.context() as patch:
        cheap = functools.partial(PasswordHasher, time_cost=1, memory_cost=8, parallelism=1)
        patch.setattr("server.auth.passwords.PasswordHasher", cheap)
        yield


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres]:
    """The server; its database "prosa" is migrated and serves as the template of every module's database."""
    # Not in pytest's own folder: every run that starts closes that to all but its user again, and as root the server
    # runs as somebody else.
    with tempfile.TemporaryDirectory(prefix="prosa-tests-", dir=_folder_in_memory()) as folder:
        server = EmbeddedPostgres(Path(folder) / "data", secrets.token_hex(8), extra_settings=_FAST_SETTINGS)
        server.start()
        migrate(make_settings(server, "prosa", "redis://unused", Path()))
        yield server
        server.stop()


def _folder_in_memory() -> Path | None:
    """None where there is no room (containers have 64 MB by default): the ordinary folder then."""
    with contextlib.suppress(OSError):
        if os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _MEMORY_NEEDED_BYTES:
            return _MEMORY
    return None


@pytest.fixture(scope="session")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedValkey]:
    server = EmbeddedValkey(tmp_path_factory.mktemp("redis") / "valkey.log", secrets.token_hex(8))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def redis_url(valkey: EmbeddedValkey) -> Iterator[str]:
    """Redis, emptied for each module (modules run one after the other)."""
    client = redis.Redis.from_url(valkey.url)
    client.flushall()
    yield valkey.url
    client.close()


@pytest.fixture(scope="module")
def settings(
    postgres: EmbeddedPostgres, redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Settings]:
    """Settings of a fresh migrated database."""
    name = f"test_{next(_numbers)}"
    with psycopg.connect(postgres.database_url("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE prosa STRATEGY FILE_COPY".encode())
        yield make_settings(postgres, name, redis_url, tmp_path_factory.mktemp("data"))
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def make_settings(postgres: EmbeddedPostgres, name: str, redis_url: str, data_dir: Path) -> Settings:
    return Settings(
        database_url=postgres.database_url(name),
        redis_url=redis_url,
        data_dir=data_dir,
        secret_key=_SECRET_KEY,
        encryption_keys=_ENCRYPTION_KEY,
    )


@pytest.fixture(scope="module")
def vault(settings: Settings) -> Vault:
    return settings.vault


@dataclass
class RecordingPublisher:
    """An EventPublisher that only remembers."""

    published: list[tuple[UUID, LoggedEvent]] = field(default_factory=list)
    nudged: list[str] = field(default_factory=list)

    async def publish(self, account_id: UUID, events: Sequence[LoggedEvent]) -> None:
        self.published.extend((account_id, event) for event in events)

    async def nudge(self, topic: str) -> None:
        self.nudged.append(topic)


@pytest.fixture(scope="module")
def publisher() -> RecordingPublisher:
    return RecordingPublisher()


@pytest.fixture(scope="module")
async def database(settings: Settings, publisher: RecordingPublisher) -> AsyncIterator[Database]:
    database = Database(
        settings.resolved_app_database_url,
        settings.resolved_system_database_url,
        audit_key=settings.audit_key,
        publisher=publisher,
    )
    yield database
    await database.close()


@dataclass(frozen=True)
class SeededApp:
    id: UUID
    hook_key: str
    app_secret: bytes
    verify_token: str


@dataclass(frozen=True)
class SeededNumber:
    id: UUID
    phone_number_id: str
    waba_id: str
    display_phone_number: str
    access_token: str


@dataclass(frozen=True)
class SeededAccount:
    """One account with two departments, four people, one app and one number."""

    account_id: UUID
    departments: dict[str, UUID]
    admin: Actor
    supervisor: Actor
    ana: Actor
    """Operator of vendas."""
    bruno: Actor
    """Operator of suporte."""
    app: SeededApp
    number: SeededNumber


def seed_account(settings: Settings) -> SeededAccount:
    """Writes an account as the owner of the tables. Numbers and names are unique per call."""
    n = next(_numbers)
    account_id, app_id, number_id = new_id(), new_id(), new_id()
    departments = {"vendas": new_id(), "suporte": new_id()}
    vault = settings.vault
    app = SeededApp(app_id, f"hook-{n}", f"app-secret-{n}".encode(), f"verify-{n}")
    number = SeededNumber(number_id, f"1060000{n:08}", f"4190000{n:08}", f"55113000{n:04}", f"token-{n}")
    with psycopg.connect(settings.database_url) as connection:
        run = connection.execute
        run(
            "INSERT INTO accounts (account_id, name, slug) VALUES (%s, %s, %s)",
            (account_id, f"Conta {n}", f"conta-{n}"),
        )
        run("INSERT INTO event_counters (account_id) VALUES (%s)", (account_id,))
        for position, (name, department_id) in enumerate(departments.items()):
            run("INSERT INTO departments (account_id, id, name, position) VALUES (%s, %s, %s, %s)",
                (account_id, department_id, name.title(), position))  # fmt: skip

        def add_person(name: str, role: Role, *names: str) -> Actor:
            user_id = new_id()
            run("INSERT INTO users (id, email, name, password_hash) VALUES (%s, %s, %s, 'unusable')",
                (user_id, f"{name.lower()}-{n}@example.com", name))  # fmt: skip
            run("INSERT INTO memberships (account_id, user_id, role, availability) VALUES (%s, %s, %s, 'online')",
                (account_id, user_id, role.value))  # fmt: skip
            for department in names:
                run("INSERT INTO membership_departments VALUES (%s, %s, %s)",
                    (account_id, user_id, departments[department]))  # fmt: skip
            return Actor(account_id, user_id, role, frozenset(departments[d] for d in names), name=name)

        admin = add_person("Alice", Role.ADMIN)
        supervisor = add_person("Sofia", Role.SUPERVISOR, "vendas", "suporte")
        ana = add_person("Ana", Role.OPERATOR, "vendas")
        bruno = add_person("Bruno", Role.OPERATOR, "suporte")
        run("INSERT INTO whatsapp_apps (account_id, id, name, hook_key, app_secret_sealed, verify_token_sealed)"
            " VALUES (%s, %s, 'App', %s, %s, %s)",
            (account_id, app_id, app.hook_key, vault.encrypt(app.app_secret, f"whatsapp_apps.app_secret:{app_id}"),
             vault.encrypt(app.verify_token.encode(), f"whatsapp_apps.verify_token:{app_id}")))  # fmt: skip
        run("INSERT INTO phone_numbers (account_id, id, app_id, name, phone_number_id, waba_id, display_phone_number,"
            " access_token_sealed, default_department_id) VALUES (%s, %s, %s, 'Principal', %s, %s, %s, %s, %s)",
            (account_id, number_id, app_id, number.phone_number_id, number.waba_id, number.display_phone_number,
             vault.encrypt(number.access_token.encode(), f"phone_numbers.access_token:{number_id}"),
             departments["vendas"]))  # fmt: skip
    return SeededAccount(account_id, departments, admin, supervisor, ana, bruno, app, number)


@pytest.fixture
def seed(settings: Settings) -> SeededAccount:
    """A new account for this test alone."""
    return seed_account(settings)
