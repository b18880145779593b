"""Handing a chunk over while the lease or the account goes away in the middle of the loading."""

from __future__ import annotations

import asyncio

import pytest

from campaigns.clock import now
from campaigns.db.engine import Database
from campaigns.errors import LeaseLostError
from campaigns.lifecycle import move_campaign
from campaigns.planning import plan_campaign
from campaigns.queries.chunks import find_chunks
from campaigns.run import CampaignRun
from campaigns.statuses import CampaignStatus, ChunkStatus
from campaigns.submission import submit_staged_chunk
from connectors.errors import PlatformAccountError
from tests.builders import make_campaign, make_number
from tests.campaigns.conftest import OpenRun, serve_simulator


def planned_chunk(run: CampaignRun) -> int:
    """Plan a running campaign of one chunk."""
    plan_campaign(run)
    with run.database.writing() as db:
        move_campaign(db, run.campaign_id, CampaignStatus.SCHEDULED, CampaignStatus.RUNNING, at=now(), actor="a test")
        (chunk,) = find_chunks(db, run.campaign_id, {ChunkStatus.PLANNED})
    assert chunk.id is not None
    return chunk.id


async def test_a_lease_lost_while_loading_is_told_as_what_it_is(sqlite: Database, open_run: OpenRun) -> None:
    """Many requests are in flight when the lease ends; the caller sees one `LeaseLostError`, not a group of them."""
    campaign = make_campaign(sqlite, [make_number(index) for index in range(60)])
    faults = {"dials": [{"kind": "late_reply", "operations": ["addobdiallist"], "probability": 1, "seconds": 0.02}]}
    async with (
        serve_simulator(faults=faults) as (simulator, base_url),
        open_run(sqlite, campaign.id, base_url, requests_in_flight=4) as run,
    ):
        submitting = asyncio.create_task(submit_staged_chunk(run, planned_chunk(run)))
        while simulator.state.faults.requests["addobdiallist"] < 8:
            await asyncio.sleep(0.002)
        run.lease.held_until = 0
        with pytest.raises(LeaseLostError):
            await submitting
    assert not simulator.journal.calls


async def test_a_key_refused_while_loading_is_told_as_what_it_is(sqlite: Database, open_run: OpenRun) -> None:
    """The platform refuses the key in the middle of the rows: an account error, so that the campaign pauses itself."""
    campaign = make_campaign(sqlite, [make_number(index) for index in range(30)])
    faults = {
        "dials": [{"kind": "refuse", "operations": ["addobdiallist"], "probability": 1, "first": 5, "error_code": 9999}]
    }
    async with (
        serve_simulator(faults=faults) as (simulator, base_url),
        open_run(sqlite, campaign.id, base_url) as run,
    ):
        with pytest.raises(PlatformAccountError):
            await submit_staged_chunk(run, planned_chunk(run))
    assert not simulator.journal.calls
