"""The system log: warnings of every process reach the table without secrets, and logging never suffers from it."""

import asyncio
import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import structlog
from sqlalchemy import text

from inbox.installation.super_admin import SuperAdmin, access_super_admin
from inbox.installation.system_log import KEPT, LogPage, list_log_entries, trim_system_log
from inbox.kernel.database import Database
from inbox.kernel.ids import new_id
from server import log_tap
from server.log_tap import SystemLogTap
from server.settings import Settings
from server.system_log import SystemLogWriter
from tests.inbox.installation.test_accounts import new_super_admin


@pytest.fixture
def tap() -> SystemLogTap:
    tap = SystemLogTap()
    tap.turn_on()
    return tap


@pytest.fixture
async def admin(database: Database) -> SuperAdmin:
    async with database.system() as work:
        await work.session.execute(text("DELETE FROM system_log"))
    return await access_super_admin(database, await new_super_admin(database))


def tell(tap: SystemLogTap, level: str, event: str, **fields: Any) -> None:
    tap(None, level, {"level": level, "event": event, **fields})


async def read(database: Database, admin: SuperAdmin, **filters: Any) -> LogPage:
    wanted: dict[str, Any] = {"level": None, "q": "", "since": None, "before": None, "limit": 50, **filters}
    return await list_log_entries(database, admin, **wanted)


async def test_warnings_and_errors_are_written_and_the_rest_is_not(
    database: Database, admin: SuperAdmin, tap: SystemLogTap
) -> None:
    for level in ("debug", "info", "warning", "error", "critical"):
        tell(tap, level, f"{level}_happened", number=7, account_id=new_id())
    assert await SystemLogWriter(database, "serve", tap).write()
    page = await read(database, admin)
    assert [entry.event for entry in page.items] == [
        "critical_happened",
        "error_happened",
        "warning_happened",
    ]
    assert page.items[0].process.startswith("serve ")
    assert page.items[0].fields["number"] == 7
    assert [entry.level for entry in (await read(database, admin, level="error")).items] == [
        "critical",
        "error",
    ]


async def test_it_is_searched_and_paged(database: Database, admin: SuperAdmin, tap: SystemLogTap) -> None:
    for n in range(5):
        tell(tap, "warning", "disk_full" if n % 2 else "graph_refused", part=f"n{n}")
    await SystemLogWriter(database, "work", tap).write()
    assert len((await read(database, admin, q="DISK")).items) == 2
    assert len((await read(database, admin, q="n3")).items) == 1
    first = await read(database, admin, limit=3)
    rest = await read(database, admin, limit=3, before=first.next_place)
    assert len({entry.id for entry in (*first.items, *rest.items)}) == 5
    assert rest.next_place is None
    assert (await read(database, admin, since=database.now() + timedelta(minutes=1))).items == []


async def test_no_secret_and_nobodys_number_is_kept(
    database: Database, admin: SuperAdmin, tap: SystemLogTap
) -> None:
    try:
        raise ValueError("refused: +55 11 98765-4321 said 'meu segredo'")
    except ValueError as error:
        tell(
            tap, "error", "sent to 5511987654321 for ana@loja.example", exc_info=error, access_token="EAAG-secret",
            nested={"password": "hunter2", "ids": [5511987654321]}, wa_id="5511987654321", text="meu segredo",
            note="Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.abcdefghijklmnop",
            message_id="01a209aa-b0ef-7482-bbcb-b20173aa24a3", path="/api/v1/tickets",
        )  # fmt: skip
    await SystemLogWriter(database, "work", tap).write()
    (entry,) = (await read(database, admin)).items
    whole = entry.model_dump_json()
    for secret in ("98765", "987654321", "ana@", "EAAG", "hunter2", "segredo", "eyJhbGci"):
        assert secret not in whole, secret
    assert entry.fields["message_id"] == "01a209aa-b0ef-7482-bbcb-b20173aa24a3"
    assert entry.fields["path"] == "/api/v1/tickets"
    assert entry.fields["error_type"] == "ValueError"
    assert entry.fields["trace"][-1].startswith("tests/server/test_system_log.py:")


async def test_a_database_that_is_away_costs_no_entry_and_no_error(
    database: Database, settings: Settings, admin: SuperAdmin, tap: SystemLogTap
) -> None:
    away = Database("postgresql://x@127.0.0.1:1/x", "postgresql://x@127.0.0.1:1/x", audit_key=b"x" * 32)
    tell(tap, "warning", "first")
    assert not await SystemLogWriter(away, "serve", tap).write()
    await away.close()
    tell(tap, "warning", "second")
    assert await SystemLogWriter(database, "serve", tap).write()
    assert [entry.event for entry in (await read(database, admin)).items] == ["second", "first"]


async def test_what_is_logged_while_writing_is_not_written(tap: SystemLogTap) -> None:
    token = log_tap.IS_WRITING.set(True)
    tell(tap, "error", "system_log_not_written")
    log_tap.IS_WRITING.reset(token)
    assert not tap.has_entries


def test_the_queue_is_bounded_and_the_newest_stay(tap: SystemLogTap, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_tap, "_WAITING", 3)
    for n in range(5):
        tell(tap, "warning", f"event_{n}")
    taken = tap.take(10)
    assert [entry.event for entry in taken] == ["event_2", "event_3", "event_4"]
    assert tap.dropped == 2
    tell(tap, "warning", "event_5")
    tap.put_back(taken)
    assert [entry.event for entry in tap.take(10)] == ["event_3", "event_4", "event_5"]


def test_a_field_that_breaks_does_not_break_logging(tap: SystemLogTap) -> None:
    class Broken:
        def __str__(self) -> str:
            raise RuntimeError

    event = {"level": "error", "event": "x", "broken": Broken()}
    assert tap(None, "error", event) is event


async def test_nothing_is_kept_before_somebody_writes() -> None:
    tap = SystemLogTap()
    tell(tap, "error", "x")
    assert not tap.has_entries


async def test_the_writer_writes_by_itself_and_once_more_at_its_end(
    database: Database, admin: SuperAdmin, tap: SystemLogTap, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.system_log._GATHER_SECONDS", 0.01)
    async with SystemLogWriter(database, "work", tap).running():
        tell(tap, "warning", "early")
        async with asyncio.timeout(10):
            while not (await read(database, admin)).items:  # noqa: ASYNC110 - a condition of the database
                await asyncio.sleep(0.01)
        monkeypatch.setattr("server.system_log._GATHER_SECONDS", 60)
    tell(tap, "warning", "late")
    async with SystemLogWriter(database, "work", tap).running():
        pass
    assert [entry.event for entry in (await read(database, admin)).items] == ["late", "early"]


async def test_entries_go_after_two_weeks(database: Database, admin: SuperAdmin, tap: SystemLogTap) -> None:
    tell(tap, "warning", "old")
    tell(tap, "warning", "new")
    await SystemLogWriter(database, "serve", tap).write()
    async with database.system() as work:
        await work.session.execute(
            text("UPDATE system_log SET at = at - CAST(:kept AS interval) WHERE event = 'old'"),
            {"kept": KEPT},
        )
    assert await trim_system_log(database) == 1
    assert [entry.event for entry in (await read(database, admin)).items] == ["new"]


@pytest.fixture
def configured() -> Iterator[None]:
    """Logging as a process has it, and as it was before."""
    from server.logs import configure_logs

    root, handlers, level = logging.getLogger(), logging.getLogger().handlers, logging.getLogger().level
    configure_logs("INFO", as_json=True)
    yield
    structlog.reset_defaults()
    root.handlers = handlers
    root.setLevel(level)


def test_both_our_logs_and_the_standard_librarys_pass_the_tap(
    configured: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(log_tap.TAP, "_is_on", True)
    log_tap.TAP.take(10_000)
    structlog.get_logger("a").warning("ours", number_id="n1")
    structlog.get_logger("a").info("not this")
    logging.getLogger("some.library").error("theirs %s", "x")
    assert [(entry.level, entry.event) for entry in log_tap.TAP.take(10)] == [
        ("warning", "ours"),
        ("error", "theirs x"),
    ]
