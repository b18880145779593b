"""A platform's clock runs as told and never jumps by itself."""

from datetime import UTC, datetime, timedelta

import pytest

from connectors.simulation.clock import PlatformClock

NINE = datetime.fromisoformat("2026-11-21T09:00:00")


class RealTime:
    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def test_changing_the_speed_does_not_jump() -> None:
    """The time is continuous over any change of speed."""
    real = RealTime()
    clock = PlatformClock(start=NINE, speed=60, time_source=real)
    real.seconds += 10
    before = clock.now()
    clock.set_speed(3600)
    assert clock.now() == before == datetime(2026, 11, 21, 9, 10, tzinfo=clock.zone)
    real.seconds += 1
    assert clock.now() == before + timedelta(hours=1)


def test_speed_zero_stands_still() -> None:
    """A frozen clock moves only when it is told to."""
    real = RealTime()
    clock = PlatformClock(start=NINE, speed=0, time_source=real)
    real.seconds += 1000
    assert clock.now().replace(tzinfo=None) == NINE
    assert clock.real_seconds_until(clock.seconds() + 1) is None
    clock.advance(timedelta(days=1))
    assert clock.now().replace(tzinfo=None) == NINE + timedelta(days=1)


def test_start_without_zone_is_local() -> None:
    """A start time is the platform's local time unless it says otherwise."""
    assert PlatformClock(start=NINE, speed=0).now().astimezone(UTC).hour == 1
    assert PlatformClock(start=NINE.replace(tzinfo=UTC), speed=0).now().hour == 17


def test_time_left_is_in_real_seconds() -> None:
    """Waiting for a simulated time takes the real time that the speed makes of it."""
    clock = PlatformClock(start=NINE, speed=3600, time_source=RealTime())
    assert clock.real_seconds_until(clock.seconds() + 7200) == 2.0


def test_cannot_run_backwards() -> None:
    """A negative speed is refused."""
    with pytest.raises(ValueError, match="backwards"):
        PlatformClock(speed=-1)
