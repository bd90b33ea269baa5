"""A short storm in every test run; `make chaos` is the long one."""

import io
import os
import subprocess
import sys
import time
from itertools import islice
from pathlib import Path

import pytest
from rich.console import Console

from tests.chaos.clock import SteppedClock
from tests.chaos.plan import SERVER_FAULTS, WIRE_FAULTS, Plan, faults_of
from tests.chaos.report import PROMISES
from tests.chaos.run import run_chaos


@pytest.mark.timeout(300)
async def test_no_promise_is_broken_by_a_short_storm() -> None:
    """Every kind of fault: nothing lost, nothing twice, nothing out of order, every screen equal to a fresh load."""
    report = await run_chaos(Plan(seconds=35))
    shown = io.StringIO()
    report.show(Console(file=shown, width=110))
    assert not report.broken, shown.getvalue()
    assert [report.promises[promise] for promise in PROMISES] == [0, 0, 0, 0]
    assert report.figures["customers' messages received (answered 200)"] > 50
    assert report.figures["… stored by a replay later"] > 0
    assert len(report.faults) >= 20, shown.getvalue()


@pytest.mark.parametrize("kinds", [SERVER_FAULTS, WIRE_FAULTS])
def test_the_same_seed_plans_the_same_faults(kinds: tuple[str, ...]) -> None:
    planned = list(islice(faults_of(kinds, Plan(seed=7)), 100))
    assert planned == list(islice(faults_of(kinds, Plan(seed=7, seconds=600)), 100))
    assert planned != list(islice(faults_of(kinds, Plan(seed=8)), 100))
    assert {fault.kind for fault in planned[: len(kinds)]} == set(kinds)


def test_a_stepped_clock_is_the_process_own_and_monotonic_time_goes_on(tmp_path: Path) -> None:
    clock = SteppedClock.make(tmp_path, "anybody")
    if clock.shim is None:
        pytest.skip("no C compiler: Postgres' clock is not stepped on this machine, and the report says so")
    clock.step(-3600.5)
    ask = "import time; print(time.time(), time.monotonic())"
    said = subprocess.run(
        [sys.executable, "-c", ask], env={**os.environ, **clock.environment}, capture_output=True, check=True
    )
    wall, monotonic = map(float, said.stdout.split())
    assert abs(time.time() - 3600.5 - wall) < 10
    assert abs(time.monotonic() - monotonic) < 10
