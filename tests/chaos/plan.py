"""Which faults come, in which order, where and for how long: all of it from the seed, before anything happens.

How many of them fit into a run depends on the machine; which one is the n-th does not.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

PAIRS = (
    "browser–front", "meta–front", "front–serve", "serve–postgres", "serve–redis", "work–postgres", "work–redis",
    "work–meta",
)  # fmt: skip
"""Every two that talk to each other over a wire."""

SERVER_FAULTS = (
    "kill -9 serve", "kill -9 work", "kill -9 redis", "kill -9 postgres", "restart postgres (fast)",
    "restart postgres (immediate)", "pause redis",
)  # fmt: skip
CLOCK_FAULTS = ("step the clock of serve", "step the clock of work", "step the clock of postgres")
WIRE_FAULTS = (
    *(f"cut {pair}" for pair in PAIRS), *(f"stall {pair}" for pair in PAIRS), "reset all browsers",
    "crowd reconnects at once", *CLOCK_FAULTS,
)  # fmt: skip

# Between two faults of wires and clocks; several of them overlap with each fault of a server.
_SHORT_REST_SECONDS = (0.1, 0.6)
# An hour: summer time that somebody set by hand. Minutes: a machine that slept. Half a minute: ordinary neglect.
_STEPS_SECONDS = (-3600.0, -600.0, -30.0, 30.0, 600.0)


@dataclass(frozen=True)
class Plan:
    seconds: float = 40.0
    seed: int = 20261123
    customers: int = 12
    messages_per_second: float = 8.0
    crowd: int = 20
    """Sockets that only listen, have everything open, and come back all at once."""
    longest_pause_seconds: float = 3.0
    """Of Redis."""
    longest_cut_seconds: float = 1.2
    """Of a wire."""
    longest_rest_seconds: float = 2.0
    """After a fault of a server: work must go on in between, or nothing but recovery would be seen."""


@dataclass(frozen=True)
class Fault:
    kind: str
    place: float
    """Which of the candidates: a share of them, 0 ≤ place < 1."""
    seconds: float
    """How long it lasts, where it lasts."""
    step_seconds: float
    """How far a clock is moved, where one is."""
    rest_seconds: float
    """Before the next one."""

    def pick(self, count: int) -> int:
        return int(self.place * count)


def faults_of(kinds: Sequence[str], plan: Plan) -> Iterator[Fault]:
    """Every kind once, then all again in another order, for ever."""
    luck = random.Random(f"{plan.seed} {kinds[0]}")
    while True:
        deck = list(kinds)
        luck.shuffle(deck)
        for kind in deck:
            longest = plan.longest_pause_seconds if kind == "pause redis" else plan.longest_cut_seconds
            long_rest = (plan.longest_rest_seconds / 2, plan.longest_rest_seconds)
            yield Fault(
                kind,
                place=luck.random(),
                seconds=luck.uniform(min(0.2, longest), longest),
                step_seconds=luck.choice(_STEPS_SECONDS),
                rest_seconds=luck.uniform(*(long_rest if kind in SERVER_FAULTS else _SHORT_REST_SECONDS)),
            )
