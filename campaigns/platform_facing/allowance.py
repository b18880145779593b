"""How many messages of one account are taken in a second: enough for any platform, too few to fill a disk."""

from __future__ import annotations

import time
from collections.abc import Callable


class Allowance:
    """So many a second, with one second's worth saved up."""

    def __init__(self, per_second: float, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._per_second = per_second
        self._most = max(1.0, per_second)
        self._monotonic = monotonic
        self._left = self._most
        self._counted_at = monotonic()

    def take(self) -> bool:
        """Say whether one more may come in now, and count it."""
        now = self._monotonic()
        self._left = min(self._most, self._left + (now - self._counted_at) * self._per_second)
        self._counted_at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True
