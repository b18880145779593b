"""Call records in neutral words, whichever way they came: pushed (callback pages of 2018 and 2025) or pulled (GetBill).

`duration` is the waiting time and `billsec` the talk time (field tables of both callback pages).
"""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from connectors.contract import CallReport
from connectors.infin8linx.codes import read_outcome
from connectors.infin8linx.wire import WireError, lower_names, read_own, read_seconds, read_time

_RAW_FIELDS = ("hangupcause", "hangupdirection", "userkey", "disnumber", "type", "callmethod")
"""Kept as they came. `disnumber` tells which caller number was shown, so that answer rates can be told apart."""


def read_record(record: object, zone: ZoneInfo) -> CallReport:
    """Read one call record; raise `WireError` when it names neither a call nor a number.

    1. Names go without regard to case; values are text or numbers, "0" in own data is unset.
    2. Answered is a call with an answer time or with talk time. The hang-up cause never decides that: "normal" is seen
       on calls that nobody answered.
    3. A key counts only on an answered call: an unanswered sample of 2018 has the request's own switch in `userkey`.
    4. `uuid` is the key of the report, failing that `id`; callback and bill of one call have the same.
    """
    if not isinstance(record, Mapping):
        raise WireError("a call record is no object")
    fields = lower_names(record)
    get = fields.get
    number = get("destnumber", "")
    uuid, row_id = read_own(get("uuid", "")), read_own(get("id", ""))
    if not number:
        raise WireError("a call record without destnumber")
    if not uuid and not row_id:
        raise WireError("a call record with neither uuid nor id")
    answered_at = read_time(get("answertime", ""), zone)
    talk_seconds = read_seconds(get("billsec", ""))
    is_answered = answered_at is not None or bool(talk_seconds)
    cause = get("hangupcause", "")
    return CallReport(
        call_ref=None,
        submission_name=read_own(get("customuuid", "")) or None,
        dialled_number=number,
        outcome=read_outcome(is_answered=is_answered, cause=cause, side=get("hangupdirection", "")),
        report_key=uuid or f"id:{row_id}",
        dialled_at=read_time(get("starttime", ""), zone),
        answered_at=answered_at,
        ended_at=read_time(get("endtime", ""), zone),
        ring_seconds=read_seconds(get("duration", "")),
        talk_seconds=talk_seconds,
        dtmf_digits=get("userkey", "") if is_answered else "",
        hangup_cause=cause,
        recording=read_own(get("recordfilename", "")) or read_own(get("recordurl", "")),
        platform_call_id=uuid or row_id,
        raw_codes={name: fields[name] for name in _RAW_FIELDS if name in fields},
    )
