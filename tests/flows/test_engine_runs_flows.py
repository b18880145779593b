"""Flows run on the embedded server, survive its death, and try again only what is safe."""

from __future__ import annotations

import asyncio
import os
import signal
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from prefect import flow, task
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId, LogFilter, LogFilterFlowRunId
from prefect.logging import get_run_logger
from prefect.runtime import flow_run

from campaigns.orchestrator import run_flow, start_deployment
from campaigns.prefect_server import EngineUnavailableError, ServerHandle, ensure_server, leave_server
from campaigns.prefect_server.paths import ServerPaths
from campaigns.prefect_server.record import read_record
from connectors.errors import OutcomeUnknownError, PlatformError, PlatformUnavailableError
from flows.task_policies import chunk_task_options, flow_options, step_task_options

pytestmark = pytest.mark.prefect

_tries: list[str] = []
_ERRORS: dict[str, type[PlatformError]] = {"transient": PlatformUnavailableError, "unknown": OutcomeUnknownError}


def kill_server(engine: ServerHandle) -> None:
    record = read_record(ServerPaths.under(engine.data_directory).record)
    assert record is not None
    os.kill(record.process_id, signal.SIGKILL)


@task(**step_task_options("step {number}", time_limit=timedelta(minutes=1)))
async def step(number: int) -> int:
    return number


@task(**chunk_task_options("chunk {kind}", time_limit=timedelta(minutes=1)))
async def failing_chunk(kind: str) -> None:
    _tries.append(kind)
    raise _ERRORS[kind]("The platform failed.", platform="invented", operation="submit")


@flow(**flow_options("counting to {steps}"))
async def counting(steps: int) -> dict[str, object]:
    get_run_logger().info("counting begins")
    return {"sum": sum([await step(number) for number in range(steps)]), "run_id": flow_run.id}


@flow(**flow_options("losing the server"))
async def losing_the_server(data_directory: str, url: str) -> int:
    await step(1)
    kill_server(ServerHandle(url=url, ui_url=url, is_ours=True, data_directory=Path(data_directory)))
    return await step(2) + await step(3)


@flow(**flow_options("failing {kind}"))
async def failing(kind: str) -> None:
    await failing_chunk.with_options(retry_delay_seconds=[0.01])(kind)


async def test_a_lost_reply_is_never_tried_again(engine: ServerHandle) -> None:
    """A submission that may have taken effect is asked for once, and its own error comes out."""
    _tries.clear()
    with pytest.raises(OutcomeUnknownError):
        await run_flow(engine, f"{__name__}:failing", {"kind": "unknown"})
    assert _tries == ["unknown"]


async def test_a_transient_error_is_tried_again_four_times(engine: ServerHandle) -> None:
    """What is safe to repeat is repeated, and not for ever."""
    _tries.clear()
    with pytest.raises(PlatformUnavailableError):
        await run_flow(engine, f"{__name__}:failing", {"kind": "transient"})
    assert _tries == ["transient"] * 5


async def test_a_flow_outlives_its_server(engine: ServerHandle) -> None:
    """A server killed under a running flow is started again at its address, and the flow ends as it would have."""
    result = await run_flow(
        engine,
        f"{__name__}:losing_the_server",
        {"data_directory": str(engine.data_directory), "url": engine.url},
    )
    assert result == 5


async def test_a_server_that_stays_away_is_an_error_of_its_own(
    engine: ServerHandle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A shared server is not ours to start again: the caller learns that the run can be taken up later."""
    monkeypatch.delenv("PREFECT_API_URL")
    monkeypatch.delenv("PREFECT_HOME")
    # Prefect's client would be patient for two and a half minutes.
    monkeypatch.setenv("PREFECT_CLIENT_MAX_RETRIES", "0")
    shared = replace(ensure_server(tmp_path, linger=timedelta(seconds=5)), is_ours=False)
    try:
        with pytest.raises(EngineUnavailableError, match="went away while"):
            await run_flow(
                shared, f"{__name__}:losing_the_server", {"data_directory": str(tmp_path), "url": shared.url}
            )
        with pytest.raises(EngineUnavailableError, match="went away while"):
            await run_flow(shared, f"{__name__}:counting", {"steps": 1})
    finally:
        leave_server(tmp_path)


async def test_the_server_records_the_run_and_its_log(engine: ServerHandle) -> None:
    """Run name, final state, task runs and log lines can be read on the server afterwards."""
    result = await run_flow(engine, f"{__name__}:counting", {"steps": 3})
    assert result["sum"] == 3
    run_id = UUID(str(result["run_id"]))
    async with get_client() as client:
        (run,) = await client.read_flow_runs(flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=[run_id])))
        assert run.name == "counting to 3"
        assert run.state is not None
        assert run.state.is_completed()
        async with asyncio.timeout(30):
            own = LogFilter(flow_run_id=LogFilterFlowRunId(any_=[run_id]))
            while not (logs := await client.read_logs(own)):
                await asyncio.sleep(0.2)
            ours = FlowRunFilter(id=FlowRunFilterId(any_=[run_id]))
            while len(task_runs := await client.read_task_runs(flow_run_filter=ours)) < 3:
                await asyncio.sleep(0.2)
    assert "counting begins" in [log.message for log in logs]
    assert sorted(task_run.name for task_run in task_runs) == ["step 0", "step 1", "step 2"]


async def test_an_unknown_deployment_is_a_lookup_error(engine: ServerHandle) -> None:
    """Asking for a deployment that is not there says how to get it."""
    with pytest.raises(LookupError, match="callsheet serve"):
        await start_deployment(engine, "nothing/nowhere", {}, idempotency_key="1")


async def test_one_idempotency_key_gives_one_run(engine: ServerHandle) -> None:
    """A request that is repeated does not start a second run."""
    async with get_client() as client:
        flow_id = await client.create_flow_from_name("counting")
        await client.create_deployment(flow_id=flow_id, name="twice")
    first = await start_deployment(engine, "counting/twice", {"steps": 1}, idempotency_key="k1")
    assert await start_deployment(engine, "counting/twice", {"steps": 1}, idempotency_key="k1") == first
    assert await start_deployment(engine, "counting/twice", {"steps": 1}, idempotency_key="k2") != first
