"""/v1/me/second-factor and /v1/me/passkeys: one's own second factors."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from inbox.identity.factor_repository import StoredPasskey
from server.api.auth import Credential, PasswordText, TotpSetupView
from server.api.dependencies import CurrentGate, CurrentUser

router = APIRouter(prefix="/v1/me", tags=["me"])


class SecondFactorView(BaseModel):
    totp_since: datetime | None
    """None without an authenticator app."""
    passkeys: int
    recovery_codes_left: int
    is_mandatory: bool
    """Some role of this person must have one: the last cannot be removed."""


class TotpCodeBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    code: str = Field(min_length=6, max_length=10)


class PasswordBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    password: PasswordText


class RecoveryCodesView(BaseModel):
    recovery_codes: list[str]
    """Shown this once. Empty when there are some from before."""


class PasskeyView(BaseModel):
    id: UUID
    name: str
    created_at: datetime
    last_used_at: datetime | None


class AddPasskeyBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
    attestation: Credential
    """PublicKeyCredential.toJSON() of what navigator.credentials.create gave."""


class AddedPasskeyView(RecoveryCodesView):
    passkey: PasskeyView


class PasskeyRegistrationView(BaseModel):
    publicKey: dict[str, Any]  # noqa: N815 - as navigator.credentials.create names it
    """For PublicKeyCredential.parseCreationOptionsFromJSON."""


@router.get("/second-factor")
async def get_second_factor(user: CurrentUser, gate: CurrentGate) -> SecondFactorView:
    summary, is_mandatory = await gate.factors.summary(user)
    return SecondFactorView(
        totp_since=summary.totp_since,
        passkeys=summary.passkeys,
        recovery_codes_left=summary.recovery_codes_left,
        is_mandatory=is_mandatory,
    )


@router.post("/second-factor/totp")
async def start_totp(user: CurrentUser, gate: CurrentGate) -> TotpSetupView:
    """A new seed each time; it counts from its first code on (…/confirm)."""
    setup = await gate.factors.start_totp(user)
    return TotpSetupView(secret=setup.secret, otpauth_uri=setup.otpauth_uri, qr_svg=setup.qr_svg)


@router.post("/second-factor/totp/confirm")
async def confirm_totp(body: TotpCodeBody, user: CurrentUser, gate: CurrentGate) -> RecoveryCodesView:
    return RecoveryCodesView(recovery_codes=await gate.factors.confirm_totp(user, body.code))


@router.delete("/second-factor/totp", status_code=204)
async def remove_totp(body: PasswordBody, user: CurrentUser, gate: CurrentGate) -> None:
    """Problem `second_factor_mandatory` when it is the last one and the role must have one."""
    await gate.factors.remove_totp(user, body.password)


@router.post("/second-factor/recovery-codes")
async def renew_recovery_codes(user: CurrentUser, gate: CurrentGate) -> RecoveryCodesView:
    """Ten new ones; the old ones are void."""
    return RecoveryCodesView(recovery_codes=await gate.factors.renew_recovery_codes(user))


@router.post("/passkeys/options")
async def get_passkey_registration(user: CurrentUser, gate: CurrentGate) -> PasskeyRegistrationView:
    return PasskeyRegistrationView(publicKey=await gate.factors.start_passkey(user))


@router.post("/passkeys", status_code=201)
async def add_passkey(body: AddPasskeyBody, user: CurrentUser, gate: CurrentGate) -> AddedPasskeyView:
    """Recovery codes come with the first second factor."""
    passkey, codes = await gate.factors.add_passkey(user, body.name, body.attestation)
    return AddedPasskeyView(passkey=_passkey_view(passkey), recovery_codes=codes)


@router.get("/passkeys")
async def list_passkeys(user: CurrentUser, gate: CurrentGate) -> list[PasskeyView]:
    return [_passkey_view(passkey) for passkey in await gate.factors.list_passkeys(user)]


@router.delete("/passkeys/{passkey_id:uuid}", status_code=204)
async def remove_passkey(passkey_id: UUID, user: CurrentUser, gate: CurrentGate) -> None:
    await gate.factors.remove_passkey(user, passkey_id)


def _passkey_view(passkey: StoredPasskey) -> PasskeyView:
    return PasskeyView(
        id=passkey.id, name=passkey.name, created_at=passkey.created_at, last_used_at=passkey.last_used_at
    )
