"""Global settings: typed, on record, read through one cached place; a broken row never locks anybody out."""

import asyncio
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import event, text

from inbox.installation.settings import (
    SETTINGS_TOPIC,
    Banner,
    InstallationSettings,
    SettingsCache,
    change_settings,
    read_settings,
)
from inbox.installation.super_admin import SuperAdmin, access_super_admin
from inbox.kernel.audit import INSTALLATION
from inbox.kernel.database import Database
from inbox.kernel.errors import Invalid
from tests.conftest import RecordingPublisher
from tests.inbox.installation.test_accounts import ask, new_super_admin


@pytest.fixture
async def admin(database: Database) -> SuperAdmin:
    async with database.system() as work:
        await work.session.execute(text("DELETE FROM installation_settings"))
    return await access_super_admin(database, await new_super_admin(database))


async def test_defaults_have_no_rows_and_changes_are_on_record(
    database: Database, admin: SuperAdmin, publisher: RecordingPublisher
) -> None:
    assert await read_settings(database) == InstallationSettings()
    wanted = InstallationSettings(
        product_name="Conversa", banner=Banner(text="Manutenção às 22h", level="warning"), session_days=7
    )
    await change_settings(database, admin, wanted)
    assert await read_settings(database) == wanted
    names = await ask(database, "SELECT name FROM installation_settings ORDER BY 1")
    assert [row[0] for row in names] == ["banner", "product_name", "session_days"]
    assert SETTINGS_TOPIC in publisher.nudged
    (entry,) = await ask(
        database,
        """SELECT before, after, actor_id FROM audit_log
            WHERE account_id = :chain AND action = 'installation.settings_changed' ORDER BY seq DESC LIMIT 1""",
        chain=INSTALLATION,
    )
    assert entry.before == {"banner": None, "product_name": "Prosa", "session_days": None}
    assert entry.after["session_days"] == 7
    assert entry.actor_id == admin.user_id
    await change_settings(database, admin, InstallationSettings())
    assert await ask(database, "SELECT name FROM installation_settings") == []


async def test_a_setting_of_an_earlier_version_is_passed_over(database: Database, admin: SuperAdmin) -> None:
    async with database.system() as work:
        await work.session.execute(
            text(
                """INSERT INTO installation_settings (name, value, updated_by, updated_at)
                VALUES ('sign_up', '{"value": "open"}', :user_id, now())"""
            ),
            {"user_id": admin.user_id},
        )
    assert await read_settings(database) == InstallationSettings()


async def test_of_two_who_save_at_once_the_record_is_a_chain(database: Database, admin: SuperAdmin) -> None:
    await asyncio.gather(
        *(change_settings(database, admin, InstallationSettings(session_days=days)) for days in (5, 6, 7))
    )
    rows = await ask(
        database,
        """SELECT before, after FROM audit_log WHERE account_id = :chain AND actor_id = :id
        AND action = 'installation.settings_changed' ORDER BY seq""",
        chain=INSTALLATION,
        id=admin.user_id,
    )
    values = [None] + [row.after["session_days"] for row in rows]
    assert [row.before["session_days"] for row in rows] == values[:-1]
    assert (await read_settings(database)).session_days == values[-1]


async def test_the_cache_reads_once_until_it_is_told_or_too_old(
    database: Database, admin: SuperAdmin
) -> None:
    now = 0.0
    reads = 0

    def count(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        nonlocal reads
        reads += "installation_settings" in statement

    event.listen(database.system_engine.sync_engine, "before_cursor_execute", count)
    try:
        cache = SettingsCache(database, clock=lambda: now)
        await asyncio.gather(*(cache.current() for _ in range(20)))
        assert reads == 1
        now = 29.0
        await cache.current()
        assert reads == 1
        cache.invalidate()
        await cache.current()
        assert reads == 2
        now = 60.0
        await cache.current()
        assert reads == 3
    finally:
        event.remove(database.system_engine.sync_engine, "before_cursor_execute", count)


async def test_a_value_that_cannot_be_read_is_at_its_default(database: Database, admin: SuperAdmin) -> None:
    await change_settings(database, admin, InstallationSettings(product_name="Conversa"))
    async with database.system() as work:
        await work.session.execute(
            text(
                """INSERT INTO installation_settings (name, value) VALUES
                ('session_days', '{"value": 9999}'), ('of_a_later_version', '{"value": 1}')"""
            )
        )
    assert await read_settings(database) == InstallationSettings(product_name="Conversa")


async def test_an_unknown_plan_is_refused(database: Database, admin: SuperAdmin) -> None:
    with pytest.raises(Invalid):
        await change_settings(database, admin, InstallationSettings(default_plan="gold"))


@pytest.mark.parametrize(
    "values",
    [
        {"session_days": 0},
        {"session_days": 91},
        {"password_minimum": 9},
        {"product_name": " "},
        {"banner": {"text": "x", "level": "loud"}},
        {"unknown": 1},
    ],
)
def test_values_that_make_no_sense_are_refused(values: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        InstallationSettings.model_validate(values)
