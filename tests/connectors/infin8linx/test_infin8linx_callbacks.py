"""What the platform pushes, in every generation and spelling, and what it should not have pushed."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest

from connectors.contract import CallReport, Outcome
from connectors.errors import MalformedReplyError
from connectors.infin8linx.callbacks import Callbacks
from tests.connectors.infin8linx.vectors import EXAMPLES, example_body, make_settings

V2: dict[str, Any] = EXAMPLES["callback_v2_unanswered"]["body"]
CALLBACKS = Callbacks(make_settings())


def read(body: bytes, content_type: str = "application/json") -> list[CallReport]:
    return list(CALLBACKS.read_callback(body, content_type))


def read_v2(**changes: object) -> CallReport:
    (report,) = read(json.dumps({**V2, **changes}).encode())
    return report


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   ",
        b"<html>It works!</html>",
        b'{"destnumber": "81200000001", "uuid": "u"',
        b'{"uuid": "u" "destnumber": "81200000001"}',
        b"\xff\xfe\x00",
        b"null",
        b"17",
        b'"text"',
        b"{}",
        b'{"uuid": "u"}',
        b'{"destnumber": "81200000001"}',
        b'{"destnumber": "81200000001", "uuid": "0", "id": 0}',
        b'[{"destnumber": "81200000001", "uuid": "u"}, 5]',
        b"[" * 100_000,
    ],
)
def test_garbled_bodies_are_refused_without_a_leak(body: bytes) -> None:
    """Whatever is no call record is refused by name, and the message shows no whole number."""
    with pytest.raises(MalformedReplyError, match="callback") as caught:
        read(body)
    assert "81200000001" not in str(caught.value)


def test_documented_unanswered_call() -> None:
    """The sample of 2025 is a call that nobody answered; its times are UTC+8 and its zeros are unset."""
    (report,) = read(example_body("callback_v2_unanswered"))
    assert report.outcome is Outcome.NO_ANSWER
    assert report.call_ref is None
    assert report.submission_name == "76c33d997640d36b033d43b1d2d3964e"
    assert report.dialled_number == "81200000001"
    assert report.report_key == report.platform_call_id == "db4a44cc-aa72-11f0-ad78-1d7ff0749d07"
    assert report.dialled_at == datetime(2025, 10, 16, 9, 31, 13, tzinfo=UTC)
    assert report.answered_at is None
    assert report.ended_at == datetime(2025, 10, 16, 9, 31, 21, tzinfo=UTC)
    assert (report.ring_seconds, report.talk_seconds) == (8, 0)
    assert (report.dtmf_digits, report.recording, report.hangup_cause) == ("", "", "10020")
    assert report.raw_codes["hangupcause"] == "10020"
    assert report.raw_codes["hangupdirection"] == "10040"


def test_answered_call_with_a_key() -> None:
    """An answered call brings the key pressed, the waiting time, the talk time and the name of its recording."""
    (report,) = read(example_body("callback_v2_answered_with_key"))
    assert report.outcome is Outcome.ANSWERED
    assert report.submission_name == "b-20251016-0001-a1"
    assert report.answered_at == datetime(2025, 10, 16, 9, 32, 11, tzinfo=UTC)
    assert (report.ring_seconds, report.talk_seconds, report.dtmf_digits) == (11, 25, "1")
    assert report.recording == "20251016173200_81200000002.mp3"


def test_normal_cause_is_no_answer_and_the_switch_no_key() -> None:
    """The sample of 2018 has cause "normal" and userkey 1, and yet nobody answered and nobody pressed a key."""
    (report,) = read(example_body("callback_v1"))
    assert report.outcome is Outcome.NO_ANSWER
    assert report.dtmf_digits == ""
    assert report.raw_codes["userkey"] == "1"
    assert report.submission_name == "customuuid"
    assert report.dialled_number == "013800000000"


def test_camel_case_names() -> None:
    """Names are matched without regard to case; times of a first leg and time zero are no answer."""
    (report,) = read(example_body("callback_camel_case_variant"))
    assert report.dialled_number == "8001"
    assert report.report_key == "id:568"
    assert report.submission_name is None
    assert report.outcome is Outcome.NO_ANSWER
    assert report.recording == "20181214141614_8000_8001.mp3"
    assert report.dialled_at == datetime(2018, 12, 14, 6, 16, 14, tzinfo=UTC)


@pytest.mark.parametrize(
    "changes",
    [
        {"billsec": "0", "hangupcause": "10006", "destnumber": 81200000001, "id": "263056202", "duration": "8"},
        {"billsec": None, "hangupcause": 10006, "answertime": None, "userkey": None, "duration": 8.0},
        {"answertime": "1970-01-01 08:00:00", "hangupcause": " 10006 "},
        {"answertime": "0000-00-00 00:00:00", "hangupcause": 10020, "hangupdirection": 10006},
        {"unknown": {"nested": [1]}, "hangupcause": 10006},
    ],
)
def test_types_vary(changes: dict[str, object]) -> None:
    """Text, numbers, nulls, unknown fields and times that stand for none all read alike."""
    report = read_v2(**changes)
    assert report.outcome is Outcome.BUSY
    assert report.dialled_number == "81200000001"
    assert report.ring_seconds == 8


def test_talk_time_alone_is_an_answer() -> None:
    """A call with talk time was answered, even where the answer time is missing and the cause says busy."""
    assert read_v2(billsec=3, hangupcause=10006).outcome is Outcome.ANSWERED


def test_zero_pressed_is_a_key() -> None:
    """ "0" is unset in own data, and a key like any other in userkey."""
    assert read_v2(billsec=3, userkey="0").dtmf_digits == "0"
    assert read_v2(billsec=3, userkey=0).dtmf_digits == "0"
    assert read_v2(billsec=3, userkey="*").dtmf_digits == "*"


def test_unknown_code(caplog: pytest.LogCaptureFixture) -> None:
    """A code in no table is unknown, with a warning and the raw code; on an answered call it does not matter."""
    with caplog.at_level(logging.WARNING):
        report = read_v2(hangupcause=10999)
    assert report.outcome is Outcome.UNKNOWN
    assert report.raw_codes["hangupcause"] == "10999"
    assert "10999" in caplog.text
    assert read_v2(hangupcause=10999, billsec=1).outcome is Outcome.ANSWERED
    assert read_v2(hangupcause=10999, hangupdirection=10003).outcome is Outcome.REJECTED


def test_doubled_report_has_one_key() -> None:
    """The same call has the same key however often it comes and whatever else differs; without uuid the id serves."""
    assert read_v2().report_key == read_v2(recordurl="http://192.0.2.10/a.mp3", id=1).report_key
    assert read_v2(uuid="").report_key == "id:263056202"


def test_no_answer_without_a_wrong_time() -> None:
    """A time that makes no sense is none, and costs nothing else."""
    report = read_v2(starttime="yesterday", endtime="2025-02-30 25:00:00")
    assert report.dialled_at is None
    assert report.ended_at is None
    assert report.ring_seconds == 8


def test_several_records_in_one_body() -> None:
    """A list of records is read, in any order; the end of a predictive task reports no call."""
    first, second = V2, {**V2, "uuid": "other", "destnumber": "81200000002"}
    assert [r.report_key for r in read(json.dumps([second, first]).encode())] == ["other", V2["uuid"]]
    assert read(example_body("predictive_task_status_callback")) == []


def test_form_and_byte_order_mark() -> None:
    """A record pushed as a form, JSON called a form, and JSON with a byte order mark are read."""
    form = "application/x-www-form-urlencoded; charset=utf-8"
    whole = example_body("callback_v2_unanswered")
    assert read(urlencode(V2).encode(), form) == read(whole) == read(whole, form) == read(b"\xef\xbb\xbf" + whole, "")


def test_reply_to_the_platform() -> None:
    """A stored callback is answered with 1, unless the account says otherwise."""
    assert CALLBACKS.stored_reply == b"1"
    assert Callbacks(make_settings(callback_reply="ok")).stored_reply == b"ok"
