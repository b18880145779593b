"""Our calling hours as a task's dates and its two windows a day, in the platform's time zone.

The platform documents two windows, `amrange` and `pmrange`, as H:MM-HH:MM; what happens without them is not said, so
both are always sent.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from connectors.contract import CallingHours
from connectors.errors import CallRejectedError

_NOON = time(12)
_LAST_MINUTE = time(23, 59)


def write_hours(hours: CallingHours, zone: ZoneInfo) -> dict[str, str]:
    """Return `begindate`, `enddate`, `amrange` and `pmrange` for a task.

    One window that spans noon is cut there, one that does not is sent in both fields. A window never gets longer:
    opening times are rounded up to the minute, closing times down, and the end of the day is 23:59, since the platform
    knows no 24:00. Raises `CallRejectedError` when the hours cannot be said in two windows of the platform's day.
    """
    if hours.end < hours.begin:
        raise _refuse("the last day lies before the first")
    windows = [_round(window.opens, window.closes) for window in hours.windows]
    begin, end = hours.begin, hours.end
    if hours.timezone != zone.key:
        shifted = [_shift(hours, opens, closes, zone) for opens, closes in windows]
        days = {days for days, _, _ in shifted}
        if len(days) > 1:
            raise _refuse(f"its windows fall on different days in the platform's time zone {zone.key}")
        windows = [(opens, closes) for _, opens, closes in shifted]
        if days:
            move = timedelta(days=days.pop())
            begin, end = begin + move, end + move
    match windows:
        case [(opens, closes)] if opens < _NOON < closes:
            ranges = [(opens, _NOON), (_NOON, closes)]
        case [only]:
            ranges = [only, only]
        case [first, second]:
            ranges = [first, second]
        case []:
            raise _refuse("it has no calling window")
        case _:
            raise _refuse(f"it has {len(windows)} calling windows a day and the platform keeps to at most 2")
    morning, afternoon = (f"{opens:%H:%M}-{closes:%H:%M}" for opens, closes in ranges)
    return {
        "begindate": begin.isoformat(),
        "enddate": end.isoformat(),
        "amrange": morning,
        "pmrange": afternoon,
    }


def _round(opens: time, closes: time) -> tuple[time, time]:
    if opens.second or opens.microsecond:
        if opens >= _LAST_MINUTE:
            raise _refuse("a calling window is shorter than a minute")
        opens = (datetime.combine(date.min, opens) + timedelta(minutes=1)).time().replace(second=0, microsecond=0)
    closes = min(closes, _LAST_MINUTE).replace(second=0, microsecond=0)
    if closes <= opens:
        raise _refuse("a calling window is shorter than a minute")
    return opens, closes


def _shift(hours: CallingHours, opens: time, closes: time, zone: ZoneInfo) -> tuple[int, time, time]:
    """Move a window into the platform's zone; return by how many days it moved, and its new times.

    The difference between the zones must be the same on every day of the campaign, or the task would be wrong on some.
    """
    ours = ZoneInfo(hours.timezone)
    day = hours.begin
    found: set[tuple[int, time, time]] = set()
    while day <= hours.end:
        opened = datetime.combine(day, opens, ours).astimezone(UTC).astimezone(zone)
        closed = datetime.combine(day, closes, ours).astimezone(UTC).astimezone(zone)
        if opened.date() != closed.date():
            raise _refuse(f"a calling window runs over midnight in the platform's time zone {zone.key}")
        found.add(((opened.date() - day).days, opened.time(), closed.time()))
        day += timedelta(days=1)
    if len(found) > 1:
        raise _refuse(f"clocks are changed between its days, in {hours.timezone} or in {zone.key}; split it there")
    return found.pop()


def _refuse(what: str) -> CallRejectedError:
    return CallRejectedError(
        f"MVB2000 cannot keep these calling hours: {what}", platform="mvb2000", operation="addobtask", field="hours"
    )
