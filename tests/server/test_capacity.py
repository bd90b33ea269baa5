"""`prosa capacity`: arithmetic that errs on the safe side."""

import subprocess
import sys

import orjson
import pytest

from server.capacity import OPERATORS_PER_SERVE, Demand, capacity_lines, plan_capacity


def test_nothing_still_needs_a_process_of_each_kind() -> None:
    found = plan_capacity(Demand(0, 0, 0))
    assert (found.serve_processes, found.work_processes) == (1, 1)
    assert found.disk_gb_per_day == 0


@pytest.mark.parametrize("grown", [Demand(2_000, 100, 50), Demand(50, 9_000, 50), Demand(50, 100, 3_000)])
def test_more_of_anything_never_needs_less(grown: Demand) -> None:
    base, more = plan_capacity(Demand(50, 100, 50)).as_json(), plan_capacity(grown).as_json()
    for name, value in base.items():
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            assert more[name] >= value, name
    assert (more["serve_processes"], more["work_processes"]) > (
        base["serve_processes"],
        base["work_processes"],
    )


def test_sockets_are_shared_out_as_far_as_was_tried() -> None:
    assert plan_capacity(Demand(1, OPERATORS_PER_SERVE, 1)).serve_processes == 1
    assert plan_capacity(Demand(1, OPERATORS_PER_SERVE + 1, 1)).serve_processes == 2


def test_every_line_of_the_table_says_how_much_and_why() -> None:
    demand = Demand(300, 200, 300)
    assert all(len(line) == 3 and all(line) for line in capacity_lines(demand, plan_capacity(demand)))


def test_the_command_prints_json() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "server.cli", "capacity", "--messages-per-second", "300", "--operators", "200", "--json"],
        capture_output=True, check=True,
    )  # fmt: skip
    assert orjson.loads(done.stdout)["serve_processes"] >= 1
