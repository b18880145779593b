"""Rows of a dial list and of the task report in neutral words (manual, sections 8.3, 8.8 and 8.27)."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from connectors.contract import CallReport, StagedCall
from connectors.errors import MalformedReplyError
from connectors.mvb2000.codes import UNTOUCHED_ROW, read_outcome
from connectors.mvb2000.envelope import NO_VALUE, Row, read_number, read_time

_RAW_FIELDS = ("status", "disposition", "cause", "message")
_NO_KEY = frozenset({"", "-1"})


def require_rows(page: list[Row], stage_id: str) -> list[Row]:
    """Return a page of a dial list after making sure that every row has an id and is of this task."""
    for row in page:
        if not row.get("id") or row.get("taskid", stage_id) != stage_id:
            raise MalformedReplyError(
                f"MVB2000 lists a row without id, or of another task, in the dial list of task {stage_id}",
                platform="mvb2000",
                operation="getobdiallist",
            )
    return page


def read_staged_call(row: Row) -> StagedCall:
    return StagedCall(
        row_id=row["id"],
        call_ref=row.get("extrefid", ""),
        dialled_number=row.get("dialnumber", ""),
        is_untouched=row.get("status", "").upper() == UNTOUCHED_ROW,
    )


def read_call_report(row: Row, stage_id: str, zone: ZoneInfo) -> CallReport:
    """Read a settled row. Times are local to the platform in `zone`; times it does not give are None.

    `duration` is the talk time; the ring time follows from dialling and answer, or hang-up where nobody answered.
    """
    get = row.get
    dialled_at = read_time(row, "dialedtime", zone)
    answered_at = read_time(row, "answertime", zone)
    ended_at = read_time(row, "endtime", zone)
    key = get("responsekey", "")
    return CallReport(
        call_ref=get("extrefid") or None,
        submission_name=None,
        dialled_number=get("dialnumber", ""),
        outcome=read_outcome(get("status", ""), get("disposition", ""), get("cause", "")),
        report_key=f"{stage_id}:{row['id']}",
        dialled_at=dialled_at,
        answered_at=answered_at,
        ended_at=ended_at,
        ring_seconds=_seconds_between(dialled_at, answered_at or ended_at),
        talk_seconds=read_number(row, "duration"),
        dtmf_digits="" if key in _NO_KEY or key in NO_VALUE else key,
        hangup_cause=get("cause", ""),
        recording=get("monitorfile", ""),
        platform_call_id=get("uniqueid", ""),
        platform_attempts=max(1, read_number(row, "retrytimes") or 0),
        raw_codes={name: get(name, "") for name in _RAW_FIELDS},
    )


def _seconds_between(earlier: datetime | None, later: datetime | None) -> int | None:
    if earlier is None or later is None or later < earlier:
        return None
    return int((later - earlier).total_seconds())
