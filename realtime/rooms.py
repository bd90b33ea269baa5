"""Who stands where on this process, for one account: rooms (inbox/kernel/audience) → sockets.

Invariant: a socket is indexed under exactly `socket.rooms`.
"""

from collections.abc import Collection, Iterator, Set
from uuid import UUID

from realtime.sockets import LiveSocket

_NOBODY: frozenset[LiveSocket] = frozenset()


class RoomIndex:
    def __init__(self) -> None:
        self._rooms: dict[str, set[LiveSocket]] = {}
        self._sockets: set[LiveSocket] = set()

    def __len__(self) -> int:
        return len(self._sockets)

    def __iter__(self) -> Iterator[LiveSocket]:
        return iter(tuple(self._sockets))

    def __contains__(self, socket: LiveSocket) -> bool:
        return socket in self._sockets

    def add(self, socket: LiveSocket) -> None:
        self._sockets.add(socket)
        for room in socket.rooms:
            self._rooms.setdefault(room, set()).add(socket)

    def remove(self, socket: LiveSocket) -> None:
        self._sockets.discard(socket)
        for room in socket.rooms:
            self._leave(room, socket)

    def refresh(self, socket: LiveSocket) -> None:
        """After the socket's actor or opened conversations changed: moves it to the rooms that follow from them."""
        rooms = socket.current_rooms()
        if socket in self._sockets:
            for room in socket.rooms - rooms:
                self._leave(room, socket)
            for room in rooms - socket.rooms:
                self._rooms.setdefault(room, set()).add(socket)
        socket.rooms = rooms

    def audience(self, rooms: Collection[str]) -> Set[LiveSocket]:
        """The sockets that stand in at least one of the rooms. Not to be changed by the caller."""
        present = [self._rooms[room] for room in rooms if room in self._rooms]
        if len(present) == 1:
            return present[0]
        return set().union(*present) if present else _NOBODY

    def of_user(self, user_id: UUID) -> list[LiveSocket]:
        return [socket for socket in self._sockets if socket.actor.user_id == user_id]

    def _leave(self, room: str, socket: LiveSocket) -> None:
        if (sockets := self._rooms.get(room)) is not None:
            sockets.discard(socket)
            if not sockets:
                del self._rooms[room]
