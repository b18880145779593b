"""Call records by asking: whatever the list is called, page after page, each once, and loud when there is none."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from connectors.contract import CallReport, HandOver, Message, MessageKind
from connectors.errors import CallRejectedError, MalformedReplyError, PlatformUnavailableError
from connectors.infin8linx.bills import Bills
from connectors.infin8linx.callbacks import Callbacks
from connectors.infin8linx.connector import build_connector
from connectors.transport import Exchange
from tests.connectors.infin8linx.fake_platform import FakePlatform, Told, make_client
from tests.connectors.infin8linx.vectors import EXAMPLES, NOW, VOICE, make_settings

SINCE = datetime(2025, 10, 16, 9, 15, tzinfo=UTC)
UNTIL = datetime(2025, 10, 16, 9, 59, 59, 500_000, tzinfo=UTC)
ITEM: dict[str, Any] = EXAMPLES["getbill_reply_success"]["body"]["data"]["result"]["bills"][0]


def items(*numbers: int) -> list[dict[str, Any]]:
    return [{**ITEM, "uuid": f"u-{n}", "id": n, "destnumber": f"812{n:08}"} for n in numbers]


def bill(result: object) -> dict[str, Any]:
    return {"ret": 200, "data": {"status": 0, "desc": "success", "result": result}, "msg": ""}


def make_bills(*told: Told, **settings: Any) -> tuple[Bills, FakePlatform]:
    platform = FakePlatform(GetBill=list(told))
    return Bills(make_client(platform, **settings), make_settings(**settings)), platform


async def read_keys(pages: AsyncIterator[Sequence[CallReport]]) -> list[str]:
    return [report.report_key async for page in pages for report in page]


async def test_documented_request_and_reply() -> None:
    """The request is the example's but for our own choices; the record reads like the callback of the same call."""
    expected = dict(EXAMPLES["getbill_request_safe"]["form"])
    bills, platform = make_bills(EXAMPLES["getbill_reply_success"]["body"])
    pages = [page async for page in bills.find_records("October b-20251016-0001-a1", SINCE, UNTIL)]
    assert platform.forms("GetBill") == [
        {**expected, "starttime": "2025-10-16 17:00:00", "endtime": "2025-10-16 18:00:00"}
    ]
    (report,) = pages[0]
    (pushed,) = Callbacks(make_settings()).read_callback(
        json.dumps(EXAMPLES["callback_v2_answered_with_key"]["body"]).encode(), ""
    )
    for name in ("report_key", "submission_name", "dialled_number", "outcome", "answered_at", "talk_seconds"):
        assert getattr(report, name) == getattr(pushed, name)


async def test_old_interface_names() -> None:
    """Records of the older interface, with null for no answer and displaynumber, are read too."""
    bills, _ = make_bills(EXAMPLES["bill_records_reply_old_interface"]["body"], bill({"totalitems": 1, "bills": []}))
    ((report,),) = [page async for page in bills.fetch_bills(SINCE, UNTIL)]
    assert report.report_key == "id:1430037"
    assert report.raw_codes["disnumber"] == "075500000000"
    assert report.answered_at is None


@pytest.mark.parametrize(
    "result",
    [
        {"totalitems": 2, "bills": items(1, 2)},
        {"totalItems": "2", "List": items(1, 2)},
        {"totalitems": 2, "something": items(1, 2), "currentpage": 1},
    ],
)
async def test_list_by_any_name(result: dict[str, Any]) -> None:
    """With totalitems the list may have any name, and nothing is asked beyond the total."""
    bills, platform = make_bills(bill(result))
    assert await read_keys(bills.fetch_bills(SINCE, UNTIL)) == ["u-1", "u-2"]
    assert len(platform.forms("GetBill")) == 1


@pytest.mark.parametrize("result", [{"totalitems": 0}, {"totalitems": 0, "bills": []}, [], {"bills": []}])
async def test_nothing_to_list(result: object) -> None:
    """No records is an empty answer in any of the forms it may take."""
    bills, _ = make_bills(bill(result))
    assert await read_keys(bills.fetch_bills(SINCE, UNTIL)) == []


@pytest.mark.parametrize(
    "result", [{"totalitems": 3}, {"totalitems": 3, "a": [], "b": []}, {"totalitems": 3, "bills": {}}, {}, None, "none"]
)
async def test_no_list_is_loud(result: object) -> None:
    """Records that are counted and not listed are an error, and the exchange is kept under its id."""
    exchanges: list[Exchange] = []
    bills = Bills(make_client(FakePlatform(GetBill=bill(result)), record=exchanges.append), make_settings())
    with pytest.raises(MalformedReplyError) as caught:
        await read_keys(bills.fetch_bills(SINCE, UNTIL))
    assert exchanges[-1].exchange_id == caught.value.exchange_id
    assert exchanges[-1].error


async def test_pages() -> None:
    """Pages are read until the total is reached, even where they are shorter than asked for, and doubles come once."""
    bills, platform = make_bills(
        bill({"totalitems": "5", "bills": items(1, 2)}),
        bill({"totalitems": "5", "bills": items(2, 3)}),
        bill({"totalitems": "5", "bills": items(4)}),
        bills_page_size=500,
    )
    assert await read_keys(bills.fetch_bills(SINCE, UNTIL)) == ["u-1", "u-2", "u-3", "u-4"]
    assert [form["currentpage"] for form in platform.forms("GetBill")] == ["1", "2", "3"]
    assert {form["itemsperpage"] for form in platform.forms("GetBill")} == {"500"}


async def test_pages_without_total() -> None:
    """Without a total, pages are read until one is empty or brings nothing new."""
    bills, _ = make_bills(bill({"bills": items(1, 2)}), bill({"bills": items(3)}), bill({"bills": []}))
    assert await read_keys(bills.fetch_bills(SINCE, UNTIL)) == ["u-1", "u-2", "u-3"]
    bills, _ = make_bills(bill({"bills": items(1, 2)}))
    assert await read_keys(bills.fetch_bills(SINCE, UNTIL)) == ["u-1", "u-2"]


async def test_pages_that_do_not_end() -> None:
    """A platform that repeats a page, or lists fewer records than it counts, is not asked for ever."""
    bills, _ = make_bills(bill({"totalitems": 9, "bills": items(1, 2)}))
    with pytest.raises(MalformedReplyError, match="repeats"):
        await read_keys(bills.fetch_bills(SINCE, UNTIL))
    bills, _ = make_bills(bill({"totalitems": 9, "bills": items(1, 2)}), bill({"totalitems": 9, "bills": []}))
    with pytest.raises(PlatformUnavailableError, match="counts 9"):
        await read_keys(bills.fetch_bills(SINCE, UNTIL))


async def test_one_bad_record_does_not_hide_the_others() -> None:
    """All records that can be read come out before the one that cannot is complained about."""
    bad = [{"uuid": "x"}, 17, *items(1)]
    bills, _ = make_bills(
        bill({"totalitems": 5, "bills": bad}), bill({"totalitems": 5, "bills": items(2, 3)}), bill({"totalitems": 0})
    )
    keys: list[str] = []

    async def read() -> None:
        async for page in bills.fetch_bills(SINCE, UNTIL):
            keys.extend(report.report_key for report in page)

    with pytest.raises(MalformedReplyError, match="destnumber"):
        await read()
    assert keys == ["u-1", "u-2", "u-3"]


async def test_long_times_are_cut() -> None:
    """A long stretch is asked for in parts that share their ends, in the platform's time, beginning early."""
    bills, platform = make_bills(bill({"totalitems": 1, "bills": items(1)}), bills_span=3600, bills_overlap=600)
    assert await read_keys(bills.fetch_bills(SINCE, SINCE + timedelta(hours=2))) == ["u-1"]
    assert [(form["starttime"][11:], form["endtime"][11:]) for form in platform.forms("GetBill")] == [
        ("17:05:00", "18:05:01"),
        ("18:05:00", "19:05:01"),
        ("19:05:00", "19:15:01"),
    ]


async def test_records_of_others_are_no_evidence() -> None:
    """A platform that ignores the filter by customuuid does not make others' calls evidence for a submission."""
    bills, _ = make_bills(bill({"totalitems": 2, "bills": [items(1)[0], {**items(2)[0], "customuuid": "other"}]}))
    assert await read_keys(bills.find_records("x b-20251016-0001-a1", SINCE, UNTIL)) == ["u-1"]


async def test_refused_bills() -> None:
    """Bills that are refused say so; nothing is repeated."""
    bills, platform = make_bills({"ret": 400, "data": [], "msg": "no"})
    with pytest.raises(CallRejectedError):
        await read_keys(bills.fetch_bills(SINCE, UNTIL))
    assert len(platform.forms("GetBill")) == 1


async def test_recording_link() -> None:
    """The link to a recording comes with the time it ends, five minutes after it was made."""
    platform = FakePlatform()
    bills = Bills(make_client(platform), make_settings())
    link = await bills.fetch_recording_link("20251016173200_81200000002.mp3")
    assert platform.forms("GetRecodeFile") == [EXAMPLES["recording_link_request"]["form"]]
    made_at = datetime.fromtimestamp(1581412943, UTC)
    assert (link.url, link.expires_at) == ("http://192.0.2.10/abcdefg", made_at + timedelta(minutes=5))
    platform.answers["GetRecodeFile"] = [bill({})]
    with pytest.raises(MalformedReplyError, match="downurl"):
        await bills.fetch_recording_link("a")


async def test_account_check() -> None:
    """An account in order shows no problem; one that is not let in, or cannot do what a campaign wants, does."""
    platform = FakePlatform(GetBill=bill({"totalitems": 0}))
    connector = build_connector("manila", make_settings(), clock=lambda: NOW, transport=platform.transport)
    assert connector.abilities.hand_over is HandOver.AT_ONCE
    assert connector.checking is not None
    findings = await connector.checking.check_account(message=VOICE)
    assert not any(finding.is_problem for finding in findings if "Call records" not in finding.what)
    assert not platform.forms("PlayVoice")
    spoken = await connector.checking.check_account(message=Message(MessageKind.TEXT, thanks_voice_file="b"))
    assert sum(finding.is_problem for finding in spoken) == 2

    refused = FakePlatform(Login=EXAMPLES["refusal_ip_not_authorised"]["body"])
    connector = build_connector("manila", make_settings(), clock=lambda: NOW, transport=refused.transport)
    assert connector.checking is not None
    findings = await connector.checking.check_account()
    assert findings[0].is_problem
    assert "IP" in findings[0].what


@pytest.mark.parametrize(("callback_secret", "is_problem"), [(None, True), ("s", False)])
async def test_account_without_bills(callback_secret: str | None, is_problem: bool) -> None:
    """Refused bills are a problem only where no callbacks are taken either."""
    platform = FakePlatform(GetBill=httpx.Response(503))
    settings = make_settings(callback_secret=callback_secret)
    connector = build_connector("manila", settings, clock=lambda: NOW, transport=platform.transport)
    assert connector.checking is not None
    findings = await connector.checking.check_account()
    assert [f.is_problem for f in findings if "Call records cannot" in f.what] == [is_problem]
