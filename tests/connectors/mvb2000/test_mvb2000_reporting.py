"""What a platform says of calls, in neutral words."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import httpx
import pytest

from connectors.contract import Connector, Outcome, ReportsCalls, StageProgress, StageState
from connectors.errors import MalformedReplyError
from connectors.mvb2000.connector import open_connector
from connectors.mvb2000.reports import read_call_report
from tests.connectors.mvb2000.fake_platform import NOW, FakePlatform, Params, make_settings, reply

MANUAL_ROW = {
    "id": "12",
    "taskid": "5",
    "createtime": "2016-10-19 16:28:12",
    "dialnumber": "13800138000",
    "extrefid": "54",
    "campaignid": "0",
    "uniqueid": "1476866071.63",
    "responsekey": "-1",
    "responsetime": "0000-00-00 00:00:00",
    "retrytimes": "1",
    "lastruntime": "2016-10-19 16:34:30",
    "cause": "16",
    "disposition": "ANSWER",
    "message": "",
    "status": "S",
    "monitorfile": "",
    "endtime": "2016-10-19 16:35:12",
    "duration": "41",
    "dialedtime": "2016-10-19 16:34:31",
    "answertime": "2016-10-19 16:34:31",
}
"""The row of section 8.8, with an invented number."""


@pytest.fixture
def platform() -> FakePlatform:
    return FakePlatform()


@pytest.fixture
async def connector(platform: FakePlatform) -> AsyncIterator[Connector]:
    async with open_connector("main", make_settings(), clock=lambda: NOW, transport=platform.transport) as opened:
        yield opened


@pytest.fixture
def reporting(connector: Connector) -> ReportsCalls:
    assert connector.reporting is not None
    return connector.reporting


def test_row_of_the_manual() -> None:
    """The manual's answered call reads as it was: times in UTC, no key pressed, codes kept."""
    report = read_call_report(MANUAL_ROW, "5", ZoneInfo("Asia/Shanghai"))
    assert report.outcome is Outcome.ANSWERED
    assert (report.call_ref, report.report_key, report.platform_call_id) == ("54", "5:12", "1476866071.63")
    assert report.dialled_at == report.answered_at == datetime(2016, 10, 19, 8, 34, 31, tzinfo=UTC)
    assert report.ended_at == datetime(2016, 10, 19, 8, 35, 12, tzinfo=UTC)
    assert (report.ring_seconds, report.talk_seconds, report.platform_attempts) == (0, 41, 1)
    assert (report.dtmf_digits, report.hangup_cause) == ("", "16")
    assert report.raw_codes == {"status": "S", "disposition": "ANSWER", "cause": "16", "message": ""}


def test_row_with_hardly_anything() -> None:
    """A row whose fields are missing or null says what it can and invents nothing."""
    report = read_call_report({"id": "3", "status": "F", "cause": "17", "retrytimes": "0"}, "5", ZoneInfo("UTC"))
    assert (report.outcome, report.call_ref, report.platform_attempts) == (Outcome.BUSY, None, 1)
    assert (report.dialled_at, report.ring_seconds, report.talk_seconds) == (None, None, None)


@pytest.mark.parametrize(("key", "digits"), [("-1", ""), ("", ""), ("(null)", ""), ("0", "0"), ("12", "12")])
def test_keys_pressed(key: str, digits: str) -> None:
    """-1 is no key; 0 is one."""
    assert read_call_report({**MANUAL_ROW, "responsekey": key}, "5", ZoneInfo("UTC")).dtmf_digits == digits


@pytest.mark.parametrize("filters_status", [True, False])
async def test_reports_are_settled_rows_only(
    platform: FakePlatform, reporting: ReportsCalls, filters_status: bool
) -> None:
    """Whether or not the platform filters, reports are of settled rows, and the rest is unsettled."""
    platform.filters_status, platform.max_rows = filters_status, 2
    task_id = platform.add_task("R")
    for status in "SFNRDSF":
        platform.add_row(task_id, status=status, disposition="ANSWER" if status == "S" else "BUSY")
    settled = [report.report_key async for page in reporting.fetch_reports(task_id) for report in page]
    assert sorted(settled) == ["1:100", "1:101", "1:105", "1:106"]
    unsettled = [row.row_id async for page in reporting.fetch_unsettled(task_id) for row in page]
    assert sorted(unsettled) == ["102", "103", "104"]


async def test_asks_for_what_ended_since_by_the_platforms_clock(
    platform: FakePlatform, reporting: ReportsCalls
) -> None:
    """The moment since which reports are wanted is written in the platform's local time."""
    task_id = platform.add_task("R")
    since = datetime(2026, 11, 21, 2, 5, 6, tzinfo=UTC)
    assert [page async for page in reporting.fetch_reports(task_id, settled_since=since)] == []
    assert {params["endtime1"] for params in platform.sent("getobdiallist")} == {"2026-11-21 10:05:06"}


async def test_progress(platform: FakePlatform, reporting: ReportsCalls) -> None:
    """Progress counts rows and settled rows; null counts are none; a task that is gone is None."""
    task_id = platform.add_task("R")
    assert await reporting.fetch_progress(task_id) == StageProgress(StageState.STARTED, 0, 0)
    for status in "SFFN":
        platform.add_row(task_id, status=status)
    assert await reporting.fetch_progress(task_id) == StageProgress(StageState.STARTED, 4, 3)
    assert await reporting.fetch_progress("99") is None


async def test_progress_of_a_task_the_report_leaves_out(platform: FakePlatform, reporting: ReportsCalls) -> None:
    """A task without a line in the report still exists."""
    task_id = platform.add_task("F")

    def empty_report(_: FakePlatform, name: str, __: Params) -> httpx.Response | None:
        return reply() if name == "gettaskreport" else None

    platform.before = empty_report
    assert await reporting.fetch_progress(task_id) == StageProgress(StageState.FINISHED, 0, 0)


async def test_foreign_row_in_a_list_is_an_alarm(platform: FakePlatform, reporting: ReportsCalls) -> None:
    """A row of another task must never be taken for one of ours."""
    task_id = platform.add_task("R")
    row_id = platform.add_row(task_id, status="S")
    platform.before = lambda fake, name, params: reply(0, [{**fake.rows[row_id], "taskid": "77"}], total="1")
    with pytest.raises(MalformedReplyError, match="another task"):
        _ = [page async for page in reporting.fetch_reports(task_id)]
