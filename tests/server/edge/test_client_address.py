"""Who the client is, behind proxies that are trusted and in front of those that are not."""

from typing import Any

import pytest
from starlette.types import Receive, Scope, Send

from server.edge.client_address import BEHIND_PROXY, ClientAddress, parse_networks

_TRUSTED = ["10.0.0.0/8", "2001:db8:ffff::/48"]


async def seen(
    peer: str | None, headers: list[tuple[str, str]], *, header: Any = "x-forwarded-for", kind: str = "http"
) -> Scope:
    """The scope as the application gets it."""
    found: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        found.append(scope)

    scope = {
        "type": kind,
        "scheme": "ws" if kind == "websocket" else "http",
        "client": (peer, 40000) if peer is not None else None,
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers],
    }
    middleware = ClientAddress(app, trusted=parse_networks(_TRUSTED), header=header)
    await middleware(scope, None, None)  # type: ignore[arg-type]  # nothing is sent
    return found[0]


def forwarded_for(*values: str) -> list[tuple[str, str]]:
    return [("X-Forwarded-For", value) for value in values]


@pytest.mark.parametrize(
    ("peer", "values", "client"),
    [
        pytest.param("198.51.100.9", ["1.1.1.1"], "198.51.100.9", id="untrusted peer is not believed"),
        pytest.param("10.0.0.2", [], "10.0.0.2", id="no header"),
        pytest.param("10.0.0.2", ["203.0.113.7"], "203.0.113.7", id="one proxy"),
        pytest.param("10.0.0.2", ["1.1.1.1, 203.0.113.7"], "203.0.113.7", id="spoofed leftmost"),
        pytest.param("10.0.0.2", ["1.1.1.1, 203.0.113.7, 10.9.9.9"], "203.0.113.7", id="two proxies"),
        pytest.param("10.0.0.2", ["1.1.1.1", "203.0.113.7, 10.9.9.9"], "203.0.113.7", id="two lines"),
        pytest.param("10.0.0.2", ["10.1.1.1, 203.0.113.7"], "203.0.113.7", id="spoofed as trusted"),
        pytest.param("10.0.0.2", ["10.1.1.1, 10.2.2.2"], "10.1.1.1", id="all trusted: the furthest"),
        pytest.param("10.0.0.2", ["203.0.113.7:51000"], "203.0.113.7", id="with a port"),
        pytest.param("10.0.0.2", ["2001:db8::7"], "2001:db8::7", id="IPv6"),
        pytest.param("10.0.0.2", ["[2001:db8::7]:51000"], "2001:db8::7", id="IPv6 with a port"),
        pytest.param("2001:db8:ffff::1", ["2001:DB8:0::7"], "2001:db8::7", id="IPv6 proxy"),
        pytest.param("::ffff:10.0.0.2", ["203.0.113.7"], "203.0.113.7", id="mapped peer is the IPv4 proxy"),
        pytest.param("10.0.0.2", ["::ffff:203.0.113.7"], "203.0.113.7", id="mapped client"),
        pytest.param("::ffff:203.0.113.7", [], "203.0.113.7", id="mapped peer without a proxy"),
        pytest.param("10.0.0.2", ["1.1.1.1, unknown"], "10.0.0.2", id="unknown ends the walk"),
        pytest.param("10.0.0.2", ["1.1.1.1, _hidden, 10.9.9.9"], "10.9.9.9", id="obfuscated ends the walk"),
        pytest.param("10.0.0.2", ["1.1.1.1, fe80::1%eth0"], "10.0.0.2", id="a zone is nobody's address"),
        pytest.param("10.0.0.2", ["1.1.1.1, 999.1.1.1"], "10.0.0.2", id="no address"),
        pytest.param("10.0.0.2", [", ,"], "10.0.0.2", id="empty entries"),
        pytest.param("10.0.0.2", ["1.1.1.1," * 5000 + "203.0.113.7"], "203.0.113.7", id="endless list"),
    ],
)
async def test_the_rightmost_hop_that_is_not_ours_is_the_client(
    peer: str, values: list[str], client: str
) -> None:
    scope = await seen(peer, forwarded_for(*values))
    assert scope["client"][0] == client


async def test_only_the_header_that_the_proxies_set_is_read() -> None:
    """nginx passes a client's own Forwarded on."""
    headers = [("Forwarded", "for=1.1.1.1"), ("X-Forwarded-For", "203.0.113.7")]
    assert (await seen("10.0.0.2", headers))["client"][0] == "203.0.113.7"
    headers = [
        ("Forwarded", 'for=203.0.113.7;proto=https, for="10.3.3.3:80"'),
        ("X-Forwarded-For", "1.1.1.1"),
    ]
    scope = await seen("10.0.0.2", headers, header="forwarded")
    assert (scope["client"][0], scope["scheme"]) == ("203.0.113.7", "https")


@pytest.mark.parametrize(
    ("value", "client", "scheme"),
    [
        ('for="[2001:db8::7]:4711";proto=https', "2001:db8::7", "https"),
        ("For=1.1.1.1;Proto=https, for=203.0.113.7;by=10.0.0.2;proto=http", "203.0.113.7", "http"),
        ("for=1.1.1.1, for=_gazonk", "10.0.0.2", "http"),
        ("proto=https", "10.0.0.2", "http"),
        ("for=203.0.113.7;proto=javascript", "203.0.113.7", "http"),
        ('for="1.1.1.1, for=2.2.2.2;proto=https, for=203.0.113.7', "203.0.113.7", "http"),
        ("", "10.0.0.2", "http"),
    ],
)
async def test_forwarded_is_read_as_rfc_7239_writes_it(value: str, client: str, scheme: str) -> None:
    scope = await seen("10.0.0.2", [("Forwarded", value)], header="forwarded")
    assert (scope["client"][0], scope["scheme"]) == (client, scheme)


@pytest.mark.parametrize(
    ("hops", "protos", "scheme"),
    [
        ("203.0.113.7", "https", "https"),
        ("203.0.113.7", "HTTPS", "https"),
        ("203.0.113.7", "ftp", "http"),
        # Appending proxies: the one that the client spoke to wrote the entry beside the client's.
        ("203.0.113.7, 10.9.9.9", "https, http", "https"),
        ("1.1.1.1, 203.0.113.7", "https, http", "http"),
        # Overwriting proxies: the nearest one's word.
        ("203.0.113.7, 10.9.9.9", "https", "https"),
    ],
)
async def test_scheme_is_the_one_in_which_the_client_spoke(hops: str, protos: str, scheme: str) -> None:
    headers = [("X-Forwarded-For", hops), ("X-Forwarded-Proto", protos)]
    assert (await seen("10.0.0.2", headers))["scheme"] == scheme
    as_socket = await seen("10.0.0.2", headers, kind="websocket")
    assert as_socket["scheme"] == {"http": "ws", "https": "wss"}[scheme]


async def test_scheme_of_an_untrusted_peer_is_its_own() -> None:
    scope = await seen("198.51.100.9", [("X-Forwarded-Proto", "https")])
    assert scope["scheme"] == "http"
    assert BEHIND_PROXY not in scope


async def test_a_peer_without_an_address_is_nobodys_proxy() -> None:
    scope = await seen(None, forwarded_for("1.1.1.1"))
    assert scope["client"] is None
