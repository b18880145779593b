"""Days and hours in which calls may ring. Pure: the clock is an argument."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from connectors.contract import CallingHours, CallingWindow


def read_window(text: str) -> CallingWindow:
    """Read "08:00-12:30"; "24:00" closes at midnight. Raises `ValueError` with a sentence."""
    opens_text, dash, closes_text = text.replace("–", "-").partition("-")
    if not dash:
        raise ValueError(f'"{text}" is not a window; write it like "08:00-12:30"')
    opens, closes = _read_time(opens_text), _read_time(closes_text)
    if opens >= closes:
        raise ValueError(f'"{text}" closes before it opens; a window past midnight is written as two')
    return CallingWindow(opens, closes)


def write_window(window: CallingWindow) -> str:
    closes = "24:00" if window.closes == time.max else f"{window.closes:%H:%M}"
    return f"{window.opens:%H:%M}-{closes}"


def is_open(hours: CallingHours, now: datetime) -> bool:
    """Say whether calls may ring at `now`."""
    local = now.astimezone(ZoneInfo(hours.timezone))
    return hours.begin <= local.date() <= hours.end and any(
        window.opens <= local.time() < window.closes for window in hours.windows
    )


def next_opening(hours: CallingHours, now: datetime) -> datetime | None:
    """Return `now` when open, else the next moment at which calls may ring, in UTC; None when all days are over."""
    if is_open(hours, now):
        return now
    zone = ZoneInfo(hours.timezone)
    local = now.astimezone(zone)
    day = max(local.date(), hours.begin)
    while day <= hours.end:
        for window in hours.windows:
            opening = datetime.combine(day, window.opens, zone)
            if opening > local:
                return opening.astimezone(UTC)
        day += timedelta(days=1)
    return None


def is_over(hours: CallingHours, now: datetime) -> bool:
    """Say whether no call may ring any more."""
    return next_opening(hours, now) is None


def _read_time(text: str) -> time:
    text = text.strip()
    if text == "24:00":
        return time.max
    try:
        return datetime.strptime(text, "%H:%M").time()  # noqa: DTZ007  (a time of day has no zone)
    except ValueError:
        raise ValueError(f'"{text}" is not a time of day; write it like "08:00"') from None
