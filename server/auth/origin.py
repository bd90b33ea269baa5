"""Where a request came from. The address is what the edge found behind trusted proxies, not what a header claims."""

from collections.abc import Mapping
from typing import Any

from inbox.kernel.actor import Origin

# Browsers' are up to some hundred characters; what is longer is no browser's.
_USER_AGENT_CHARACTERS = 400


def origin_of(scope: Mapping[str, Any]) -> Origin:
    """Of an ASGI scope, HTTP or WebSocket."""
    client = scope.get("client")
    user_agent = next((value for name, value in scope["headers"] if name == b"user-agent"), b"")
    state: Any = scope.get("state") or {}
    return Origin(
        ip=client[0] if client else None,
        user_agent=user_agent.decode("latin-1")[:_USER_AGENT_CHARACTERS],
        request_id=state.get("request_id"),
    )
