"""/v1/account over REST: settings, logo, usage, closing with a password."""

from io import BytesIO

from PIL import Image
from sqlalchemy import text

from inbox.kernel.database import Database
from server.settings import Settings
from tests.conftest import SeededAccount, seed_account
from tests.server.api.conftest import PASSWORD, SignIn, give_password


def picture() -> bytes:
    target = BytesIO()
    Image.new("RGB", (700, 700), "#123456").save(target, "JPEG")
    return target.getvalue()


async def test_settings_are_read_and_changed(seed: SeededAccount, signed_in: SignIn) -> None:
    admin, operator = await signed_in(seed.admin), await signed_in(seed.ana)
    before = (await operator.get("/api/v1/account")).json()
    assert before["state"] == "active"
    assert before["business_hours"] == {"weekdays": None, "holidays": []}
    answer = await admin.ask(
        "PATCH", "/api/v1/account", json={"version": before["version"], "name": "Nova", "time_zone": "UTC"}
    )
    assert answer.status_code == 200
    assert (answer.json()["name"], answer.json()["version"]) == ("Nova", before["version"] + 1)
    stale = await admin.ask("PATCH", "/api/v1/account", json={"version": before["version"], "name": "Velha"})
    assert (stale.status_code, stale.json()["code"], stale.json()["version"]) == (409, "account_changed", 2)
    refused = await operator.ask("PATCH", "/api/v1/account", json={"version": 2, "name": "X"})
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")


async def test_wrong_values_are_told_by_field(seed: SeededAccount, signed_in: SignIn) -> None:
    admin = await signed_in(seed.admin)
    for body, code in (
        ({"version": 1, "time_zone": "Mars/Olympus"}, "invalid"),
        ({"version": 1, "brand_color": "#ffff00"}, "brand_color_unreadable"),
        ({"version": 1, "plan": "business"}, "invalid"),
        ({"name": "X"}, "invalid"),
    ):
        answer = await admin.ask("PATCH", "/api/v1/account", json=body)
        assert (answer.status_code, answer.json()["code"]) == (422, code), body


async def test_the_logo_is_served_to_its_own_people_only(
    seed: SeededAccount, settings: Settings, signed_in: SignIn
) -> None:
    admin = await signed_in(seed.admin)
    answer = await admin.ask("PUT", "/api/v1/account/logo", files={"file": ("logo.jpg", picture())})
    assert answer.status_code == 200
    url = answer.json()["logo_url"]
    served = await (await signed_in(seed.ana)).get(url)
    assert (served.status_code, served.headers["content-type"]) == (200, "image/png")
    assert served.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert served.headers["x-content-type-options"] == "nosniff"
    with Image.open(BytesIO(served.content)) as logo:
        assert logo.size == (512, 512)
    again = await admin.get(url, headers={"If-None-Match": served.headers["etag"]})
    assert again.status_code == 304
    stranger = await signed_in(seed_account(settings).admin)
    assert (await stranger.get(url)).status_code == 404
    assert (await stranger.client.get(url)).status_code == 401
    assert (await admin.ask("DELETE", "/api/v1/account/logo")).json()["logo_url"] is None
    assert (await admin.get(url)).status_code == 404


async def test_what_is_no_picture_is_no_logo(seed: SeededAccount, signed_in: SignIn) -> None:
    admin = await signed_in(seed.admin)
    for content in (b"<svg onload='alert(1)'/>", b"GIF89a", b"\x00" * 1_000_001):
        answer = await admin.ask("PUT", "/api/v1/account/logo", files={"file": ("logo.png", content)})
        assert (answer.status_code, answer.json()["code"]) == (422, "logo_unusable")


async def test_usage_is_for_those_who_may_see_reports(seed: SeededAccount, signed_in: SignIn) -> None:
    usage = await (await signed_in(seed.supervisor)).get("/api/v1/account/usage")
    assert usage.status_code == 200
    assert len(usage.json()["days"]) == 30
    assert (await (await signed_in(seed.ana)).get("/api/v1/account/usage")).status_code == 403


async def test_an_account_is_closed_with_a_password_and_taken_back(
    seed: SeededAccount, database: Database, signed_in: SignIn, password_hash: str
) -> None:
    await give_password(database, seed.admin, password_hash)
    admin = await signed_in(seed.admin)
    wrong = await admin.post("/api/v1/account/close", json={"reason": "Vendemos", "password": "errada"})
    assert (wrong.status_code, wrong.json()["code"]) == (403, "wrong_password")
    without = await admin.post("/api/v1/account/close", json={"reason": "x", "password": PASSWORD})
    assert without.status_code == 422
    closing = await admin.post("/api/v1/account/close", json={"reason": "Vendemos", "password": PASSWORD})
    assert (closing.status_code, closing.json()["state"]) == (200, "closing")
    assert closing.json()["can_cancel_closing"]
    twice = await admin.post("/api/v1/account/close", json={"reason": "Vendemos", "password": PASSWORD})
    assert (twice.status_code, twice.json()["code"], twice.json()["state"]) == (
        409,
        "account_state",
        "closing",
    )
    (export,) = (await admin.get("/api/v1/exports")).json()
    assert export["kind"] == "account"
    back = await admin.post("/api/v1/account/close/cancel")
    assert (back.status_code, back.json()["state"]) == (200, "active")


async def test_an_export_of_everything_can_be_asked_for_at_any_time(
    seed: SeededAccount, signed_in: SignIn
) -> None:
    answer = await (await signed_in(seed.admin)).post("/api/v1/account/export")
    assert (answer.status_code, answer.json()["kind"]) == (202, "account")
    assert (await (await signed_in(seed.supervisor)).post("/api/v1/account/export")).status_code == 403


async def test_everybody_is_out_of_a_suspended_account_at_once(
    seed: SeededAccount, database: Database, signed_in: SignIn
) -> None:
    admin = await signed_in(seed.admin)
    async with database.system() as work:
        await work.session.execute(
            text("UPDATE accounts SET state = 'suspended', state_reason = 'Fatura' WHERE account_id = :id"),
            {"id": seed.account_id},
        )
    answer = await admin.get("/api/v1/account")
    assert (answer.status_code, answer.json()["code"], answer.json()["reason"]) == (
        403,
        "account_suspended",
        "Fatura",
    )
