"""Connector and simulated platform, written apart from the same manual, meet over a real port."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from connectors.contract import (
    CallingHours,
    CallingWindow,
    CallRequest,
    Connector,
    Message,
    MessageKind,
    StageState,
    Submission,
)
from connectors.errors import OutcomeUnknownError
from connectors.mvb2000.client import Mvb2000Client
from connectors.mvb2000.connector import open_connector
from connectors.mvb2000.simulator import SimulatorSettings, create_simulator
from connectors.simulation.faults import FaultDial, FaultDials, FaultKind
from connectors.simulation.server import SimulatorServer
from tests.connectors.mvb2000.fake_platform import NASTY, make_settings

ALL_DAY = CallingWindow(datetime.min.time(), datetime.max.time())
VOICE = Message(MessageKind.VOICE, voice_file="leavemsg")


def now() -> datetime:
    return datetime.now(UTC)


@asynccontextmanager
async def meeting(*dials: FaultDial, **platform: object) -> AsyncIterator[Connector]:
    simulator = create_simulator(
        SimulatorSettings.instant(
            faults=FaultDials(dials=dials), start=now().replace(hour=4), **{"max_page_rows": 7, **platform}
        )
    )
    async with (
        SimulatorServer(simulator) as server,
        open_connector("main", make_settings(base_url=f"{server.base_url}/webservice2/"), clock=now) as connector,
    ):
        yield connector


def submission(name: str = "chunk-1") -> Submission:
    today = now().date()
    hours = CallingHours("Asia/Shanghai", today - timedelta(days=1), today + timedelta(days=1), (ALL_DAY,))
    return Submission(name, VOICE, hours)


def call(number: int) -> CallRequest:
    """A call to an invented number."""
    return CallRequest(f"c-{number}", f"+861380013{number:04}", "CN", f"1380013{number:04}")


async def test_chunk_from_task_to_reports() -> None:
    """A chunk is laid out, read back, corrected, started and reported, row for row."""
    async with meeting() as connector:
        staging, reporting = connector.staging, connector.reporting
        assert staging is not None
        assert reporting is not None
        stage = await staging.open_stage(submission())
        assert await staging.find_stages("chunk-1") == [stage]
        await asyncio.gather(*(staging.stage_call(stage.stage_id, call(n)) for n in range(50)))
        await staging.stage_call(stage.stage_id, call(7))
        rows = [row async for page in staging.fetch_staged(stage.stage_id) for row in page]
        assert sorted(row.call_ref for row in rows) == sorted([*(f"c-{n}" for n in range(50)), "c-7"])
        await staging.unstage_calls(stage.stage_id, [rows[-1].row_id])
        await staging.start_stage(stage.stage_id)
        async with asyncio.timeout(20):
            while True:
                progress = await reporting.fetch_progress(stage.stage_id)
                assert progress is not None
                if progress.settled == progress.calls == 50 and progress.state is StageState.FINISHED:
                    break
                await asyncio.sleep(0.05)
        reports = [report async for page in reporting.fetch_reports(stage.stage_id) for report in page]
        assert sorted(report.call_ref or "" for report in reports) == sorted(f"c-{n}" for n in range(50))
        assert len({report.report_key for report in reports}) == 50
        assert [page async for page in reporting.fetch_unsettled(stage.stage_id)] == []


@pytest.mark.parametrize("kind", [FaultKind.DROP_AFTER, FaultKind.ERROR_AFTER, FaultKind.GARBLE, FaultKind.HALF_BODY])
async def test_addition_done_behind_a_lost_reply(kind: FaultKind) -> None:
    """On a connection in use, an addition whose reply is spoilt is unknown to us and done exactly once over there."""
    dial = FaultDial(kind=kind, operations=("addobdiallist",), nth=(2,))
    async with meeting(dial) as connector:
        assert connector.staging is not None
        stage = await connector.staging.open_stage(submission())
        await connector.staging.stage_call(stage.stage_id, call(1))
        with pytest.raises(OutcomeUnknownError):
            await connector.staging.stage_call(stage.stage_id, call(2))
        rows = [row async for page in connector.staging.fetch_staged(stage.stage_id) for row in page]
        assert [row.call_ref for row in rows] == ["c-1", "c-2"]


async def test_texts_survive_the_wire() -> None:
    """Blanks, plus signs, percent signs, ampersands and line ends in a text arrive as they are."""
    async with meeting() as connector:
        assert connector.staging is not None
        stage = await connector.staging.open_stage(submission(NASTY))
        assert await connector.staging.find_stages(NASTY) == [stage]
        request = call(1)
        await connector.staging.stage_call(
            stage.stage_id, CallRequest(NASTY, request.phone_number, "CN", request.national_number, (NASTY, "%2B+ "))
        )
        (row,) = [row async for page in connector.staging.fetch_staged(stage.stage_id) for row in page]
        assert row.call_ref == NASTY


async def test_account_is_in_order() -> None:
    """The look at an account finds a simulated platform in order, but for its clock, which was set."""
    async with meeting() as connector:
        assert connector.checking is not None
        findings = await connector.checking.check_account(message=VOICE)
        assert [finding.what for finding in findings if finding.is_problem and "clock" not in finding.what] == []


@pytest.mark.parametrize("days", [-1, 1])
async def test_platform_with_another_date(days: int) -> None:
    """A platform whose clock is a day off is spoken with all the same."""
    simulator = create_simulator(SimulatorSettings(start=now() + timedelta(days=days)))
    async with SimulatorServer(simulator) as server:
        client = Mvb2000Client("main", make_settings(base_url=f"{server.base_url}/webservice2"), clock=now)
        try:
            assert (await client.call("about")).errcode == 0
        finally:
            await client.aclose()
