"""The simulated platform keeps to the vendor's pages, unkind where they are silent."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from connectors.infin8linx.simulator import SimulatorSettings
from connectors.simulation.faults import FaultDial, FaultDials, FaultKind
from connectors.simulation.scenarios import SCENARIOS
from tests.connectors.infin8linx.simulated_platform import BATCH, NINE, callback_inbox, simulated_platform
from tests.connectors.infin8linx.vectors import EXAMPLES


async def test_batch_is_taken_and_dialled() -> None:
    """A batch is answered like the example; each number is dialled once, and what is no number vanishes silently."""
    async with simulated_platform() as client:
        reply = await client.play("81200000000", "81200000001", "not-a-number", "812，813")
        expected: dict[str, Any] = EXAMPLES["playvoice_reply_success"]["body"]
        assert reply == {
            **expected,
            "data": {**expected["data"], "reqtime": reply["data"]["reqtime"], "rsptime": reply["data"]["rsptime"]},
        }
        state = await client.control("GET", "state")
        assert (state["dialled_calls"], state["dialled_numbers"], state["ignored_numbers"]) == (2, 2, 2)
        assert {(call.batch, call.row_id) for call in client.simulator.journal.calls} == {
            ("k-0001", "1-1"),
            ("k-0001", "1-2"),
        }


async def test_more_than_5000_numbers() -> None:
    """Numbers beyond the 5000th are taken and never dialled; a doubled number is dialled twice."""
    async with simulated_platform() as client:
        await client.play(*(f"812{n:08}" for n in range(5002)))
        await client.play("81300000000", "81300000000")
        state = await client.wait_until(lambda state: not state["queued"])
        assert (state["ignored_numbers"], state["dialled_calls"], state["dialled_numbers"]) == (2, 5002, 5001)


@pytest.mark.parametrize(
    ("form", "ret"),
    [
        ({"appid": "other"}, 601),
        ({"accesskey": ""}, 601),
        ({"nationcode": "th"}, 400),
        ({"voicetype": "A"}, 400),
        ({"destnumber": ""}, 400),
        ({"voicefile": ""}, 400),
        ({"todayonly": "0"}, 400),
        ({"token": "t"}, 400),
        ({"service": " App.Sip_Call.PlayVoice"}, 400),
    ],
)
async def test_batches_refused(form: dict[str, str], ret: int) -> None:
    """What the pages do not allow is refused, and nobody is called; the envelope is either of the two."""
    async with simulated_platform() as client:
        assert (await client.play("81200000000", **form))["ret"] == ret
        assert not client.simulator.journal.calls
    if "service" not in form:
        async with simulated_platform(refusal_form="code") as client:
            assert (await client.play("81200000000", **form))["code"] == ret


async def test_url_encoded_form_and_other_addresses() -> None:
    """A URL-encoded form is read too; another path or method is not found."""
    async with simulated_platform() as client:
        reply = await client.http.post("/yunhu", data={**BATCH, "destnumber": "81200000000"})
        assert reply.json()["code"] == 200
        assert (await client.http.post("/api", data=BATCH)).status_code == 404
        assert (await client.http.get("/api/yunhu")).status_code == 404
        assert (await client.http.post("/api/yunhu", content=b"junk")).json()["ret"] == 400


async def test_records_are_those_of_the_example() -> None:
    """A record has the fields of the published sample and its types; uuid and start time agree, at UTC+8."""
    async with simulated_platform() as client:
        await client.play("81200000000", "81200000002", userkey="1", chengshudu="D3")
        answered, missed = await client.records()
        sample = EXAMPLES["callback_v2_unanswered"]["body"]
        for record in (answered, missed):
            assert {name: type(value) for name, value in record.items()} == {
                name: type(value) for name, value in sample.items()
            }
        assert (answered["userkey"], answered["ext"], answered["starttime"]) == ("1", "D3", "2026-11-21 09:00:00")
        assert answered["billsec"] > 0
        assert (missed["answertime"], missed["billsec"], missed["hangupcause"]) == ("", 0, 10016)
        made_at = (UUID(answered["uuid"]).time - 0x01B21DD213814000) / 1e7
        assert client.simulator.clock.at(made_at).replace(tzinfo=None) == NINE


@pytest.mark.parametrize(
    ("form", "shown"), [("bare", "81200000000"), ("trunk", "081200000000"), ("international", "6281200000000")]
)
@pytest.mark.parametrize("sent", ["81200000000", "081200000000", "6281200000000", "+6281200000000"])
async def test_echoed_form(form: str, shown: str, sent: str) -> None:
    """Numbers come back in the platform's own form, however they were sent."""
    async with simulated_platform(echoed_form=form) as client:
        await client.play(sent)
        assert [record["destnumber"] for record in await client.records()] == [shown]


async def test_bills_hide_and_change_by_default() -> None:
    """Without callmethod batch calls are hidden; syncflag 1 shows a record once, 2 those seen, 3 all."""
    async with simulated_platform() as client:
        await client.play("81200000000", "81200000001", "81200000002")
        assert await client.records(callmethod="", syncflag="1") == []
        assert len(await client.records(syncflag="2")) == 0
        assert len(await client.records(syncflag="", itemsperpage="")) == 3
        assert len(await client.records(syncflag="1")) == 0
        assert len(await client.records(syncflag="2")) == 3
        assert len(await client.records(syncflag="3", callmethod="0")) == 3
        assert len(await client.records(direction="1")) == 0
        assert len(await client.records(customuuid="other")) == 0
        assert len(await client.records(destnumber="81200000001")) == 1
        assert len(await client.records(starttime="2026-11-21 09:00:01")) == 0
        assert len(await client.records(endtime="2026-11-21 09:00:00")) == 3


async def test_pages_of_bills() -> None:
    """Pages are no longer than asked for or allowed, and the total counts what all pages hold."""
    async with simulated_platform(max_page_rows=4, bills_name="list") as client:
        await client.play(*(f"812{n:08}" for n in range(10)))
        seen = []
        for page in "123":
            result = (await client.bills(currentpage=page))["data"]["result"]
            assert result["totalitems"] == 10
            seen += [record["destnumber"] for record in result["list"]]
        assert seen == [f"812{n:08}" for n in range(10)]
        assert (await client.bills(itemsperpage="1001"))["ret"] == 400
        assert (await client.bills(starttime="yesterday"))["ret"] == 400


async def test_tokens() -> None:
    """A token ends after twelve hours or when it is cleared, and is wanted for everything but batches."""
    async with simulated_platform(second_login_ends_first=True) as client:
        first = await client.log_in()
        second = await client.log_in()
        assert (await client.bills(token=first))["ret"] == 600
        assert (await client.bills(token=second))["ret"] == 200
        client.simulator.clock.advance(timedelta(hours=12))
        assert (await client.bills(token=second))["ret"] == 600
        third = await client.log_in()
        assert (await client.post(service="App.Sip_Auth.Logout", token=third)).json()["data"]["status"] == 0
        assert (await client.bills(token=third))["ret"] == 600
        bad = await client.post(service="App.Sip_Auth.Login", appid="x", accesskey="y")
        assert bad.json()["ret"] == 601


async def test_recording_links() -> None:
    """A recording's link ends five minutes from now; an unknown recording is a failure inside success."""
    async with simulated_platform() as client:
        await client.play("81200000000")
        (record,) = await client.records()
        token = await client.log_in()
        asked = {"service": "App.Sip_Cdr.GetRecodeFile", "token": token}
        result = (await client.post(**asked, filename=record["recordfilename"])).json()["data"]["result"]
        assert result["expiredtime"] == "Expiration time:2026-11-21 09:05:00"
        assert (await client.post(**asked, filename="other")).json()["data"]["errors"]["code"] == "1029"


@pytest.mark.parametrize(("todayonly", "dialled", "dropped"), [("1", 3, 2), ("", 3, 2), ("2", 5, 0)])
async def test_queue_outlives_the_day(todayonly: str, dialled: int, dropped: int) -> None:
    """At midnight what is still queued is dropped without a record or, if so asked, dialled the next day."""
    start = NINE.replace(hour=23, minute=59, second=30)
    async with simulated_platform(seconds_between_calls=14, start=start) as client:
        form = {"todayonly": todayonly} if todayonly else {}
        await client.play(*(f"8120000000{n}" for n in range(5)), **form)
        client.simulator.clock.advance(timedelta(minutes=5))
        state = await client.wait_until(lambda state: not state["queued"])
        assert (state["dialled_calls"], state["dropped_at_the_end_of_the_day"]) == (dialled, dropped)
        assert len(await client.records()) == dialled


async def test_few_lines() -> None:
    """No more calls run at once than there are lines; the others wait, and calls end on the platform's clock."""
    async with simulated_platform(concurrent_calls=2, call_seconds_scale=1) as client:
        await client.play("81200000002", "81200000002", "81200000002", waittime="20")
        state = await client.control("GET", "state")
        assert (state["calls_in_flight"], state["queued"], state["records"]) == (2, 1, 0)
        client.simulator.clock.advance(timedelta(seconds=20))
        state = await client.control("GET", "state")
        assert (state["calls_in_flight"], state["queued"], state["records"]) == (1, 0, 2)


@pytest.mark.parametrize(
    ("kind", "dialled_at_once", "dialled_later"),
    [
        (FaultKind.DROP_BEFORE, 0, 0),
        (FaultKind.DROP_AFTER, 1, 1),
        (FaultKind.LATE_APPLY, 0, 1),
        (FaultKind.ERROR_BEFORE, 0, 0),
        (FaultKind.ERROR_AFTER, 1, 1),
        (FaultKind.REFUSE, 0, 0),
    ],
)
async def test_faults_of_submissions(kind: FaultKind, dialled_at_once: int, dialled_later: int) -> None:
    """A batch may be taken behind a lost reply, later, or not at all, as the dial says."""
    dial = FaultDial(kind=kind, operations=("PlayVoice",), nth=(1,), seconds=0.05, error_code=604)
    async with simulated_platform(faults=FaultDials(dials=(dial,))) as client:
        if kind is FaultKind.REFUSE:
            assert (await client.play("81200000000"))["ret"] == 604
        elif kind in {FaultKind.ERROR_BEFORE, FaultKind.ERROR_AFTER}:
            assert (await client.post(**BATCH, destnumber="81200000000")).status_code == 503
        else:
            with pytest.raises(httpx.TransportError):
                await client.play("81200000000")
        assert (await client.control("GET", "state"))["dialled_calls"] == dialled_at_once
        state = await client.wait_until(lambda state: not state["late_works"])
        assert state["dialled_calls"] == dialled_later


async def test_stale_bills() -> None:
    """Under a stale page, records of a moment ago are not there yet."""
    dial = FaultDial(kind=FaultKind.STALE_PAGE, operations=("GetBill",), nth=(1,), seconds=60)
    async with simulated_platform(faults=FaultDials(dials=(dial,))) as client:
        await client.play("81200000000")
        assert len(await client.records()) == 0
        assert len(await client.records()) == 1


async def test_bills_refused_by_control() -> None:
    """Bills are refused and allowed again from the control plane."""
    async with simulated_platform() as client:
        await client.control("PUT", "bills", refused=True)
        assert (await client.bills())["ret"] == 603
        await client.control("PUT", "bills", refused=False)
        assert (await client.bills())["ret"] == 200
        assert (await client.http.put("/_simulator/callbacks", json={"lost": 2})).status_code == 422
        assert (await client.http.delete("/_simulator/bills")).status_code == 404


@pytest.mark.parametrize(
    ("dials", "expected"),
    [
        ({}, 200),
        ({"lost": 1.0}, 0),
        ({"lost": 0.5}, (70, 130)),
        ({"doubled": 1.0}, 400),
        ({"late": 0.5, "late_seconds": 0.05, "reordered": 0.5}, 200),
        ({"garbled": 1.0}, 200),
        ({"strangers": 1.0}, 400),
    ],
)
async def test_callbacks_on_their_way(dials: dict[str, float], expected: int | tuple[int, int]) -> None:
    """Callbacks are lost, late, doubled, overtaken, damaged or not ours in the shares asked for."""
    async with callback_inbox() as (inbox, url), simulated_platform(callbacks={"url": url, **dials}) as client:
        await client.play(*(f"812{n:08}" for n in range(200)))
        state = await client.wait_until(lambda state: state["is_pushed_out"] and state["records"] == 200)
        low, high = expected if isinstance(expected, tuple) else (expected, expected)
        assert low <= len(inbox.bodies) <= high
        assert state["callbacks"].get("answered", 0) == len(inbox.bodies)


async def test_callbacks_pushed_again() -> None:
    """A callback that is not answered with 200 is pushed as often as the dial says, and then given up."""
    async with (
        callback_inbox() as (inbox, url),
        simulated_platform(callbacks={"url": url, "attempts": 3}) as client,
    ):
        inbox.status = 500
        await client.play("81200000000")
        state = await client.wait_until(lambda state: state["is_pushed_out"])
        assert len(inbox.bodies) == 3
        assert state["callbacks"]["refused"] == 3
        inbox.status = 200
        await client.play("81200000001")
        await client.wait_until(lambda state: state["is_pushed_out"])
        assert len(inbox.bodies) == 4


async def test_nobody_listens() -> None:
    """Callbacks to an address where nobody listens are lost, and the platform goes on."""
    async with simulated_platform(callbacks={"url": "http://127.0.0.1:9/x"}) as client:
        await client.play("81200000000")
        state = await client.wait_until(lambda state: state["is_pushed_out"])
        assert state["callbacks"]["unanswered"] == 1


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenarios(name: str) -> None:
    """Every named rehearsal makes settings of this platform, and none makes it call a batch twice by itself."""
    settings = SimulatorSettings.of_scenario(SCENARIOS[name], callback_url="http://127.0.0.1:9/x", appid="a")
    assert (settings.appid, settings.callbacks.url) == ("a", "http://127.0.0.1:9/x")
    assert bool(settings.callbacks.lost) == bool(settings.faults.dials)
    for dial in settings.faults.dials:
        if dial.kind is FaultKind.DOUBLED:
            assert dial.operations
            assert "PlayVoice" not in dial.operations
        assert dial.kind is not FaultKind.REFUSE or dial.error_code == 400


async def test_journal_file(tmp_path: Path) -> None:
    """Every dialled call is in the journal's file, apart from what the platform tells."""
    path = tmp_path / "journal"
    async with simulated_platform(journal_path=path) as client:
        await client.play("81200000000", "81200000001")
        await asyncio.gather(*(client.bills() for _ in range(3)))
    assert path.read_text().count('"batch":"k-0001"') == 2
