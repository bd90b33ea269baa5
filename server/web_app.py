"""The built React app: hashed assets for ever, the page itself made anew each time, every unknown path is the page (it routes).

The page carries a nonce of its own for the <style> elements that the app's components make (edge/security_headers,
`page_policy`, says what web/ does with it), so it is neither stored nor revalidated: an old nonce fits no new policy.
"""

import base64
import hashlib
import re
import secrets
from pathlib import Path
from typing import Final

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import PlainTextResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from server.edge.security_headers import page_policy

DIST = Path(__file__).parent.parent / "web" / "dist"

# Vite names assets by their content, so they never change (its documentation, "Building for production").
_FOR_EVER = "public, max-age=31536000, immutable"
_ALWAYS_ASK = "no-cache"
_NEVER_KEPT = "no-store"

# 128 bits (CSP level 3, section 7.1).
_NONCE_BYTES: Final = 16
# A host and a port; anything else that a client names is not repeated in a header.
_HOST: Final = re.compile(r"[A-Za-z0-9.-]+(:[0-9]{1,5})?|\[[0-9A-Fa-f:.]+\](:[0-9]{1,5})?")
_INLINE_SCRIPT: Final = re.compile(r"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL | re.IGNORECASE)
_STYLE: Final = re.compile(r"<style(?=[\s>])", re.IGNORECASE)


class _Page:
    """index.html with a nonce, and the policy that names it. Scripts in it that are not files are allowed by their digest."""

    def __init__(self, html: str) -> None:
        self._hashes = [_digest(script) for script in _INLINE_SCRIPT.findall(html)]
        before, head_end, after = html.partition("</head>")
        self._before, self._after = before, head_end + after

    def response(self, headers: Headers) -> Response:
        nonce = secrets.token_urlsafe(_NONCE_BYTES)
        html = f'{self._before}<meta name="csp-nonce" content="{nonce}">{self._after}'
        html = _STYLE.sub(f'<style nonce="{nonce}"', html)
        host = headers.get("host", "")
        policy = page_policy(nonce, host if _HOST.fullmatch(host) else None, self._hashes)
        return Response(
            html,
            media_type="text/html",
            headers={"Content-Security-Policy": policy, "Cache-Control": _NEVER_KEPT},
        )


class _SinglePage(StaticFiles):
    def __init__(self, dist: Path) -> None:
        super().__init__(directory=dist)
        self._index = dist / "index.html"
        self._read_at = 0
        self._page: _Page | None = None

    async def get_response(self, path: str, scope: Scope) -> Response:
        if path in (".", "index.html"):
            return self._show_page(scope)
        try:
            response = await super().get_response(path, scope)
        except HTTPException as error:
            if error.status_code != 404 or path.startswith("assets/"):
                raise
            return self._show_page(scope)
        response.headers["Cache-Control"] = _FOR_EVER if path.startswith("assets/") else _ALWAYS_ASK
        return response

    def _show_page(self, scope: Scope) -> Response:
        if scope["method"] not in ("GET", "HEAD"):
            raise HTTPException(405, headers={"Allow": "GET, HEAD"})
        changed_at = self._index.stat().st_mtime_ns  # a new build names other assets
        if self._page is None or changed_at != self._read_at:
            self._page = _Page(self._index.read_text())
            self._read_at = changed_at
        return self._page.response(Headers(scope=scope))


def build_web_app(dist: Path = DIST) -> ASGIApp:
    """Serves `dist`; says what to do when the web app was never built."""
    if not (dist / "index.html").exists():
        return _not_built
    return GZipMiddleware(_SinglePage(dist), minimum_size=1024)


def _digest(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


async def _not_built(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse("The web app is not built: run `make setup`.\n", 503)(scope, receive, send)
