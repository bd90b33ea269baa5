"""405 and its Allow header, right for every address: all methods that it takes, and no other route in its place.

Left to itself the router tells the methods of the first handler of several that share an address; and an address of its own
(`/v1/me/sessions/end-others`) is taken for an id by a handler of another method (`DELETE /v1/me/sessions/{session_id}`).
"""

import re
from collections.abc import Iterable

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import BaseRoute, Route, compile_path
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.api.problems import show_http

_METHOD_NOT_ALLOWED = 405


class KnownMethods:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp, *, routes: Iterable[BaseRoute]) -> None:
        self._app = app
        self._plain: dict[str, set[str]] = {}
        """By address, of those without parameters."""
        self._patterns: dict[str, tuple[re.Pattern[str], set[str]]] = {}
        """By template."""
        for route in routes:
            if isinstance(route, Route):
                self._add(route.path, route.methods or set())

    def _add(self, path: str, methods: Iterable[str]) -> None:
        if "{" not in path:
            self._plain.setdefault(path, set()).update(methods)
        else:
            self._patterns.setdefault(path, (compile_path(path)[0], set()))[1].update(methods)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        methods = self._plain.get(path)
        if methods is not None and scope["method"] not in methods:
            error = HTTPException(_METHOD_NOT_ALLOWED, headers={"Allow": _listed(methods)})
            answer = await show_http(Request(scope), error)
            await answer(scope, receive, send)
            return

        async def send_with_allow(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == _METHOD_NOT_ALLOWED:
                MutableHeaders(scope=message)["Allow"] = _listed(self._methods_of(path))
            await send(message)

        await self._app(scope, receive, send_with_allow)

    def _methods_of(self, path: str) -> set[str]:
        return {
            method
            for pattern, methods in self._patterns.values()
            if pattern.match(path)
            for method in methods
        }


def _listed(methods: set[str]) -> str:
    return ", ".join(sorted(methods))
