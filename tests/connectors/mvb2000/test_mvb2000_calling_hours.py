"""Calling hours as the platform's dates and its two windows."""

from __future__ import annotations

from datetime import date, time
from zoneinfo import ZoneInfo

import pytest

from connectors.contract import CallingHours, CallingWindow
from connectors.errors import CallRejectedError
from connectors.mvb2000.calling_hours import write_hours

SHANGHAI = ZoneInfo("Asia/Shanghai")


def hours(
    *windows: tuple[time, time],
    zone: str = "Asia/Shanghai",
    begin: date = date(2026, 11, 21),
    end: date = date(2026, 11, 30),
) -> CallingHours:
    return CallingHours(zone, begin, end, tuple(CallingWindow(opens, closes) for opens, closes in windows))


@pytest.mark.parametrize(
    ("windows", "morning", "afternoon"),
    [
        ([(time(8), time(12, 30)), (time(13, 15), time(20, 30))], "08:00-12:30", "13:15-20:30"),
        ([(time(8), time(20, 30))], "08:00-12:00", "12:00-20:30"),
        ([(time(8), time(12))], "08:00-12:00", "08:00-12:00"),
        ([(time(14), time(18))], "14:00-18:00", "14:00-18:00"),
        ([(time(0), time.max)], "00:00-12:00", "12:00-23:59"),
        ([(time(18), time.max)], "18:00-23:59", "18:00-23:59"),
        ([(time(8, 0, 30), time(11, 59, 59))], "08:01-11:59", "08:01-11:59"),
    ],
)
def test_windows_fill_both_fields(windows: list[tuple[time, time]], morning: str, afternoon: str) -> None:
    """Both ranges are always sent, and never allow a minute that was not asked for."""
    assert write_hours(hours(*windows), SHANGHAI) == {
        "begindate": "2026-11-21",
        "enddate": "2026-11-30",
        "amrange": morning,
        "pmrange": afternoon,
    }


@pytest.mark.parametrize(
    "wrong",
    [
        hours(),
        hours((time(8), time(9)), (time(10), time(11)), (time(12), time(13))),
        hours((time(9), time(8))),
        hours((time(9), time(9))),
        hours((time(9), time(9, 0, 40))),
        hours((time(23, 59, 10), time.max)),
        hours((time(8), time(9)), begin=date(2026, 12, 1)),
    ],
)
def test_hours_the_platform_cannot_keep(wrong: CallingHours) -> None:
    """Hours that do not fit into two windows of a day are refused before anything is sent."""
    with pytest.raises(CallRejectedError) as caught:
        write_hours(wrong, SHANGHAI)
    assert caught.value.field == "hours"


def test_hours_of_another_zone_are_converted() -> None:
    """Windows in Bangkok ring by a platform in Shanghai an hour later by its clock."""
    written = write_hours(hours((time(9), time(18)), zone="Asia/Bangkok"), SHANGHAI)
    assert (written["amrange"], written["pmrange"]) == ("10:00-12:00", "12:00-19:00")


def test_dates_move_with_the_zone() -> None:
    """An evening in New York is the next morning in Shanghai, so the dates move too."""
    written = write_hours(hours((time(17), time(21)), zone="America/New_York"), SHANGHAI)
    assert (written["begindate"], written["enddate"], written["amrange"]) == ("2026-11-22", "2026-12-01", "06:00-10:00")


@pytest.mark.parametrize(
    "wrong",
    [
        hours((time(8), time(20)), zone="America/New_York"),
        hours((time(8), time(10)), (time(17), time(20)), zone="America/New_York"),
        hours((time(17), time(20)), zone="America/New_York", begin=date(2026, 10, 30)),
    ],
    ids=["over midnight", "on two days", "clock change"],
)
def test_hours_that_another_zone_tears_apart(wrong: CallingHours) -> None:
    """A window that runs over the platform's midnight, or moves with summer time, is refused."""
    with pytest.raises(CallRejectedError):
        write_hours(wrong, SHANGHAI)
