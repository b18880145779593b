"""Ask the platforms what became of the calls, settle attempts, close chunks."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlmodel import col

from campaigns.calling_hours import is_over
from campaigns.campaign_file import load_definition
from campaigns.differences import record_difference
from campaigns.lifecycle import move_chunk
from campaigns.models import AttemptOutcome, Campaign, Chunk, DifferenceKind, EvidenceSource
from campaigns.queries.campaigns import get_campaign_by_id
from campaigns.queries.chunks import find_chunks, find_unsettled_attempts, get_chunk
from campaigns.references import read_call_ref
from campaigns.run import CampaignRun
from campaigns.settling import settle_reports, settle_unreported
from campaigns.statuses import CampaignStatus, ChunkStatus
from connectors.contract import Outcome, ReportsCalls, StageProgress, StageState

logger = logging.getLogger(__name__)

_ACTOR = "watching"
_OVERLAP = timedelta(minutes=2)
"""Reports are asked for from so long before the last one known: platforms write them down a little late."""


@dataclass
class WatchCounts:
    """What one look at a campaign brought."""

    chunks: int = 0
    settled: Counter[Outcome] = field(default_factory=Counter)
    """Outcome → attempts settled by reports now."""
    closed: int = 0


async def watch_chunks(run: CampaignRun) -> WatchCounts:
    """Look once at every accepted chunk of a campaign whose platform is polled. Effect: writes outcomes.

    1. Ask for figures; only where more calls are settled than we know of are reports fetched.
    2. Fetch what settled since the newest report known, and everything when that is not enough.
    3. When the platform has ended the chunk, name what became of calls it never made.
    4. Close the chunk when every attempt has an outcome.
    """
    counts = WatchCounts()
    with run.database.reading() as db:
        campaign = get_campaign_by_id(db, run.campaign_id)
        chunks = find_chunks(db, run.campaign_id, {ChunkStatus.ACCEPTED})
    for chunk in chunks:
        counts.chunks += 1
        counts.settled += await _watch_chunk(run, campaign, chunk)
        counts.closed += close_if_settled(run, chunk)
    return counts


async def _watch_chunk(run: CampaignRun, campaign: Campaign, chunk: Chunk) -> Counter[Outcome]:
    reporting = run.connector.reporting
    assert reporting is not None, "this platform is not polled"
    assert chunk.stage_id is not None, "an accepted chunk of a staging platform has its stage"
    async with run.pace.request():
        progress = await reporting.fetch_progress(chunk.stage_id)
    settled: Counter[Outcome] = Counter()
    known, newest = _known_reports(run, chunk)
    if progress is not None and progress.settled > known:
        settled += await _fetch(run, reporting, chunk, since=newest)
        known, _ = _known_reports(run, chunk)
        if progress.settled > known and newest is not None:
            settled += await _fetch(run, reporting, chunk, since=None)
    over = is_over(load_definition(campaign.definition).hours(), run.clock())
    if progress is not None:
        await _hold_back(run, campaign, chunk.stage_id, progress.state, over=over)
    settled += await _settle_silent(run, reporting, campaign, chunk, progress, over=over)
    return settled


async def _hold_back(run: CampaignRun, campaign: Campaign, stage_id: str, state: StageState, *, over: bool) -> None:
    """Make sure that the platform does not dial for a campaign that is paused, stopped, or past its last day.

    A chunk may have been started in the very moment in which a person paused or stopped the campaign.
    """
    controlling = run.connector.controlling
    if controlling is None:
        return
    if (over or campaign.status == CampaignStatus.CANCELLED) and state in (StageState.STARTED, StageState.PAUSED):
        async with run.pace.request():
            await controlling.stop_stage(stage_id)
    elif campaign.status == CampaignStatus.PAUSED and state == StageState.STARTED:
        async with run.pace.request():
            await controlling.pause_stage(stage_id)


async def _fetch(
    run: CampaignRun, reporting: ReportsCalls, chunk: Chunk, *, since: datetime | None
) -> Counter[Outcome]:
    settled: Counter[Outcome] = Counter()
    settled_since = None if since is None else since - _OVERLAP
    async with run.pace.request():
        async for page in reporting.fetch_reports(chunk.stage_id or "", settled_since=settled_since):
            with run.database.writing() as db:
                run.lease.check(db)
                campaign = get_campaign_by_id(db, chunk.campaign_id)
                found = settle_reports(db, campaign, chunk, page, source=EvidenceSource.POLL, at=run.clock())
            settled.update(found.outcomes)
    return settled


def _known_reports(run: CampaignRun, chunk: Chunk) -> tuple[int, datetime | None]:
    """Return (outcomes that the platform reported, when the newest of these calls ended)."""
    with run.database.reading() as db:
        count, newest = db.execute(
            select(func.count(), func.max(col(AttemptOutcome.ended_at))).where(
                col(AttemptOutcome.chunk_id) == chunk.id, col(AttemptOutcome.source) == EvidenceSource.POLL
            )
        ).one()
    return count, newest


async def _settle_silent(
    run: CampaignRun,
    reporting: ReportsCalls,
    campaign: Campaign,
    chunk: Chunk,
    progress: StageProgress | None,
    *,
    over: bool,
) -> Counter[Outcome]:
    """Give an outcome to calls that will never be reported: the platform ended without them, or is silent too long."""
    settled: Counter[Outcome] = Counter()
    was_stopped = campaign.status == CampaignStatus.CANCELLED
    state = progress.state if progress else None
    has_ended = state == StageState.FINISHED or (state == StageState.STOPPED and (was_stopped or over))
    is_overdue = chunk.submitted_at is not None and run.clock() - chunk.submitted_at > run.settings.watching.lost_after
    if not (has_ended or is_overdue):
        return settled
    never_called: set[int] = set()
    if has_ended and progress is not None and _has_unknown_reports(run, chunk, progress):
        # Pages from before the end show rows as untouched that were dialled since; after a quiet period none does.
        await asyncio.sleep(run.settings.submission.quiet_period.total_seconds())
        settled += await _fetch(run, reporting, chunk, since=None)
    if progress is not None:
        async with run.pace.request():
            async for page in reporting.fetch_unsettled(chunk.stage_id or ""):
                attempts = (read_call_ref(row.call_ref, campaign.reference) for row in page if row.is_untouched)
                never_called.update(attempt for attempt in attempts if attempt is not None)
    with run.database.writing() as db:
        run.lease.check(db)
        outcomes = _outcomes_of_silent(
            find_unsettled_attempts(db, chunk.id or 0),
            never_called if has_ended else set(),
            was_stopped=was_stopped,
            is_overdue=is_overdue,
        )
        settle_unreported(db, campaign, chunk, outcomes, source=EvidenceSource.DEADLINE, at=run.clock())
        for attempt, outcome in outcomes.items():
            if outcome == Outcome.LOST:
                record_difference(
                    db,
                    campaign,
                    DifferenceKind.MISSING_ROW,
                    evidence_key=f"{chunk.reference}:{attempt}",
                    detail="the platform accepted this call and does not say any more what became of it",
                    at=run.clock(),
                    chunk_id=chunk.id,
                    attempt_id=attempt,
                )
    return settled


def _has_unknown_reports(run: CampaignRun, chunk: Chunk, progress: StageProgress) -> bool:
    """Say whether the platform counts more settled calls than we know of, while some of ours have no outcome."""
    known, _ = _known_reports(run, chunk)
    with run.database.reading() as db:
        return progress.settled > known and bool(find_unsettled_attempts(db, chunk.id or 0))


def _outcomes_of_silent(
    unsettled: list[int], never_called: set[int], *, was_stopped: bool, is_overdue: bool
) -> Mapping[int, Outcome]:
    """Decide what to write for attempts without a report; leaves out those worth waiting for."""
    outcomes: dict[int, Outcome] = {}
    for attempt in unsettled:
        if attempt in never_called:
            outcomes[attempt] = Outcome.CANCELLED if was_stopped else Outcome.EXPIRED
        elif is_overdue:
            outcomes[attempt] = Outcome.LOST
    return outcomes


def close_if_settled(run: CampaignRun, chunk: Chunk) -> bool:
    """Close an accepted chunk whose every attempt has an outcome; say whether it was closed now. Effect: writes."""
    with run.database.writing() as db:
        run.lease.check(db)
        current = get_chunk(db, chunk.id or 0)
        if current.status != ChunkStatus.ACCEPTED or find_unsettled_attempts(db, chunk.id or 0):
            return False
        return move_chunk(db, current, ChunkStatus.CLOSED, at=run.clock(), actor=_ACTOR, closed_at=run.clock())
