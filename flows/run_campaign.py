"""A campaign from its plan to its end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from prefect import flow, task

from campaigns.driving import drive_campaign
from campaigns.models import Chunk
from campaigns.planning import plan_campaign
from campaigns.queries.campaigns import get_campaign_by_id
from campaigns.statuses import CampaignStatus
from campaigns.submission import SubmissionCounts
from flows.account_limits import ensure_limit
from flows.opening import current_run, open_run
from flows.progress import ProgressArtifact, record_end
from flows.submit_chunk import submit_chunk
from flows.task_policies import flow_options, step_task_options


@flow(name="run-campaign", **flow_options("{campaign}"))
async def run_campaign(campaign: str, wait: bool = True) -> dict[str, Any]:
    """Plan what is not planned, hand it over, watch, retry, close. RINGS PHONES.

    `campaign` is the campaign's name ("name#2" for its second run). Killed or started twice, it ends the same: what
    is left to do stands in the ledger. With `wait` off it ends when only time could bring more to do.
    """
    async with open_run(campaign) as run:
        with run.database.reading() as db:
            status = get_campaign_by_id(db, run.campaign_id).status
        if status in (CampaignStatus.DRAFT, CampaignStatus.SCHEDULED):
            await plan(campaign)
        await ensure_limit(run.connector.account)
        progress = await ProgressArtifact.start(run)
        driven = await drive_campaign(run, submit=_submit, wait=wait, on_look=progress.note)
        await progress.stop()
        await record_end(run, driven.end)
        return {"end": driven.end.value}


@task(**step_task_options("plan", time_limit=timedelta(hours=1)))
async def plan(campaign: str) -> dict[str, int]:
    """Put the contacts that may be called into chunks; sends nothing."""
    counts = plan_campaign(current_run())
    return {"chunks": counts.chunks, "calls": counts.attempts, "held_back": counts.suppressed}


async def _submit(chunk: Chunk) -> SubmissionCounts:
    assert chunk.id is not None
    return SubmissionCounts(**await submit_chunk(chunk.id, chunk.reference))
