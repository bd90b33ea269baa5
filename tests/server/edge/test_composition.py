"""In which order the edge stands: what webhooks pass, and what everything else passes."""

import httpx
import pytest

from server.app import build_app
from server.context import build_context
from server.settings import Settings
from tests.server.edge.asking import asking

_META = "173.252.88.1"


async def hook(settings: Settings, address: str, **headers: str) -> httpx.Response:
    """A webhook to an application that was not started: where the gate is reached, it cannot look the path up (503)."""
    context = build_context(settings)
    try:
        async with asking(build_app(context), address=address) as client:
            return await client.post("/hooks/whatsapp/any", content=b"{}", headers=headers)
    finally:
        await context.publisher.close()
        await context.database.close()


@pytest.mark.parametrize(
    ("networks", "address", "forwarded", "status"),
    [
        ("", "203.0.113.7", None, 503),
        ("173.252.0.0/16", _META, None, 503),
        ("173.252.0.0/16", "203.0.113.7", None, 403),
        ("173.252.0.0/16", "10.0.0.2", _META, 503),
        ("173.252.0.0/16", "10.0.0.2", "203.0.113.7", 403),
        ("173.252.0.0/16", "10.0.0.2", f"{_META}, 203.0.113.7", 403),
        ("173.252.0.0/16", "203.0.113.7", _META, 403),
    ],
)
async def test_webhooks_come_from_the_listed_networks_behind_the_trusted_proxies(
    settings: Settings, networks: str, address: str, forwarded: str | None, status: int
) -> None:
    told = {"X-Forwarded-For": forwarded} if forwarded is not None else {}
    with_lists = settings.model_copy(update={"trusted_proxies": "10.0.0.0/8", "hook_networks": networks})
    answer = await hook(with_lists, address, **told)
    assert answer.status_code == status
    assert "x-request-id" not in answer.headers  # the short way


@pytest.mark.parametrize(
    "values",
    [
        {"trusted_proxies": "everywhere"},
        {"trusted_proxies": "10.0.0.1/8"},
        {"hook_networks": "1.2.3.4, nginx"},
        {"forwarded_header": "x-real-ip"},
        {"outbound_ports": "80,99999"},
        {"rate_limit_factor": 0},
    ],
)
def test_settings_that_cannot_be_meant_are_refused_at_the_start(values: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="validation error"):
        Settings(**values)  # type: ignore[arg-type]  # that is the point
