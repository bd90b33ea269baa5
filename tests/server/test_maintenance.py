"""The command line's first steps of a real installation: a company, its administrator, its number, what was parked."""

import re

import httpx
import pytest
from sqlalchemy import text
from starlette.applications import Starlette

from inbox.ingest.service import Ingest
from inbox.installation.repository import put_setting
from inbox.kernel.database import Database
from inbox.kernel.errors import Conflict, Invalid, NotFound
from inbox.kernel.ids import new_id
from inbox.whatsapp.signature import sign
from server import hooks
from server.maintenance import (
    connect_whatsapp_number,
    create_administrator,
    create_super_administrator,
    replay_parked,
)
from server.settings import Settings

_META = {
    "phone_number_id": "106555000000001",
    "waba_id": "419555000000001",
    "display_phone_number": "+55 11 3555-0001",
}


async def test_a_company_its_administrator_and_a_number_that_verifies(settings: Settings) -> None:
    told = await create_administrator(
        settings,
        email="dona@padaria.example",
        name="Dona",
        account="Padaria São João",
        password="fermento natural",
    )
    assert "dona@padaria.example" in told
    told = await connect_whatsapp_number(
        settings,
        account="Padaria São João",
        name="Balcão",
        access_token="token",
        app_secret="segredo",
        **_META,
    )
    found = re.search(r"Callback URL: http://[^/]+(\S+)\n\s*Verify token: (\S+)", told)
    assert found is not None
    path, verify_token = found.groups()
    ingest = Ingest(settings.resolved_system_database_url, settings.vault)
    await ingest.start()
    app = hooks.WebhookGate(Starlette(), ingest, max_bytes=1000)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        params = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": verify_token}
        answer = await client.get(path, params=params)
        signed = await client.post(
            path, content=b"{}", headers={"X-Hub-Signature-256": sign(b"{}", b"segredo")}
        )
    await ingest.stop()
    assert (answer.status_code, answer.text) == (200, "1158201444")
    assert signed.status_code == 200


async def test_second_administrator_joins_the_same_company(settings: Settings, database: Database) -> None:
    for login in ("um", "dois"):
        await create_administrator(
            settings,
            email=f"{login}@floricultura.example",
            name=login,
            account="Floricultura",
            password="rosas e cravos",
        )
    async with database.system() as work:
        count = await work.session.execute(text("SELECT count(*) FROM accounts WHERE slug = 'floricultura'"))
        members = await work.session.execute(
            text(
                "SELECT count(*) FROM memberships JOIN accounts USING (account_id) WHERE slug = 'floricultura'"
            )
        )
        assert (count.scalar_one(), members.scalar_one()) == (1, 2)


async def test_bad_input_is_refused_in_a_sentence(settings: Settings) -> None:
    person = {"email": "x@y.example", "name": "X", "account": "Alguma", "password": "longa o bastante"}
    with pytest.raises(Invalid, match="needs at least"):
        await create_administrator(settings, **{**person, "password": "curta"})
    with pytest.raises(Invalid, match="not an e-mail"):
        await create_administrator(settings, **{**person, "email": "ninguém"})
    await create_administrator(settings, **person)
    with pytest.raises(Conflict):
        await create_administrator(settings, **person)
    with pytest.raises(NotFound, match="no company"):
        await connect_whatsapp_number(
            settings, account="Desconhecida", name="n", access_token="t", app_secret="s",
            phone_number_id="1", waba_id="2", display_phone_number="3",
        )  # fmt: skip


async def test_first_passwords_are_as_long_as_the_installation_wants(
    settings: Settings, database: Database
) -> None:
    async with database.system() as work:
        await put_setting(work.session, "password_minimum", {"value": 20}, new_id(), work.now())
    person = {"email": "z@y.example", "name": "Z", "password": "longa o bastante"}
    try:
        with pytest.raises(Invalid, match="at least 20"):
            await create_administrator(settings, account="Outra", **person)
        with pytest.raises(Invalid, match="at least 20"):
            await create_super_administrator(settings, **person)
    finally:
        async with database.system() as work:
            await put_setting(work.session, "password_minimum", None, new_id(), work.now())


async def test_replay_reports_what_it_did(settings: Settings) -> None:
    assert (
        await replay_parked(settings, ids=None, reason="poison", since=None) == "0 replayed, 0 still parked"
    )
    assert (
        await replay_parked(settings, ids=[new_id()], reason=None, since=None) == "0 replayed, 0 still parked"
    )


async def test_a_super_admin_is_made_on_the_command_line_alone(
    settings: Settings, database: Database
) -> None:
    values = {"email": "raiz@prosa.example", "name": "Raiz", "password": "tamanduá bandeira"}
    told = await create_super_administrator(settings, **values)
    assert "raiz@prosa.example" in told
    async with database.system() as work:
        found = await work.session.execute(
            text("SELECT is_super_admin FROM users WHERE email = 'raiz@prosa.example'")
        )
    assert found.scalar_one() is True
    with pytest.raises(Conflict):
        await create_super_administrator(settings, **values)
    for wrong in ({"password": "1234567890"}, {"email": "raiz"}):
        with pytest.raises(Invalid):
            await create_super_administrator(settings, **{**values, "email": "outra@prosa.example", **wrong})
