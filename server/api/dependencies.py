"""What handlers ask for: the process's parts, and who is there."""

from typing import Annotated, Protocol

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from inbox.kernel.actor import Actor, ActorKind, Origin
from inbox.kernel.clock import utc_now
from inbox.kernel.database import Database
from inbox.kernel.encryption import Vault
from inbox.kernel.errors import Forbidden, Unauthenticated
from inbox.mail.service import Mailer
from inbox.media.storage import MediaStore
from realtime.bus import RedisPublisher
from server.auth.credentials import Credentials
from server.auth.gate import Gate
from server.auth.origin import origin_of
from server.auth.sessions import Sessions
from server.auth.tokens import Claims, Tokens
from server.edge.admission import Admission
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
    def mailer(self) -> Mailer: ...
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


def get_gate(request: Request) -> Gate:
    gate: Gate = request.app.state.gate
    return gate


def get_sessions(request: Request) -> Sessions:
    return get_gate(request).sessions


def get_credentials(request: Request) -> Credentials:
    return get_gate(request).credentials


def get_origin(request: Request) -> Origin:
    return origin_of(request.scope)


_bearer = HTTPBearer(
    auto_error=False, description="The access token of POST /v1/auth/sign-in, or an API key."
)

Bearer = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


async def get_actor(request: Request, credentials: Bearer) -> Actor:
    """Whoever is there, as of now, and allowed to be there by their account's rules."""
    if credentials is None:
        raise Unauthenticated
    actor = await get_gate(request).load_bearer(credentials.credentials, origin_of(request.scope))
    admission: Admission = request.app.state.admission
    await admission.admit(request.scope, actor)
    return actor


async def get_user(actor: Annotated[Actor, Depends(get_actor)]) -> Actor:
    """A person: what is about oneself is nothing for an API key."""
    if actor.kind is not ActorKind.USER:
        raise Forbidden("this is for people")
    return actor


async def get_optional_user(request: Request, credentials: Bearer) -> Actor | None:
    if credentials is None:
        return None
    return await get_user(await get_actor(request, credentials))


def claims_of(actor: Actor) -> Claims:
    """Of a person who is signed in."""
    assert actor.session_id is not None
    return Claims(actor.user_id, actor.account_id, actor.session_id, utc_now())


CurrentContext = Annotated[ApiContext, Depends(get_context)]
CurrentDatabase = Annotated[Database, Depends(get_database)]
CurrentGate = Annotated[Gate, Depends(get_gate)]
CurrentCredentials = Annotated[Credentials, Depends(get_credentials)]
CurrentSessions = Annotated[Sessions, Depends(get_sessions)]
CurrentOrigin = Annotated[Origin, Depends(get_origin)]
CurrentActor = Annotated[Actor, Depends(get_actor)]
CurrentUser = Annotated[Actor, Depends(get_user)]
OptionalUser = Annotated[Actor | None, Depends(get_optional_user)]
