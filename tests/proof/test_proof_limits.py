"""What remains possible by the platform's interface is not proven away: it is noticed."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlmodel import col

from campaigns.models import Difference, DifferenceKind
from tests.proof.playing import lead_to_end, play
from tests.proof.schedules import Event, EventKind, Schedule
from tests.proof.world import CampaignShape, World


def test_a_row_that_appears_after_the_start_is_dialled_twice_and_noticed() -> None:
    """A platform that applies a row later than the quiet period doubles it; the ledger names the difference."""
    late = {"kind": "late_apply", "operations": ["addobdiallist"], "nth": [5], "seconds": 0.4}
    held = {"kind": "delay", "operations": ["setobtaskstatus"], "nth": [1], "seconds": 0.5}
    # calls of half a minute last a third of a second, so that the row finds its task still dialling
    shape = CampaignShape(contacts=12, chunk_size=12, quiet_period_ms=50, platform={"call_seconds_scale": 0.01})
    with World(shape, faults={"dials": [late, held]}) as world:
        world.start_run()
        assert lead_to_end(world), world.log()
        verdict = world.judge()
        with world.database.reading() as db:
            kinds = db.execute(select(col(Difference.kind))).scalars().all()
    assert len(verdict.put_twice) == 2, "one call, and the one number of it"
    assert not verdict.lost
    assert not verdict.unexplained
    assert DifferenceKind.DOUBLED_ROW in kinds


@pytest.mark.slow
def test_a_sleepers_start_that_lands_while_its_task_is_deleted_is_seen() -> None:
    """The platform refuses to delete a running task: the run that took over accepts it instead of calling again."""
    schedule = Schedule(
        1,
        CampaignShape(
            contacts=24,
            chunk_size=12,
            chunks_in_flight=1,
            requests_in_flight=1,
            lease_ms=1000,
            read_timeout_seconds=10,
            platform={"call_seconds_scale": 0.02},
        ),
        (
            {"kind": "delay", "operations": ["setobtaskstatus"], "nth": [1], "seconds": 4},
            {"kind": "delay", "operations": ["delobdiallist", "delobtask"], "nth": [1], "seconds": 5},
        ),
        (Event(EventKind.SLEEP, "setobtaskstatus", 1),),
    )
    played = play(schedule)
    assert played.verdict.is_kept, played.explain()
