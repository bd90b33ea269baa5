"""The cookies of signing in. Scripts can read none of them, and other sites cannot cause them to be sent.

`prosa_refresh` goes to /api/v1/auth alone. A super admin who is signed in as somebody else has that session's token in
`prosa_impersonation` beside it, so their own stays and is there again when the other one ends. `prosa_media` lets the browser
fetch pictures (an <img> cannot send a header). `prosa_device` only says that this browser was here before.
"""

from typing import Final
from urllib.parse import urlsplit

from fastapi import Request, Response

from inbox.installation.settings import MOST_SESSION_DAYS
from server.auth.errors import ForeignRequest
from server.auth.signed_in import SignedIn
from server.settings import Settings

REFRESH_COOKIE: Final = "prosa_refresh"
IMPERSONATION_COOKIE: Final = "prosa_impersonation"
MEDIA_COOKIE: Final = "prosa_media"
DEVICE_COOKIE: Final = "prosa_device"

_AUTH_PATH: Final = "/api/v1/auth"
_MEDIA_PATH: Final = "/media"
# RFC 6265bis, section 5.5 (read 2026-11): browsers keep none longer.
_DEVICE_DAYS: Final = 400
_DEVICE_CHARACTERS: Final = 100
_DAY_SECONDS: Final = 24 * 3600


def refresh_cookie_of(request: Request) -> tuple[str, str | None]:
    """The cookie that this browser acts by now, and its token."""
    impersonation = request.cookies.get(IMPERSONATION_COOKIE)
    if impersonation is not None:
        return IMPERSONATION_COOKIE, impersonation
    return REFRESH_COOKIE, request.cookies.get(REFRESH_COOKIE)


def device_of(request: Request) -> str | None:
    device = request.cookies.get(DEVICE_COOKIE)
    return device if device is not None and len(device) <= _DEVICE_CHARACTERS else None


def _refresh_days(settings: Settings) -> int:
    """At least as long as a session may live; the server ends it, not the cookie."""
    return max(settings.session_days, MOST_SESSION_DAYS)


def set_cookies(signed_in: SignedIn, response: Response, settings: Settings) -> None:
    if signed_in.refresh_token is not None:
        is_impersonation = signed_in.member.impersonator_id is not None
        name = IMPERSONATION_COOKIE if is_impersonation else REFRESH_COOKIE
        # An impersonation ends with the browser at the latest; the server ends it sooner.
        max_age = None if is_impersonation else _refresh_days(settings) * _DAY_SECONDS
        _set(response, settings, name, signed_in.refresh_token, _AUTH_PATH, max_age)
    media = signed_in.media
    _set(response, settings, MEDIA_COOKIE, media.token, _MEDIA_PATH, media.expires_in)
    if signed_in.device is not None:
        _set(response, settings, DEVICE_COOKIE, signed_in.device, _AUTH_PATH, _DEVICE_DAYS * _DAY_SECONDS)


def clear_cookies(response: Response, settings: Settings, refresh_name: str) -> None:
    """That session's: the other one's refresh cookie stays."""
    for name, path in ((refresh_name, _AUTH_PATH), (MEDIA_COOKIE, _MEDIA_PATH)):
        response.delete_cookie(
            name, path=path, httponly=True, secure=settings.secure_cookies, samesite="strict"
        )


def require_same_site(request: Request, settings: Settings) -> None:
    """For requests that a cookie alone authenticates. Raises ForeignRequest.

    Sec-Fetch-Site is the browser's own word, which no page can change (Fetch Metadata, read 2026-11); older browsers say
    Origin; and X-Prosa-Refresh is a header that another site cannot send without asking first (CORS). Programs send neither
    of the first two.
    """
    if request.headers.get("x-prosa-refresh") != "1":
        raise ForeignRequest("the header X-Prosa-Refresh is missing")
    site = request.headers.get("sec-fetch-site")
    if site is not None and site != "same-origin":
        raise ForeignRequest
    origin = request.headers.get("origin")
    if site is None and origin is not None:
        ours = {urlsplit(settings.base_url).netloc, request.headers.get("host", "")}
        if urlsplit(origin).netloc not in ours:
            raise ForeignRequest


def _set(
    response: Response, settings: Settings, name: str, value: str, path: str, max_age: int | None
) -> None:
    response.set_cookie(
        name,
        value,
        max_age=max_age,
        path=path,
        httponly=True,
        secure=settings.secure_cookies,
        samesite="strict",
    )
