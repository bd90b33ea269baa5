"""Faults on demand: what the caller sees, and whether the message went out."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from server.sandbox.app import serve
from tests.server.sandbox.conftest import ANA, PNID, TOKEN, OpenWorld, World, build_config
from tests.server.sandbox.test_webhooks import idle

TEXT = {"messaging_product": "whatsapp", "to": ANA, "type": "text", "text": {"body": "Oi"}}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.asynccontextmanager
async def served() -> AsyncIterator[tuple[str, aiohttp.ClientSession]]:
    """A sandbox behind a real socket."""
    port = free_port()
    stop = asyncio.Event()
    server = asyncio.create_task(serve(build_config("", port=port), stop=stop))
    base = f"http://127.0.0.1:{port}"
    async with aiohttp.ClientSession(headers={"authorization": f"Bearer {TOKEN}"}) as session:
        async with asyncio.timeout(10):
            while True:
                with contextlib.suppress(aiohttp.ClientConnectorError):
                    async with session.get(f"{base}/sandbox/health"):
                        break
                await asyncio.sleep(0.01)
        try:
            yield base, session
        finally:
            stop.set()
            await server


@pytest.mark.parametrize(
    ("fault", "status", "goes_out"),
    [
        ({"kind": "error", "code": 131056}, 400, False),
        ({"kind": "error", "code": 131000}, 500, False),
        ({"kind": "error", "code": 131000, "goes_out": True}, 500, True),
        ({"kind": "error", "code": 4, "http_status": 503}, 503, False),
        ({"kind": "html"}, 503, False),
        ({"kind": "html", "http_status": 502, "goes_out": True}, 502, True),
        ({"kind": "truncated"}, 200, True),
        ({"kind": "slow", "seconds": 0.01}, 200, True),
    ],
)
async def test_fault_hits_exactly_the_next_sends(
    world: World, fault: dict[str, Any], status: int, goes_out: bool
) -> None:
    await world.post("/sandbox/faults", {**fault, "times": 2})
    answers = [await world.send_raw(TEXT) for _ in range(3)]
    assert [each.status_code for each in answers] == [status, status, 200]
    assert len((await world.get("/sandbox/sent"))["sent"]) == (3 if goes_out else 1)
    assert (await world.get("/sandbox/faults"))["sends"] == []
    if fault["kind"] == "truncated":
        with pytest.raises(ValueError, match=r"line 1"):
            answers[0].json()
    if fault["kind"] == "html":
        assert answers[0].headers["content-type"] == "text/html"
    if fault["kind"] == "error":
        assert answers[0].json()["error"]["code"] == fault["code"]


async def test_fault_for_one_recipient_spares_others(world: World) -> None:
    await world.post("/sandbox/faults", {"kind": "error", "code": 131009, "to": ANA})
    assert (await world.send_raw({**TEXT, "to": "5511988880001"})).status_code == 200
    assert (await world.send_raw(TEXT)).status_code == 400


async def test_accepted_message_can_fail_later(world: World) -> None:
    await world.post("/sandbox/faults", {"kind": "status", "code": 131026})
    wamid = await world.text()
    await idle(world)
    assert [(each["status"], each["errors"][0]["code"]) for each in world.receiver.statuses] == [
        ("failed", 131026)
    ]
    assert world.receiver.statuses[0]["id"] == wamid


async def test_statuses_can_overtake_the_answer(world: World) -> None:
    await world.post("/sandbox/faults", {"kind": "status_first", "seconds": 0.3})
    sending = asyncio.create_task(world.text())
    await world.receiver.until(lambda: len(world.receiver.statuses) == 2)
    assert not sending.done()
    assert world.receiver.statuses_of(await sending) == ["sent", "delivered"]


@pytest.mark.parametrize("goes_out", [False, True])
@pytest.mark.parametrize("fault", [{"kind": "reset"}, {"kind": "hang", "seconds": 0.05}])
async def test_connection_is_reset_without_an_answer(fault: dict[str, Any], goes_out: bool) -> None:
    async with served() as (base, session):
        async with session.post(f"{base}/sandbox/faults", json={**fault, "goes_out": goes_out}) as answer:
            assert answer.status == 200
        with pytest.raises((aiohttp.ClientConnectionError, ConnectionResetError)):
            async with session.post(f"{base}/v26.0/{PNID}/messages", json=TEXT):
                pass
        async with session.get(f"{base}/sandbox/sent") as answer:
            assert len((await answer.json())["sent"]) == int(goes_out)
        async with session.post(f"{base}/v26.0/{PNID}/messages", json=TEXT) as answer:
            assert answer.status == 200


async def test_unknown_faults_and_forms_are_explained(world: World) -> None:
    for path, body in (
        ("/sandbox/faults", {"kind": "earthquake"}),
        ("/sandbox/faults", {"kind": "error", "colour": "red"}),
        ("/sandbox/inbound", {"text": "who?"}),
        ("/sandbox/inbound", {"from": ANA}),
        ("/sandbox/inbound", {"from": ANA, "text": "x", "number_id": "1"}),
        ("/sandbox/clock", {}),
    ):
        answer = await world.client.post(path, json=body)
        assert answer.status_code == 400, path
        assert answer.json()["error"]


async def test_reset_brings_everything_back_to_the_start(open_world: OpenWorld) -> None:
    async with open_world() as world:
        await world.post("/sandbox/faults", {"kind": "error"})
        await world.post("/sandbox/webhooks", {"batch_max": 3})
        await world.post("/sandbox/inbound", {"from": ANA, "image": "sofa"})
        await world.post("/sandbox/reset", {})
        assert (await world.get("/sandbox/webhooks"))["batch_max"] == 100
        assert (await world.get("/sandbox/customers"))["customers"] == []
        assert (await world.get("/sandbox/requests"))["requests"] == []
        await world.text()
