"""What browsers are told, on every kind of answer."""

import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Mount, Route

from server.edge.security_headers import SecurityHeaders
from server.web_app import build_web_app
from tests.server.edge.asking import asking, echo


async def answer_of(path: str, *, url: str = "http://prosa.test") -> httpx.Response:
    async with asking(SecurityHeaders(echo()), url=url) as client:
        return await client.get(path)


def policy_of(answer: httpx.Response) -> dict[str, list[str]]:
    directives = [part.split() for part in answer.headers["content-security-policy"].split(";")]
    return {name: values for name, *values in directives}


@pytest.mark.parametrize("path", ["/", "/api/v1/me", "/api/docs", "/media/1", "/healthz", "/metrics"])
async def test_every_answer_is_hardened(path: str) -> None:
    answer = await answer_of(path)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert "microphone=(self)" in answer.headers["permissions-policy"]
    assert "camera=()" in answer.headers["permissions-policy"]
    assert policy_of(answer)["frame-ancestors"] == ["'none'"]
    assert policy_of(answer)["default-src"] == ["'none'"]


async def test_https_is_insisted_on_once_it_is_there() -> None:
    assert "strict-transport-security" not in (await answer_of("/")).headers
    assert "max-age=" in (await answer_of("/", url="https://prosa.test")).headers["strict-transport-security"]


async def test_data_is_kept_by_nobody() -> None:
    assert (await answer_of("/api/v1/me")).headers["cache-control"] == "no-store"
    assert "cache-control" not in (await answer_of("/api/openapi.json")).headers


async def test_files_of_customers_run_nothing() -> None:
    policy = policy_of(await answer_of("/media/0190a1b2"))
    assert "sandbox" in policy
    assert policy["sandbox"] == []
    assert "script-src" not in policy


async def test_what_an_answer_says_itself_is_left() -> None:
    async def own(_: Any) -> Response:
        return Response(
            headers={"Content-Security-Policy": "default-src 'self'", "Cache-Control": "max-age=5"}
        )

    async with asking(SecurityHeaders(Starlette(routes=[Route("/api/v1/own", own)]))) as client:
        answer = await client.get("/api/v1/own")
    assert answer.headers.get_list("content-security-policy") == ["default-src 'self'"]
    assert answer.headers.get_list("cache-control") == ["max-age=5"]


# ── the web app's page ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "app.js").write_text("1")
    (tmp_path / "index.html").write_text(
        "<!doctype html><html><head><style>b{}</style><script>boot()</script>"
        '<script type="module" src="/assets/app.js"></script></head><body></body></html>'
    )
    return tmp_path


async def pages(dist: Path, *paths: str, **headers: str) -> list[httpx.Response]:
    app = SecurityHeaders(Starlette(routes=[Mount("/", build_web_app(dist))]))
    async with asking(app) as client:
        return [await client.get(path, headers=headers) for path in paths]


async def test_each_page_has_a_nonce_of_its_own_in_its_meta_tag_and_its_policy(dist: Path) -> None:
    nonces = set()
    for page in await pages(dist, "/", "/", "/index.html", "/conversations/7"):
        found = re.search(r'<meta name="csp-nonce" content="([\w-]{22})">', page.text)
        assert found is not None
        nonce = found.group(1)
        assert f"'nonce-{nonce}'" in policy_of(page)["style-src"]
        assert f'<style nonce="{nonce}">' in page.text
        assert page.headers["cache-control"] == "no-store"
        assert "etag" not in page.headers
        assert page.headers["x-content-type-options"] == "nosniff"
        nonces.add(nonce)
    assert len(nonces) == 4


async def test_the_page_allows_no_inline_script_but_its_own(dist: Path) -> None:
    [page] = await pages(dist, "/")
    policy = policy_of(page)
    # sha256 of "boot()"
    assert policy["script-src"] == ["'self'", "'sha256-MeZS89WlF0u+o0hCvHTBt4q1WHU+U+sJKgbdRUc36mY='"]
    assert "'unsafe-inline'" not in page.headers["content-security-policy"]
    assert "'unsafe-eval'" not in page.headers["content-security-policy"]
    assert policy["worker-src"] == policy["object-src"] == policy["base-uri"] == ["'none'"]
    assert "blob:" in policy["media-src"]


async def test_the_page_may_open_the_live_socket_of_its_own_host(dist: Path) -> None:
    [page] = await pages(dist, "/", Host="inbox.example.com:8500")
    assert "wss://inbox.example.com:8500" in policy_of(page)["connect-src"]


@pytest.mark.parametrize("host", ["evil.example; script-src *", "a b", "x'", "", "[::1", "*.example.com"])
async def test_a_host_that_is_none_is_not_repeated(dist: Path, host: str) -> None:
    [page] = await pages(dist, "/", Host=host)
    assert policy_of(page)["connect-src"] == ["'self'", "blob:"]
    assert host == "" or host not in page.headers["content-security-policy"]


async def test_a_new_build_is_served_without_a_restart(dist: Path) -> None:
    app = build_web_app(dist)
    async with asking(app) as client:
        assert "boot()" in (await client.get("/")).text
        (dist / "index.html").write_text("<head></head>new")
        assert "new" in (await client.get("/")).text


async def test_assets_are_kept_for_ever_and_unknown_ones_are_not_found(dist: Path) -> None:
    asset, missing = await pages(dist, "/assets/app.js", "/assets/gone.js")
    assert "immutable" in asset.headers["cache-control"]
    assert missing.status_code == 404
