"""POST /v1/auth/…: sign in, second factor, passkeys, refresh, switch account, sign out."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator

from inbox.kernel.actor import Origin
from server.api.cookies import (
    MEDIA_COOKIE,
    REFRESH_COOKIE,
    clear_cookies,
    device_of,
    refresh_cookie_of,
    require_same_site,
    set_cookies,
)
from server.api.dependencies import CurrentContext, CurrentGate, CurrentOrigin, CurrentUser, claims_of
from server.api.problems import problem_response
from server.api.session_view import SessionView, SignedInView, signed_in_view
from server.auth.errors import AccountSuspended, ForeignRequest, SessionOver
from server.auth.gate import Gate
from server.auth.password_rules import MAX_PASSWORD_CHARACTERS
from server.auth.sign_in import EnrolmentWanted, FactorMethod, Outcome, Proof, SecondFactorWanted
from server.auth.signed_in import SignedIn
from server.settings import Settings

router = APIRouter(prefix="/v1/auth", tags=["sign-in"])

__all__ = ["MEDIA_COOKIE", "REFRESH_COOKIE", "SessionView", "SignedInView", "answer_signed_in", "router"]

# 43 characters of base64url; some room for what may come.
ChallengeText = Annotated[str, Field(min_length=20, max_length=200)]
PasswordText = Annotated[str, Field(min_length=1, max_length=MAX_PASSWORD_CHARACTERS)]
# RFC 5321, section 4.5.3.1: 64 characters, an @, 255 characters. Whether it is one is found out by mail.
AddressText = Annotated[str, Field(min_length=3, max_length=320, pattern=r"^[^\x00-\x1f]+$")]
# An authenticator's answer as PublicKeyCredential.toJSON gives it; its parts are checked by the ceremony.
Credential = dict[str, Any]


class SignInBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    email: AddressText
    password: PasswordText


class SignedInOutcome(SignedInView):
    outcome: Literal["signed_in"] = "signed_in"


class SecondFactorOutcome(BaseModel):
    """Answer the challenge with POST /v1/auth/second-factor."""

    outcome: Literal["second_factor"] = "second_factor"
    challenge: str
    methods: list[FactorMethod]
    expires_in: int


class EnrolmentOutcome(BaseModel):
    """The role demands a second factor: set one up with POST /v1/auth/enrolment/totp."""

    outcome: Literal["enrolment_required"] = "enrolment_required"
    challenge: str
    expires_in: int


SignInOutcome = Annotated[
    SignedInOutcome | SecondFactorOutcome | EnrolmentOutcome, Field(discriminator="outcome")
]


class ChallengeBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    challenge: ChallengeText


class SecondFactorBody(ChallengeBody):
    method: FactorMethod
    code: str = Field(default="", max_length=40)
    """Of an authenticator app, or a recovery code."""
    assertion: Credential | None = None
    """Of a passkey."""

    @model_validator(mode="after")
    def _has_its_proof(self) -> "SecondFactorBody":
        if self.method == "passkey" and self.assertion is None:
            raise ValueError("a passkey is proven with its assertion")
        if self.method != "passkey" and not self.code:
            raise ValueError("a code is missing")
        return self


class TotpSetupView(BaseModel):
    secret: str
    """Base32, for typing it in."""
    otpauth_uri: str
    qr_svg: str


class ConfirmEnrolmentBody(ChallengeBody):
    code: str = Field(min_length=6, max_length=10)


class EnrolledView(SignedInView):
    recovery_codes: list[str]
    """Shown this once. Empty when there are some from before."""


class PasskeyOptionsView(BaseModel):
    challenge: str
    publicKey: dict[str, Any]  # noqa: N815 - as navigator.credentials.get names it
    """For PublicKeyCredential.parseRequestOptionsFromJSON."""


class PasskeySignInBody(ChallengeBody):
    assertion: Credential


class SwitchAccountBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    account_id: UUID


@router.post("/sign-in")
async def sign_in(
    body: SignInBody,
    request: Request,
    response: Response,
    context: CurrentContext,
    gate: CurrentGate,
    origin: CurrentOrigin,
) -> SignInOutcome:
    """With a password. What comes next is the `outcome`."""
    outcome = await gate.sign_in.with_password(body.email, body.password, origin, device=device_of(request))
    return answer_outcome(outcome, response, context.settings)


@router.post("/second-factor")
async def prove_second_factor(
    body: SecondFactorBody,
    request: Request,
    response: Response,
    context: CurrentContext,
    gate: CurrentGate,
    origin: CurrentOrigin,
) -> SignedInView:
    """Five wrong answers end the challenge."""
    proof = Proof(body.method, body.code, body.assertion)
    signed_in = await gate.sign_in.with_second_factor(
        body.challenge, proof, origin, device=device_of(request)
    )
    return answer_signed_in(signed_in, response, context.settings)


@router.post("/second-factor/passkey-options")
async def get_second_factor_passkey_options(body: ChallengeBody, gate: CurrentGate) -> PasskeyOptionsView:
    return PasskeyOptionsView(
        challenge=body.challenge, publicKey=await gate.sign_in.passkey_options(body.challenge)
    )


@router.post("/enrolment/totp")
async def start_enrolment(body: ChallengeBody, gate: CurrentGate) -> TotpSetupView:
    """A new seed each time; the last one counts."""
    setup = await gate.sign_in.start_enrolment(body.challenge)
    return TotpSetupView(secret=setup.secret, otpauth_uri=setup.otpauth_uri, qr_svg=setup.qr_svg)


@router.post("/enrolment/totp/confirm")
async def confirm_enrolment(
    body: ConfirmEnrolmentBody,
    request: Request,
    response: Response,
    context: CurrentContext,
    gate: CurrentGate,
    origin: CurrentOrigin,
) -> EnrolledView:
    signed_in, codes = await gate.sign_in.confirm_enrolment(
        body.challenge, body.code, origin, device=device_of(request)
    )
    view = answer_signed_in(signed_in, response, context.settings)
    return EnrolledView(**dict(view), recovery_codes=codes)


@router.post("/passkeys/options")
async def get_passkey_options(gate: CurrentGate) -> PasskeyOptionsView:
    """For signing in without an address or a password: the browser offers the passkeys that it has."""
    challenge, options = await gate.sign_in.start_passkey()
    return PasskeyOptionsView(challenge=challenge, publicKey=options)


@router.post("/passkeys/sign-in")
async def sign_in_with_passkey(
    body: PasskeySignInBody,
    request: Request,
    response: Response,
    context: CurrentContext,
    gate: CurrentGate,
    origin: CurrentOrigin,
) -> SignedInView:
    """A passkey proves having the device and being its owner: no second factor is asked for."""
    signed_in = await gate.sign_in.with_passkey(
        body.challenge, body.assertion, origin, device=device_of(request)
    )
    return answer_signed_in(signed_in, response, context.settings)


@router.post("/refresh", response_model=SignedInView)
async def refresh(
    request: Request, response: Response, context: CurrentContext, gate: CurrentGate, origin: CurrentOrigin
) -> SignedInView | Response:
    """Needs the header `X-Prosa-Refresh: 1` beside the cookie. Problem `second_factor_required` carries a challenge."""
    await _require_same_site(request, context.settings, gate, origin)
    name, token = refresh_cookie_of(request)
    try:
        if token is None:
            raise SessionOver
        signed_in = await gate.sessions.refresh(token, origin)
    except (SessionOver, AccountSuspended) as error:
        refused = problem_response(error)
        clear_cookies(refused, context.settings, name)
        return refused
    return answer_signed_in(signed_in, response, context.settings)


@router.post("/switch-account")
async def switch_account(
    body: SwitchAccountBody,
    response: Response,
    context: CurrentContext,
    gate: CurrentGate,
    user: CurrentUser,
    origin: CurrentOrigin,
) -> SignedInView:
    """This browser goes on in another account of the same person. Problem `second_factor_required` carries a challenge."""
    signed_in = await gate.sessions.switch_account(claims_of(user), body.account_id, origin)
    return answer_signed_in(signed_in, response, context.settings)


@router.post("/sign-out", status_code=204)
async def sign_out(
    request: Request, response: Response, context: CurrentContext, gate: CurrentGate, origin: CurrentOrigin
) -> None:
    """Ends the session and its sockets; also without one. After signing out of an impersonation, a refresh answers the
    super admin's own session."""
    # Nobody is harmed by a foreign sign-out more than by a nuisance, but the cookie tells it apart: SameSite=strict.
    name, token = refresh_cookie_of(request)
    await gate.sessions.sign_out(token, origin)
    clear_cookies(response, context.settings, name)


def answer_signed_in(signed_in: SignedIn, response: Response, settings: Settings) -> SignedInView:
    set_cookies(signed_in, response, settings)
    return signed_in_view(signed_in)


def answer_outcome(outcome: Outcome, response: Response, settings: Settings) -> SignInOutcome:
    if isinstance(outcome, SecondFactorWanted):
        return SecondFactorOutcome(
            challenge=outcome.challenge, methods=outcome.methods, expires_in=outcome.expires_in
        )
    if isinstance(outcome, EnrolmentWanted):
        return EnrolmentOutcome(challenge=outcome.challenge, expires_in=outcome.expires_in)
    return SignedInOutcome(**dict(answer_signed_in(outcome, response, settings)))


async def _require_same_site(request: Request, settings: Settings, gate: Gate, origin: Origin) -> None:
    try:
        require_same_site(request, settings)
    except ForeignRequest:
        await gate.refusals.record_seldom("session.foreign_refresh_refused", origin)
        raise
