"""Hand a staged chunk over: load, verify, start. Only the third step makes phones ring.

Why each step is safe, and what it relies on, is told in docs/decisions/0004-load-verify-start.md.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import ParamSpec, TypeVar

from campaigns.campaign_file import CampaignFile, load_definition
from campaigns.differences import record_difference
from campaigns.do_not_call_rules import suppress_in_chunk
from campaigns.exclusions import exclude_contact
from campaigns.handing_over import describe_submission, require_allowed
from campaigns.lifecycle import move_chunk
from campaigns.models import Campaign, Chunk, DifferenceKind, ExclusionRule
from campaigns.models.types import contact_of_attempt
from campaigns.queries.campaigns import get_campaign_by_id
from campaigns.queries.chunks import find_unsettled_attempts, get_chunk, load_calls, record_stage
from campaigns.references import call_ref, read_call_ref, submission_name
from campaigns.run import CampaignRun
from campaigns.statuses import ChunkStatus
from connectors.contract import CallRequest, Stage, StagedCall, StagesCalls, StageState
from connectors.errors import (
    CallRejectedError,
    OutcomeUnknownError,
    PlatformAccountError,
    PlatformUnavailableError,
    RateLimitedError,
    TransientPlatformError,
)

logger = logging.getLogger(__name__)

_ACTOR = "submission"

Arguments = ParamSpec("Arguments")
Reply = TypeVar("Reply")


@dataclass
class SubmissionCounts:
    """What handing one chunk over took; small enough to be a task's result."""

    chunk: int
    calls: int = 0
    requests: int = 0
    unresolved: int = 0
    added_again: int = 0
    surplus_removed: int = 0
    seconds: float = 0.0
    status: str = ""


@dataclass
class _Work:
    """One chunk being handed over, with all that the steps need."""

    run: CampaignRun
    staging: StagesCalls
    campaign: Campaign
    chunk: Chunk
    definition: CampaignFile
    counts: SubmissionCounts
    last_unresolved: float = -1e9
    """`time.monotonic()` when what the platform shows was last in doubt: a request ended without a reply, or a page
    told something else than what was sent."""
    calls: list[CallRequest] = field(default_factory=list)
    """As first read; who is held back later is left out of what is wanted."""
    refused: dict[str, str] = field(default_factory=dict)
    """Calls that the platform refuses for good: reference → its reason."""


async def submit_staged_chunk(run: CampaignRun, chunk_id: int) -> SubmissionCounts:
    """Hand one chunk over to a platform that stages calls. RINGS PHONES.

    1. Claim: the intent is committed under our fencing number before anything is sent.
    2. Find the stage by its name, or open it. One that another run may still be writing to is discarded first.
    3. Load what is missing, read everything back, mend, until the stage is the plan and no request is unresolved.
    4. Start, and read the state back; only then is the chunk accepted.

    Safe to kill at any line and to run again. Raises `TransientPlatformError` when it should be tried again later,
    `NotAllowedNowError` when hours or a pause forbid it, `LeaseLostError` when another run took over.
    """
    assert run.connector.staging is not None, "this platform does not stage calls"
    began = time.monotonic()
    work = _claim(run, run.connector.staging, chunk_id)
    if work.chunk.status == ChunkStatus.SUBMITTING:
        try:
            stage = await _find_or_open(work)
            if stage.state == StageState.OPEN:
                await _load_and_verify(work, stage)
                await _start(work, stage)
        except OutcomeUnknownError as error:
            # whatever it was, the next run looks before it does anything
            raise _later(work, error.operation, str(error)) from error
        _accept(work, stage)
    work.counts.status = work.chunk.status
    work.counts.seconds = round(time.monotonic() - began, 3)
    return work.counts


def _claim(run: CampaignRun, staging: StagesCalls, chunk_id: int) -> _Work:
    with run.database.writing() as db:
        run.lease.check(db)
        chunk = get_chunk(db, chunk_id)
        campaign = get_campaign_by_id(db, chunk.campaign_id)
        definition = load_definition(campaign.definition)
        work = _Work(run, staging, campaign, chunk, definition, SubmissionCounts(chunk=chunk.number))
        if chunk.status == ChunkStatus.PLANNED:
            require_allowed(campaign, chunk, definition, run.clock())
            suppress_in_chunk(db, campaign, chunk_id, at=run.clock())
            if find_unsettled_attempts(db, chunk_id):
                move_chunk(db, chunk, ChunkStatus.SUBMITTING, at=run.clock(), actor=_ACTOR, fence=run.lease.fence)
            else:
                reason = "every contact of it is held back"
                move_chunk(db, chunk, ChunkStatus.CANCELLED, at=run.clock(), actor=_ACTOR, reason=reason)
    return work


async def _find_or_open(work: _Work) -> Stage:
    name = submission_name(work.campaign.name, work.chunk.reference)
    stages = await _request(work, work.staging.find_stages, name)
    started = [stage for stage in stages if stage.state != StageState.OPEN]
    if started:
        return started[0]
    taken_over = work.chunk.fence != work.run.lease.fence
    if taken_over or stages:
        # A request of the try that was cut off may still be on its way through the platform.
        work.last_unresolved = time.monotonic()
    # A run that is not surely dead may wake up and send what it was about to send. That must land in a stage that
    # never rings. Of several stages of one name (the reply to the first creation was lost) one is enough.
    surplus = stages if taken_over and not work.run.lease.predecessor_is_dead else stages[1:]
    for stage in surplus:
        try:
            await _request(work, work.staging.discard_stage, stage.stage_id)
        except CallRejectedError as error:
            # What the sleeper sent last was the start: the next look finds the stage started, and accepts it.
            raise _later(work, "discard_stage", str(error)) from error
        logger.warning("stage discarded chunk=%s stage=%s", work.chunk.reference, stage.stage_id)
    stage = next((stage for stage in stages if stage not in surplus), None) or await _open(work, name)
    with work.run.database.writing() as db:
        work.run.lease.check(db)
        record_stage(db, work.chunk, stage.stage_id, fence=work.run.lease.fence)
    return stage


async def _open(work: _Work, name: str) -> Stage:
    submission = describe_submission(work.campaign, work.chunk, work.definition)
    for _ in range(work.run.settings.submission.verify_rounds):
        try:
            return await _request(work, work.staging.open_stage, submission)
        except OutcomeUnknownError:
            # It may be there: look before asking for another.
            work.last_unresolved = time.monotonic()
            await _quiet(work)
            stages = await _request(work, work.staging.find_stages, name)
            if stages:
                return stages[0]
    raise _later(work, "open_stage", "the platform does not say whether it created the task")


async def _load_and_verify(work: _Work, stage: Stage) -> None:
    for round_number in range(work.run.settings.submission.verify_rounds):
        calls = _calls_to_stage(work)
        await _quiet(work)
        read_from = time.monotonic()
        staged = await _read_back(work, stage)
        missing, surplus = _compare(work, calls, staged)
        if not missing and not surplus and work.last_unresolved < read_from:
            work.counts.calls = len(calls)
            return
        if surplus:
            await _request(work, work.staging.unstage_calls, stage.stage_id, surplus)
            work.counts.surplus_removed += len(surplus)
        if round_number:
            work.counts.added_again += len(missing)
        await _stage_calls(work, stage, missing)
        if round_number or surplus:
            # The page that called for mending may have been an old one, and the next may be as old.
            work.last_unresolved = time.monotonic()
        if len(work.refused) > work.run.settings.submission.refused_share * len(calls):
            reason = next(iter(work.refused.values()))
            raise PlatformAccountError(
                f"{len(work.refused):,} of {len(calls):,} calls are refused, the first because: {reason}",
                platform=work.chunk.platform,
                operation="stage_call",
            )
    raise _later(work, "verify", "the task does not become what was planned")


def _calls_to_stage(work: _Work) -> list[CallRequest]:
    """Read the plan again: a number may have come onto the do-not-call list, or been refused, since the last round."""
    with work.run.database.writing() as db:
        work.run.lease.check(db)
        suppress_in_chunk(db, work.campaign, work.chunk.id or 0, at=work.run.clock())
        for reference, reason in work.refused.items():
            attempt = read_call_ref(reference, work.campaign.reference)
            assert attempt is not None
            contact_id, _ = contact_of_attempt(attempt)
            exclude_contact(
                db, work.campaign, contact_id, ExclusionRule.PLATFORM_REFUSED, detail=reason, at=work.run.clock()
            )
        if not work.calls:
            work.calls = load_calls(db, work.campaign, work.chunk, work.definition)
        still_wanted = {
            call_ref(work.campaign.reference, attempt) for attempt in find_unsettled_attempts(db, work.chunk.id or 0)
        }
    return [call for call in work.calls if call.call_ref in still_wanted]


async def _read_back(work: _Work, stage: Stage) -> list[StagedCall]:
    async def read() -> list[StagedCall]:
        rows: dict[str, StagedCall] = {}
        async for page in work.staging.fetch_staged(stage.stage_id):
            work.run.lease.require_held()
            rows.update((row.row_id, row) for row in page)
        return list(rows.values())

    return await _request(work, read)


def _compare(work: _Work, calls: list[CallRequest], staged: list[StagedCall]) -> tuple[list[CallRequest], list[str]]:
    """Return (calls that are missing, row ids that are too many); foreign rows are written down and left alone."""
    wanted = {call.call_ref for call in calls}
    seen: set[str] = set()
    surplus: list[str] = []
    for row in sorted(staged, key=lambda row: (len(row.row_id), row.row_id)):
        if row.call_ref in wanted and row.call_ref not in seen:
            seen.add(row.call_ref)
        elif read_call_ref(row.call_ref, work.campaign.reference) is not None:
            surplus.append(row.row_id)
        else:
            _note_foreign(work, row)
    return [call for call in calls if call.call_ref not in seen], surplus


def _note_foreign(work: _Work, row: StagedCall) -> None:
    with work.run.database.writing() as db:
        work.run.lease.check(db)
        record_difference(
            db,
            work.campaign,
            DifferenceKind.FOREIGN_ROW,
            evidence_key=f"{work.chunk.reference}:{row.row_id}",
            detail=f"row {row.row_id} stands in our task and is not ours; it will be dialled by the platform",
            at=work.run.clock(),
            chunk_id=work.chunk.id,
        )


async def _stage_calls(work: _Work, stage: Stage, calls: list[CallRequest]) -> None:
    """Add calls, as many at once as the account allows; what fails is found by the next reading."""
    queue: Iterator[CallRequest] = iter(calls)
    trouble: list[Exception] = []

    async def worker() -> None:
        for call in queue:
            if trouble:
                return
            async with work.run.pace.request():
                work.run.lease.require_held()
                work.counts.requests += 1
                try:
                    await work.staging.stage_call(stage.stage_id, call)
                except OutcomeUnknownError:
                    work.counts.unresolved += 1
                    work.last_unresolved = time.monotonic()
                except RateLimitedError as error:
                    work.run.pace.slow_down(error.retry_after_seconds or 1.0)
                except CallRejectedError as error:
                    work.refused[call.call_ref] = str(error)
                except PlatformUnavailableError as error:
                    trouble.append(error)

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(min(work.run.pace.requests_in_flight, len(calls))):
                group.create_task(worker())
    except ExceptionGroup as group_of_errors:
        # a lost lease or a refused key meets many requests at once; the caller knows what to do about one
        raise group_of_errors.exceptions[0] from None
    if trouble:
        await asyncio.sleep(work.run.settings.submission.quiet_period.total_seconds())


async def _start(work: _Work, stage: Stage) -> None:
    for _ in range(work.run.settings.submission.verify_rounds):
        _require_still_allowed(work)
        try:
            await _request(work, work.staging.start_stage, stage.stage_id)
            return
        except OutcomeUnknownError:
            work.last_unresolved = time.monotonic()
            await _quiet(work)
            found = await _request(work, work.staging.fetch_stage, stage.stage_id)
            if found is not None and found.state != StageState.OPEN:
                return
    raise _later(work, "start_stage", "the platform does not say whether the task was started")


def _require_still_allowed(work: _Work) -> None:
    """Look once more, in one transaction, right before phones ring: lease, campaign, hours, do-not-call list."""
    with work.run.database.writing() as db:
        work.run.lease.check(db)
        campaign = get_campaign_by_id(db, work.chunk.campaign_id)
        require_allowed(campaign, work.chunk, work.definition, work.run.clock())
        newly_held_back = suppress_in_chunk(db, campaign, work.chunk.id or 0, at=work.run.clock())
    if newly_held_back:
        raise _later(work, "start_stage", "a number came onto the do-not-call list at the last moment")


def _accept(work: _Work, stage: Stage) -> None:
    with work.run.database.writing() as db:
        work.run.lease.check(db)
        moved = move_chunk(
            db,
            db.merge(work.chunk),
            ChunkStatus.ACCEPTED,
            at=work.run.clock(),
            actor=_ACTOR,
            stage_id=stage.stage_id,
            submitted_at=work.run.clock(),
        )
        work.chunk = get_chunk(db, work.chunk.id or 0)
    if moved:
        logger.info("chunk accepted chunk=%s calls=%s", work.chunk.reference, work.counts.calls)


async def _request(
    work: _Work, ask: Callable[Arguments, Awaitable[Reply]], *args: Arguments.args, **kwargs: Arguments.kwargs
) -> Reply:
    """Ask the platform at the account's pace, and only while the lease is surely ours."""
    async with work.run.pace.request():
        work.run.lease.require_held()
        return await ask(*args, **kwargs)


async def _quiet(work: _Work) -> None:
    """Let a request that got no reply come to rest, before what the platform shows is believed."""
    rest = work.last_unresolved + work.run.settings.submission.quiet_period.total_seconds() - time.monotonic()
    if rest > 0:
        await asyncio.sleep(rest)


def _later(work: _Work, operation: str, why: str) -> TransientPlatformError:
    return TransientPlatformError(
        f"chunk {work.chunk.reference} is left for later: {why}", platform=work.chunk.platform, operation=operation
    )
