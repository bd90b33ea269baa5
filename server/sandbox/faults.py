"""Faults that the next sends suffer, first in first out, optionally only for one number or recipient."""

from collections import deque
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

FaultKind = Literal["error", "reset", "hang", "html", "truncated", "slow", "status_first", "status"]

KINDS: Final[frozenset[str]] = frozenset(
    {"error", "reset", "hang", "html", "truncated", "slow", "status_first", "status"}
)


@dataclass(slots=True)
class SendFault:
    """What happens to the next `times` sends.

    `error`: the Graph error `code` (with `http_status` if it should differ from Meta's table).
    `reset`: the connection is reset without an answer. `hang`: nothing for `seconds`, then a reset.
    `html`: HTTP `http_status` (503) with an HTML body. `truncated`: HTTP 200 with half of the JSON.
    `slow`: the normal answer after `seconds`. `status_first`: statuses are delivered before the answer, which
    follows after `seconds`. `status`: accepted, then a `failed` status with `code`.
    `goes_out`: whether the message is sent all the same (for error, reset, hang, html).
    """

    kind: FaultKind
    times: int = 1
    code: int = 131000
    http_status: int = 0
    goes_out: bool = False
    seconds: float = 30.0
    to: str = ""
    phone_number_id: str = ""

    def fits(self, number_id: str, recipient: str) -> bool:
        return (not self.to or self.to == recipient) and (
            not self.phone_number_id or self.phone_number_id == number_id
        )


class SendFaults:
    """The queue of planned faults."""

    def __init__(self) -> None:
        self._planned: deque[SendFault] = deque()

    def plan(self, fault: SendFault) -> None:
        self._planned.append(fault)

    def claim(self, number_id: str, recipient: str) -> SendFault | None:
        """The fault that this send suffers; one of its `times` is used up."""
        if not self._planned:
            return None
        for fault in self._planned:
            if fault.fits(number_id, recipient):
                fault.times -= 1
                if fault.times <= 0:
                    self._planned.remove(fault)
                return fault
        return None

    def clear(self) -> None:
        self._planned.clear()

    def as_json(self) -> list[dict[str, Any]]:
        return [asdict(fault) for fault in self._planned]


@dataclass(slots=True)
class MediaFaults:
    """Faults of the next media that customers send (counted down) and of every download."""

    gone: int = 0
    wrong_hash: int = 0
    too_big: int = 0
    slow: int = 0
    slow_seconds: float = 5.0

    def take(self, name: Literal["gone", "wrong_hash", "too_big", "slow"]) -> bool:
        left = int(getattr(self, name))
        if left <= 0:
            return False
        setattr(self, name, left - 1)
        return True

    def clear(self) -> None:
        self.gone = self.wrong_hash = self.too_big = self.slow = 0
        self.slow_seconds = 5.0
