"""An undeclared method is 405 with all methods of the address, and no other route takes its place."""

from uuid import UUID

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route

from server.api.methods import KnownMethods


async def _show(request: Request) -> Response:
    return PlainTextResponse(f"{request.method} {request.path_params}")


def _client() -> httpx.AsyncClient:
    routes = [
        Route("/things", _show, methods=["POST"]),
        Route("/things/{thing_id}", _show, methods=["DELETE"]),
        Route("/things/{thing_id}", _show, methods=["PATCH"]),
        Route("/things/end-others", _show, methods=["POST"]),
    ]
    api = Starlette(routes=routes)
    api.add_middleware(KnownMethods, routes=routes)
    transport = httpx.ASGITransport(Starlette(routes=[Mount("/api", api)]))
    return httpx.AsyncClient(transport=transport, base_url="http://prosa.test/api")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/things", "POST"),
        ("OPTIONS", "/things", "POST"),
        ("DELETE", "/things/end-others", "POST"),
        ("PATCH", "/things/end-others", "POST"),
        ("GET", f"/things/{UUID(int=7)}", "DELETE, PATCH"),
    ],
)
async def test_an_undeclared_method_is_told_what_there_is(method: str, path: str, allowed: str) -> None:
    async with _client() as client:
        answer = await client.request(method, path)
    assert (answer.status_code, answer.headers["Allow"]) == (405, allowed)


async def test_declared_methods_go_through_and_unknown_addresses_are_not_found() -> None:
    async with _client() as client:
        assert (await client.post("/things")).status_code == 200
        assert (await client.post("/things/end-others")).status_code == 200
        assert (await client.delete("/things/1")).text == "DELETE {'thing_id': '1'}"
        answer = await client.get("/others")
    assert (answer.status_code, "Allow" in answer.headers) == (404, False)
