"""Sends end in exactly one of accepted, GraphError, NotSent, AmbiguousSend: over a server that misbehaves for real."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import httpx
import orjson
import pytest

from inbox.whatsapp.client import GRAPH_VERSION, GraphClient, GraphTarget, SendAccepted
from inbox.whatsapp.graph_errors import AmbiguousSend, GraphError, GraphUnreachable, NotSent
from inbox.whatsapp.http import build_http_client, surely_not_sent
from inbox.whatsapp.outgoing import OutgoingText, Recipient, build_body
from tests.inbox.whatsapp.raw_server import (
    Behaviour,
    RawServer,
    answer,
    half_an_answer,
    hang,
    hang_up,
    reset,
    serve,
)

BODY = build_body(OutgoingText(body="Olá 😀"), to=Recipient("5511999990001"), callback_data="prosa:1")
ACCEPTED: dict[str, object] = {
    "messaging_product": "whatsapp",
    "contacts": [{"input": "5511999990001", "wa_id": "551199990001", "user_id": "BR.1"}],
    "messages": [{"id": "wamid.OUT", "message_status": "accepted"}],
}
PAIR_RATE: dict[str, object] = {
    "error": {
        "message": "(#131056) pair rate limit hit",
        "type": "OAuthException",
        "code": 131056,
        "error_data": {"messaging_product": "whatsapp", "details": "Too fast"},
        "error_subcode": 7,
        "fbtrace_id": "A1",
        "is_transient": True,
    }
}


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with build_http_client() as client:
        yield client


def target(server: RawServer, **changes: Any) -> GraphTarget:
    return GraphTarget("106000000000001", "secret-token", base_url=server.origin, **changes)


async def send(http: httpx.AsyncClient, behave: Behaviour, timeout_seconds: float = 5) -> SendAccepted:
    async with serve(behave) as server:
        client = GraphClient(http, send_timeout_seconds=timeout_seconds)
        try:
            return await client.send_message(target(server), BODY)
        finally:
            # Whatever happened, the message left once.
            assert [request.path for request in server.requests] == [
                f"/{GRAPH_VERSION}/106000000000001/messages"
            ]


async def test_an_accepted_send(http: httpx.AsyncClient) -> None:
    async with serve(answer(200, ACCEPTED)) as server:
        accepted = await GraphClient(http).send_message(target(server), BODY)
    assert accepted == SendAccepted("wamid.OUT", "551199990001", "BR.1", "accepted")
    [request] = server.requests
    assert orjson.loads(request.body) == BODY
    assert request.headers["authorization"] == "Bearer secret-token"
    assert request.headers["user-agent"].startswith("Prosa/")
    assert request.headers["content-type"] == "application/json"


async def test_an_accepted_send_to_a_bsuid_has_no_number(http: httpx.AsyncClient) -> None:
    accepted = await send(http, answer(200, {"messages": [{"id": "wamid.OUT"}]}))
    assert accepted == SendAccepted("wamid.OUT", None, None, None)


async def test_connections_are_kept_and_cookies_are_not(http: httpx.AsyncClient) -> None:
    async with serve(answer(200, ACCEPTED, headers="Set-Cookie: a=b; Path=/\r\n")) as server:
        for _ in range(3):
            await GraphClient(http).send_message(target(server), BODY)
    assert server.connections == 1
    assert not any("cookie" in request.headers for request in server.requests)


async def test_graphs_error_is_told_whole(http: httpx.AsyncClient) -> None:
    with pytest.raises(GraphError) as caught:
        await send(http, answer(400, PAIR_RATE))
    error = caught.value
    assert (error.graph_code, error.graph_subcode, error.http_status) == (131056, 7, 400)
    assert (error.details, error.fbtrace_id, error.is_transient) == ("Too fast", "A1", True)
    assert "pair rate" in error.graph_title


@pytest.mark.parametrize("status", [200, 401, 404, 500, 503])
async def test_graphs_error_counts_whatever_the_http_status(http: httpx.AsyncClient, status: int) -> None:
    with pytest.raises(GraphError) as caught:
        await send(http, answer(status, {"error": {"code": "131000", "error_data": "as text"}}))
    assert (caught.value.graph_code, caught.value.details) == (131000, "as text")


@pytest.mark.parametrize(
    "behave",
    [
        pytest.param(hang_up, id="closed without an answer"),
        pytest.param(reset, id="reset without an answer"),
        pytest.param(half_an_answer, id="closed within the headers"),
        pytest.param(answer(200, b'{"messages":[{"id"', announced=500), id="closed within the body"),
        pytest.param(answer(200, b'{"messages":[{"id"'), id="truncated JSON"),
        pytest.param(answer(200, b""), id="empty body"),
        pytest.param(answer(200, {"messages": []}), id="no message id"),
        pytest.param(answer(200, b"[1]"), id="another JSON value"),
        pytest.param(answer(200, b"<html>", content_type="text/html"), id="HTML with 200"),
        pytest.param(answer(500, b"<html>Sorry</html>", content_type="text/html"), id="HTML with 500"),
        pytest.param(answer(502, b"Bad gateway", content_type="text/plain"), id="text with 502"),
        pytest.param(answer(503, {"message": "busy"}), id="JSON without a Graph error"),
        pytest.param(answer(500, ACCEPTED), id="an acceptance with 500"),
        pytest.param(answer(400, {"error": "oops"}), id="an error without a code"),
    ],
)
async def test_no_usable_answer_is_ambiguous(http: httpx.AsyncClient, behave: Behaviour) -> None:
    with pytest.raises(AmbiguousSend):
        await send(http, behave)


async def test_a_server_that_never_answers_is_ambiguous(http: httpx.AsyncClient) -> None:
    with pytest.raises(AmbiguousSend):
        await send(http, hang, timeout_seconds=0.3)


async def test_the_read_timeout_is_ambiguous(http: httpx.AsyncClient) -> None:
    http.timeout = httpx.Timeout(5, read=0.2)
    with pytest.raises(AmbiguousSend):
        await send(http, hang)


async def test_a_connection_that_dies_between_two_sends_is_ambiguous_and_not_repeated(
    http: httpx.AsyncClient,
) -> None:
    behaviours = iter([answer(200, ACCEPTED), reset])

    async def behave(request: Any, writer: asyncio.StreamWriter) -> None:
        await next(behaviours)(request, writer)

    async with serve(behave) as server:
        client = GraphClient(http)
        await client.send_message(target(server), BODY)
        with pytest.raises(AmbiguousSend):
            await client.send_message(target(server), BODY)
    assert len(server.requests) == 2


async def test_a_refused_connection_is_not_sent(http: httpx.AsyncClient, unused_tcp_port: int) -> None:
    refused = GraphTarget("1", "t", base_url=f"http://127.0.0.1:{unused_tcp_port}")
    with pytest.raises(NotSent) as caught:
        await GraphClient(http).send_message(refused, BODY)
    assert caught.value.retryable


async def test_an_unknown_host_is_not_sent(http: httpx.AsyncClient) -> None:
    with pytest.raises(NotSent):
        await GraphClient(http).send_message(GraphTarget("1", "t", base_url="http://graph.invalid"), BODY)


async def test_a_failed_tls_handshake_is_not_sent(http: httpx.AsyncClient) -> None:
    http.timeout = httpx.Timeout(5, connect=0.3)
    async with serve(answer(200, ACCEPTED)) as server:
        no_tls = GraphTarget("1", "t", base_url=f"https://127.0.0.1:{server.port}")
        with pytest.raises(NotSent):
            await GraphClient(http).send_message(no_tls, BODY)
    assert server.requests == []


async def test_no_free_connection_is_not_sent() -> None:
    async with build_http_client(max_connections=1) as http, serve(hang) as server:
        http.timeout = httpx.Timeout(5, pool=0.2)
        client = GraphClient(http, send_timeout_seconds=1)
        busy = asyncio.create_task(client.send_message(target(server), BODY))
        await server.asked.wait()
        with pytest.raises(NotSent):
            await client.send_message(target(server), BODY)
        with pytest.raises(AmbiguousSend):
            await busy
    assert len(server.requests) == 1


@pytest.mark.parametrize("base_url", ["ftp://127.0.0.1", "http://", "nonsense"])
async def test_an_unusable_base_url_is_not_sent(http: httpx.AsyncClient, base_url: str) -> None:
    with pytest.raises(NotSent):
        await GraphClient(http).send_message(GraphTarget("1", "t", base_url=base_url), BODY)


async def test_a_redirect_is_not_followed_and_nothing_was_sent(http: httpx.AsyncClient) -> None:
    with pytest.raises(NotSent):
        await send(http, answer(301, b"", headers="Location: https://elsewhere.example/\r\n"))


def test_httpx_without_aiohttp_is_classified_too() -> None:
    assert surely_not_sent(httpx.ConnectError("refused"))
    assert surely_not_sent(httpx.PoolTimeout("busy"))
    assert not surely_not_sent(httpx.ReadTimeout("slow"))
    assert not surely_not_sent(httpx.RemoteProtocolError("cut"))
    assert not surely_not_sent(aiohttp.ServerDisconnectedError())
    assert not surely_not_sent(ssl.SSLError())
    # What the adapter makes of a connection that broke after the request was written.
    renamed = httpx.ConnectTimeout("broken")
    renamed.__cause__ = aiohttp.ServerDisconnectedError()
    assert not surely_not_sent(renamed)


def test_the_token_is_not_in_the_representation() -> None:
    assert "secret" not in repr(GraphTarget("1", "secret"))


# ── calls that may be repeated ──────────────────────────────────────────────────────────────────────────────────────


async def test_read_and_typing_say_what_they_should(http: httpx.AsyncClient) -> None:
    async with serve(answer(200, {"success": True})) as server:
        client = GraphClient(http)
        await client.mark_read(target(server), "wamid.IN")
        await client.show_typing(target(server), "wamid.IN")
    read, typing = (orjson.loads(request.body) for request in server.requests)
    assert read == {"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.IN"}
    assert typing == {**read, "typing_indicator": {"type": "text"}}


@pytest.mark.parametrize("behave", [hang_up, answer(500, b"<html>"), answer(200, b"")])
async def test_repeatable_calls_are_unreachable_and_retryable(
    http: httpx.AsyncClient, behave: Behaviour
) -> None:
    async with serve(behave) as server:
        with pytest.raises(GraphUnreachable) as caught:
            await GraphClient(http).mark_read(target(server), "wamid.IN")
    assert caught.value.retryable


async def test_the_number_describes_itself(http: httpx.AsyncClient) -> None:
    number: dict[str, object] = {
        "id": "106000000000001",
        "display_phone_number": "+1 555-000-1111",
        "verified_name": "Loja",
        "quality_rating": "GREEN",
        "throughput": {"level": "STANDARD"},
        "status": "CONNECTED",
    }
    async with serve(answer(200, number)) as server:
        info = await GraphClient(http).phone_number(target(server))
    assert (info.verified_name, info.throughput_level, info.messaging_limit) == ("Loja", "STANDARD", None)
    assert info.raw == number
    assert server.requests[0].path.startswith(f"/{GRAPH_VERSION}/106000000000001?fields=")
