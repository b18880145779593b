"""The only place that asks what time it is.

A rehearsal may let days pass in minutes: `CALLSHEET_CLOCK_RATE` (seconds of ours per real second) and
`CALLSHEET_CLOCK_START` (an ISO time with zone, reached when the process group started at `CALLSHEET_CLOCK_ORIGIN`,
a Unix time) shift the clock for every process that shares them. Without them it is the machine's clock.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]
"""Returns the current time, UTC with zone."""


def now() -> datetime:
    """Return the current time, UTC with zone."""
    rate = float(os.environ.get("CALLSHEET_CLOCK_RATE", "1"))
    start = os.environ.get("CALLSHEET_CLOCK_START")
    if start is None and rate == 1:
        return datetime.now(UTC)
    origin = float(os.environ["CALLSHEET_CLOCK_ORIGIN"])
    began_at = datetime.fromisoformat(start).astimezone(UTC) if start else datetime.fromtimestamp(origin, UTC)
    return began_at + timedelta(seconds=(time.time() - origin) * rate)


def real_seconds(duration: timedelta) -> float:
    """Return how many real seconds pass while our clock advances by `duration`."""
    return duration.total_seconds() / float(os.environ.get("CALLSHEET_CLOCK_RATE", "1"))


def real_now() -> datetime:
    """Return the machine's time, UTC with zone, whatever the rehearsal clock shows: leases are about processes."""
    return datetime.now(UTC)
