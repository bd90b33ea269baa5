"""What Prosa mails under `prosa run` lands on a page, whatever it is, and runs nothing there."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib
import httpx
import orjson
import pytest

from server.sandbox.app import SandboxConfig, build_app
from server.sandbox.mailbox import MAILS_KEPT
from server.sandbox.sandbox import Sandbox


@asynccontextmanager
async def opened(
    folder: Path, *, smtp_port: int | None = 0
) -> AsyncIterator[tuple[Sandbox, httpx.AsyncClient]]:
    config = SandboxConfig(
        "http://127.0.0.1:9/hook", "secret", "verify", "token", data_dir=folder, smtp_port=smtp_port,
        handshake_at_start=False,
    )  # fmt: skip
    app = build_app(config)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://sandbox") as client,
    ):
        yield app.state.sandbox, client


def mail(
    subject: str = "Convite", html: str = "<p>Olá <a href='https://x.example/c'>aqui</a></p>"
) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Prosa <a@x.example>", "ana@x.example", subject
    message.set_content("Olá, abra https://x.example/convite")
    message.add_alternative(html, subtype="html")
    return message


async def send(sandbox: Sandbox, *messages: EmailMessage) -> None:
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=sandbox.mailbox.port, timeout=10) as client:
        for message in messages:
            await client.send_message(message)


async def test_a_mail_is_listed_newest_first_and_shown_whole(tmp_path: Path) -> None:
    async with opened(tmp_path) as (sandbox, client):
        await send(sandbox, mail("Primeiro"), mail("Segundo: ação ✓"))
        rows = (await client.get("/mailbox/api/mails")).json()
        assert [row["subject"] for row in rows] == ["Segundo: ação ✓", "Primeiro"]
        assert (rows[0]["to"], rows[0]["from"]) == ("ana@x.example", "Prosa <a@x.example>")
        assert rows[0]["preview"] == "Olá, abra https://x.example/convite"
        one = (await client.get(f"/mailbox/api/mails/{rows[0]['id']}")).json()
        assert (one["text"].strip(), one["has_html"]) == ("Olá, abra https://x.example/convite", True)
        shown = await client.get(f"/mailbox/api/mails/{rows[0]['id']}/html")
        assert "href='https://x.example/c'" in shown.text
        assert (await client.get("/mailbox/api/mails/7")).status_code == 404
        assert (await client.get("/mailbox/api/mails/7/html")).status_code == 404


async def test_a_mails_html_runs_nothing_and_loads_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path) as (sandbox, client):
        await send(sandbox, mail(html="<script>alert(1)</script><img src=https://x.example/spy>"))
        (row,) = (await client.get("/mailbox/api/mails")).json()
        policy = (await client.get(f"/mailbox/api/mails/{row['id']}/html")).headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "sandbox allow-popups allow-popups-to-escape-sandbox" in policy
        assert "script" not in policy
        page = await client.get("/mailbox")
        assert "default-src 'self'" in page.headers["content-security-policy"]
        assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page.text


async def test_an_open_page_hears_of_a_new_mail_at_once(tmp_path: Path) -> None:
    async with opened(tmp_path) as (sandbox, _):
        stream = sandbox.mailbox.live.stream()
        await anext(stream)
        await send(sandbox, mail())
        line = await asyncio.wait_for(anext(stream), 5)
        assert orjson.loads(line.removeprefix(b"data: "))["event"] == "mail"
        await stream.aclose()  # type: ignore[attr-defined]  # an async generator


async def test_mails_survive_a_restart_and_can_be_thrown_away(tmp_path: Path) -> None:
    async with opened(tmp_path) as (sandbox, _):
        await send(sandbox, mail("Um"), mail("Dois"))
    async with opened(tmp_path) as (sandbox, client):
        rows = (await client.get("/mailbox/api/mails")).json()
        assert [row["subject"] for row in rows] == ["Dois", "Um"]
        await send(sandbox, mail("Três"))
        assert (await client.get("/mailbox/api/mails")).json()[0]["subject"] == "Três"
        assert (await client.delete("/mailbox/api/mails")).status_code == 204
        assert (await client.get("/mailbox/api/mails")).json() == []
    async with opened(tmp_path) as (_, client):
        assert (await client.get("/mailbox/api/mails")).json() == []


async def test_only_the_newest_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MAILS_KEPT > 50
    monkeypatch.setattr("server.sandbox.mailbox.MAILS_KEPT", 2)
    async with opened(tmp_path) as (sandbox, client):
        await send(sandbox, *(mail(str(n)) for n in range(4)))
        assert [row["subject"] for row in (await client.get("/mailbox/api/mails")).json()] == ["3", "2"]
    async with opened(tmp_path) as (_, client):
        assert [row["subject"] for row in (await client.get("/mailbox/api/mails")).json()] == ["3", "2"]
    assert len(list((tmp_path / "mails").glob("*.eml"))) == 2


async def test_what_is_hardly_a_mail_is_shown_as_it_came(tmp_path: Path) -> None:
    async with opened(tmp_path) as (sandbox, client):
        async with aiosmtplib.SMTP(hostname="127.0.0.1", port=sandbox.mailbox.port, timeout=10) as smtp:
            await smtp.sendmail(
                "a@x.example",
                ["b@x.example"],
                b"Subject: =?x-unknown?B?!!?=\r\nContent-Type: text/plain; charset=none\r\n\r\n\xff\xfe",
            )
        (row,) = (await client.get("/mailbox/api/mails")).json()
        assert (await client.get(f"/mailbox/api/mails/{row['id']}")).status_code == 200


async def test_without_a_mail_port_there_is_no_mailbox(tmp_path: Path) -> None:
    async with opened(tmp_path, smtp_port=None) as (_, client):
        assert (await client.get("/mailbox")).status_code == 404
