"""A short storm in every test run; `make chaos` is the long one."""

import io

import pytest
from rich.console import Console

from tests.chaos.run import Plan, run_chaos


@pytest.mark.timeout(300)
async def test_no_promise_is_broken_by_a_short_storm() -> None:
    """Every kind of fault once or twice: nothing lost, nothing twice, nothing out of order, every screen equal to a fresh load."""
    report = await run_chaos(Plan(seconds=35))
    shown = io.StringIO()
    report.show(Console(file=shown, width=110))
    assert not report.broken, shown.getvalue()
    assert report.figures["messages of customers"] > 50
    assert len(report.faults) >= 8, shown.getvalue()
