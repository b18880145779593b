"""When the platform gives up calls that it has not made: at the end of the day, unless it may go on tomorrow."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from connectors.contract import Submission
from connectors.infin8linx.settings import Infin8linxSettings
from connectors.infin8linx.submitting import DROPPED_AFTER_TODAY, choose_todayonly


class Dropping:
    """Pure. The pages do not say in which zone the platform's day ends, so the later end counts."""

    def __init__(self, settings: Infin8linxSettings) -> None:
        self._zone = settings.zone

    def dropped_after(self, submission: Submission, submitted_at: datetime) -> datetime | None:
        """After when numbers sent with `todayonly` 1 and not dialled never will be; None: they are carried over."""
        chosen = submission.message.options.get("todayonly") or choose_todayonly(submission.hours, submitted_at)
        if chosen != DROPPED_AFTER_TODAY:
            return None
        return max(_end_of_day(submitted_at, zone) for zone in (self._zone, ZoneInfo(submission.hours.timezone)))


def _end_of_day(moment: datetime, zone: ZoneInfo) -> datetime:
    tomorrow = moment.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time.min, zone).astimezone(UTC)
