"""POST /v1/auth/…: sign in, refresh, sign out.

The refresh token lives in a cookie that scripts cannot read and that goes nowhere but here; the media cookie lets the
browser fetch pictures. Refreshing wants a header that another site cannot send without asking (CSRF).
"""

from typing import Annotated, Literal

from fastapi import APIRouter, Cookie, Header, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from inbox.kernel.errors import Forbidden
from server.api.dependencies import CurrentContext, CurrentSessions
from server.api.me import SessionView, session_view
from server.api.problems import problem_response
from server.auth.errors import SessionOver
from server.auth.sessions import SignedIn
from server.settings import Settings

router = APIRouter(prefix="/v1/auth", tags=["sign-in"])

REFRESH_COOKIE = "prosa_refresh"
MEDIA_COOKIE = "prosa_media"
_REFRESH_PATH = "/api/v1/auth"
_MEDIA_PATH = "/media"


class SignInBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    email: str = Field(min_length=3, max_length=320)
    # Argon2 takes any length; a megabyte of password is an attack.
    password: str = Field(min_length=1, max_length=1000)


class SignedInView(BaseModel):
    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - the scheme, not a secret
    expires_in: int
    """Seconds until the access token expires; refresh it a little earlier."""
    session: SessionView


@router.post("/sign-in")
async def sign_in(
    body: SignInBody, request: Request, response: Response, context: CurrentContext, sessions: CurrentSessions
) -> SignedInView:
    signed_in = await sessions.sign_in(
        body.email,
        body.password,
        ip=request.client.host if request.client else None,
        user_agent=request.headers.get("user-agent", ""),
    )
    return _answer(signed_in, response, context.settings)


@router.post("/refresh", response_model=SignedInView)
async def refresh(
    response: Response,
    context: CurrentContext,
    sessions: CurrentSessions,
    x_prosa_refresh: Annotated[str | None, Header()] = None,
    prosa_refresh: Annotated[str | None, Cookie()] = None,
) -> SignedInView | Response:
    """Needs the header `X-Prosa-Refresh: 1` beside the cookie."""
    if x_prosa_refresh != "1":
        raise Forbidden("the header X-Prosa-Refresh is missing")
    try:
        if prosa_refresh is None:
            raise SessionOver
        signed_in = await sessions.refresh(prosa_refresh)
    except SessionOver as error:
        refused = problem_response(error)
        _clear_cookies(refused, context.settings)
        return refused
    return _answer(signed_in, response, context.settings)


@router.post("/sign-out", status_code=204)
async def sign_out(
    request: Request,
    response: Response,
    context: CurrentContext,
    sessions: CurrentSessions,
    prosa_refresh: Annotated[str | None, Cookie()] = None,
) -> None:
    """Ends the session; also without one. Its sockets are closed."""
    ended = await sessions.sign_out(prosa_refresh)
    if ended is not None:
        request.app.state.announce_access_change(ended.account_id, ended.user_id)
    _clear_cookies(response, context.settings)


def _answer(signed_in: SignedIn, response: Response, settings: Settings) -> SignedInView:
    if signed_in.refresh_token is not None:
        _set_cookie(
            response,
            settings,
            REFRESH_COOKIE,
            signed_in.refresh_token,
            _REFRESH_PATH,
            settings.session_days * 24 * 3600,
        )
    media = signed_in.media
    _set_cookie(response, settings, MEDIA_COOKIE, media.token, _MEDIA_PATH, media.expires_in)
    return SignedInView(
        access_token=signed_in.access.token,
        expires_in=signed_in.access.expires_in,
        session=session_view(signed_in.member),
    )


def _set_cookie(
    response: Response, settings: Settings, name: str, value: str, path: str, max_age: int
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


def _clear_cookies(response: Response, settings: Settings) -> None:
    for name, path in ((REFRESH_COOKIE, _REFRESH_PATH), (MEDIA_COOKIE, _MEDIA_PATH)):
        response.delete_cookie(
            name, path=path, httponly=True, secure=settings.secure_cookies, samesite="strict"
        )
