"""Faults and restarts of the simulated platform, as a client meets them."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from connectors.mvb2000.simulator import SimulatorSettings, create_simulator
from tests.connectors.mvb2000.simulated_platform import RawClient, simulated_platform

ADD, LIST = "addobdiallist", "getobdiallist"
LOST = (httpx.ReadError, httpx.RemoteProtocolError)


async def turn(platform: RawClient, kind: str, operation: str = ADD, **more: Any) -> None:
    dial = {"kind": kind, "operations": [operation], "nth": [1], **more}
    await platform.control("PUT", "faults", dials=[dial])


async def count_rows(platform: RawClient) -> int:
    rows: int = (await platform.control("GET", "state"))["rows"]
    return rows


async def add(platform: RawClient) -> Any:
    return await platform.ask("outcall/addobdiallist", taskid=1, dialnumber="13800130000", extrefid="a")


@pytest.mark.parametrize(("kind", "rows"), [("drop_before", 0), ("drop_after", 1), ("half_body", 1)])
async def test_a_lost_reply_leaves_the_row_or_not(kind: str, rows: int) -> None:
    """The client cannot tell whether the row is there; reading the list can."""
    async with simulated_platform() as platform:
        await platform.add_task()
        await turn(platform, kind)
        with pytest.raises(LOST):
            await add(platform)
        assert len(await platform.rows("1")) == rows


async def test_a_row_can_appear_after_its_reply_was_lost() -> None:
    """The nasty one: the list is read and empty, and the row appears afterwards."""
    async with simulated_platform() as platform:
        await platform.add_task()
        await turn(platform, "late_apply", seconds=0.2)
        with pytest.raises(LOST):
            await add(platform)
        assert await platform.rows("1") == []
        async with asyncio.timeout(5):
            while not await platform.rows("1"):
                await asyncio.sleep(0.01)


async def test_late_work_on_a_discarded_task_lands_nowhere() -> None:
    """A row that arrives after its task was deleted is refused: nothing rings."""
    async with simulated_platform() as platform:
        await platform.add_task()
        await turn(platform, "late_apply", seconds=0.05)
        with pytest.raises(LOST):
            await add(platform)
        await platform.do("outcall/delobtask", id=1)
        await asyncio.sleep(0.2)
        state = await platform.control("GET", "state")
        assert (state["rows"], state["rows_of_deleted_tasks"]) == (0, 0)


async def test_refusals_and_server_errors() -> None:
    """A refusal is an envelope in the form asked for; a server error is not."""
    async with simulated_platform() as platform:
        await platform.add_task()
        await turn(platform, "refuse", error_code=9001, message="platform not started")
        assert (await add(platform))["errcode"] == 9001
        assert await count_rows(platform) == 0
        await turn(platform, "error_after", status_code=500)
        assert (await platform.get("outcall/addobdiallist", taskid=1, dialnumber="1")).status_code == 500
        assert await count_rows(platform) == 1
        await turn(platform, "doubled")
        await add(platform)
        assert await count_rows(platform) == 3


async def test_stale_pages_show_what_was() -> None:
    """A stale page misses rows just added, still has rows just deleted, and shows earlier statuses."""
    async with simulated_platform() as platform:
        await turn(platform, "stale_page", LIST, nth=[], probability=1, seconds=0.3)
        await platform.add_task()
        await platform.add_rows("1", "13800130000", "13800130100")
        await asyncio.sleep(0.4)
        await platform.do("outcall/delobdiallist", taskid=1, id=1)
        await platform.add_rows("1", "13800130200")
        await platform.set_status("1", "B")
        await platform.wait_for_status("1", "F")
        stale = await platform.do("outcall/getobdiallist", taskid=1)
        assert [(row["id"], row["status"]) for row in stale["data"]] == [("1", "N"), ("2", "N")]
        assert stale["total"] == "2"
        await platform.control("PUT", "faults", dials=[])
        assert [(row["id"], row["status"]) for row in await platform.rows("1")] == [("2", "S"), ("3", "S")]


async def test_out_of_service_nothing_is_dialled() -> None:
    """A platform that is down neither answers nor dials; up again it goes on, and the control plane answers always."""
    async with simulated_platform() as platform:
        await platform.add_task()
        await platform.add_rows("1", "13800130000")
        await platform.control("POST", "down")
        with pytest.raises(LOST):
            await platform.set_status("1", "B")
        assert (await platform.control("GET", "state"))["is_down"] is True
        await platform.control("POST", "down", form="unavailable")
        assert (await platform.get("about")).status_code == 503
        await platform.control("POST", "up")
        assert (await platform.task("1"))["status"] == "N"


async def test_the_same_seed_meets_the_same_faults() -> None:
    """A schedule of faults replays by its seed."""
    stories = []
    for seed in (1, 1, 2):
        async with simulated_platform(
            faults={"seed": seed, "dials": [{"kind": "refuse", "probability": 0.5}]}
        ) as platform:
            stories.append([(await platform.ask("about"))["errcode"] for _ in range(30)])
    assert stories[0] == stories[1] != stories[2]


async def test_stopped_and_started_again_nothing_is_lost(tmp_path: Path) -> None:
    """With a state file, tasks, rows, parameters, operators, calls and ids survive a stop."""
    settings = {"state_path": tmp_path / "platform.db", "journal_path": tmp_path / "calls.jsonl"}
    async with simulated_platform(**settings) as platform:
        await platform.add_task()
        await platform.add_rows("1", "13800130000", "13800130001", "13800130100")
        await platform.do("outcall/delobdiallist", taskid=1, id=3)
        await platform.add_task(name="deleted")
        await platform.add_rows("2", "13800130000")
        await platform.do("outcall/delobtask", id=2)
        await platform.set_status("1", "B")
        await platform.wait_for_status("1", "F")
        await platform.do("outcall/addagentgroup", groupname="g")
        await platform.do("outcall/setobparams", keyname="timeout", keyvalue="25")
        before = [await platform.rows(task) for task in ("1", "2")] + [await platform.task("1")]
        counts = await platform.control("GET", "state")
    async with simulated_platform(**settings) as platform:
        assert [await platform.rows(task) for task in ("1", "2")] + [await platform.task("1")] == before
        again = await platform.control("GET", "state")
        assert {**again, "requests": 0} == {**counts, "requests": 0}
        assert len((tmp_path / "calls.jsonl").read_text().splitlines()) == counts["dialled_calls"]
        assert (await platform.do("outcall/getobparams", keyname="timeout"))["data"][0]["keyvalue"] == "25"
        assert len((await platform.do("outcall/getagentgroup"))["data"]) == 1
        assert await platform.add_task() == "3"
        await platform.add_rows("3", "13800130000")
        assert (await platform.rows("3"))[0]["id"] == "5"


PROGRAM = """
import sys
from pathlib import Path
from connectors.mvb2000.simulator import SimulatorSettings, create_simulator
from connectors.simulation.server import serve
settings = SimulatorSettings.instant(call_seconds_scale=0.01, state_path=Path(sys.argv[1]))
serve(create_simulator(settings), on_started=lambda url: print(url, flush=True))
"""


def start_process(path: Path) -> tuple[subprocess.Popen[str], str]:
    process = subprocess.Popen([sys.executable, "-c", PROGRAM, str(path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


async def test_killed_while_dialling_no_row_is_lost_or_forgotten(tmp_path: Path) -> None:
    """Killed in the middle of loading and of dialling, the platform holds every row that it confirmed, once."""
    helper = create_simulator(SimulatorSettings())  # tells the key of the platform's real date
    today = helper.clock.now().strftime("%Y-%m-%d")
    process, url = start_process(tmp_path / "platform.db")
    try:
        async with httpx.AsyncClient(base_url=url, timeout=5) as http:
            platform = RawClient(http, helper)
            await platform.add_task(begindate=today, enddate="2099-12-31", maxretries=1)
            await platform.add_rows("1", *(f"1380013{n:04d}" for n in range(300)))
            await platform.set_status("1", "B")
            async with asyncio.timeout(10):
                while not (await platform.control("GET", "state"))["rows_by_status"].get("S"):
                    await asyncio.sleep(0.005)
            counts = await platform.control("GET", "state")
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        process, url = start_process(tmp_path / "platform.db")
        async with httpx.AsyncClient(base_url=url, timeout=5) as http:
            platform = RawClient(http, helper)
            assert (await platform.control("GET", "state"))["dialled_calls"] >= counts["dialled_calls"]
            await platform.wait_for_status("1", "F")
            state = await platform.control("GET", "state")
            assert state["rows"] == state["dialled_refs"] == 300
            assert state["refs_dialled_from_several_rows"] == []
            assert set(state["rows_by_status"]) == {"S", "F"}
            attempts = [int(row["retrytimes"]) for row in await platform.rows("1")]
            assert sum(attempts) == state["dialled_calls"]
            assert max(attempts) <= 2
    finally:
        process.kill()
        process.communicate()
