"""What became of a socket's pushes: confirmed by its browser, or ended with it. Counted beside the fan-out, never in it.

The socket counts what is written to it, in one integer. The client counts what it has applied on this connection and
says so now and then; a WebSocket keeps the order, so its number names exactly the first so many. Before each report the
difference is spread over the minutes of the pushes, so that within every minute: pushed = acknowledged + ended + under way.

Invariant: never more is confirmed than was pushed, whatever a client says.
"""

from collections.abc import Callable
from typing import Final
from uuid import UUID

from inbox.proof import metrics
from inbox.proof.observer import Observed

# Active minutes that may be open at once, and how old one may get: programs that never confirm end up as "ended".
_OPEN_MINUTES: Final = 60
_OLDEST_MINUTES: Final = 24 * 60

FindRow = Callable[[UUID, int], Observed]


class Receipts:
    __slots__ = ("_confirmed", "_counted", "_minutes", "_settled")

    def __init__(self) -> None:
        self._confirmed = 0
        self._counted = 0
        self._settled = 0
        self._minutes: list[tuple[int, int]] = []
        """(minute, the socket's count when it was over): those that are not settled, oldest first."""

    def confirm(self, items: int, pushed: int) -> None:
        """The client has applied the first `items` of what this socket was given."""
        self._confirmed = max(self._confirmed, min(items, pushed))

    def count(self, pushed: int, account_id: UUID, minute: int, row: FindRow) -> None:
        """Brings the rows of the account up to date. `pushed`: the socket's count."""
        if pushed > self._counted:
            row(account_id, minute).pushed += pushed - self._counted
            if self._minutes and self._minutes[-1][0] == minute:
                self._minutes.pop()
            self._minutes.append((minute, pushed))
            self._counted = pushed
        self._settle(min(self._confirmed, self._counted), account_id, row, acknowledged=True)
        while len(self._minutes) > _OPEN_MINUTES or (
            self._minutes and minute - self._minutes[0][0] > _OLDEST_MINUTES
        ):
            self._settle(self._minutes[0][1], account_id, row, acknowledged=False)

    def end(self, pushed: int, account_id: UUID, minute: int, row: FindRow) -> None:
        """The socket is gone: nothing more will be confirmed."""
        self.count(pushed, account_id, minute, row)
        self._settle(self._counted, account_id, row, acknowledged=False)

    def _settle(self, upto: int, account_id: UUID, row: FindRow, *, acknowledged: bool) -> None:
        while self._settled < upto:
            minute, last = self._minutes[0]
            reached = min(last, upto)
            settled = reached - self._settled
            if acknowledged:
                row(account_id, minute).acknowledged += settled
                metrics.ACKNOWLEDGED.inc(settled)
            else:
                row(account_id, minute).ended += settled
                metrics.ENDED.inc(settled)
            self._settled = reached
            if reached == last:
                del self._minutes[0]
