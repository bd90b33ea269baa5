"""What browsers are told to refuse: headers on every answer, and a Content-Security-Policy by what the answer is.

Whoever knows better has said so already: a header that an answer carries is left as it is (the web app's page has a policy
with a nonce of its own, server/web_app; files of customers are sandboxed, `FILE_POLICY`).
"""

from collections.abc import Iterable
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Ads that a customer came from show Meta's own pictures; they expire, so they are not copied.
_AD_PICTURES: Final = "https://*.fbcdn.net https://*.fbsbx.com https://*.cdninstagram.com"

API_POLICY: Final = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
"""Data: nothing in it is ever to be run or shown as a page."""

READER_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""/api/docs: its own script and style, and the description that it fetches."""

FILE_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
"""A customer's file, opened by its address: it runs nothing, and is nobody's origin. Browsers style their own frame around
a picture inline."""

DOCUMENT_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'none'"
)
"""A PDF: browsers' own viewers, which run apart from every page, refuse to work in a sandbox."""

_ALWAYS: Final = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    # Addresses hold ids of conversations; they are nobody else's business.
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (
        b"permissions-policy",
        b"microphone=(self), publickey-credentials-get=(self), publickey-credentials-create=(self), fullscreen=(self), "
        b"camera=(), geolocation=(), payment=(), usb=(), serial=(), hid=(), midi=(), "
        b"display-capture=(), accelerometer=(), gyroscope=(), magnetometer=(), browsing-topics=()",
    ),
]
# Two years, as hstspreload.org asks. Not for subdomains: they may be somebody else's.
_HSTS: Final = (b"strict-transport-security", b"max-age=63072000")
# Answers of the API are somebody's data; nobody between may keep them, nor the browser after signing out.
_NO_STORE: Final = (b"cache-control", b"no-store")


def page_policy(nonce: str, host: str | None, script_hashes: Iterable[str] = ()) -> str:
    """For the web app's page. `nonce`: for <style> elements that its components make; never for scripts.

    Contract with web/: the page holds `<meta name="csp-nonce" content="...">`; every library that makes <style> elements
    gets that nonce (Mantine's getStyleNonce; get-nonce's setNonce for react-remove-scroll, which modals use). `style`
    properties set from scripts are no inline styles and need nothing. `host`: named with ws(s) for browsers whose 'self'
    does not cover WebSockets (Safari before 15.4).
    """
    scripts = " ".join(["'self'", *script_hashes])
    sockets = f" ws://{host} wss://{host}" if host else ""
    return (
        f"default-src 'none'; script-src {scripts}; style-src 'self' 'nonce-{nonce}'; style-src-attr 'none'; "
        f"img-src 'self' data: blob: {_AD_PICTURES}; media-src 'self' blob:; font-src 'self' data:; "
        f"connect-src 'self' blob:{sockets}; manifest-src 'self'; worker-src 'none'; frame-src 'none'; object-src 'none'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


class SecurityHeaders:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        wanted = [*_ALWAYS, (b"content-security-policy", _policy_for(scope["path"]).encode())]
        if scope.get("scheme") == "https":
            wanted.append(_HSTS)
        if scope["path"].startswith("/api/v"):
            wanted.append(_NO_STORE)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", ()))
                present = {name.lower() for name, _ in headers}
                message["headers"] = headers + [pair for pair in wanted if pair[0] not in present]
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _policy_for(path: str) -> str:
    if path.startswith("/api/docs"):
        return READER_POLICY
    return FILE_POLICY if path.startswith("/media/") else API_POLICY
