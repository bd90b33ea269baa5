"""Unnumbered news between processes: typing, viewing, presence, and "look again who this user is".

Local sockets hear at once; other processes over `ephemeral:{account}`. Nothing here is replayed; a lost one is healed by
the next.
"""

from collections.abc import Callable, Collection
from typing import Any
from uuid import UUID

import orjson
import structlog
from pydantic import BaseModel

from inbox.kernel.audience import EVERYONE, conversation_room
from realtime.bus import RedisPublisher, ephemeral_channel
from realtime.feed import AccountFeed
from realtime.presence import CONNECTED, Place, Roster
from realtime.protocol import PresenceChanged, ViewingChanged

log = structlog.get_logger()

_ACCESS_CHANGED = "access_changed"
_ACCOUNT_CHANGED = "account_changed"


def announce_access_change(publisher: RedisPublisher, account_id: UUID, user_id: UUID) -> None:
    """Makes every process look again at this user's sockets: after sign-out, or a change of role or departments.

    May be lost like every hint; a token's expiry is what can be relied on.
    """
    message = {"node": "", "event": _ACCESS_CHANGED, "data": {"user_id": str(user_id)}}
    publisher.send(ephemeral_channel(account_id), orjson.dumps(message))


def announce_account_change(publisher: RedisPublisher, account_id: UUID) -> None:
    """Makes every process look again at all sockets of the account: it was suspended, closed or opened again.

    May be lost like every hint.
    """
    message = {"node": "", "event": _ACCOUNT_CHANGED, "data": {}}
    publisher.send(ephemeral_channel(account_id), orjson.dumps(message))


class Ephemeral:
    def __init__(
        self, publisher: RedisPublisher, node: str, find_feed: Callable[[UUID], AccountFeed | None],
        on_access_change: Callable[[AccountFeed, UUID | None], None],
    ) -> None:  # fmt: skip
        """`on_access_change`: of one user, or (None) of everybody in the account."""
        self._publisher = publisher
        self._node = node
        self._find_feed = find_feed
        self._on_access_change = on_access_change

    def tell(
        self, account_id: UUID, rooms: Collection[str], event: str, model: BaseModel,
        *, except_user: UUID | None = None, elsewhere: bool = True,
    ) -> None:  # fmt: skip
        """To everybody in the rooms, here and (`elsewhere`) on other processes."""
        data = model.model_dump(mode="json")
        skipped = str(except_user) if except_user else None
        if (feed := self._find_feed(account_id)) is not None:
            feed.tell(rooms, event, data, except_user=skipped)
        if elsewhere:
            message = {
                "node": self._node,
                "event": event,
                "rooms": list(rooms),
                "data": data,
                "except": skipped,
            }
            self._publisher.send(ephemeral_channel(account_id), orjson.dumps(message))

    def tell_change(
        self, account_id: UUID, place: Place, was: set[UUID], now_there: set[UUID], elsewhere: bool
    ) -> None:
        """The roster's news."""
        if place is not CONNECTED:
            viewing = ViewingChanged(conversation_id=place, user_ids=sorted(now_there))
            self.tell(account_id, [conversation_room(place)], "viewing", viewing, elsewhere=elsewhere)
            return
        for user_id in was ^ now_there:
            change = PresenceChanged(user_id=user_id, connected=user_id in now_there)
            self.tell(account_id, [EVERYONE], "presence", change, elsewhere=elsewhere)

    def accept(self, feed: AccountFeed, roster: Roster, message: str) -> None:
        """What another process has told."""
        try:
            news: dict[str, Any] = orjson.loads(message)
            if news["node"] == self._node:
                return
            if news["event"] == _ACCESS_CHANGED:
                self._on_access_change(feed, UUID(news["data"]["user_id"]))
                return
            if news["event"] == _ACCOUNT_CHANGED:
                self._on_access_change(feed, None)
                return
            _learn(roster, feed.account_id, news["event"], news["data"])
            feed.tell(news["rooms"], news["event"], news["data"], except_user=news["except"])
        except (KeyError, TypeError, ValueError):
            log.exception("ephemeral.unreadable", account_id=str(feed.account_id))


def _learn(roster: Roster, account_id: UUID, event: str, data: dict[str, Any]) -> None:
    if event == "viewing":
        users = {UUID(user_id) for user_id in data["user_ids"]}
        roster.learn(account_id, UUID(data["conversation_id"]), users)
    elif event == "presence":
        change = {UUID(data["user_id"])}
        known = roster.users(account_id, CONNECTED)
        roster.learn(account_id, CONNECTED, known | change if data["connected"] else known - change)
