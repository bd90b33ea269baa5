"""Every request has an id; a caller's own counts only through a trusted proxy."""

import re

import pytest
import structlog
from starlette.types import Scope

from server.edge.client_address import ClientAddress, parse_networks
from server.edge.request_id import RequestId
from tests.server.edge.asking import asking, echo

_OWN = re.compile(r"[0-9a-f]{32}")


async def answered_id(told: str | None, *, behind_proxy: bool) -> str:
    app = ClientAddress(RequestId(echo()), trusted=parse_networks(["203.0.113.0/24"] if behind_proxy else []))
    async with asking(app) as client:
        answer = await client.get("/x", headers={"X-Request-Id": told} if told is not None else {})
    return answer.headers["x-request-id"]


async def test_a_request_without_an_id_gets_one() -> None:
    first, second = [await answered_id(None, behind_proxy=True) for _ in range(2)]
    assert _OWN.fullmatch(first)
    assert first != second


async def test_a_proxys_id_is_kept() -> None:
    assert await answered_id("4f1c2d.trace-7", behind_proxy=True) == "4f1c2d.trace-7"


async def test_a_strangers_id_is_not() -> None:
    assert _OWN.fullmatch(await answered_id("4f1c2d.trace-7", behind_proxy=False))


@pytest.mark.parametrize(
    "told", ["short", "x" * 65, "with space", "-leading", 'quote"inside', "tab\there", "ção-ção"]
)
async def test_an_ill_formed_id_is_not(told: str) -> None:
    app = ClientAddress(RequestId(echo()), trusted=parse_networks(["203.0.113.0/24"]))
    async with asking(app) as client:
        answer = await client.get("/x", headers=[(b"X-Request-Id", told.encode("latin-1", "replace"))])
    assert _OWN.fullmatch(answer.headers["x-request-id"])


async def test_log_lines_of_a_request_carry_its_id_and_those_after_it_do_not() -> None:
    found: list[dict[str, object]] = []

    async def app(scope: object, receive: object, send: object) -> None:
        found.append(structlog.contextvars.get_contextvars())

    async def nothing() -> None: ...

    scope: Scope = {"type": "http", "path": "/", "headers": []}
    await RequestId(app)(scope, nothing, nothing)  # type: ignore[arg-type]  # nothing is sent
    assert found[0]["request_id"] == scope["state"]["request_id"]
    assert "request_id" not in structlog.contextvars.get_contextvars()
