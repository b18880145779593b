"""A platform's own clock: it starts when we say, runs as fast as we say, and is never ours."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

STAMP_FORMAT = "%Y-%m-%d %H:%M:%S"


class PlatformClock:
    """Tell the platform's time.

    `speed` is simulated seconds per real second: 1 is real time, 3600 an hour a second, 0 stands still. Changing it
    while the clock runs does not make the time jump.
    """

    def __init__(
        self,
        *,
        timezone: str = "Asia/Shanghai",
        start: datetime | None = None,
        speed: float = 1.0,
        time_source: Callable[[], float] = time.monotonic,
    ) -> None:
        """`start` without a zone is the platform's local time; left out, the clock starts at the real time."""
        self.zone: tzinfo = ZoneInfo(timezone)
        self._time_source = time_source
        self._real_origin = time_source()
        self._origin = self._to_seconds(start) if start is not None else datetime.now(UTC).timestamp()
        self._speed = _checked_speed(speed)

    @property
    def speed(self) -> float:
        return self._speed

    def seconds(self) -> float:
        """Simulated Unix time."""
        return self._origin + (self._time_source() - self._real_origin) * self._speed

    def now(self) -> datetime:
        """The platform's time, with its zone."""
        return datetime.fromtimestamp(self.seconds(), self.zone)

    def at(self, seconds: float) -> datetime:
        """A simulated Unix time as the platform's time, with its zone."""
        return datetime.fromtimestamp(seconds, self.zone)

    def set_speed(self, speed: float) -> None:
        """Run faster or slower from now on; the time itself stays continuous."""
        self.set_seconds(self.seconds())
        self._speed = _checked_speed(speed)

    def set_time(self, moment: datetime) -> None:
        """Jump to a time; without a zone it is the platform's local time."""
        self.set_seconds(self._to_seconds(moment))

    def set_seconds(self, seconds: float) -> None:
        """Jump to a simulated Unix time."""
        self._real_origin = self._time_source()
        self._origin = seconds

    def advance(self, by: timedelta) -> None:
        """Jump ahead."""
        self.set_seconds(self.seconds() + by.total_seconds())

    def real_seconds_until(self, seconds: float) -> float | None:
        """How long in real seconds until the simulated Unix time is reached; None while the clock stands still."""
        if self._speed == 0:
            return None
        return max(0.0, (seconds - self.seconds()) / self._speed)

    def _to_seconds(self, moment: datetime) -> float:
        return (moment if moment.tzinfo else moment.replace(tzinfo=self.zone)).timestamp()


def _checked_speed(speed: float) -> float:
    if speed < 0:
        raise ValueError("a platform clock cannot run backwards: speed must be 0 or more")
    return speed
