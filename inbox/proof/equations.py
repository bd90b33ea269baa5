"""What must be equal to what, and what a difference means. Pure.

- received: every part that came in was stored, was here before, or is parked. Both sides are counted in one commit: a gap is a loss.
- announced: every message stored has its event in the same commit. A gap is a message that no screen hears of.
- numbered: every number given has its row in the log. A gap is a hole in the log.
- published: every event was handed to Redis or is known to be left to the log's readers. A gap costs time, never an event: a
  process was killed between commit and hand-over, or a command wrote without one. More than there are events: an alarm.
- relayed: every number that a relay went past, it had in hand. A gap is an event that screens were not shown.
- acknowledged: every event pushed to a socket was confirmed by its browser, or the socket ended first and its successor
  resumes by cursor. What is left is under way, or its process was killed and cannot tell.
"""

from dataclasses import dataclass
from typing import Literal

EquationName = Literal["received", "announced", "numbered", "published", "relayed", "acknowledged"]
EquationState = Literal["equal", "under_way", "explained", "alarm"]


@dataclass(frozen=True, slots=True)
class Sums:
    """One window of time, summed up."""

    received: int = 0
    stored: int = 0
    repeated: int = 0
    parked: int = 0
    messages: int = 0
    announced: int = 0
    numbered: int = 0
    published: int = 0
    dropped: int = 0
    passed: int = 0
    relayed: int = 0
    found: int = 0
    pushed: int = 0
    acknowledged: int = 0
    ended: int = 0
    holes: int = 0
    unpublished_young: int = 0
    """Of the events that nobody has told of yet: those of the last moments."""
    unconfirmed_alive: int = 0
    """Of the pushes that nobody has told of yet: those of processes that still report."""


@dataclass(frozen=True, slots=True)
class Equation:
    name: EquationName
    left: int
    right: int
    under_way: int
    """Of the gap: what is on its way right now."""
    unreported: int
    """Of the gap: what a process that was killed cannot tell of any more."""
    state: EquationState

    @property
    def gap(self) -> int:
        return self.left - self.right


def build_equations(sums: Sums) -> list[Equation]:
    """In the order of the way."""
    return [
        _exact("received", sums.received, sums.stored + sums.repeated + sums.parked),
        _exact("announced", sums.messages, sums.announced),
        _exact("numbered", sums.numbered + sums.holes, sums.numbered),
        _settling("published", sums.numbered, sums.published + sums.dropped, sums.unpublished_young),
        _exact("relayed", sums.passed, sums.relayed),
        _settling("acknowledged", sums.pushed, sums.acknowledged + sums.ended, sums.unconfirmed_alive),
    ]


def _exact(name: EquationName, left: int, right: int) -> Equation:
    """Both sides are written at once: there is no moment in which they may differ."""
    return Equation(name, left, right, 0, 0, "equal" if left == right else "alarm")


def _settling(name: EquationName, left: int, right: int, young: int) -> Equation:
    """The right side follows the left within seconds, or its process has ended."""
    gap = left - right
    under_way = max(0, min(gap, young))
    unreported = max(0, gap - under_way)
    state: EquationState = "equal"
    if gap < 0:
        state = "alarm"
    elif unreported:
        state = "explained"
    elif under_way:
        state = "under_way"
    return Equation(name, left, right, under_way, unreported, state)
