"""Allow lists of networks."""

from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from server.edge.client_address import parse_networks
from server.edge.ip_allow import AddressNotAllowed, HookNetworks, is_allowed, require_allowed


@pytest.mark.parametrize(
    ("networks", "address", "allowed"),
    [
        ([], None, True),
        ([], "203.0.113.7", True),
        (["203.0.113.0/24"], "203.0.113.7", True),
        (["203.0.113.7/32"], "203.0.113.8", False),
        (["203.0.113.0/24"], None, False),
        (["203.0.113.0/24"], "testclient", False),
        (["203.0.113.0/24"], "::ffff:203.0.113.7", True),
        (["0.0.0.0/0"], "2001:db8::1", False),
        (["::/0"], "203.0.113.7", False),
        (["2001:db8::/32", "10.0.0.0/8"], "2001:db8:1::2", True),
    ],
)
def test_an_address_is_allowed_when_a_network_holds_it(
    networks: list[str], address: str | None, allowed: bool
) -> None:
    assert is_allowed(networks, address) is allowed


def test_a_refusal_tells_the_address_that_was_seen() -> None:
    with pytest.raises(AddressNotAllowed) as refused:
        require_allowed(["10.0.0.0/8"], "203.0.113.7")
    problem = refused.value.as_problem()
    assert (problem["status"], problem["code"], problem["address"]) == (
        403,
        "address_not_allowed",
        "203.0.113.7",
    )


async def _passed(path: str, peer: str | None, kind: str = "http") -> tuple[bool, list[Message]]:
    passed: list[Any] = []
    sent: list[Message] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        passed.append(scope)

    async def send(message: Message) -> None:
        sent.append(message)

    scope: Scope = {"type": kind, "path": path, "client": (peer, 1) if peer else None, "headers": []}
    await HookNetworks(app, networks=parse_networks(["173.252.0.0/16"]))(scope, None, send)  # type: ignore[arg-type]
    return bool(passed), sent


async def test_webhooks_come_from_listed_networks_only() -> None:
    assert (await _passed("/hooks/whatsapp/key", "173.252.1.1"))[0]
    for peer in ("203.0.113.7", None):
        passed, sent = await _passed("/hooks/whatsapp/key", peer)
        assert not passed
        assert sent[0]["status"] == 403
    assert (await _passed("/api/v1/me", "203.0.113.7"))[0]
