"""The token bucket, by an injected clock."""

import pytest

from inbox.outbox.pacing import Pacer


class FakeClock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def sent_in(pacer: Pacer, clock: FakeClock, seconds: float, step: float = 0.01) -> int:
    sent = 0
    for _ in range(round(seconds / step)):
        clock.now += step
        ready = pacer.ready()
        pacer.take(ready)
        sent += ready
    return sent


def test_an_idle_number_sends_at_once_and_bursts_a_tenth_of_a_second(clock: FakeClock) -> None:
    pacer = Pacer(80, clock)
    assert pacer.ready() == 8
    pacer.take(8)
    assert pacer.ready() == 0
    assert pacer.seconds_until_ready() == pytest.approx(1 / 80)


@pytest.mark.parametrize("per_second", [1, 20, 80, 1000])
def test_a_busy_number_keeps_to_its_throughput(clock: FakeClock, per_second: int) -> None:
    pacer = Pacer(per_second, clock)
    sent = sent_in(pacer, clock, 10)
    assert per_second * 10 * 0.98 <= sent <= per_second * 10 + max(1, per_second // 10)


def test_throughput_errors_halve_the_rate_once_a_second_and_it_comes_back(clock: FakeClock) -> None:
    pacer = Pacer(80, clock)
    for _ in range(50):
        pacer.slow_down()
    assert pacer.per_second == 40
    clock.now += 1
    pacer.slow_down()
    assert pacer.per_second == pytest.approx(22)  # a second's increase of 4, then halved
    clock.now += 30
    assert pacer.per_second == 80


def test_the_rate_never_falls_under_one_message_a_second(clock: FakeClock) -> None:
    pacer = Pacer(2, clock)
    for _ in range(20):
        pacer.slow_down()
        clock.now += 1
    assert pacer.per_second >= 1


def test_nothing_leaves_during_a_pause_and_the_longest_wins(clock: FakeClock) -> None:
    pacer = Pacer(80, clock)
    pacer.pause(60)
    pacer.pause(5)
    clock.now += 59.9
    assert pacer.ready() == 0
    assert pacer.seconds_until_ready() == pytest.approx(0.1)
    clock.now += 0.2
    assert pacer.ready() == 8


def test_a_changed_throughput_holds_at_once(clock: FakeClock) -> None:
    pacer = Pacer(80, clock)
    pacer.change_limit(1000)
    assert pacer.per_second == 1000
    pacer.change_limit(10)
    assert pacer.per_second == 10
    assert pacer.ready() <= 1
