"""The simulated platform dials what it should, when it may, and counts it independently."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from tests.connectors.mvb2000.simulated_platform import TODAY, RawClient, simulated_platform

ONE_TRY_MORE = {"maxretries": "1", "maxcalls": "1000"}


async def dialled(platform: RawClient) -> list[dict[str, str]]:
    reply = await platform.http.get("/_simulator/calls")
    return [json.loads(line) for line in reply.text.splitlines()]


async def test_nothing_rings_before_the_start() -> None:
    """Rows of a new task wait; started, they are dialled, settled, and the task finishes by itself."""
    async with simulated_platform(global_parameters=ONE_TRY_MORE) as platform:
        await platform.add_task()
        await platform.add_rows("1", "13800130000", "13800130001", "13800130004")
        assert (await platform.control("GET", "state"))["dialled_calls"] == 0
        assert (await platform.set_status("1", "b"))["errcode"] == 0
        task = await platform.wait_for_status("1", "F")
        assert (task["begintime"], task["finishtime"]) == (f"{TODAY} 09:00:00",) * 2
        answered, busy, invalid = await platform.rows("1")
        assert [answered[name] for name in ("status", "disposition", "cause", "retrytimes")] == [
            "S",
            "ANSWER",
            "16",
            "1",
        ]
        assert answered["answertime"] == f"{TODAY} 09:00:00"
        assert int(answered["duration"]) > 0
        assert answered["uniqueid"]
        assert answered["monitorfile"]
        assert [busy[name] for name in ("status", "disposition", "cause", "retrytimes")] == ["F", "BUSY", "17", "2"]
        assert (busy["answertime"], busy["duration"]) == ("0000-00-00 00:00:00", "0")
        assert [invalid[name] for name in ("disposition", "cause")] == ["CHANUNAVAIL", "1"]
        assert Counter(call["number"][-2:] for call in await dialled(platform)) == {"00": 1, "01": 2, "04": 2}


async def test_every_kind_of_ending() -> None:
    """Each documented number ending comes back in the manual's own dial results and hang-up causes."""
    async with simulated_platform(global_parameters=ONE_TRY_MORE) as platform:
        await platform.add_task(maxretries=1)
        await platform.add_rows("1", *(f"138001300{ending:02d}" for ending in range(9)))
        await platform.set_status("1", "B")
        await platform.wait_for_status("1", "F")
        assert [(row["disposition"], row["cause"]) for row in await platform.rows("1", sort="id", sens="ASC")] == [
            ("ANSWER", "16"),
            ("BUSY", "17"),
            ("NOANSWER", "19"),
            ("CHANUNAVAIL", "21"),
            ("CHANUNAVAIL", "1"),
            ("CHANUNAVAIL", "27"),
            ("CHANUNAVAIL", "27"),
            ("CHANUNAVAIL", "54"),
            ("CONGESTION", "34"),
        ]


async def test_calls_take_their_time_on_a_fast_clock() -> None:
    """With calls at full length rows pass through D, and times follow each other."""
    settings = {"call_seconds_scale": 1, "retry_wait_seconds": 60, "global_parameters": ONE_TRY_MORE}
    async with simulated_platform(**settings) as platform:
        await platform.add_task(timeout=20)
        await platform.add_rows("1", "13800130000", "13800130002")
        await platform.set_status("1", "B")
        assert {row["status"] for row in await platform.rows("1")} == {"D"}
        await platform.control("PUT", "clock", time=f"{TODAY}T09:00:30")
        assert (await platform.rows("1"))[1]["status"] == "R"
        await platform.control("PUT", "clock", time=f"{TODAY}T09:30:00")
        await platform.wait_for_status("1", "F")
        answered, unanswered = await platform.rows("1")
        assert answered["dialedtime"] < answered["answertime"] < answered["endtime"]
        assert (unanswered["dialedtime"], unanswered["endtime"]) == (f"{TODAY} 09:01:20", f"{TODAY} 09:01:40")


@pytest.mark.parametrize(
    ("quiet", "opens"),
    [
        ("2026-11-21T10:00:00", "2026-11-22T08:10:00"),
        ("2026-11-22T08:09:59", "2026-11-22T08:10:00"),
        ("2026-11-22T12:30:00", "2026-11-22T13:15:00"),
        ("2026-11-22T13:14:59", "2026-11-22T13:15:00"),
        ("2026-11-22T17:30:00", "2026-11-23T08:10:00"),
    ],
)
async def test_windows_are_kept(quiet: str, opens: str) -> None:
    """Nothing rings outside the days and windows of a task, and the first call comes when the next one opens."""
    async with simulated_platform(global_parameters=ONE_TRY_MORE) as platform:
        await platform.add_task(
            begindate="2026-11-22", enddate="2026-11-23", amrange="8:10-12:30", pmrange="13:15-17:30", maxretries=1
        )
        await platform.add_rows("1", "13800130000")
        await platform.control("PUT", "clock", time=quiet)
        await platform.set_status("1", "B")
        assert (await platform.task("1"))["status"] == "B"
        assert await dialled(platform) == []
        await platform.control("PUT", "clock", time=opens)
        await platform.wait_for_status("1", "F")
        assert [call["dialled_at"] for call in await dialled(platform)] == [f"{opens}+08:00"]


async def test_what_lies_between_two_moments_happens() -> None:
    """A clock that is put forward past a window plays the calls of that window at their own times."""
    async with simulated_platform(global_parameters=ONE_TRY_MORE) as platform:
        await platform.add_task(amrange="10:00-10:30")
        await platform.add_rows("1", "13800130000")
        await platform.set_status("1", "B")
        await platform.control("PUT", "clock", time=f"{TODAY}T18:00:00")
        assert [call["dialled_at"] for call in await dialled(platform)] == [f"{TODAY}T10:00:00+08:00"]


async def test_after_the_last_day_nothing_rings() -> None:
    """A task whose last day has passed finishes and leaves its rows as they are."""
    async with simulated_platform() as platform:
        await platform.add_task()
        await platform.add_rows("1", "13800130000")
        await platform.control("PUT", "clock", time="2026-11-22T00:00:00")
        await platform.set_status("1", "B")
        await platform.wait_for_status("1", "F")
        assert [row["status"] for row in await platform.rows("1")] == ["N"]
        assert await dialled(platform) == []


async def test_calls_at_once_are_limited() -> None:
    """Neither the platform's nor the task's own number of calls at once is exceeded, and every row gets its turn."""
    parameters = {"maxcalls": "5", "maxretries": "1"}
    async with simulated_platform(call_seconds_scale=1, global_parameters=parameters) as platform:
        for maxcalls in (2, 0):
            task = await platform.add_task(maxcalls=maxcalls)
            await platform.add_rows(task, *(f"1380013{n:02d}00" for n in range(20)))
            await platform.set_status(task, "B")
        assert [len(await platform.rows(task, status="D")) for task in ("1", "2")] == [2, 3]
        await platform.control("PUT", "clock", speed=100_000)
        await platform.wait_for_status("1", "F")
        await platform.wait_for_status("2", "F")
        assert len(await dialled(platform)) == 40


async def test_pause_continue_stop() -> None:
    """Paused and stopped tasks start no call; what rings goes on; continued or started again they go on."""
    parameters = {"maxcalls": "1", "maxretries": "1"}
    async with simulated_platform(call_seconds_scale=1, global_parameters=parameters) as platform:
        await platform.add_task()
        await platform.add_rows("1", "13800130000", "13800130100", "13800130200")
        await platform.set_status("1", "B")
        assert (await platform.task("1"))["status"] == "R"
        for halt, go_on in (("P", "C"), ("S", "B")):
            await platform.set_status("1", halt)
            known = len(await dialled(platform))
            platform.simulator.clock.set_seconds(platform.simulator.clock.seconds() + 3600)
            assert (await platform.task("1"))["status"] == halt
            assert await platform.rows("1", status="D") == []
            assert len(await dialled(platform)) == known
            await platform.set_status("1", go_on)
            assert len(await dialled(platform)) == known + 1


@pytest.mark.parametrize("status", ["B", "R", "C"])
async def test_running_tasks_cannot_be_changed_or_deleted(status: str) -> None:
    """8.4 and 8.5 are refused while a task is B, R or C; its rows can be added and deleted all the time."""
    async with simulated_platform(call_seconds_scale=1) as platform:
        begin = "2026-11-22" if status == "B" else TODAY
        await platform.add_task(begindate=begin, enddate="2026-11-30", amrange="08:00-10:00")
        await platform.add_rows("1", "13800130000")
        await platform.set_status("1", "B")
        if status == "C":
            await platform.control("PUT", "clock", time=f"{TODAY}T11:00:00")
            await platform.set_status("1", "P")
            await platform.set_status("1", "C")
        assert (await platform.task("1"))["status"] in {status, "F"}
        if (await platform.task("1"))["status"] == status:
            assert (await platform.ask("outcall/setobtask", id=1, name="x"))["errcode"] == 9000
            assert (await platform.ask("outcall/delobtask", id=1))["errcode"] == 9000
        await platform.add_rows("1", "13800130100")
        await platform.do("outcall/delobdiallist", taskid=1, id=1)
        assert [row["id"] for row in await platform.rows("1")] == ["2"]


@pytest.mark.parametrize(("before", "letter"), [("N", "P"), ("N", "C"), ("N", "R"), ("N", "F"), ("N", "X"), ("S", "P")])
async def test_statuses_that_cannot_be_set(before: str, letter: str) -> None:
    """R and F belong to the platform, and only what runs can be paused."""
    async with simulated_platform() as platform:
        await platform.add_task()
        if before == "S":
            await platform.set_status("1", "S")
        assert (await platform.set_status("1", letter))["errcode"] == 9000
        assert (await platform.task("1"))["status"] == before


async def test_doubled_rows_ring_twice_and_are_found_out() -> None:
    """The platform rejects no doubles: the same reference in two rows rings twice, and the count names it."""
    async with simulated_platform(global_parameters=ONE_TRY_MORE) as platform:
        await platform.add_task()
        await platform.add_rows("1", "13800130000")
        await platform.add_rows("1", "13800130000", "13800130100")
        state = await platform.control("GET", "state")
        assert state["extrefids_in_several_rows"] == ["ref-0"]
        assert state["refs_dialled_from_several_rows"] == []
        await platform.set_status("1", "B")
        await platform.wait_for_status("1", "F")
        state = await platform.control("GET", "state")
        assert (state["dialled_calls"], state["dialled_numbers"]) == (3, 2)
        assert state["refs_dialled_from_several_rows"] == ["ref-0"]


async def test_resetting_rows_rings_everybody_again() -> None:
    """The manual's own example, status N without an id, has every number dialled again."""
    async with simulated_platform(global_parameters=ONE_TRY_MORE) as platform:
        await platform.add_task()
        await platform.add_rows("1", "13800130000", "13800130100")
        await platform.set_status("1", "B")
        await platform.wait_for_status("1", "F")
        await platform.do("outcall/setobdiallist", taskid=1, status="N")
        await platform.set_status("1", "B")
        await platform.wait_for_status("1", "F")
        assert len(await dialled(platform)) == 4


async def test_rows_added_while_running_are_dialled() -> None:
    """A running task picks up new rows; a finished one leaves them until it is started again."""
    async with simulated_platform(call_seconds_scale=1, global_parameters=ONE_TRY_MORE) as platform:
        await platform.add_task()
        await platform.add_rows("1", "13800130000")
        await platform.set_status("1", "B")
        await platform.add_rows("1", "13800130100")
        await platform.control("PUT", "clock", time=f"{TODAY}T10:00:00")
        await platform.wait_for_status("1", "F")
        assert len(await dialled(platform)) == 2
        await platform.add_rows("1", "13800130200")
        assert (await platform.task("1"))["status"] == "F"
        await platform.set_status("1", "B")
        assert len(await dialled(platform)) == 3


async def test_cyclic_tasks_ring_once_in_each_window() -> None:
    """A cyclic task dials every row once in each window of its days and keeps a log."""
    async with simulated_platform() as platform:
        await platform.add_task(
            runtype=1, timelist="10:10-12:10,14:10-16:20", weeklist="6,0", enddate="2026-11-23", begindate=TODAY
        )
        await platform.add_rows("1", "13800130000", "13800130001")
        await platform.set_status("1", "B")
        counts = []
        for moment in (
            "21T09:30",
            "21T10:10",
            "21T11:00",
            "21T13:00",
            "21T15:00",
            "22T12:00",
            "22T15:00",
            "23T15:00",
            "24T00:00",
        ):
            await platform.control("PUT", "clock", time=f"2026-11-{moment}:00")
            counts.append(len(await dialled(platform)))
        assert counts == [0, 2, 2, 2, 4, 6, 8, 8, 8]
        assert (await platform.task("1"))["status"] == "F"
        log = await platform.do("outcall/getobcalllog", taskid=1, dialid=1)
        assert log["total"] == "4"
        assert list(log["data"][0])[:5] == ["id", "taskid", "dialid", "guid", "phoneno"]
        await platform.do("outcall/delobcalllog", taskid=1, id=log["data"][0]["id"])
        assert (await platform.do("outcall/getobcalllog"))["total"] == "7"
        await platform.do("outcall/delobcalllog", taskid=1)
        assert (await platform.do("outcall/getobcalllog"))["total"] == "0"


async def test_same_seed_same_campaign() -> None:
    """Two platforms with the same seed tell the same story of the same numbers."""
    stories = []
    for seed in (3, 3, 4):
        async with simulated_platform(network={"seed": seed}, global_parameters=ONE_TRY_MORE) as platform:
            await platform.add_task(validkey="1-2-3")
            await platform.add_rows("1", *(f"138001300{n}" for n in range(20, 80)))
            await platform.set_status("1", "B")
            await platform.wait_for_status("1", "F")
            stories.append(await platform.rows("1"))
    assert stories[0] == stories[1] != stories[2]
