"""The built React app: hashed assets for ever, the page itself never cached, every unknown path is the page (it routes)."""

from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import PlainTextResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

DIST = Path(__file__).parent.parent / "web" / "dist"

# Vite names assets by their content, so they never change (its documentation, "Building for production").
_FOR_EVER = "public, max-age=31536000, immutable"
_ALWAYS_ASK = "no-cache"

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    # Mantine sets styles on elements; blob: shows what is about to be uploaded.
    "Content-Security-Policy": "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob: https:; "
    "media-src 'self' blob:; font-src 'self' data:; connect-src 'self' ws: wss:; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'none'",
}


class _SinglePage(StaticFiles):
    async def get_response(self, path: str, scope: Scope) -> Response:
        try:
            response = await super().get_response(path, scope)
        except HTTPException as error:
            if error.status_code != 404 or path.startswith("assets/"):
                raise
            path = "index.html"
            response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = _FOR_EVER if path.startswith("assets/") else _ALWAYS_ASK
        for name, value in _HEADERS.items():
            response.headers[name] = value
        return response


def build_web_app(dist: Path = DIST) -> ASGIApp:
    """Serves `dist`; says what to do when the web app was never built."""
    if not (dist / "index.html").exists():
        return _not_built
    return GZipMiddleware(_SinglePage(directory=dist, html=True), minimum_size=1024)


async def _not_built(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse("The web app is not built: run `make setup`.\n", 503)(scope, receive, send)
