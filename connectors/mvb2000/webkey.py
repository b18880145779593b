"""The key of the day: MD5 of the key string and the platform's date (manual, sections 1.2 and 1.3)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def write_webkey(key: str, day: date) -> str:
    """Return the webkey of a day: lower-case hex MD5 of the key string followed directly by yyyy-mm-dd."""
    return hashlib.md5(f"{key}{day.isoformat()}".encode(), usedforsecurity=False).hexdigest()


class Webkeys:
    """The webkey of now, and what else to try when the platform refuses it.

    The platform's clock may be ahead of or behind ours, so its date may be yesterday's or tomorrow's by our clock; the
    difference that worked last is kept.
    """

    def __init__(self, key: str, zone: ZoneInfo, clock: Callable[[], datetime]) -> None:
        self._key = key
        self._zone = zone
        self._clock = clock
        self._days_ahead = 0
        self._current = ""
        self._valid_until = datetime.min.replace(tzinfo=UTC)
        self._valid_from = self._valid_until

    def current(self) -> str:
        """Return the webkey for a request that is sent now."""
        now = self._clock()
        if not self._valid_from <= now < self._valid_until:
            today = now.astimezone(self._zone).date()
            self._current = write_webkey(self._key, today + timedelta(days=self._days_ahead))
            self._valid_from = datetime.combine(today, time(), self._zone).astimezone(UTC)
            self._valid_until = datetime.combine(today + timedelta(days=1), time(), self._zone).astimezone(UTC)
        return self._current

    def others(self, refused: str) -> list[tuple[int, str]]:
        """Return what may be tried after a refusal: days ahead and webkey, the likeliest first, the refused left out.

        The date by zone now comes first, which may be a new one if midnight passed, then the day before and after.
        """
        today = self._clock().astimezone(self._zone).date()
        tries: list[tuple[int, str]] = []
        for days in dict.fromkeys((self._days_ahead, 0, -1, 1)):
            webkey = write_webkey(self._key, today + timedelta(days=days))
            if webkey != refused:
                tries.append((days, webkey))
        return tries

    def keep(self, days_ahead: int) -> None:
        """Remember the difference that worked."""
        self._days_ahead = days_ahead
        self._valid_until = self._valid_from
