"""A campaign from plan to end against a simulated platform on a real port."""

from __future__ import annotations

import pytest

from campaigns.db.engine import Database
from campaigns.driving import DriveEnd, Driven, drive_campaign
from campaigns.models import Chunk
from campaigns.planning import plan_campaign
from campaigns.queries.identity import compute_identity
from campaigns.run import CampaignRun
from campaigns.submission import submit_staged_chunk
from connectors.mvb2000.simulator import Simulator
from tests.builders import make_campaign, make_number
from tests.campaigns.conftest import OpenRun, serve_simulator


async def drive(run: CampaignRun) -> Driven:
    async def submit(chunk: Chunk) -> object:
        assert chunk.id is not None
        return await submit_staged_chunk(run, chunk.id)

    plan_campaign(run)
    return await drive_campaign(run, submit=submit)  # type: ignore[arg-type]


def assert_each_once(simulator: Simulator, contacts: int) -> None:
    """The platform's own count: every reference and every number stood in one dialled row.

    A row may be dialled again by the platform itself: "no retry" cannot be asked of it.
    """
    rows = {(call.number, call.call_ref, call.row_id) for call in simulator.journal.calls}
    assert len(rows) == len({number for number, _, _ in rows}) == len({ref for _, ref, _ in rows}) == contacts


async def test_every_contact_is_called_once_and_settled(database: Database, open_run: OpenRun) -> None:
    """Each accepted contact is one row on the platform, dialled once, and the identity holds at the end."""
    campaign = make_campaign(database, [make_number(index, index % 10) for index in range(250)])
    async with (
        serve_simulator() as (simulator, base_url),
        open_run(database, campaign.id, base_url, max_calls_per_chunk=100) as run,
    ):
        driven = await drive(run)
    assert driven.end == DriveEnd.ENDED
    with database.reading() as db:
        identity = compute_identity(db, campaign.id)
    assert identity.holds
    assert identity.outcomes == identity.submitted == 250
    assert_each_once(simulator, 250)


@pytest.mark.parametrize("kind", ["drop_after", "drop_before", "error_before", "error_after", "garble", "half_body"])
async def test_lost_replies_do_not_double_or_lose_calls(sqlite: Database, open_run: OpenRun, kind: str) -> None:
    """One reply in ten goes wrong, and still every contact is dialled exactly once."""
    campaign = make_campaign(sqlite, [make_number(index, index % 10) for index in range(300)])
    faults = {"seed": 7, "dials": [{"kind": kind, "probability": 0.1}]}
    async with (
        serve_simulator(faults=faults) as (simulator, base_url),
        open_run(sqlite, campaign.id, base_url, max_calls_per_chunk=100) as run,
    ):
        driven = await drive(run)
    assert driven.end == DriveEnd.ENDED
    assert_each_once(simulator, 300)
