"""Settings of an account: who may change them, what is refused, and that two who save at once do not undo each other."""

import asyncio
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from PIL import Image
from pydantic import ValidationError
from sqlalchemy import text

from inbox.accounts.branding import UnreadableColor
from inbox.accounts.settings import (
    AccountChanged,
    AccountChanges,
    access_account,
    change_account,
    open_logo,
    put_logo,
    remove_logo,
)
from inbox.kernel.database import Database
from inbox.kernel.errors import Forbidden, NotFound
from inbox.media.storage import MediaStore
from server.settings import Settings
from tests.conftest import RecordingPublisher, SeededAccount, seed_account


def logo(color: str = "#2f7d6b") -> bytes:
    target = BytesIO()
    Image.new("RGB", (64, 64), color).save(target, "PNG")
    return target.getvalue()


async def audited(database: Database, account_id: UUID, action: str) -> list[Any]:
    async with database.system() as work:
        rows = await work.session.execute(
            text(
                "SELECT before, after, actor_id FROM audit_log WHERE account_id = :a AND action = :b ORDER BY seq"
            ),
            {"a": account_id, "b": action},
        )
        return list(rows)


async def test_a_change_is_stored_told_and_on_record(
    database: Database, seed: SeededAccount, publisher: RecordingPublisher
) -> None:
    before = await access_account(database, seed.admin)
    changes = AccountChanges.model_validate(
        {
            "version": before.version,
            "name": "  Padaria  ",
            "time_zone": "America/Manaus",
            "brand_color": "#8A4B2D",
            "business_hours": {
                "weekdays": {"monday": {"intervals": [{"opens": "08:00", "closes": "12:00"}]}}
            },
        }
    )
    after = await change_account(database, seed.admin, changes)
    assert (after.name, after.time_zone, after.brand_color) == ("Padaria", "America/Manaus", "#8a4b2d")
    assert after.version == before.version + 1
    assert await access_account(database, seed.ana) == after.model_copy(
        update={"can_cancel_closing": False, "is_open": after.is_open}
    )
    told = [e for account_id, e in publisher.published if account_id == seed.account_id]
    assert [(e.type, e.audience) for e in told] == [("account_updated", ["account"])]
    assert told[0].data["account"]["name"] == "Padaria"
    (entry,) = await audited(database, seed.account_id, "account.updated")
    assert entry.before["name"] == before.name
    assert entry.after["name"] == "Padaria"
    assert "locale" not in entry.after
    assert entry.actor_id == seed.admin.user_id


async def test_of_two_who_save_at_once_one_is_told_to_look_again(
    database: Database, seed: SeededAccount
) -> None:
    results = await asyncio.gather(
        *(
            change_account(database, seed.admin, AccountChanges(version=1, name=name))
            for name in ("Norte", "Sul")
        ),
        return_exceptions=True,
    )
    refused = [result for result in results if isinstance(result, AccountChanged)]
    assert len(refused) == 1
    assert len(await audited(database, seed.account_id, "account.updated")) == 1


async def test_what_is_as_it_was_changes_nothing(
    database: Database, seed: SeededAccount, publisher: RecordingPublisher
) -> None:
    before = await access_account(database, seed.admin)
    after = await change_account(
        database, seed.admin, AccountChanges(version=before.version, name=before.name)
    )
    assert after.version == before.version
    assert not [e for account_id, e in publisher.published if account_id == seed.account_id]


async def test_operators_and_supervisors_may_not_change_settings(
    database: Database, seed: SeededAccount, store: MediaStore
) -> None:
    for actor in (seed.ana, seed.supervisor):
        with pytest.raises(Forbidden):
            await change_account(database, actor, AccountChanges(version=1, name="X"))
        with pytest.raises(Forbidden):
            await put_logo(database, actor, store, logo())
        with pytest.raises(Forbidden):
            await remove_logo(database, actor, store)


async def test_a_colour_that_carries_no_text_is_refused(database: Database, seed: SeededAccount) -> None:
    with pytest.raises(UnreadableColor):
        await change_account(database, seed.admin, AccountChanges(version=1, brand_color="#ffff00"))
    taken_away = await change_account(
        database, seed.admin, AccountChanges.model_validate({"version": 1, "brand_color": None})
    )
    assert taken_away.brand_color is None


@pytest.mark.parametrize(
    "changes",
    [
        {"time_zone": "America/Atlantis"},
        {"time_zone": "../../etc/passwd"},
        {"locale": "fr"},
        {"name": "   "},
        {"name": None},
        {"business_hours": None},
        {"state": "active"},
        {"plan": "business"},
    ],
)
def test_values_that_are_not_valid_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        AccountChanges.model_validate({"version": 1, **changes})


async def test_a_logo_is_its_own_accounts_and_its_address_says_nothing(
    database: Database, seed: SeededAccount, settings: Settings, store: MediaStore
) -> None:
    with_logo = await put_logo(database, seed.admin, store, logo())
    assert with_logo.logo_url is not None
    name = with_logo.logo_url.removeprefix("/media/logo/")
    assert str(seed.account_id) not in with_logo.logo_url
    assert str(seed.account_id.hex) not in with_logo.logo_url
    opened = await open_logo(database, seed.ana, store, name)
    assert b"".join([chunk async for chunk in opened.chunks]).startswith(b"\x89PNG")
    stranger = seed_account(settings)
    with pytest.raises(NotFound):
        await open_logo(database, stranger.admin, store, name)
    with pytest.raises(NotFound):
        await open_logo(database, seed.ana, store, f"../{name}")


async def test_a_new_logo_has_a_new_address_and_the_old_file_goes(
    database: Database, seed: SeededAccount, store: MediaStore
) -> None:
    first = (await put_logo(database, seed.admin, store, logo())).logo_url
    second = (await put_logo(database, seed.admin, store, logo("#000000"))).logo_url
    assert first is not None
    assert second is not None
    assert first != second
    with pytest.raises(NotFound):
        await open_logo(database, seed.ana, store, first.rpartition("/")[2])
    with pytest.raises(NotFound):
        await store.open(f"{seed.account_id}/logo/{first.rpartition('/')[2]}")
    assert (await remove_logo(database, seed.admin, store)).logo_url is None
    assert (await remove_logo(database, seed.admin, store)).logo_url is None
    assert len(await audited(database, seed.account_id, "account.logo_removed")) == 1
