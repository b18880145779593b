"""Pause, resume and stop a campaign while calls are running."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from campaigns.clock import Clock
from campaigns.db.engine import Database
from campaigns.errors import InvalidTransitionError
from campaigns.exclusions import exclude_chunk
from campaigns.lifecycle import move_campaign, move_chunk
from campaigns.models import Campaign, Chunk, ExclusionRule
from campaigns.queries.campaigns import get_campaign_by_id
from campaigns.queries.chunks import find_chunks, find_unsettled_attempts
from campaigns.references import submission_name
from campaigns.run import CampaignRun
from campaigns.statuses import CampaignStatus, ChunkStatus
from connectors.contract import Connector, StageState

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class HoldReport:
    """What holding a campaign did, and what it could not do."""

    chunks_held: int
    calls_beyond_recall: int
    """Calls that are with a platform that cannot hold them back."""


async def pause_campaign(
    database: Database, connector: Connector, campaign_id: int, *, clock: Clock, actor: str, reason: str
) -> HoldReport:
    """Hand nothing more over, and hold back what the platform can hold back. Pausing twice changes nothing."""
    with database.writing() as db:
        campaign = get_campaign_by_id(db, campaign_id)
        if campaign.status != CampaignStatus.PAUSED:
            _require_moved(
                move_campaign(
                    db, campaign_id, CampaignStatus(campaign.status), CampaignStatus.PAUSED,
                    at=clock(), actor=actor, reason=reason,
                ),
                campaign, CampaignStatus.PAUSED,
            )  # fmt: skip
    logger.warning("campaign paused campaign=%s by=%s reason=%s", campaign_id, actor, reason)
    pause = connector.controlling.pause_stage if connector.controlling and connector.abilities.can_pause else None
    return await _for_accepted_chunks(database, campaign_id, pause)


async def resume_campaign(
    database: Database, connector: Connector, campaign_id: int, *, clock: Clock, actor: str
) -> HoldReport:
    """Go on where the campaign was paused. Resuming a running campaign continues what is still held back."""
    with database.writing() as db:
        campaign = get_campaign_by_id(db, campaign_id)
        if campaign.status != CampaignStatus.RUNNING:
            _require_moved(
                move_campaign(
                    db, campaign_id, CampaignStatus(campaign.status), CampaignStatus.RUNNING, at=clock(), actor=actor
                ),
                campaign, CampaignStatus.RUNNING,
            )  # fmt: skip
    logger.info("campaign resumed campaign=%s by=%s", campaign_id, actor)
    resume = connector.controlling.resume_stage if connector.controlling and connector.abilities.can_pause else None
    return await _for_accepted_chunks(database, campaign_id, resume)


async def stop_campaign(
    database: Database, connector: Connector, campaign_id: int, *, clock: Clock, actor: str, reason: str
) -> HoldReport:
    """End a campaign for good: what rings already goes on, nothing else will ring where the platform can be stopped.

    Chunks that were never handed over are withdrawn by the run that holds the lease (`withdraw_chunks`).
    """
    with database.writing() as db:
        campaign = get_campaign_by_id(db, campaign_id)
        if campaign.status != CampaignStatus.CANCELLED:
            _require_moved(
                move_campaign(
                    db, campaign_id, CampaignStatus(campaign.status), CampaignStatus.CANCELLED,
                    at=clock(), actor=actor, reason=reason,
                ),
                campaign, CampaignStatus.CANCELLED,
            )  # fmt: skip
    logger.warning("campaign stopped campaign=%s by=%s reason=%s", campaign_id, actor, reason)
    stop = connector.controlling.stop_stage if connector.controlling and connector.abilities.can_recall else None
    return await _for_accepted_chunks(database, campaign_id, stop)


async def withdraw_chunks(run: CampaignRun, rule: ExclusionRule, reason: str) -> int:
    """Take back every chunk that was not started: planned ones at once, loaded ones off the platform first.

    A chunk that turns out to be started counts as accepted and is watched to its end. Returns the chunks withdrawn.
    """
    with run.database.reading() as db:
        campaign = get_campaign_by_id(db, run.campaign_id)
        chunks = find_chunks(db, run.campaign_id, {ChunkStatus.PLANNED, ChunkStatus.SUBMITTING})
    withdrawn = 0
    for chunk in chunks:
        if chunk.submitted_at is not None:
            continue  # its one request may have left: it is unconfirmed, whoever finds it so
        started = await _take_off_platform(run, campaign, chunk) if chunk.status == ChunkStatus.SUBMITTING else None
        with run.database.writing() as db:
            run.lease.check(db)
            current = db.merge(chunk)
            if started is not None:
                move_chunk(
                    db, current, ChunkStatus.ACCEPTED, at=run.clock(), actor="withdrawal",
                    reason="it had been started already", stage_id=started, submitted_at=run.clock(),
                )  # fmt: skip
            elif move_chunk(db, current, ChunkStatus.CANCELLED, at=run.clock(), actor="withdrawal", reason=reason):
                exclude_chunk(db, current, rule, detail=reason, at=run.clock())
                withdrawn += 1
    return withdrawn


async def _take_off_platform(run: CampaignRun, campaign: Campaign, chunk: Chunk) -> str | None:
    """Discard what was loaded of a chunk; return the stage's id when it was started already."""
    staging = run.connector.staging
    if staging is None:
        return None  # handed over in one request, which never left
    for stage in await staging.find_stages(submission_name(campaign.name, chunk.reference)):
        if stage.state != StageState.OPEN:
            return stage.stage_id
        run.lease.require_held()
        await staging.discard_stage(stage.stage_id)
    return None


async def _for_accepted_chunks(
    database: Database, campaign_id: int, act: Callable[[str], Awaitable[None]] | None
) -> HoldReport:
    with database.reading() as db:
        chunks = find_chunks(db, campaign_id, {ChunkStatus.ACCEPTED})
        unsettled = sum(len(find_unsettled_attempts(db, chunk.id or 0)) for chunk in chunks)
    if act is None:
        return HoldReport(0, unsettled)
    for chunk in chunks:
        if chunk.stage_id is not None:
            await act(chunk.stage_id)
    return HoldReport(len(chunks), 0)


def _require_moved(moved: bool, campaign: Campaign, to_status: CampaignStatus) -> None:
    if not moved:
        raise InvalidTransitionError(
            campaign.status, to_status, what=f"campaign {campaign.name}", why="it just changed"
        )
