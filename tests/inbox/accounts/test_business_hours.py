"""Business hours: typed, without overlaps, read in the account's own time."""

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from inbox.accounts.business_hours import BusinessHours

SAO_PAULO = "America/Sao_Paulo"  # UTC-3, without daylight saving time since 2019
WEEK = {
    "monday": {"intervals": [{"opens": "13:00", "closes": "18:00"}, {"opens": "08:00", "closes": "12:00"}]}
}


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """In UTC; 2026-11-23 is a Monday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def test_without_hours_it_is_always_open() -> None:
    assert BusinessHours().is_open(at(22, 3), SAO_PAULO)


def test_hours_are_the_accounts_own() -> None:
    hours = BusinessHours.model_validate({"weekdays": WEEK})
    assert hours.is_open(at(23, 11), SAO_PAULO)  # 08:00 there
    assert not hours.is_open(at(23, 18), "UTC")
    assert not hours.is_open(at(23, 10, 59), SAO_PAULO)
    assert not hours.is_open(at(23, 15), SAO_PAULO)  # 12:00: lunch has begun
    assert hours.is_open(at(23, 16), SAO_PAULO)
    assert not hours.is_open(at(24, 14), SAO_PAULO)  # Tuesday was left out


def test_intervals_are_kept_in_order() -> None:
    hours = BusinessHours.model_validate({"weekdays": WEEK})
    assert hours.weekdays is not None
    assert [interval.opens for interval in hours.weekdays.monday.intervals] == ["08:00", "13:00"]


def test_a_day_may_end_at_midnight_and_the_next_begin_there() -> None:
    night = {
        "monday": {"intervals": [{"opens": "22:00", "closes": "24:00"}]},
        "tuesday": {"intervals": [{"opens": "00:00", "closes": "02:00"}]},
    }
    hours = BusinessHours.model_validate({"weekdays": night})
    assert hours.is_open(at(24, 2, 59), SAO_PAULO)
    assert hours.is_open(at(24, 3), SAO_PAULO)
    assert not hours.is_open(at(24, 5), SAO_PAULO)


def test_a_holiday_replaces_its_weekday() -> None:
    holidays = [
        {"day": "2026-11-23", "name": "Aniversário", "intervals": []},
        {"day": "2026-11-22", "name": "Feira", "intervals": [{"opens": "10:00", "closes": "14:00"}]},
    ]
    hours = BusinessHours.model_validate({"weekdays": WEEK, "holidays": holidays})
    assert not hours.is_open(at(23, 14), SAO_PAULO)
    assert hours.is_open(at(22, 14), SAO_PAULO)  # a Sunday
    assert [holiday.name for holiday in hours.holidays] == ["Feira", "Aniversário"]


@pytest.mark.parametrize(
    "intervals",
    [
        [{"opens": "08:00", "closes": "12:00"}, {"opens": "11:59", "closes": "13:00"}],
        [{"opens": "08:00", "closes": "18:00"}, {"opens": "09:00", "closes": "10:00"}],
        [{"opens": "22:00", "closes": "02:00"}],
        [{"opens": "08:00", "closes": "08:00"}],
        [{"opens": "8:00", "closes": "12:00"}],
        [{"opens": "08:00", "closes": "24:01"}],
        [{"opens": "24:00", "closes": "24:00"}],
        [{"opens": "08:00", "closes": "12:00", "note": "x"}],
        [{"opens": f"{hour:02}:00", "closes": f"{hour:02}:30"} for hour in range(9)],
    ],
)
def test_hours_that_make_no_sense_are_refused(intervals: list[dict[str, str]]) -> None:
    with pytest.raises(ValidationError):
        BusinessHours.model_validate({"weekdays": {"friday": {"intervals": intervals}}})


def test_two_holidays_on_one_day_are_refused() -> None:
    holiday = {"day": "2026-12-25", "name": "Natal"}
    with pytest.raises(ValidationError):
        BusinessHours.model_validate({"holidays": [holiday, holiday]})
