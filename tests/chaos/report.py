"""What a run of chaos tells: the faults, what was counted, and the promises, each with its number, which must be 0."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import structlog
from rich.console import Console
from rich.table import Table

from tests.chaos.plan import Plan

log = structlog.get_logger(__name__)

PROMISES = ("lost", "duplicated", "out of order", "unequal screens")


@dataclass
class Report:
    plan: Plan
    faults: Counter[str] = field(default_factory=Counter)
    figures: dict[str, int] = field(default_factory=dict)
    promises: Counter[str] = field(default_factory=Counter)
    """How often each was broken."""
    broken: list[str] = field(default_factory=list)
    """The same in words, and whatever else should not be."""
    phases: dict[str, float] = field(default_factory=dict)
    """Seconds that each part of the run took."""
    has_nginx: bool = False
    not_covered: list[str] = field(default_factory=list)

    def breaks(self, promise: str, count: int, words: str) -> None:
        """Counts what broke a promise; nothing when `count` is 0."""
        assert promise in PROMISES
        self.promises[promise] += count
        if count:
            self.broken.append(f"{promise} {count}: {words}")

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        began = time.monotonic()
        log.info("chaos_phase_begins", phase=name)
        yield
        self.phases[name] = time.monotonic() - began

    def show(self, console: Console) -> None:
        _table(console, "Faults injected", "kind", dict(sorted(self.faults.items())))
        _table(console, "Counted", "what", self.figures)
        _table(console, "Promises", "broken", {name: self.promises[name] for name in PROMISES})
        front = "nginx" if self.has_nginx else "own balancer"
        spent = ", ".join(f"{name} {seconds:.1f}" for name, seconds in self.phases.items())
        console.print(f"seed {self.plan.seed}, {self.plan.seconds:.0f} s, {front} in front; seconds: {spent}")
        for line in self.not_covered:
            console.print(f"not covered here: {line}")
        for line in self.broken:
            console.print(f"broken: {line}", style="red", highlight=False, markup=False)
        console.print("every promise was kept" if not self.broken else f"{len(self.broken)} findings")


def _table(console: Console, title: str, what: str, rows: dict[str, int]) -> None:
    table = Table(title=title, title_justify="left")
    table.add_column(what)
    table.add_column("times" if what == "kind" else "count", justify="right")
    for name, count in rows.items():
        table.add_row(name, str(count))
    console.print(table)
