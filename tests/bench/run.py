"""`make bench`: runs the measurements one after the other, prints a table, appends JSON lines to bench-results.jsonl.

Every measurement is a module with `async def run(*, quick: bool) -> list[Row]` (`growth` also takes the folder of its
data); each starts and ends its own servers on
127.0.0.1. Ratios compare two things measured in turns within one run, so a noisy machine disturbs both.
"""

import asyncio
import importlib
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path

import orjson
from rich.console import Console
from rich.table import Table

from tests.bench.rows import Row

MODULES = ("ingest", "latency", "outbound", "campaign", "fanout", "foreign", "idle", "footprint", "growth")
_RESULTS = Path("bench-results.jsonl")


def main(names: list[str], *, quick: bool, data_dir: Path | None = None) -> None:
    """Measures `names` (all of them if empty)."""
    console = Console()
    rows: list[Row] = []
    if unknown := [name for name in names if name not in MODULES]:
        sys.exit(f"unknown: {', '.join(unknown)}; there are {', '.join(MODULES)}")
    for name in names or MODULES:
        console.print(f"[dim]measuring {name} …[/dim]")
        given = {"data_dir": data_dir} if name == "growth" else {}
        measured = asyncio.run(importlib.import_module(f"tests.bench.{name}").run(quick=quick, **given))
        rows.extend(measured)
        _append(measured)
    console.print(_table(rows))


def _append(rows: list[Row]) -> None:
    at = datetime.now(UTC).isoformat(timespec="seconds")
    with _RESULTS.open("ab") as file:
        for row in rows:
            file.write(orjson.dumps({**row.as_json(), "at": at, "python": platform.python_version()}) + b"\n")


def _table(rows: list[Row]) -> Table:
    table = Table(box=None, padding=(0, 3, 0, 0))
    for heading in ("row", "value", "unit", "aim"):
        table.add_column(heading)
    for row in rows:
        table.add_row(
            row.row, f"{row.value:,.3g}" if row.value < 100 else f"{row.value:,.0f}", row.unit, row.target
        )
    return table
