"""A signed-in socket: who it is, where it stands, how far it has come.

Invariants
- Log items leave a socket in strictly ascending seq, none twice: `last_seq` is the highest that it was given, and nothing at
  or below it is given again. So the highest seq a client has seen is always a safe cursor.
- While a replay runs, live items wait in `held`; the replay covers everything up to the moment the socket was registered.
- While it is looked up whether an open conversation has left the user's sight, live items wait in `held` too.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from inbox.kernel.actor import Actor, Origin
from inbox.kernel.audience import conversation_room, standing_rooms
from realtime.frames import Frame, events_frame, model_frame
from realtime.log_item import Item
from realtime.receipts import Receipts
from realtime.wire import PacketQueue

# A replay takes milliseconds; when this many live items arrive meanwhile, refetching is cheaper than catching up.
_HELD_ITEMS = 2_000


@dataclass(frozen=True, slots=True)
class AuthenticatedActor:
    """Who holds a token, as of now, and until when the token is good."""

    actor: Actor
    expires_at: datetime


Authenticate = Callable[[str, Origin], Awaitable[AuthenticatedActor]]
"""Port: reads role and departments fresh. Raises Unauthenticated for a token that is expired, revoked or not ours, and
Forbidden for one that may not be used from there."""


@dataclass(slots=True, eq=False)
class LiveSocket:
    sid: str
    token: str
    actor: Actor
    expires_at: datetime
    queue: PacketQueue
    origin: Origin = field(default_factory=Origin)
    """Where its connection comes from; fixed for its life."""
    opened: set[UUID] = field(default_factory=set)
    """Conversations on this socket's screen."""
    rooms: frozenset[str] = frozenset()
    last_seq: int = 0
    held: list[Item] | None = None
    """Live items that wait for the replay, or for the end of a doubt; None: the socket is live."""
    in_doubt: bool = False
    """A conversation that is open on it may have left its user's sight."""
    opening: asyncio.Lock = field(default_factory=asyncio.Lock)
    """What is open is looked up and changed by one at a time, so that an older answer never undoes a newer one."""
    lagging: bool = False
    """Too much arrived while the replay ran."""
    pushed: int = 0
    """Log items written to it: all that the fan-out counts."""
    receipts: Receipts = field(default_factory=Receipts)
    allowance: float = 0.0
    """Commands that it may still send now, as of `allowance_at` (see commands)."""
    allowance_at: float = 0.0

    def __post_init__(self) -> None:
        self.rooms = self.current_rooms()

    @property
    def account_id(self) -> UUID:
        return self.actor.account_id

    def current_rooms(self) -> frozenset[str]:
        return standing_rooms(self.actor) | {conversation_room(opened) for opened in self.opened}

    def emit(self, event: str, model: BaseModel) -> None:
        """An unnumbered event of the protocol."""
        self.queue.write(model_frame(event, model))

    def shown(self, items: Sequence[Item]) -> Sequence[Item]:
        """The items as this socket's user may see them."""
        return [item.masked for item in items] if self.actor.masks_phones else items

    def write(self, items: Sequence[Item]) -> None:
        """Sends items that waited or are replayed; `last_seq` has been moved before."""
        self.pushed += len(items)
        self.queue.write(events_frame(self.shown(items)))

    def give(self, items: Sequence[Item], frame: Frame | None = None) -> None:
        """Delivers items that the caller has found to be above `last_seq` and visible; moves `last_seq`.

        `frame`: the same items as this socket shows them, encoded once for several sockets.
        """
        self.last_seq = items[-1].seq
        if self.held is None:
            self.pushed += len(items)
            self.queue.write(frame or events_frame(self.shown(items)))
        elif len(self.held) < _HELD_ITEMS:
            self.held.extend(items)
        else:
            self.lagging = True
