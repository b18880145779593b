"""The command itself, engine and all: `callsheet run` killed, started twice, and its Prefect server killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from campaigns.prefect_server import stop_server
from campaigns.prefect_server.paths import ServerPaths
from campaigns.prefect_server.record import read_record
from tests.proof.processes import wait_until
from tests.proof.world import CampaignShape, World

pytestmark = [pytest.mark.prefect, pytest.mark.slow]


@contextmanager
def commands(world: World) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Processes of the real command; whatever is left at the end is killed, and the engine stopped."""
    started: list[subprocess.Popen[bytes]] = []
    try:
        yield started
    finally:
        for process in started:
            kill(process)
        with suppress(ProcessLookupError):
            stop_server(world.folder / "var")


def start(world: World) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "campaigns", "--config", "callsheet.toml", "run", "campaign.yaml"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    with (world.folder / "runs.log").open("ab") as log:
        return subprocess.Popen(
            command, cwd=world.folder, env=environment, stdout=log, stderr=log, start_new_session=True
        )


def kill(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def test_the_command_is_killed_doubled_and_loses_its_engine() -> None:
    """Killed while it loads and while it starts, given twice, its Prefect server killed: each contact called once."""
    held = {"kind": "late_reply", "operations": ["addobdiallist", "setobtaskstatus"], "nth": [2, 9], "seconds": 2.0}
    shape = CampaignShape(contacts=60, chunk_size=15, chunks_in_flight=1, lease_ms=10_000)
    with World(shape, faults={"dials": [held]}) as world, commands(world) as started:
        started.append(start(world))
        assert wait_until(lambda: world.platform.counts()["addobdiallist"] >= 9, seconds=90, every=0.02), world.log()
        kill(started[0])
        started += [start(world), start(world)]
        assert wait_until(lambda: world.platform.counts()["setobtaskstatus"] >= 2, seconds=90, every=0.02), world.log()
        engine = read_record(ServerPaths.under(world.folder / "var").record)
        assert engine is not None
        os.kill(engine.process_id, signal.SIGKILL)
        assert wait_until(world.has_ended, seconds=120, every=0.1), world.log()
        assert [process.wait(90) for process in started[1:]] == [0, 0], world.log()
        verdict = world.judge()
    assert verdict.is_kept, str(verdict)
