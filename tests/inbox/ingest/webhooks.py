"""Webhooks as Meta sends them, and a way in: the real route over the real ingest."""

import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import asyncpg
import httpx
import orjson

from inbox.ingest.service import Ingest
from inbox.whatsapp.signature import sign
from tests.conftest import SeededAccount

T0 = 1_790_000_000
"""2026-09-21: a moment of Meta's; `at(n)` is n seconds later."""

_wamids = itertools.count(1)


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(T0 + seconds, UTC)


def new_wamid() -> str:
    return f"wamid.TEST{next(_wamids)}"


def text(
    body: str = "Oi!",
    *,
    seconds: int = 0,
    phone: str | None = "5511999990001",
    bsuid: str | None = None,
    wamid: str | None = None,
    **extra: Any,
) -> dict[str, Any]:
    return message({"type": "text", "text": {"body": body}}, seconds, phone, bsuid, wamid, **extra)


def message(
    content: dict[str, Any],
    seconds: int = 0,
    phone: str | None = "5511999990001",
    bsuid: str | None = None,
    wamid: str | None = None,
    **extra: Any,
) -> dict[str, Any]:
    ids = {"from": phone, "from_user_id": bsuid}
    return {
        **{key: value for key, value in ids.items() if value is not None},
        "id": wamid or new_wamid(),
        "timestamp": str(T0 + seconds),
        **content,
        **extra,
    }


def status(wamid: str, name: str, seconds: int = 0, **extra: Any) -> dict[str, Any]:
    return {
        "id": wamid,
        "status": name,
        "timestamp": str(T0 + seconds),
        "recipient_id": "5511999990001",
        **extra,
    }


def change(number: str, field: str = "messages", **value: Any) -> dict[str, Any]:
    metadata = {"display_phone_number": "551130000000", "phone_number_id": number}
    return {"field": field, "value": {"messaging_product": "whatsapp", "metadata": metadata, **value}}


def document(*changes: dict[str, Any], waba: str = "419000000000001") -> dict[str, Any]:
    return {"object": "whatsapp_business_account", "entry": [{"id": waba, "changes": list(changes)}]}


def profile(name: str, phone: str | None = "5511999990001", bsuid: str | None = None) -> dict[str, Any]:
    ids = {"wa_id": phone, "user_id": bsuid}
    return {"profile": {"name": name}, **{key: value for key, value in ids.items() if value is not None}}


def escaped(document_: Any) -> bytes:
    """As Meta escapes: ASCII only, slashes too."""
    return json.dumps(document_, separators=(",", ":")).replace("/", "\\/").encode()


@dataclass
class Hook:
    """Posts to one account's path."""

    client: httpx.AsyncClient
    seed: SeededAccount
    pool: asyncpg.Pool

    async def post(self, body: bytes, *, signature: str | None = "", path: str = "") -> httpx.Response:
        headers = (
            {}
            if signature is None
            else {"X-Hub-Signature-256": signature or sign(body, self.seed.app.app_secret)}
        )
        url = f"/hooks/whatsapp/{path or self.seed.app.hook_key}"
        return await self.client.post(url, content=body, headers=headers)

    async def send(
        self,
        *messages: dict[str, Any],
        statuses: Sequence[dict[str, Any]] = (),
        contacts: Sequence[dict[str, Any]] = (),
        **value: Any,
    ) -> None:
        """One POST; answers 200 or fails the test."""
        parts = {"messages": list(messages), "statuses": list(statuses), "contacts": list(contacts), **value}
        parts = {key: part for key, part in parts.items() if part}
        response = await self.post(escaped(document(change(self.seed.number.phone_number_id, **parts))))
        assert response.status_code == 200, response.text

    async def rows(self, sql: str, *arguments: Any) -> list[dict[str, Any]]:
        """$1 is the account."""
        rows = await self.pool.fetch(sql, self.seed.account_id, *arguments)
        return [dict(row) for row in rows]

    async def row(self, sql: str, *arguments: Any) -> dict[str, Any]:
        (row,) = await self.rows(sql, *arguments)
        return row

    async def value(self, sql: str, *arguments: Any) -> Any:
        return await self.pool.fetchval(sql, self.seed.account_id, *arguments)

    async def messages(self) -> list[dict[str, Any]]:
        return await self.rows("SELECT * FROM messages WHERE account_id = $1 ORDER BY at, id")

    async def events(self) -> list[dict[str, Any]]:
        rows = await self.rows("SELECT * FROM events WHERE account_id = $1 ORDER BY seq")
        for row in rows:
            row["payload"] = orjson.loads(row["payload"])
        return rows


def hook_client(ingest: Ingest, max_bytes: int = 4 * 1024 * 1024) -> httpx.AsyncClient:
    from starlette.applications import Starlette

    from server.hooks import WebhookGate

    app = WebhookGate(Starlette(), ingest, max_bytes=max_bytes)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://prosa.test")
