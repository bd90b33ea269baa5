"""`prosa bench seed`: fills a migrated, empty database with millions of messages through COPY, in two worker processes.

Foreign keys are not checked meanwhile and plain indexes are made at the end: that is most of the speed. What the data
looks like is `dataset`'s matter.
"""

import contextlib
import multiprocessing
import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import UUID

import orjson
import psycopg
from psycopg import sql

from inbox.kernel.errors import ProsaError
from inbox.kernel.ids import new_id
from server.embedded import EmbeddedPostgres
from server.migrate import migrate
from server.settings import Settings
from tests.bench.dataset import COLUMNS, AccountPlan, Chunk, ChunkWriter, chunks_of, share_out
from tests.bench.names import DEPARTMENTS
from tests.conftest import make_settings

Tell = Callable[[str], None]

LARGE: Final = "large"
SMALL: Final = "small"
SUPERVISORS: Final = 2
_OPERATORS = 16
_DEPARTMENTS_EACH = 2
# Heap, indexes and what the sort of an index needs, as seen at 10 million (2026-11: 1.0 kB), and nearly half as much for WAL.
_BYTES_PER_MESSAGE = 1_400
_PROCESSES = 2
# The seeding server alone: durability comes with the clean stop at its end.
_FAST: Final = {
    "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off", "shared_buffers": "2GB",
    "maintenance_work_mem": "1GB", "max_wal_size": "4GB", "wal_level": "minimal", "max_wal_senders": "0",
    "checkpoint_timeout": "30min",
}  # fmt: skip
_MANIFEST: Final = "seed.json"


@dataclass(frozen=True)
class Size:
    messages: int
    conversations: int


FULL: Final = Size(10_000_000, 1_000_000)
BASE: Final = Size(10_000, 1_000)
"""What the growth rows divide by."""


class SeedRefused(ProsaError):
    code = "seed_refused"
    title = "Nothing was seeded"


@dataclass(frozen=True)
class SeededServer:
    """A stopped server with the databases `large` and `small`."""

    folder: Path
    password: str
    large: Size
    small: Size

    def open(self) -> EmbeddedPostgres:
        """Not started yet; with the settings of `prosa run`."""
        return EmbeddedPostgres(self.folder / "pg" / "data", self.password)


def read_manifest(folder: Path) -> SeededServer:
    """Raises SeedRefused when `folder` holds no finished seed."""
    try:
        told = orjson.loads((folder / _MANIFEST).read_bytes())
    except FileNotFoundError as error:
        raise SeedRefused(f"{folder} has not been seeded: prosa bench seed --data-dir {folder}") from error
    return SeededServer(folder, told["password"], Size(**told["large"]), Size(**told["small"]))


def seed_folder(folder: Path, large: Size, tell: Tell, small: Size = BASE) -> SeededServer:
    """A server of its own in `folder` with both databases. Raises SeedRefused when it is there already or does not fit."""
    if (folder / "pg").exists():
        raise SeedRefused(f"{folder} already holds a database: remove it first")
    folder.mkdir(parents=True, exist_ok=True)
    needed = (large.messages + small.messages) * _BYTES_PER_MESSAGE
    if (free := shutil.disk_usage(folder).free) < needed:
        raise SeedRefused(f"{needed / 1e9:.0f} GB are needed in {folder}, {free / 1e9:.0f} GB are free")
    server = EmbeddedPostgres(folder / "pg" / "data", secrets.token_hex(16), extra_settings=_FAST)
    server.start()
    try:
        for name, size in ((SMALL, small), (LARGE, large)):
            with psycopg.connect(server.database_url("postgres"), autocommit=True) as connection:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            settings = make_settings(server, name, "redis://unused", folder)
            migrate(settings)
            seed_database(settings, size, tell)
    finally:
        server.stop()
    os.sync()
    seeded = SeededServer(folder, server.password, large, small)
    told = {"password": seeded.password, "large": asdict(large), "small": asdict(small)}
    (folder / _MANIFEST).write_bytes(orjson.dumps(told))
    (folder / _MANIFEST).chmod(0o600)
    return seeded


def seed_database(settings: Settings, size: Size, tell: Tell) -> list[AccountPlan]:
    """Fills the migrated database of `settings`. Raises SeedRefused when it holds an account or `size` is too small."""
    started, now = time.perf_counter(), datetime.now(UTC)
    accounts = _plan_accounts(size)
    with psycopg.connect(settings.database_url) as connection:
        if connection.execute("SELECT EXISTS (SELECT FROM accounts)").fetchone() == (True,):
            raise SeedRefused("the database is not empty")
        for n, account in enumerate(accounts):
            _insert_account(connection, settings, account, n)
    with _without_plain_indexes(settings.database_url, tell):
        _copy_all(settings.database_url, accounts, now, tell)
    with psycopg.connect(settings.database_url, autocommit=True) as connection:
        # Frozen and marked visible, as a table that autovacuum has gone through.
        connection.execute("VACUUM (ANALYZE)")
    seconds = time.perf_counter() - started
    tell(f"{size.messages:,} messages in {size.conversations:,} conversations: {seconds:.0f} s")
    return accounts


def _plan_accounts(size: Size) -> list[AccountPlan]:
    if size.conversations < 50 or size.messages < size.conversations:
        raise SeedRefused("at least 50 conversations, and a message for each")
    conversations = share_out(size.conversations)
    plans = []
    for wanted in conversations:
        departments = [new_id() for _ in DEPARTMENTS]
        operators: dict[UUID, list[UUID]] = {department: [] for department in departments}
        for n in range(_OPERATORS):
            person = new_id()
            for place in range(_DEPARTMENTS_EACH):
                operators[departments[(n + place) % len(departments)]].append(person)
        messages = size.messages * wanted // size.conversations
        plans.append(AccountPlan(new_id(), wanted, messages, departments, [new_id(), new_id()], operators))
    rest = size.messages - sum(plan.messages for plan in plans)
    first = plans[0]
    plans[0] = AccountPlan(**{**vars(first), "messages": first.messages + rest})
    return plans


def _insert_account(
    connection: "psycopg.Connection", settings: Settings, account: AccountPlan, n: int
) -> None:
    """The account with its people; supervisors see every department."""
    run, vault, account_id, app_id = connection.execute, settings.vault, account.account_id, new_id()
    run("INSERT INTO accounts (account_id, name, slug, plan) VALUES (%s, %s, %s, 'business')",
        (account_id, f"Empresa {n}", f"bench-{n}"))  # fmt: skip
    run("INSERT INTO event_counters (account_id) VALUES (%s)", (account_id,))
    for place, (department, name) in enumerate(zip(account.departments, DEPARTMENTS, strict=True)):
        run("INSERT INTO departments (account_id, id, name, position) VALUES (%s, %s, %s, %s)",
            (account_id, department, name, place))  # fmt: skip
    people = {person: "operator" for group in account.operators.values() for person in group}
    people |= {new_id(): "supervisor" for _ in range(SUPERVISORS)} | {new_id(): "admin"}
    for place, (person, role) in enumerate(people.items()):
        run("INSERT INTO users (id, email, name, password_hash) VALUES (%s, %s, %s, 'unusable')",
            (person, f"pessoa-{place}@bench-{n}.example", f"Pessoa {place}"))  # fmt: skip
        run("INSERT INTO memberships (account_id, user_id, role, availability) VALUES (%s, %s, %s, 'online')",
            (account_id, person, role))  # fmt: skip
        for department, group in account.operators.items():
            if person in group or role == "supervisor":
                run(
                    "INSERT INTO membership_departments VALUES (%s, %s, %s)", (account_id, person, department)
                )
    run("INSERT INTO whatsapp_apps (account_id, id, name, hook_key, app_secret_sealed, verify_token_sealed)"
        " VALUES (%s, %s, 'App', %s, %s, %s)",
        (account_id, app_id, f"bench-{n}", vault.encrypt(b"bench", f"whatsapp_apps.app_secret:{app_id}"),
         vault.encrypt(b"bench", f"whatsapp_apps.verify_token:{app_id}")))  # fmt: skip
    for place, number_id in enumerate(account.number_ids):
        run("INSERT INTO phone_numbers (account_id, id, app_id, name, phone_number_id, waba_id, display_phone_number,"
            " access_token_sealed, default_department_id) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            (account_id, number_id, app_id, f"Número {place}", f"1070{n:04}{place:06}", f"4070{n:08}", f"5511300{n:02}{place:02}",
             vault.encrypt(b"bench", f"phone_numbers.access_token:{number_id}"), account.departments[0]))  # fmt: skip


@contextlib.contextmanager
def _without_plain_indexes(url: str, tell: Tell) -> Iterator[None]:
    """Indexes that no constraint needs (the large random ones among them) are dropped, then made again."""
    with psycopg.connect(url, autocommit=True) as connection:
        found = connection.execute(
            """SELECT c.relname, pg_get_indexdef(i.indexrelid) FROM pg_index i
            JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
            WHERE t.relnamespace = 'public'::regnamespace AND t.relname = ANY(%s)
              AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid)""",
            (list(COLUMNS),),
        ).fetchall()
        for name, _ in found:
            connection.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
    yield
    started = time.perf_counter()
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(_PROCESSES, context) as pool:
        list(pool.map(_create_index, [url] * len(found), [definition for _, definition in found]))
    tell(f"{len(found)} indexes: {time.perf_counter() - started:.0f} s")


def _create_index(url: str, definition: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(definition.encode())


def _copy_all(url: str, accounts: Sequence[AccountPlan], now: datetime, tell: Tell) -> None:
    chunks = list(chunks_of(accounts))
    started, done, told = time.perf_counter(), 0, 0
    total = sum(chunk.messages for chunk in chunks)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(
        _PROCESSES, context, initializer=_begin_copying, initargs=(url, accounts, now)
    ) as pool:
        for messages in pool.map(_copy_chunk, chunks, chunksize=4):
            done += messages
            if done * 10 // total > told:
                told = done * 10 // total
                tell(f"{done:,} messages copied: {time.perf_counter() - started:.0f} s")


@dataclass
class _Copier:
    """What a worker process keeps between chunks."""

    connection: "psycopg.Connection"
    accounts: Sequence[AccountPlan]
    now: datetime


_copiers: list[_Copier] = []


def _begin_copying(url: str, accounts: Sequence[AccountPlan], now: datetime) -> None:
    connection = psycopg.connect(url, autocommit=True)
    # Rows refer to each other by construction; only superusers may leave that unchecked.
    with contextlib.suppress(psycopg.errors.InsufficientPrivilege):
        connection.execute("SET session_replication_role = replica")
    connection.autocommit = False
    _copiers.append(_Copier(connection, accounts, now))


def _copy_chunk(chunk: Chunk) -> int:
    (copier,) = _copiers
    rows = ChunkWriter(copier.accounts[chunk.account], chunk, copier.now).write()
    with copier.connection.transaction(), copier.connection.cursor() as cursor:
        for table, columns in COLUMNS.items():
            if not rows.get(table):
                continue
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN".encode()) as copy:
                copy.write("".join(rows[table]))
    return len(rows["messages"])
