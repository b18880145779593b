"""Pause, resume and stop while calls are running."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import select

from campaigns.clock import now
from campaigns.db.engine import Database
from campaigns.driving import DriveEnd, Driven, drive_campaign
from campaigns.holding import pause_campaign, resume_campaign, stop_campaign
from campaigns.models import Campaign, StatusChange
from campaigns.planning import plan_campaign
from campaigns.queries.campaigns import get_campaign_by_id
from campaigns.queries.identity import Identity, compute_identity
from campaigns.queries.progress import read_progress
from campaigns.run import CampaignRun
from campaigns.statuses import CampaignStatus
from campaigns.submission import submit_staged_chunk
from connectors.mvb2000.simulator import Simulator
from tests.builders import make_campaign, make_number
from tests.campaigns.conftest import OpenRun, serve_simulator

SLOW_CALLS = {"call_seconds_scale": 0.01, "global_parameters": {"maxcalls": "10"}}
"""Ten calls at a time, each some tenths of a second."""


@asynccontextmanager
async def driven_campaign(
    database: Database, open_run: OpenRun
) -> AsyncIterator[tuple[CampaignRun, Campaign, Simulator, asyncio.Task[Driven]]]:
    """A campaign of 120 people whose calls have begun to be settled."""
    campaign = make_campaign(database, [make_number(index) for index in range(120)])
    async with (
        serve_simulator(**SLOW_CALLS) as (simulator, base_url),
        open_run(database, campaign.id, base_url, max_calls_per_chunk=60) as run,
    ):
        plan_campaign(run)
        task = asyncio.create_task(drive_campaign(run, submit=lambda chunk: submit_staged_chunk(run, chunk.id or 0)))
        async with asyncio.timeout(20):
            while not settled(database, campaign):
                await asyncio.sleep(0.02)
        yield run, campaign, simulator, task
        if not task.done():
            task.cancel()
            await asyncio.wait([task])


def settled(database: Database, campaign: Campaign) -> int:
    with database.reading() as db:
        return read_progress(db, campaign.id or 0).settled


def identity_of(database: Database, campaign: Campaign) -> Identity:
    with database.reading() as db:
        return compute_identity(db, campaign.id or 0)


async def test_a_paused_campaign_dials_nobody_until_it_is_resumed(database: Database, open_run: OpenRun) -> None:
    """What the platform can hold back is held back at once; after resuming, everybody is called."""
    async with driven_campaign(database, open_run) as (run, campaign, simulator, task):
        held = await pause_campaign(
            database, run.connector, campaign.id or 0, clock=now, actor="Li", reason="complaints"
        )
        assert held.chunks_held >= 1
        assert held.calls_beyond_recall == 0
        async with asyncio.timeout(10):
            while simulator.dialler.calls_in_flight:
                await asyncio.sleep(0.02)
        dialled = len(simulator.journal.calls)
        assert dialled < 120
        await asyncio.sleep(0.3)  # long enough for a dozen calls, were anybody dialled
        assert len(simulator.journal.calls) == dialled
        await resume_campaign(database, run.connector, campaign.id or 0, clock=now, actor="Li")
        async with asyncio.timeout(60):
            driven = await task
    assert driven.end == DriveEnd.ENDED
    assert identity_of(database, campaign).outcomes == 120


async def test_a_stopped_campaign_explains_everybody(database: Database, open_run: OpenRun) -> None:
    """Who was not called any more is an outcome of its own, the identity holds, and the reason is on record."""
    async with driven_campaign(database, open_run) as (run, campaign, simulator, task):
        await stop_campaign(database, run.connector, campaign.id or 0, clock=now, actor="Li", reason="wrong list")
        async with asyncio.timeout(60):
            driven = await task
        dialled = {call.call_ref for call in simulator.journal.calls}
    assert driven.end == DriveEnd.ENDED
    identity = identity_of(database, campaign)
    assert identity.holds
    assert identity.is_settled
    assert len(dialled) < 120
    with database.reading() as db:
        assert get_campaign_by_id(db, campaign.id or 0).status == CampaignStatus.CANCELLED
        last = db.execute(select(StatusChange).where(StatusChange.to_status == "cancelled")).scalars().first()
        assert last is not None
        assert (last.actor, last.reason) == ("Li", "wrong list")
        outcomes = read_progress(db, campaign.id or 0).outcomes
    assert outcomes["cancelled"] + identity.suppressed == 120 - len(dialled)


async def test_pausing_twice_changes_nothing(sqlite: Database, open_run: OpenRun) -> None:
    """A second click on pause, and a second on resume, leave one trace each."""
    async with driven_campaign(sqlite, open_run) as (run, campaign, _, _task):
        for _ in range(2):
            await pause_campaign(sqlite, run.connector, campaign.id or 0, clock=now, actor="Li", reason="")
        for _ in range(2):
            await resume_campaign(sqlite, run.connector, campaign.id or 0, clock=now, actor="Li")
    with sqlite.reading() as db:
        moves = db.execute(select(StatusChange.to_status).where(StatusChange.chunk_id.is_(None))).scalars().all()
    assert moves.count("paused") == 1
    assert moves.count("running") == 2
