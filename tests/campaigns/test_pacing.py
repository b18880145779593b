"""An account's pace holds, in one process and over all of them."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.account_sharing import announce, withdraw
from campaigns.db.engine import Database
from campaigns.pacing import Pace


class Clock:
    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@given(rate=st.floats(min_value=1, max_value=1000), steps=st.lists(st.floats(min_value=0, max_value=2), max_size=60))
def test_no_more_starts_than_the_rate_allows(rate: float, steps: list[float]) -> None:
    """In any stretch of time at most rate × seconds requests start, beyond the tenth of a second saved up."""
    clock = Clock()
    pace = Pace(rate, 10, monotonic=clock)
    starts = []
    for step in steps:
        clock.seconds += step
        starts.append(clock.seconds + max(0.0, pace.reserve()))
    for first in range(len(starts)):
        for last in range(first + 1, len(starts)):
            stretch = starts[last] - starts[first]
            assert last - first <= stretch * rate + 0.1 * rate + 1 + 1e-6


def test_slowing_down_starts_nothing_for_so_long() -> None:
    """A platform that asks for a pause gets it."""
    clock = Clock()
    pace = Pace(1000, 10, monotonic=clock)
    pace.slow_down(3)
    assert pace.reserve() == pytest.approx(3)


async def test_no_more_requests_in_flight_than_allowed() -> None:
    """However many want to send, only so many are under way at once, also after the share became smaller."""
    pace = Pace(1_000_000, 8)
    running = highest = 0
    go_on = asyncio.Event()

    async def send() -> None:
        nonlocal running, highest
        async with pace.request():
            running += 1
            highest = max(highest, running)
            await go_on.wait()
            running -= 1

    async with asyncio.TaskGroup() as group:
        pace.share_with(2)
        for _ in range(50):
            group.create_task(send())
        for _ in range(10):
            await asyncio.sleep(0)
        assert running == 4
        go_on.set()
    assert highest == 4


def test_runs_divide_the_pace_of_an_account(database: Database) -> None:
    """Two runs of one account take half each; who leaves gives the whole back, and other accounts do not count."""
    first, second, other = Pace(100, 32), Pace(100, 32), Pace(100, 32)
    assert announce(database, "main", "a", first) == 1
    assert announce(database, "main", "b", second) == 2
    assert announce(database, "other", "c", other) == 1
    assert announce(database, "main", "a", first) == 2
    assert first.requests_in_flight == second.requests_in_flight == 16
    assert other.requests_in_flight == 32
    withdraw(database, "main", "b")
    assert announce(database, "main", "a", first) == 1
    assert first.requests_in_flight == 32
