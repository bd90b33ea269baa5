"""POST /v1/auth/password/…: a new password by a link from a mail."""

from fastapi import APIRouter, BackgroundTasks
from pydantic import BaseModel, ConfigDict

from server.api.auth import AddressText, ChallengeText, PasswordText
from server.api.dependencies import CurrentGate, CurrentOrigin

router = APIRouter(prefix="/v1/auth/password", tags=["sign-in"])


class ForgotBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    email: AddressText


class ResetBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    token: ChallengeText
    """What the link carries after its #."""
    password: PasswordText


@router.post("/forgot", status_code=202)
async def forget_password(
    body: ForgotBody, background: BackgroundTasks, gate: CurrentGate, origin: CurrentOrigin
) -> None:
    """Always the same answer, at once: a link comes by mail if the address is somebody's."""
    background.add_task(gate.credentials.send_reset_link, body.email, origin)


@router.post("/reset", status_code=204)
async def reset_password(body: ResetBody, gate: CurrentGate, origin: CurrentOrigin) -> None:
    """The link is good once, for half an hour. Every session of the person ends; they sign in anew."""
    await gate.credentials.reset(body.token, body.password, origin)
