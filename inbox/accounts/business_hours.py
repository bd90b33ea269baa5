"""When a company answers: intervals per weekday, and days that are different (holidays).

Times are the account's own (its time zone), to the minute. An interval lies within one day; a shift over midnight is two:
22:00–24:00 and 00:00–02:00. No weekday hours at all (`weekdays` None) means always.
"""

from datetime import date, datetime
from itertools import pairwise
from typing import Annotated, Final, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

# Four shifts with their breaks; nobody has more.
_MOST_INTERVALS: Final = 8
# Ten years of Brazil's twelve national holidays, and as many of the city's.
_MOST_HOLIDAYS: Final = 240

ClockTime = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$")]
"""HH:MM; 24:00 is the end of the day."""


class Interval(BaseModel):
    model_config = ConfigDict(extra="forbid")

    opens: ClockTime
    closes: ClockTime
    """Not included: an interval to 12:00 and one from 12:00 follow each other."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.opens >= self.closes:
            raise ValueError("opens must be before closes; split a shift over midnight into two days")
        return self


def _without_overlap(intervals: list[Interval]) -> list[Interval]:
    ordered = sorted(intervals, key=lambda interval: interval.opens)
    for earlier, later in pairwise(ordered):
        if later.opens < earlier.closes:
            raise ValueError(f"{later.opens}–{later.closes} overlaps with {earlier.opens}–{earlier.closes}")
    return ordered


class DayHours(BaseModel):
    """Hours of one day, in order and without overlap; empty: closed."""

    model_config = ConfigDict(extra="forbid")

    intervals: list[Interval] = Field(default_factory=list, max_length=_MOST_INTERVALS)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        self.intervals = _without_overlap(self.intervals)
        return self


class WeekHours(BaseModel):
    """A weekday that is left out is closed."""

    model_config = ConfigDict(extra="forbid")

    monday: DayHours = Field(default_factory=DayHours)
    tuesday: DayHours = Field(default_factory=DayHours)
    wednesday: DayHours = Field(default_factory=DayHours)
    thursday: DayHours = Field(default_factory=DayHours)
    friday: DayHours = Field(default_factory=DayHours)
    saturday: DayHours = Field(default_factory=DayHours)
    sunday: DayHours = Field(default_factory=DayHours)

    def of(self, day: date) -> DayHours:
        days = (
            self.monday,
            self.tuesday,
            self.wednesday,
            self.thursday,
            self.friday,
            self.saturday,
            self.sunday,
        )
        return days[day.weekday()]


class Holiday(DayHours):
    """A date whose hours replace the weekday's; without intervals it is closed."""

    day: date
    name: str = Field(min_length=1, max_length=80)


class BusinessHours(BaseModel):
    model_config = ConfigDict(extra="forbid")

    weekdays: WeekHours | None = None
    """None: always open (holidays apart)."""
    holidays: list[Holiday] = Field(default_factory=list, max_length=_MOST_HOLIDAYS)

    @model_validator(mode="after")
    def _one_per_date(self) -> Self:
        dates = [holiday.day for holiday in self.holidays]
        if len(set(dates)) < len(dates):
            raise ValueError("two holidays on one day")
        self.holidays = sorted(self.holidays, key=lambda holiday: holiday.day)
        return self

    def is_open(self, at: datetime, time_zone: str) -> bool:
        """Whether the company answers at this moment."""
        local = at.astimezone(ZoneInfo(time_zone))
        holiday = next((holiday for holiday in self.holidays if holiday.day == local.date()), None)
        if holiday is None and self.weekdays is None:
            return True
        hours = holiday or (self.weekdays.of(local.date()) if self.weekdays else DayHours())
        clock = f"{local:%H:%M}"
        return any(interval.opens <= clock < interval.closes for interval in hours.intervals)
