"""When a task may dial: its dates and its daily windows, by the platform's own clock."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from connectors.mvb2000.simulator.records import NO_DATE, TaskRecord

_WINDOW = re.compile(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})")
_DAY_MINUTES = 24 * 60
_DAYS_AHEAD = 400


@dataclass(frozen=True, slots=True)
class DailyWindow:
    """From one minute of the day until just before another."""

    opens: int
    closes: int

    def __str__(self) -> str:
        return f"{self.opens // 60:02d}:{self.opens % 60:02d}-{self.closes // 60:02d}:{self.closes % 60:02d}"


@dataclass(frozen=True, slots=True)
class Opening:
    """Whether a task may dial, until when that holds, and in which window."""

    is_open: bool
    until: float | None
    """Simulated Unix time at which it changes; None: never."""
    is_over: bool = False
    """The last date has passed."""
    slot: str = ""
    """Day and window, when open."""


def read_window(text: str) -> DailyWindow:
    """Read `8:10-12:30`; `ValueError` for anything else."""
    match = _WINDOW.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not H:MM-HH:MM")
    hour, minute, end_hour, end_minute = map(int, match.groups())
    opens, closes = hour * 60 + minute, end_hour * 60 + end_minute
    if minute > 59 or end_minute > 59 or not opens < closes <= _DAY_MINUTES:
        raise ValueError(f"{text!r} does not end after it begins, within one day")
    return DailyWindow(opens, closes)


def read_numbers(text: str, lowest: int, highest: int) -> frozenset[int]:
    """Read a comma-separated list of numbers; empty text is an empty set."""
    numbers = frozenset(int(part) for part in text.split(",") if part.strip())
    if any(not lowest <= number <= highest for number in numbers):
        raise ValueError(f"{text!r} is not a list of {lowest} to {highest}")
    return numbers


@dataclass(frozen=True, slots=True)
class Calendar:
    """The hours of one task."""

    zone: tzinfo
    begin: date
    end: date | None
    windows: tuple[DailyWindow, ...]
    months: frozenset[int]
    weekdays: frozenset[int]
    days: frozenset[int]

    @classmethod
    def of(cls, task: TaskRecord, zone: tzinfo) -> Calendar:
        """Read a task's hours; `ValueError` names what cannot be read.

        Without any window an ordinary task dials all day: the manual does not say. Lists of a cyclic task all have to
        agree; weekday 0 is Sunday.
        """
        is_cyclic = task.runtype == "1"
        texts = task.timelist.split(",") if is_cyclic else [task.amrange, task.pmrange]
        windows = sorted((read_window(text) for text in texts if text.strip()), key=lambda window: window.opens)
        return cls(
            zone=zone,
            begin=date.min if task.begindate == NO_DATE else date.fromisoformat(task.begindate),
            end=None if task.enddate in {NO_DATE, "9999-12-31"} else date.fromisoformat(task.enddate),
            windows=tuple(windows) or (DailyWindow(0, _DAY_MINUTES),),
            months=read_numbers(task.monthlist, 1, 12) if is_cyclic else frozenset(),
            weekdays=read_numbers(task.weeklist, 0, 6) if is_cyclic else frozenset(),
            days=read_numbers(task.daylist, 1, 31) if is_cyclic else frozenset(),
        )

    def at(self, seconds: float) -> Opening:
        """Say whether the task may dial at a simulated Unix time."""
        today = datetime.fromtimestamp(seconds, self.zone).date()
        day = max(today, self.begin)
        last = min(day + timedelta(days=_DAYS_AHEAD), self.end or date.max)
        while day <= last:
            for window in self._windows_of(day):
                opens, closes = self._moment(day, window.opens), self._moment(day, window.closes)
                if seconds < opens:
                    return Opening(is_open=False, until=opens)
                if seconds < closes:
                    return Opening(is_open=True, until=closes, slot=f"{day} {window}")
            day += timedelta(days=1)
        if self.end is None:
            return Opening(is_open=False, until=None)
        over_at = self._moment(self.end + timedelta(days=1), 0)
        if seconds >= over_at:
            return Opening(is_open=False, until=None, is_over=True)
        return Opening(is_open=False, until=over_at)

    def _windows_of(self, day: date) -> Sequence[DailyWindow]:
        is_due = (
            (not self.months or day.month in self.months)
            and (not self.weekdays or day.isoweekday() % 7 in self.weekdays)
            and (not self.days or day.day in self.days)
        )
        return self.windows if is_due else ()

    def _moment(self, day: date, minute: int) -> float:
        if minute == _DAY_MINUTES:
            day, minute = day + timedelta(days=1), 0
        return datetime.combine(day, time(minute // 60, minute % 60), self.zone).timestamp()
