"""How fast requests may go out to one platform account: so many a second, so many at once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager


class Pace:
    """The pace of one account, shared by everything in this process that uses the account.

    Starts are spaced evenly: a request starts no earlier than `1 / requests_per_second` after the one before, with at
    most a tenth of a second of unused starts saved up. `slow_down` is for a platform that says it is too much.
    """

    def __init__(
        self, requests_per_second: float, requests_in_flight: int, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self.requests_in_flight = requests_in_flight
        self._interval = 1 / requests_per_second
        self._places = asyncio.Semaphore(requests_in_flight)
        self._monotonic = monotonic
        self._next_start = monotonic()

    @asynccontextmanager
    async def request(self) -> AsyncIterator[None]:
        """Wait for a place and for the moment, then hold the place while the request is under way."""
        async with self._places:
            wait = self.reserve()
            if wait > 0:
                await asyncio.sleep(wait)
            yield

    def reserve(self) -> float:
        """Take the next start and return the seconds until then, 0 or less for now."""
        now = self._monotonic()
        start = max(self._next_start, now - 0.1)
        self._next_start = start + self._interval
        return start - now

    def slow_down(self, seconds: float) -> None:
        """Start nothing for so many seconds."""
        self._next_start = max(self._next_start, self._monotonic() + seconds)
