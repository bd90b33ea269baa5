"""/v1/me: who is signed in, their profile, password, availability and sessions."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import anyio.to_thread
from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from inbox.accounts.events import MemberView
from inbox.accounts.service import set_availability
from inbox.identity.profile import change_profile
from realtime.protocol import SetAvailability
from server.api.auth import PasswordText
from server.api.dependencies import CurrentActor, CurrentDatabase, CurrentGate, CurrentUser, claims_of
from server.api.session_view import SessionView, session_view
from server.auth.devices import parse_device

router = APIRouter(prefix="/v1/me", tags=["me"])

__all__ = ["SessionView", "router"]


class ProfileBody(BaseModel):
    """What is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)] | None = None
    locale: Annotated[str, Field(pattern=r"^(pt-BR|en)$")] | None = None


class ChangePasswordBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    current_password: PasswordText
    new_password: PasswordText


class OpenSessionView(BaseModel):
    """A browser that is signed in. Empty strings for what its user agent does not tell."""

    id: UUID
    device: str
    browser: str
    os: str
    ip: str | None
    created_at: datetime
    last_seen_at: datetime
    """Within a quarter of an hour."""
    current: bool


class EndedSessionsView(BaseModel):
    ended: int


@router.get("")
async def get_me(user: CurrentUser, gate: CurrentGate) -> SessionView:
    return session_view(await gate.sessions.details(claims_of(user)))


@router.patch("")
async def update_me(
    body: ProfileBody, database: CurrentDatabase, user: CurrentUser, gate: CurrentGate
) -> SessionView:
    """One's name and language, in all accounts."""
    await change_profile(database, user, name=body.name, locale=body.locale)
    return session_view(await gate.sessions.details(claims_of(user)))


@router.put("/password", status_code=204)
async def change_password(body: ChangePasswordBody, user: CurrentUser, gate: CurrentGate) -> None:
    """Ends all other sessions. Problem `weak_password` says which `rule` was broken."""
    await gate.credentials.change(user, body.current_password, body.new_password)


@router.put("/availability")
async def put_availability(
    body: SetAvailability, database: CurrentDatabase, actor: CurrentActor
) -> MemberView:
    return await set_availability(
        database, actor, availability=body.availability, pause_reason=body.pause_reason
    )


@router.get("/sessions")
async def list_sessions(user: CurrentUser, gate: CurrentGate) -> list[OpenSessionView]:
    """The one used last first."""
    found = await gate.sessions.list_open(user.user_id)
    # In a thread: the first one loads all patterns, which takes a fifth of a second.
    devices = await anyio.to_thread.run_sync(lambda: [parse_device(session.user_agent) for session in found])
    return [
        OpenSessionView(
            id=session.id, device=device.device, browser=device.browser, os=device.os, ip=session.ip,
            created_at=session.created_at, last_seen_at=session.last_seen_at,
            current=session.id == user.session_id,
        )
        for session, device in zip(found, devices, strict=True)
    ]  # fmt: skip


@router.post("/sessions/end-others")
async def end_other_sessions(user: CurrentUser, gate: CurrentGate) -> EndedSessionsView:
    """Signs out everywhere but here, sockets too."""
    return EndedSessionsView(ended=await gate.sessions.end_others(user))


@router.delete("/sessions/{session_id:uuid}", status_code=204)
async def end_session(session_id: UUID, user: CurrentUser, gate: CurrentGate) -> None:
    """Also this one."""
    await gate.sessions.end_one(user, session_id)
