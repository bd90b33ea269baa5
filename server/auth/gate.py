"""The parts of signing in, built once per process and handed to REST, files and sockets."""

from dataclasses import dataclass
from functools import partial
from typing import Protocol

from inbox.identity.passkeys import RelyingParty, relying_party
from inbox.installation.settings import SettingsCache
from inbox.kernel.actor import Actor, Origin
from inbox.kernel.database import Database
from inbox.kernel.encryption import Vault
from inbox.mail.service import Mailer
from realtime.bus import RedisPublisher
from realtime.ephemeral import announce_access_change
from realtime.sockets import AuthenticatedActor
from server.auth.actors import Claimed, load_actor
from server.auth.api_keys import is_api_key, load_key_actor, load_socket_key
from server.auth.credentials import Credentials
from server.auth.factors import Factors
from server.auth.notices import Notices
from server.auth.passwords import Passwords
from server.auth.refusals import Refusals
from server.auth.sessions import Sessions
from server.auth.sign_in import SignIn
from server.auth.throttle import SignInThrottle
from server.auth.tokens import Tokens
from server.settings import Settings


class GateContext(Protocol):
    """What of server/context.py is needed."""

    @property
    def settings(self) -> Settings: ...
    @property
    def database(self) -> Database: ...
    @property
    def vault(self) -> Vault: ...
    @property
    def mailer(self) -> Mailer: ...
    @property
    def publisher(self) -> RedisPublisher: ...
    @property
    def tokens(self) -> Tokens: ...


@dataclass(frozen=True, slots=True)
class Gate:
    context: GateContext
    installation: SettingsCache
    throttle: SignInThrottle
    refusals: Refusals
    passwords: Passwords
    claimed: Claimed
    sessions: Sessions
    sign_in: SignIn
    credentials: Credentials
    factors: Factors
    party: RelyingParty

    async def load_bearer(self, token: str, origin: Origin) -> Actor:
        """Whoever an access token or an API key names. Raises Unauthenticated and what `load_actor` raises."""
        if is_api_key(token):
            return await load_key_actor(self.context, token, origin)
        claims = await self.claimed.by_access_token(token, origin)
        return await load_actor(self.context.database, claims, origin)

    async def load_media(self, token: str, origin: Origin) -> Actor:
        """Whom the cookie names with which a browser fetches files."""
        claims = await self.claimed.by_media_token(token, origin)
        return await load_actor(self.context.database, claims, origin)

    async def authenticate_socket(self, token: str, origin: Origin) -> AuthenticatedActor:
        if is_api_key(token):
            found = await load_socket_key(self.context, token, origin)
            return AuthenticatedActor(found.actor, found.expires_at)
        claims = await self.claimed.by_access_token(token, origin)
        return AuthenticatedActor(await load_actor(self.context.database, claims, origin), claims.expires_at)

    async def close(self) -> None:
        await self.throttle.close()


def build_gate(context: GateContext) -> Gate:
    """Only constructs."""
    settings, database = context.settings, context.database
    throttle, passwords = SignInThrottle(settings.redis_url), Passwords()
    refusals = Refusals(database, throttle)
    notices = Notices(context.mailer, settings.base_url)
    party = relying_party(settings.base_url)
    installation = SettingsCache(database)
    sessions = Sessions(
        database, context.tokens, settings, notices=notices, refusals=refusals,
        announce=partial(announce_access_change, context.publisher), installation=installation,
    )  # fmt: skip
    credentials = Credentials(
        database,
        sessions=sessions,
        passwords=passwords,
        throttle=throttle,
        notices=notices,
        refusals=refusals,
        installation=installation,
    )
    return Gate(
        context=context,
        installation=installation,
        throttle=throttle,
        refusals=refusals,
        passwords=passwords,
        claimed=Claimed(context.tokens, refusals),
        sessions=sessions,
        sign_in=SignIn(
            database, context.vault, sessions=sessions, passwords=passwords, throttle=throttle, refusals=refusals,
            party=party,
        ),
        credentials=credentials,
        factors=Factors(database, context.vault, sessions=sessions, credentials=credentials, party=party),
        party=party,
    )  # fmt: skip
