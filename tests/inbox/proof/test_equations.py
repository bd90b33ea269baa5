"""What a gap means."""

import pytest

from inbox.proof.equations import Equation, Sums, build_equations
from inbox.proof.histogram import LAST_BUCKET, bucket_of, milliseconds_of, percentile


def equation(name: str, sums: Sums) -> Equation:
    return next(e for e in build_equations(sums) if e.name == name)


def test_nothing_at_all_is_equal() -> None:
    assert {e.state for e in build_equations(Sums())} == {"equal"}


@pytest.mark.parametrize(
    ("name", "sums"),
    [
        ("received", Sums(received=3, stored=1, repeated=1)),
        ("received", Sums(received=1, stored=2)),
        ("announced", Sums(messages=2, announced=1)),
        ("numbered", Sums(numbered=5, holes=1)),
        ("relayed", Sums(passed=5, relayed=4)),
        ("published", Sums(numbered=1, published=2)),
        ("acknowledged", Sums(pushed=1, acknowledged=2)),
    ],
)
def test_what_can_only_be_a_loss_or_a_ghost_is_an_alarm(name: str, sums: Sums) -> None:
    found = equation(name, sums)
    assert found.state == "alarm"
    assert found.gap != 0


def test_what_is_young_is_under_way_and_what_a_dead_process_kept_is_explained() -> None:
    found = equation("acknowledged", Sums(pushed=10, acknowledged=4, ended=1, unconfirmed_alive=5))
    assert (found.state, found.under_way, found.unreported) == ("under_way", 5, 0)
    found = equation("acknowledged", Sums(pushed=10, acknowledged=4, ended=1, unconfirmed_alive=2))
    assert (found.state, found.under_way, found.unreported) == ("explained", 2, 3)


def test_what_redis_did_not_take_is_no_gap() -> None:
    assert equation("published", Sums(numbered=10, published=7, dropped=3)).state == "equal"


def test_old_gaps_that_later_minutes_hide_do_not_become_negative() -> None:
    """A young surplus (told of before it was counted) never makes more under way than the gap is."""
    found = equation("published", Sums(numbered=10, published=9, unpublished_young=-3))
    assert (found.state, found.under_way, found.unreported) == ("explained", 0, 1)


def test_percentiles_come_within_nine_percent() -> None:
    counts: dict[int, int] = {}
    for ms in range(1, 1001):
        counts[bucket_of(ms)] = counts.get(bucket_of(ms), 0) + 1
    assert percentile(counts, 0.5) == pytest.approx(500, rel=0.1)
    assert percentile(counts, 0.99) == pytest.approx(990, rel=0.1)
    assert percentile({}, 0.5) is None


def test_every_duration_has_a_bucket() -> None:
    assert bucket_of(0) == bucket_of(-5) == 0
    assert bucket_of(1e12) == LAST_BUCKET
    assert milliseconds_of(bucket_of(37)) == pytest.approx(37, rel=0.1)
