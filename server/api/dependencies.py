"""What handlers ask for: the process's parts, and who is there."""

from typing import Annotated, Protocol

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from inbox.kernel.actor import Actor
from inbox.kernel.database import Database
from inbox.kernel.encryption import Vault
from inbox.kernel.errors import Unauthenticated
from inbox.media.storage import MediaStore
from realtime.bus import RedisPublisher
from server.auth.actors import load_actor
from server.auth.sessions import Sessions
from server.auth.tokens import Claims, Tokens
from server.settings import Settings


class ApiContext(Protocol):
    """The part of server/context.py that REST needs."""

    @property
    def settings(self) -> Settings: ...
    @property
    def database(self) -> Database: ...
    @property
    def vault(self) -> Vault: ...
    @property
    def media_store(self) -> MediaStore: ...
    @property
    def publisher(self) -> RedisPublisher: ...
    @property
    def tokens(self) -> Tokens: ...


def get_context(request: Request) -> ApiContext:
    context: ApiContext = request.app.state.context
    return context


def get_database(request: Request) -> Database:
    return get_context(request).database


def get_sessions(request: Request) -> Sessions:
    sessions: Sessions = request.app.state.sessions
    return sessions


_bearer = HTTPBearer(auto_error=False, description="The access token of POST /v1/auth/sign-in.")


def get_claims(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Claims:
    if credentials is None:
        raise Unauthenticated
    return get_context(request).tokens.actor_from(credentials.credentials)


async def get_actor(request: Request, claims: Annotated[Claims, Depends(get_claims)]) -> Actor:
    return await load_actor(get_database(request), claims)


CurrentContext = Annotated[ApiContext, Depends(get_context)]
CurrentDatabase = Annotated[Database, Depends(get_database)]
CurrentSessions = Annotated[Sessions, Depends(get_sessions)]
CurrentClaims = Annotated[Claims, Depends(get_claims)]
CurrentActor = Annotated[Actor, Depends(get_actor)]
