"""When messages reached their first socket of this process, and when a browser says that it has painted them.

The browser tells durations, never times: how long painting took after the frame had come, and how long a round trip
takes. Half of that and our own time of writing make the time of painting, so no two clocks of different machines
are compared with a browser's.

Invariant: a painting is believed only for a message that this process has pushed, and that the socket could hear.
"""

from collections import OrderedDict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from inbox.proof.observer import Observer, Painting, Trip
from inbox.proof.service import TRIPS_PER_SECOND
from realtime.log_item import Item
from realtime.sockets import LiveSocket

# Some minutes of a busy process; a message painted later than that was not waited for.
_REMEMBERED: Final = 5_000
# Beyond TRIPS_PER_SECOND, so that the proof of speed does not cost speed.
_SAMPLED_ONE_IN: Final = 10


@dataclass(slots=True)
class _Pushed:
    account_id: UUID
    audience: Collection[str]
    pushed_at: datetime
    is_painted: bool = False


class Trips:
    def __init__(self, observer: Observer, now: Callable[[], datetime]) -> None:
        self._observer = observer
        self._now = now
        self._pushed: OrderedDict[UUID, _Pushed] = OrderedDict()
        self._second = 0
        self._this_second = 0

    def push(self, account_id: UUID, item: Item) -> None:
        """`item`, a message_created, has just been written to somebody."""
        pushed_at = self._now()
        try:
            message_id = UUID(item.data["message"]["id"])
            stored_at = _time(item.at)
            received_at = _time(item.data.get("received_at"))
        except (KeyError, TypeError, ValueError, AttributeError):
            return  # of another version: its trip is not known
        if stored_at is None or message_id in self._pushed or self._is_left_out(pushed_at):
            return
        self._pushed[message_id] = _Pushed(account_id, item.audience, pushed_at)
        if len(self._pushed) > _REMEMBERED:
            self._pushed.popitem(last=False)
        self._observer.pushed(Trip(account_id, message_id, received_at, stored_at, pushed_at))

    def paint(self, socket: LiveSocket, message_id: UUID, after_ms: int, round_trip_ms: int) -> None:
        """The browser behind `socket` has painted the message, `after_ms` after its frame had come."""
        pushed = self._pushed.get(message_id)
        if pushed is None or pushed.is_painted or pushed.account_id != socket.account_id:
            return
        if socket.rooms.isdisjoint(pushed.audience):
            return
        pushed.is_painted = True
        painted_at = pushed.pushed_at + timedelta(milliseconds=after_ms + round_trip_ms / 2)
        # Not after the report of it, however slow the browser says that the way is.
        self._observer.painted(Painting(socket.account_id, message_id, min(painted_at, self._now())))

    def _is_left_out(self, now: datetime) -> bool:
        second = int(now.timestamp())
        if second != self._second:
            self._second, self._this_second = second, 0
        self._this_second += 1
        return self._this_second > TRIPS_PER_SECOND and self._this_second % _SAMPLED_ONE_IN != 0


def _time(value: Any) -> datetime | None:
    """As a hint (text) or the log (text within the payload, a time beside it) has it."""
    if value is None or isinstance(value, datetime):
        return value
    return datetime.fromisoformat(value)
