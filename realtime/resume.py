"""From a client's cursor to live: nothing missing, nothing twice, in order.

A socket is registered first, at the feed's position P; live items above P wait in it. The log is read from the cursor up
to P, filtered by audience as live delivery is, and sent; then what waited; then the socket is live and told `ready`.
"""

from collections.abc import Awaitable, Callable
from typing import Literal, Protocol

import asyncpg

from inbox.kernel.permissions import Permission
from realtime.feed import AccountFeed
from realtime.log_item import Item, item_from_row
from realtime.log_reader import read_bounds, read_visible_range
from realtime.metrics import DELIVERIES, REPLAYS
from realtime.protocol import ResyncRequired
from realtime.sockets import LiveSocket

# Items per frame: 200 of 600 bytes are 120 kB, after which the peer is given time to read.
_ITEMS_PER_FRAME = 200
# A log that moved this many limits further is not even scanned: a day of a busy account against what one user may see of it.
_SCANNED_LIMITS = 20

ResyncReason = Literal["too_old", "too_far", "unknown_cursor", "lagging", "access_changed"]


Recheck = Callable[[LiveSocket], Awaitable[None]]
"""Closes what the socket's user may not see (any more). Raises when that cannot be looked up."""


class ResumeSettings(Protocol):
    replay_limit: int


async def resume_socket(
    pool: asyncpg.Pool,
    feed: AccountFeed,
    socket: LiveSocket,
    cursor: int | None,
    settings: ResumeSettings,
    recheck: Recheck,
) -> bool:
    """Brings a registered socket live; True if the client may keep what it has. Raises when the log is unreachable.

    What the client says is open on it is believed only after a look, and that look comes after the registration: a
    conversation that leaves the user's sight from then on puts the socket in doubt.
    """
    position = socket.last_seq  # before anything is awaited: what comes from here on waits in `held`
    await recheck(socket)
    reason: ResyncReason | None = None
    if cursor is not None and not socket.actor.may(Permission.INBOX):
        # What is kept under their name may be from when they did: nothing of it is said again.
        reason = "access_changed"
    elif cursor is not None and cursor != position:
        reason = await _replay(pool, feed, socket, cursor, position, settings.replay_limit)
    await go_live(socket, recheck)
    if socket.lagging:
        reason, socket.lagging = "lagging", False
    if reason is not None:
        socket.emit("resync_required", ResyncRequired(reason=reason))
    REPLAYS.labels(reason or ("fresh" if cursor is None else "resumed")).inc()
    return cursor is not None and reason is None


async def _replay(
    pool: asyncpg.Pool, feed: AccountFeed, socket: LiveSocket, cursor: int, position: int, limit: int
) -> ResyncReason | None:
    bounds = await read_bounds(pool, feed.account_id)
    if cursor > bounds.current:
        return "unknown_cursor"
    if cursor < bounds.oldest - 1:
        return "too_old"
    if cursor > position:
        # Another process was ahead of this one: what it has delivered is not delivered again.
        _skip_up_to(socket, cursor)
        return None
    if position - cursor > limit * _SCANNED_LIMITS:
        return "too_far"
    rows = await read_visible_range(pool, feed.account_id, cursor, position, limit + 1, socket.rooms)
    if len(rows) > limit:
        return "too_far"
    items = _conflated([item_from_row(row) for row in rows])
    for start in range(0, len(items), _ITEMS_PER_FRAME):
        socket.write(items[start : start + _ITEMS_PER_FRAME])
        await socket.queue.drained()
    DELIVERIES.inc(len(items))
    return None


async def go_live(socket: LiveSocket, recheck: Recheck) -> None:
    """Sends what waited and may still be heard; when this returns, nothing waits and the socket is live."""
    assert socket.held is not None
    while socket.held or socket.in_doubt:
        if socket.in_doubt:
            socket.in_doubt = False
            await recheck(socket)
            continue
        chunk, socket.held[:_ITEMS_PER_FRAME] = socket.held[:_ITEMS_PER_FRAME], []
        heard = [item for item in chunk if not socket.rooms.isdisjoint(item.audience)]
        if heard:
            socket.write(heard)
            await socket.queue.drained()
    socket.held = None


def _skip_up_to(socket: LiveSocket, cursor: int) -> None:
    assert socket.held is not None
    socket.held[:] = [item for item in socket.held if item.seq > cursor]
    socket.last_seq = max(socket.last_seq, cursor)


def _conflated(items: list[Item]) -> list[Item]:
    """Of conflated items only the latest per key, where it stands in the order."""
    latest = {item.key: item.seq for item in items}
    return [item for item in items if item.key is None or latest[item.key] == item.seq]
