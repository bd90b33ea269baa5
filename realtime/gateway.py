"""The Socket.IO server: who may come in, how a socket resumes, when it must go.

Invariants
- A socket hears nothing before its token has been checked and its CONNECT packet has left.
- A socket lives as long as its token, or a younger one that it was given; a change of role, departments or session is
  looked up at once.
- Whoever is refused or sent away is told why, in the words of the protocol.
"""

import asyncio
import random
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

import asyncpg
import socketio
import structlog
from socketio.exceptions import ConnectionRefusedError as RefuseConnection

from inbox.kernel.actor import Actor, Origin
from inbox.kernel.clock import Clock, utc_now
from inbox.kernel.database import Database
from inbox.kernel.errors import Forbidden, ProsaError, Unauthenticated, Unavailable
from inbox.kernel.permissions import Permission
from inbox.proof.observer import Observer
from realtime.background import Background
from realtime.bus import Bus, RedisPublisher
from realtime.commands import Surroundings, parse_payload, run_command
from realtime.ephemeral import Ephemeral
from realtime.errors import DATABASE_UNREACHABLE
from realtime.feed import AccountFeed
from realtime.log_item import Item
from realtime.metrics import SOCKETS
from realtime.presence import CONNECTED, Roster
from realtime.protocol import ConnectAuth, Ready, ReconnectHint, ResyncRequired, SignedOut
from realtime.redis_link import RedisLink
from realtime.relay import Relay
from realtime.resume import go_live, resume_socket
from realtime.screens import Screens
from realtime.socket_server import build_socket_server
from realtime.sockets import Authenticate, AuthenticatedActor, LiveSocket
from realtime.trips import Trips
from realtime.witness import Witness

log = structlog.get_logger()

# Expiries and connections that never sign in are looked for this often.
_SWEEP_SECONDS = 1.0
# Signing in takes one round trip; socket.io's own server gives 45 s, which only feeds idle connections.
_SIGN_IN_SECONDS = 20.0
# A peer that was told to close and does not is dropped after this.
_CLOSING_SECONDS = 5.0
# Each takes one query, about a millisecond; 2,000 sockets are through within a second.
_REEVALUATED_AT_ONCE = 4
# At most so many confirmations (`seen`) a second reach one process, whoever is connected: about 2 % of a core (2026-11).
_SEEN_PER_SECOND = 200
_SEEN_EVERY_MS = (1_000, 30_000)
# After a restart the clients of one process come back spread over this time.
_RECONNECT_SPREAD_MS = 3_000


class GatewaySettings(Protocol):
    relay_gap_wait_ms: int
    conflation_ms: int
    replay_limit: int
    public_url: str


@dataclass(frozen=True, slots=True)
class _Arrival:
    """Checked, and waiting for its CONNECT packet to leave."""

    authenticated: AuthenticatedActor
    auth: ConnectAuth
    origin: Origin


class Gateway:
    """Made by `build_gateway`. Mount `asgi_app` at /socket.io/, between `start()` and `stop()`."""

    def __init__(
        self, settings: GatewaySettings, database: Database, pool: asyncpg.Pool, link: RedisLink,
        authenticate: Authenticate, publisher: RedisPublisher, bus: Bus, owns_bus: bool, now: Clock, observer: Observer,
    ) -> None:  # fmt: skip
        node = secrets.token_hex(8)
        self._settings = settings
        self._pool = pool
        self._link = link
        self._authenticate = authenticate
        self._bus = bus
        self._owns_bus = owns_bus
        self._now = now
        self._relay = Relay(pool, bus, settings, self)
        self._ephemeral = Ephemeral(publisher, node, self._relay.feed, self._look_again_at)
        self._roster = Roster(link, node, self._ephemeral.tell_change)
        self._screens = Screens(database, self._relay, self._roster)
        self._trips = Trips(observer, now)
        self._witness = Witness(observer, self._relay, self._live_sockets)
        self._around = Surroundings(
            database, self._screens, self._ephemeral, self._refresh_token, self._trips
        )
        self._arrivals: dict[str, _Arrival] = {}
        self._sockets: dict[str, LiveSocket] = {}
        self._unsigned: dict[str, float] = {}
        self._background = Background()
        self._stopping = False
        self._server = build_socket_server(self, settings.public_url)
        # Whatever path it is mounted under: the table of contents is server/app.py.
        self.asgi_app = socketio.ASGIApp(self._server, socketio_path=None)

    async def start(self) -> None:
        if self._owns_bus:
            await self._bus.start()
        await self._relay.start()
        await self._roster.start()
        self._background.start_loop("gateway.sweep", self._sweep)

    async def stop(self) -> None:
        """Sends everybody elsewhere (or back here, when we are up again), then closes. Idempotent."""
        if self._stopping:
            return
        self._stopping = True
        for socket in list(self._sockets.values()):
            socket.emit("reconnect", ReconnectHint(after_ms=_jittered_ms()))
        ends = [self._close_connection(sid) for sid in list(self._sockets)]
        await asyncio.gather(*ends, return_exceptions=True)
        await self._background.stop()
        await self._roster.stop()
        await self._relay.stop()
        if self._owns_bus:
            await self._bus.stop()
        await self._link.close()
        await self._server.shutdown()  # type: ignore[no-untyped-call]

    async def reevaluate(self, user_id: UUID) -> None:
        """Looks again who this user is, on all sockets of this process (see `announce_access_change` for all others)."""
        for feed in self._relay.feeds():
            for socket in feed.rooms.of_user(user_id):
                await self._reevaluate(socket)

    # ── coming ──────────────────────────────────────────────────────────────────────────────────────────────────────

    async def admit(self, sid: str, origin: Origin, payload: Any) -> None:
        """Checks who comes. Raises RefuseConnection with a problem."""
        try:
            if self._stopping:
                raise Unavailable("restarting")
            auth = parse_payload(ConnectAuth, payload)
            authenticated = await self._authenticate(auth.token, origin)
            if authenticated.expires_at <= self._now():
                raise Unauthenticated("the token has expired")
            async with self._relay.claimed(authenticated.actor.account_id):
                pass  # the log can be read; the feed stays a while
        except ProsaError as error:
            raise RefuseConnection(error.code, error.as_problem()) from error
        except DATABASE_UNREACHABLE as error:
            log.warning("gateway.cannot_admit", error=type(error).__name__)
            unavailable = Unavailable()
            raise RefuseConnection(unavailable.code, unavailable.as_problem()) from error
        self._arrivals[sid] = _Arrival(authenticated, auth, origin)

    async def welcome(self, sid: str) -> None:
        """The CONNECT packet has left: registers the socket, replays, says `ready`."""
        arrival = self._arrivals.pop(sid, None)
        queue = self._server.manager.queue_of(sid)
        if arrival is None or queue is None:
            return
        actor, expires_at = arrival.authenticated.actor, arrival.authenticated.expires_at
        opened = set(arrival.auth.open_conversation_ids)
        socket = LiveSocket(
            sid, arrival.auth.token, actor, expires_at, queue, origin=arrival.origin, opened=opened
        )
        try:
            async with self._relay.claimed(actor.account_id) as feed:
                if not self._server.manager.is_connected(sid, "/"):
                    return
                self._register(feed, socket)
                resumed = await resume_socket(
                    self._pool, feed, socket, arrival.auth.cursor, self._settings, self._screens.recheck
                )
                # Nothing was awaited since the socket went live: no item can come between.
                self._say_ready(feed, socket, resumed)
        except Exception:  # a socket that could not be brought live must not stay half-way
            log.exception("gateway.cannot_resume", account_id=str(actor.account_id))
            await self._send_elsewhere(socket)

    def _register(self, feed: AccountFeed, socket: LiveSocket) -> None:
        socket.held = []
        socket.last_seq = feed.last_seq
        feed.rooms.add(socket)
        self._sockets[socket.sid] = socket
        SOCKETS.inc()
        self._roster.enter(socket.account_id, CONNECTED, socket.actor.user_id)
        for conversation_id in socket.opened:
            self._roster.enter(socket.account_id, conversation_id, socket.actor.user_id)

    def _say_ready(self, feed: AccountFeed, socket: LiveSocket, resumed: bool) -> None:
        # What is held back for conflation is still to come: the cursor must not pass it.
        socket.last_seq = max(socket.last_seq, feed.safe_seq)
        ready = Ready(
            seq=socket.last_seq,
            resumed=resumed,
            user_id=socket.actor.user_id,
            account_id=socket.account_id,
            open_conversation_ids=sorted(socket.opened),
            connected_user_ids=self._connected_for(socket),
            seen_every_ms=self._seen_every_ms(),
        )
        socket.emit("ready", ready)

    def _seen_every_ms(self) -> int:
        shortest, longest = _SEEN_EVERY_MS
        return min(longest, max(shortest, 1_000 * len(self._sockets) // _SEEN_PER_SECOND))

    def _live_sockets(self) -> Iterable[LiveSocket]:
        return self._sockets.values()

    def _connected_for(self, socket: LiveSocket) -> list[UUID]:
        if not socket.actor.may(Permission.INBOX):
            return []
        return sorted(self._roster.users(socket.account_id, CONNECTED))

    async def command(self, sid: str, name: str, payload: Any) -> Any:
        socket = self._sockets.get(sid)
        if socket is None:
            return Unauthenticated().as_problem()
        return await run_command(self._around, socket, name, payload)

    # ── going ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def gone(self, sid: str) -> None:
        """The connection has ended, whoever ended it."""
        self._arrivals.pop(sid, None)
        socket = self._sockets.pop(sid, None)
        if socket is None:
            return
        SOCKETS.dec()
        self._witness.ended(socket)
        if (feed := self._relay.feed(socket.account_id)) is not None:
            feed.rooms.remove(socket)
        opened, socket.opened = socket.opened, set()  # left once: a recheck may still be under way
        for place in (CONNECTED, *opened):
            self._roster.leave(socket.account_id, place, socket.actor.user_id)

    async def _send_elsewhere(self, socket: LiveSocket) -> None:
        socket.emit("reconnect", ReconnectHint(after_ms=_jittered_ms()))
        self.gone(socket.sid)
        await self._close_connection(socket.sid)

    def _sign_out(self, socket: LiveSocket, reason: Any) -> None:
        """Ends a socket for good; in the background, for its peer may be slow to go."""
        if self._sockets.get(socket.sid) is socket:
            socket.emit("signed_out", SignedOut(reason=reason))
            sid = socket.sid
            self.gone(sid)  # it hears nothing more from here on
            self._background.start(f"gateway.sign_out {sid}", self._close_connection(sid, for_good=True))

    async def _close_connection(self, sid: str, *, for_good: bool = False) -> None:
        """Closes politely, and a little later cuts a peer that does not follow."""
        queue = self._server.manager.queue_of(sid)
        engine = self._server.eio
        connection = engine.sockets.get(self._server.manager.eio_sid_from_sid(sid, "/"))
        if queue is None or connection is None:
            return
        if for_good:  # socket.io clients do not come back by themselves after this packet
            await self._server.disconnect(sid)  # type: ignore[no-untyped-call]
        # Not eio.disconnect: it waits for a writer that may have gone already.
        await connection.close(wait=False, reason=engine.reason.SERVER_DISCONNECT)
        asyncio.get_running_loop().call_later(_CLOSING_SECONDS, queue.cut)

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(_SWEEP_SECONDS)
            now = self._now()
            for socket in list(self._sockets.values()):
                if socket.expires_at <= now:
                    self._sign_out(socket, "token_expired")
            self._drop_unsigned()

    def _drop_unsigned(self) -> None:
        """Connections that were opened and never signed in."""
        now = asyncio.get_running_loop().time()
        manager, engine = self._server.manager, self._server.eio
        unsigned = {sid for sid in engine.sockets if manager.sid_from_eio_sid(sid, "/") is None}
        for sid in unsigned:
            if now - self._unsigned.setdefault(sid, now) >= _SIGN_IN_SECONDS:
                engine.sockets[sid].queue.cut(self._server.environ.get(sid, {}))
        self._unsigned = {sid: at for sid, at in self._unsigned.items() if sid in unsigned}

    # ── who is who, again ───────────────────────────────────────────────────────────────────────────────────────────

    async def _refresh_token(self, socket: LiveSocket, token: str) -> None:
        authenticated = await self._authenticate(token, socket.origin)
        if (authenticated.actor.user_id, authenticated.actor.account_id) != (
            socket.actor.user_id,
            socket.account_id,
        ):
            raise Forbidden("the token is somebody else's")
        socket.token = token
        await self._become(socket, authenticated)

    async def _reevaluate(self, socket: LiveSocket) -> None:
        try:
            authenticated = await self._authenticate(socket.token, socket.origin)
        except Unauthenticated:
            expired = socket.expires_at <= self._now()
            self._sign_out(socket, "token_expired" if expired else "signed_out")
        except ProsaError:
            self._sign_out(socket, "access_changed")
        except DATABASE_UNREACHABLE as error:
            # It stays what it was; its token's expiry limits for how long.
            log.warning("gateway.cannot_reevaluate", error=type(error).__name__)
        else:
            await self._become(socket, authenticated)

    async def _become(self, socket: LiveSocket, authenticated: AuthenticatedActor) -> None:
        """Gives a socket its actor as of now; one whose rooms have changed must fetch its lists anew."""
        socket.expires_at = authenticated.expires_at
        before, socket.actor = socket.actor, authenticated.actor
        if _access_of(before) == _access_of(socket.actor):
            return
        if (feed := self._relay.feed(socket.account_id)) is not None:
            feed.rooms.refresh(socket)
        await self._screens.recheck(socket)
        if socket.sid in self._sockets:
            socket.emit("resync_required", ResyncRequired(reason="access_changed"))

    def _look_again_at(self, feed: AccountFeed, user_id: UUID | None) -> None:
        """At one user's sockets, or (None) at all of the account's."""
        if user_id is None:
            self._background.start("gateway.reevaluate_account", self._reevaluate_all(list(feed.rooms)))
            return
        for socket in feed.rooms.of_user(user_id):
            self._background.start(f"gateway.reevaluate {socket.sid}", self._reevaluate(socket))

    async def _reevaluate_all(self, sockets: list[LiveSocket]) -> None:
        """A few at a time: a big account's thousands must not take every connection of the database."""
        waiting = iter(sockets)

        async def look_through() -> None:
            for socket in waiting:
                await self._reevaluate(socket)

        await asyncio.gather(*(look_through() for _ in range(_REEVALUATED_AT_ONCE)))

    # ── what the feed hears (FeedObserver) ──────────────────────────────────────────────────────────────────────────

    def on_item(self, feed: AccountFeed, item: Item) -> None:
        if item.type == "member_updated":
            self._compare_member(feed, item.data["member"])
        elif item.type == "member_removed":
            self._look_again_at(feed, UUID(item.data["member_id"]))
        elif item.type == "ticket_removed":
            # The conversation may have left somebody's sight with its ticket.
            conversation_id = UUID(item.data["conversation_id"])
            for socket in feed.rooms:
                if conversation_id in socket.opened:
                    self._doubt(socket)

    def on_message(self, feed: AccountFeed, item: Item) -> None:
        if feed.rooms.audience(item.audience):
            self._trips.push(feed.account_id, item)

    def _doubt(self, socket: LiveSocket) -> None:
        """Holds what comes until it is known what the socket may hear of it."""
        socket.in_doubt = True
        if socket.held is None:  # else whoever brings it live looks
            socket.held = []
            self._background.start(f"gateway.recheck {socket.sid}", self._end_doubt(socket))

    async def _end_doubt(self, socket: LiveSocket) -> None:
        try:
            await go_live(socket, self._screens.recheck)
        except Exception:  # what cannot be looked up must not be heard: it resumes when it can
            log.exception("gateway.cannot_recheck", account_id=str(socket.account_id))
            await self._send_elsewhere(socket)
            return
        if socket.lagging:
            socket.lagging = False
            socket.emit("resync_required", ResyncRequired(reason="lagging"))

    def on_ephemeral(self, feed: AccountFeed, message: str) -> None:
        self._ephemeral.accept(feed, self._roster, message)

    def _compare_member(self, feed: AccountFeed, member: dict[str, Any]) -> None:
        """Most of these tell of somebody's pause; only permissions and departments change what a socket may hear."""
        # Of an older log without permissions nothing is known: they are looked up.
        access = frozenset(member.get("permissions", ())), frozenset(map(UUID, member["department_ids"]))
        for socket in feed.rooms.of_user(UUID(member["id"])):
            if (socket.actor.permissions, socket.actor.department_ids) != access:
                self._background.start(f"gateway.reevaluate {socket.sid}", self._reevaluate(socket))


def build_gateway(
    *, settings: GatewaySettings, database: Database, pool: asyncpg.Pool, redis_url: str,
    authenticate: Authenticate, publisher: RedisPublisher, bus: Bus | None = None, now: Clock = utc_now,
    observer: Observer | None = None,
) -> Gateway:  # fmt: skip
    """Only constructs. `pool`: plain connections as prosa_system. `bus`: one that is started elsewhere; None makes its own.

    `observer`: is told what is pushed and confirmed; who gives one sees to its reports.
    """
    return Gateway(
        settings, database, pool, RedisLink(redis_url), authenticate, publisher, bus or Bus(redis_url), bus is None, now,
        observer or Observer(),
    )  # fmt: skip


def _access_of(actor: Actor) -> tuple[object, ...]:
    """What decides on what a socket hears and how it is shown."""
    return actor.permissions, actor.department_ids, actor.masks_phones, actor.role


def _jittered_ms() -> int:
    return random.randint(100, _RECONNECT_SPREAD_MS)  # noqa: S311  # jitter, no secret
