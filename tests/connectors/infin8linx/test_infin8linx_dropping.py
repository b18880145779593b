"""When numbers that were not dialled are given up by the platform (trap 9.8)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from connectors.contract import CallingHours, CallingWindow, Message, MessageKind, Submission
from connectors.infin8linx.dropping import Dropping
from connectors.infin8linx.settings import Infin8linxSettings

SETTINGS = Infin8linxSettings(base_url="http://127.0.0.1:9", appid="invented", accesskey="invented")  # type: ignore[arg-type]  # pydantic makes it a secret
DAY = CallingWindow(time(8), time(21))
ALWAYS = CallingWindow(time.min, time.max)


def make_submission(timezone: str, window: CallingWindow = DAY, **options: str) -> Submission:
    hours = CallingHours(timezone, date(2026, 11, 20), date(2026, 11, 30), (window,))
    return Submission("k7f3qd9x-0001", Message(MessageKind.VOICE, voice_file="reminder", options=options), hours)


@pytest.mark.parametrize(
    ("timezone", "ends"),
    [
        ("Asia/Jakarta", datetime(2026, 11, 23, 17, tzinfo=UTC)),
        ("Asia/Shanghai", datetime(2026, 11, 23, 16, tzinfo=UTC)),
        ("Asia/Tokyo", datetime(2026, 11, 23, 16, tzinfo=UTC)),
        ("America/Mexico_City", datetime(2026, 11, 24, 6, tzinfo=UTC)),
    ],
)
def test_the_later_end_of_the_day_counts(timezone: str, ends: datetime) -> None:
    """The day ends at midnight of the platform's zone or of the campaign's, whichever is later."""
    at = datetime(2026, 11, 23, 6, tzinfo=UTC)
    assert Dropping(SETTINGS).dropped_after(make_submission(timezone), at) == ends


def test_numbers_carried_over_are_not_given_up() -> None:
    """Where calls may ring around the clock, or the campaign asks for it, nothing is dropped at midnight."""
    at = datetime(2026, 11, 23, 6, tzinfo=UTC)
    assert Dropping(SETTINGS).dropped_after(make_submission("Asia/Jakarta", ALWAYS), at) is None
    assert Dropping(SETTINGS).dropped_after(make_submission("Asia/Jakarta", todayonly="2"), at) is None
    assert Dropping(SETTINGS).dropped_after(make_submission("Asia/Jakarta", ALWAYS, todayonly="1"), at) is not None
