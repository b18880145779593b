"""Many starts, a big file, a database that goes away: one campaign each."""

from __future__ import annotations

import pytest

from tests.postgresql import PostgresqlServer
from tests.proof.playing import lead_to_end, play
from tests.proof.postgresql import fragile_postgresql
from tests.proof.processes import wait_until
from tests.proof.schedules import Event, EventKind, Schedule
from tests.proof.world import CampaignShape, World


def test_twenty_starts_at_once_are_one_campaign() -> None:
    """The same command is given twenty times in one moment: one campaign, each contact called once."""
    with World(CampaignShape(contacts=30)) as world:
        for _ in range(20):
            world.start_run()
        assert lead_to_end(world), world.log()
        assert wait_until(lambda: not world.living(), seconds=20), "a run goes on after the campaign has ended"
        assert {run.exit_code for run in world.runs} == {0}, world.log()
        verdict = world.judge()
    assert verdict.is_kept, str(verdict)


@pytest.mark.parametrize("commit", [2, 4, 6])
def test_a_list_whose_import_was_killed_is_imported_whole(commit: int) -> None:
    """Killed in the middle of a file of many batches, the next run imports every row, once."""
    shape = CampaignShape(contacts=20, refused_rows=60_000)
    with World(shape) as world:
        run = world.start_run(dies_before_commit=commit)
        assert run.wait(20)
        assert run.exit_code == -9
        world.start_run()
        assert lead_to_end(world), world.log()
        verdict = world.judge()
    assert verdict.is_kept, str(verdict)


@pytest.mark.postgresql
@pytest.mark.parametrize("operation", ["addobdiallist", "setobtaskstatus", "gettaskreport"])
def test_a_database_that_goes_away_doubles_and_loses_nobody(operation: str) -> None:
    """PostgreSQL is stopped at once and started again while rows are loaded, started, or asked about."""
    held = {"kind": "late_reply", "operations": [operation], "nth": [2], "seconds": 0.5}
    with (
        fragile_postgresql() as server,
        World(CampaignShape(), database_url=server.create_database(), faults={"dials": [held]}) as world,
    ):
        world.start_run()
        assert wait_until(lambda: world.platform.counts()[operation] >= 2, seconds=20), world.log()
        server.restart(seconds_away=0.7)
        assert lead_to_end(world), world.log()
        verdict = world.judge()
    assert verdict.is_kept, f"{verdict}\n{world.starts}"


@pytest.mark.postgresql
def test_kills_and_sleepers_on_postgresql(postgresql: PostgresqlServer) -> None:
    """The ledger on PostgreSQL keeps the promise under kills, double starts and a run that sleeps past its lease."""
    schedule = Schedule(
        7,
        CampaignShape(lease_ms=1000),
        ({"kind": "drop_after", "probability": 0.1},),
        (
            Event(EventKind.KILL, "addobdiallist", 5),
            Event(EventKind.START_MORE, "addobdiallist", 10, count=5),
            Event(EventKind.SLEEP, "addobdiallist", 20),
            Event(EventKind.KILL, "setobtaskstatus", 2),
        ),
    )
    played = play(schedule, database_url=postgresql.create_database())
    assert played.verdict.is_kept, played.explain()
