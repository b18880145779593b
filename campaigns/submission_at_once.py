"""Hand a chunk over to a platform that takes it in one request and gives nothing back: say it once.

`chunk.submitted_at` tells how far it got: while the chunk is `submitting`, it is written, committed, right before the
bytes can leave, and taken back only when nothing took effect. A chunk that is found `submitting` with that time may
have been sent: it becomes `unconfirmed` and is never sent again without evidence or a person's decision.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass

from campaigns.campaign_file import load_definition
from campaigns.do_not_call_rules import suppress_in_chunk
from campaigns.exclusions import exclude_chunk
from campaigns.handing_over import describe_submission, require_allowed
from campaigns.lifecycle import move_chunk
from campaigns.models import Chunk, ExclusionRule
from campaigns.queries.campaigns import get_campaign_by_id
from campaigns.queries.chunks import find_chunks, get_chunk, has_outcome, load_calls, record_sending
from campaigns.run import CampaignRun
from campaigns.statuses import CHUNK_ACCEPTED_EVER, ChunkStatus
from campaigns.submission import SubmissionCounts
from connectors.contract import CallRequest, Submission
from connectors.errors import CallRejectedError, PlatformAccountError, TransientPlatformError

logger = logging.getLogger(__name__)

_ACTOR = "submission"


@dataclass(frozen=True, slots=True)
class _Prepared:
    submission: Submission
    calls: list[CallRequest]


async def submit_chunk_at_once(run: CampaignRun, chunk_id: int) -> SubmissionCounts:
    """Hand one chunk over in one request. RINGS PHONES, at most once, whatever happens.

    1. In one transaction: lease, campaign, hours, do-not-call list, the intent to send. Commit.
    2. Send, once.
    3. Taken → `accepted`. Refused → `refused`. Nothing took effect → the intent is taken back, to be tried again.
       Anything else, our own end included → `unconfirmed`.

    Raises `TransientPlatformError` and `PlatformAccountError` when nothing took effect, `NotAllowedNowError` when rules
    forbid it, `LeaseLostError` when another run took over, and `CallRejectedError` when the platform refused the chunk
    and never took one of this campaign: then the next would fare no better.
    """
    assert run.connector.submitting is not None, "this platform does not take chunks at once"
    began = time.monotonic()
    counts = SubmissionCounts(chunk=0)
    async with run.pace.request():
        run.lease.require_held()
        chunk, prepared = _prepare(run, chunk_id)
        counts.chunk = chunk.number
        if prepared is not None:
            counts.calls, counts.requests = len(prepared.calls), 1
            await _send_once(run, chunk, prepared)
    counts.status = _status(run, chunk_id)
    counts.unresolved = int(counts.status == ChunkStatus.UNCONFIRMED)
    counts.seconds = round(time.monotonic() - began, 3)
    return counts


def confirm_or_doubt(run: CampaignRun) -> int:
    """Move chunks that a run before this one may have sent to `unconfirmed`; return how many. Effect: writes."""
    doubted = 0
    with run.database.reading() as db:
        chunks = find_chunks(db, run.campaign_id, {ChunkStatus.SUBMITTING})
    for chunk in chunks:
        if chunk.submitted_at is not None and chunk.fence != run.lease.fence:
            _doubt(run, chunk.id or 0, "the run that was handing it over ended before the platform had answered")
            doubted += 1
    return doubted


def _prepare(run: CampaignRun, chunk_id: int) -> tuple[Chunk, _Prepared | None]:
    """Decide, and commit, that the chunk is about to be sent; nothing when it must not or need not be."""
    with run.database.writing() as db:
        run.lease.check(db)
        chunk = get_chunk(db, chunk_id)
        if chunk.status not in (ChunkStatus.PLANNED, ChunkStatus.SUBMITTING):
            return chunk, None
        may_have_been_sent = chunk.submitted_at is not None
        if not may_have_been_sent:
            campaign = get_campaign_by_id(db, chunk.campaign_id)
            definition = load_definition(campaign.definition)
            require_allowed(campaign, chunk, definition, run.clock())
            suppress_in_chunk(db, campaign, chunk_id, at=run.clock())
            calls = load_calls(db, campaign, chunk, definition)
            if not calls:
                reason = "every contact of it is held back"
                move_chunk(db, chunk, ChunkStatus.CANCELLED, at=run.clock(), actor=_ACTOR, reason=reason)
                return chunk, None
            if chunk.status == ChunkStatus.PLANNED:
                move_chunk(db, chunk, ChunkStatus.SUBMITTING, at=run.clock(), actor=_ACTOR)
            record_sending(db, chunk, run.clock(), fence=run.lease.fence)
            prepared = _Prepared(describe_submission(campaign, chunk, definition), calls)
    if may_have_been_sent:
        _doubt(run, chunk_id, "it was cut off while it was being handed over")
        return chunk, None
    return chunk, prepared


async def _send_once(run: CampaignRun, chunk: Chunk, prepared: _Prepared) -> None:
    assert run.connector.submitting is not None
    assert chunk.id is not None
    # The commit may have taken so long that another run could take over; the chunk then is unconfirmed, and unsent.
    run.lease.require_held()
    try:
        await run.connector.submitting.submit_calls(prepared.submission, prepared.calls)
    except (TransientPlatformError, PlatformAccountError):
        _take_back(run, chunk.id)
        raise
    except CallRejectedError as error:
        if not _refuse(run, chunk.id, str(error)):
            raise
    except Exception as error:
        _doubt(run, chunk.id, str(error))
        logger.warning("chunk unconfirmed chunk=%s error=%s", chunk.reference, type(error).__name__)
    except BaseException:
        # cancelled or interrupted: the request may be on its way
        _doubt(run, chunk.id, "it was cut off while it was being handed over")
        raise
    else:
        _accept(run, chunk.id, len(prepared.calls))


def _accept(run: CampaignRun, chunk_id: int, calls: int) -> None:
    with run.database.writing() as db:
        run.lease.check(db)
        chunk = get_chunk(db, chunk_id)
        moved = move_chunk(db, chunk, ChunkStatus.ACCEPTED, at=run.clock(), actor=_ACTOR)
    if moved:
        logger.info("chunk accepted chunk=%s calls=%s", chunk.reference, calls)


def _take_back(run: CampaignRun, chunk_id: int) -> None:
    with run.database.writing() as db:
        run.lease.check(db)
        record_sending(db, get_chunk(db, chunk_id), None, fence=run.lease.fence)


def _refuse(run: CampaignRun, chunk_id: int, reason: str) -> bool:
    """Record the refusal; return whether the platform ever took a chunk of this campaign."""
    with run.database.writing() as db:
        run.lease.check(db)
        chunk = get_chunk(db, chunk_id)
        move_chunk(db, chunk, ChunkStatus.REFUSED, at=run.clock(), actor=_ACTOR, reason=reason)
        exclude_chunk(db, chunk, ExclusionRule.PLATFORM_REFUSED, detail=reason, at=run.clock())
        logger.warning("chunk refused chunk=%s", chunk.reference)
        return bool(find_chunks(db, run.campaign_id, CHUNK_ACCEPTED_EVER))


def _doubt(run: CampaignRun, chunk_id: int, reason: str) -> None:
    """Record that nobody knows whether the platform has the chunk, unless a report has shown it already."""
    with run.database.writing() as db:
        run.lease.check(db)
        chunk = get_chunk(db, chunk_id)
        if chunk.status != ChunkStatus.SUBMITTING:
            return
        move_chunk(db, chunk, ChunkStatus.UNCONFIRMED, at=run.clock(), actor=_ACTOR, reason=reason)
        if has_outcome(db, chunk_id):
            proof = "the platform reported calls of it before it answered"
            move_chunk(db, chunk, ChunkStatus.ACCEPTED, at=run.clock(), actor=_ACTOR, reason=proof)


def _status(run: CampaignRun, chunk_id: int) -> str:
    with run.database.reading() as db:
        return get_chunk(db, chunk_id).status
