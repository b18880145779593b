"""How fast requests may go out to one platform account: so many a second, so many at once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager


class Pace:
    """The pace of one account in this process: its share of what the account may do.

    Starts are spaced evenly: a request starts no earlier than one interval after the one before, with at most a tenth
    of a second of unused starts saved up. `slow_down` is for a platform that says it is too much; `share_with` for
    other processes that use the account at the same time.
    """

    def __init__(
        self, requests_per_second: float, requests_in_flight: int, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._requests_per_second = requests_per_second
        self._whole_in_flight = requests_in_flight
        self._monotonic = monotonic
        self._in_flight = 0
        self._place_freed = asyncio.Event()
        self._next_start = monotonic()
        self.requests_in_flight = requests_in_flight
        self._interval = 1 / requests_per_second

    def share_with(self, users: int) -> None:
        """Take one part of so many: rate and requests in flight are divided evenly, with at least one in flight."""
        self._interval = users / self._requests_per_second
        self.requests_in_flight = max(1, self._whole_in_flight // users)
        self._place_freed.set()

    @asynccontextmanager
    async def request(self) -> AsyncIterator[None]:
        """Wait for a place and for the moment, then hold the place while the request is under way."""
        while self._in_flight >= self.requests_in_flight:
            self._place_freed.clear()
            await self._place_freed.wait()
        self._in_flight += 1
        try:
            wait = self.reserve()
            if wait > 0:
                await asyncio.sleep(wait)
            yield
        finally:
            self._in_flight -= 1
            self._place_freed.set()

    def reserve(self) -> float:
        """Take the next start and return the seconds until then, 0 or less for now."""
        now = self._monotonic()
        start = max(self._next_start, now - 0.1)
        self._next_start = start + self._interval
        return start - now

    def slow_down(self, seconds: float) -> None:
        """Start nothing for so many seconds."""
        self._next_start = max(self._next_start, self._monotonic() + seconds)
