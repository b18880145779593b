"""Lists of the simulated platform are filtered, sorted and cut as a database would."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.connectors.mvb2000.simulated_platform import TODAY, RawClient, simulated_platform


@pytest.fixture
async def platform() -> AsyncIterator[RawClient]:
    async with simulated_platform(max_page_rows=5, global_parameters={"maxretries": "1", "maxcalls": "100"}) as client:
        yield client


async def test_pages_are_never_longer_than_the_maximum(platform: RawClient) -> None:
    """Asking for more gives no more; `total` counts all; a page past the end is empty."""
    await platform.add_task()
    await platform.add_rows("1", *(f"138001300{n:02d}" for n in range(12)))
    pages = [await platform.rows("1", rows=1000, offset=offset, sort="id", sens="ASC") for offset in (0, 5, 10, 15)]
    assert [len(page) for page in pages] == [5, 5, 2, 0]
    assert [row["id"] for page in pages for row in page] == [str(n) for n in range(1, 13)]
    assert (await platform.do("outcall/getobdiallist", taskid=1, rows=1))["total"] == "12"
    assert len(await platform.rows("1")) == 5
    assert [row["id"] for row in await platform.rows("1", sort="id", sens="DESC", rows=2)] == ["12", "11"]


async def test_row_filters(platform: RawClient) -> None:
    """Every filter of 8.8 narrows the list, and `extrefid` is none."""
    await platform.add_task(actiontype=2, voicefile2="thanks", validkey="1-2")
    await platform.add_rows("1", "13800130000", "13800130001", "13800130012")
    await platform.set_status("1", "B")
    await platform.wait_for_status("1", "F")

    async def ids(**filters: object) -> list[str]:
        return [row["id"] for row in await platform.rows("1", sort="id", sens="ASC", **filters)]

    assert await ids(id=2) == ["2"]
    assert await ids(dialnumber="13800130012") == ["3"]
    assert await ids(status="S") == ["1", "3"]
    assert await ids(status="F") == ["2"]
    assert await ids(responsekey=1) == ["1"]
    assert await ids(responsekey=-1) == ["2", "3"]
    assert await ids(duration="up", second=2) == ["1"]
    assert await ids(duration="down", second=2) == ["2", "3"]
    assert await ids(answertime1=f"{TODAY} 00:00:00") == ["1", "3"]
    assert await ids(answertime2=f"{TODAY} 00:00:00") == ["2"], "a time that has not come is before every other"
    assert await ids(endtime1=f"{TODAY} 09:00:01") == []
    assert await ids(createtime1=f"{TODAY} 09:00:00", createtime2=f"{TODAY} 09:00:00") == ["1", "2", "3"]
    assert await ids(extrefid="ref-1") == ["1", "2", "3"]


async def test_task_filters(platform: RawClient) -> None:
    """Names match in part; ids, statuses, types and dates match whole."""
    await platform.add_task(name="autumn 1")
    await platform.add_task(name="autumn 2", actiontype=7)
    await platform.add_task(name="winter", begindate="2026-12-01", enddate="2026-12-02")

    async def names(**filters: object) -> list[str]:
        found = await platform.do("outcall/getobtasks", sort="id", sens="ASC", **filters)
        assert found["total"] == str(len(found["data"]))
        return [task["name"] for task in found["data"]]

    assert await names(name="autumn") == ["autumn 1", "autumn 2"]
    assert await names(id=3) == ["winter"]
    assert await names(actiontype=7) == ["autumn 2"]
    assert await names(status="B") == []
    assert await names(begindate="2026-12-01") == ["winter"]


async def test_reports(platform: RawClient) -> None:
    """8.27 to 8.30 count what the rows say; a task without rows has nulls."""
    await platform.add_task(validkey="1-2")
    empty = await platform.add_task()
    await platform.add_rows("1", "13800130000", "13800130001", "13800130012", "13800130011")
    await platform.set_status("1", "B")
    await platform.wait_for_status("1", "F")
    envelope = await platform.do("outcall/gettaskreport", id=1)
    assert envelope["total"] == 1
    (report,) = envelope["data"]
    assert (report["total"], report["succcount"], report["failcount"], report["succrate"]) == ("4", "3", "1", 75)
    (nothing,) = (await platform.do("outcall/gettaskreport", id=empty))["data"]
    assert (nothing["total"], nothing["succcount"], nothing["failcount"]) == ("0", None, None)
    assert (await platform.do("outcall/gettaskreport", begindate1="2026-12-01"))["data"] == []
    (times,) = (await platform.do("outcall/gettimereport", id=1, second=1))["data"]
    assert times == {"taskid": "1", "up": "2", "down": "1"}
    keys = (await platform.do("outcall/getpresskeyreport", id=1, sort="responsekey", sens="DESC"))["data"]
    assert [(row["responsekey"], row["num"]) for row in keys] == [("1", "1"), ("-1", "2")]
    assert (await platform.do("outcall/getagentreport", id=1))["data"] == []
