"""Watch chunks of a platform that is not polled: apply its callbacks, pull its bills, and say when to stop waiting."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from campaigns.campaign_file import load_definition
from campaigns.differences import record_difference
from campaigns.evidence import EvidenceCounts, pull_bills
from campaigns.handing_over import describe_submission
from campaigns.inbox import apply_callbacks
from campaigns.models import Campaign, Chunk, DifferenceKind, EvidenceSource
from campaigns.queries.campaigns import get_campaign_by_id
from campaigns.queries.chunks import count_outcomes, find_chunks, find_unsettled_attempts
from campaigns.run import CampaignRun
from campaigns.settling import settle_unreported
from campaigns.statuses import ChunkStatus
from campaigns.submission_at_once import confirm_or_doubt
from campaigns.watching import WatchCounts, close_if_settled
from connectors.contract import Outcome
from connectors.errors import MalformedReplyError, PlatformError

logger = logging.getLogger(__name__)

_MAY_BE_REPORTED = frozenset({ChunkStatus.SUBMITTING, ChunkStatus.ACCEPTED, ChunkStatus.UNCONFIRMED})
_SHORTEST_SHARE = 12
"""While bills bring something they are pulled so many times as often as `bills_interval` says."""


@dataclass(frozen=True, slots=True)
class _Deadline:
    """When the silence about a chunk's calls means something."""

    at: datetime
    is_end_of_trying: bool
    """The platform has given up calls not made until then."""


class ToldWatch:
    """Looks at a campaign's chunks once each `look`; remembers only how often it asked, never what is true."""

    def __init__(self, run: CampaignRun) -> None:
        self._run = run
        self._pulled_until: datetime | None = None
        self._pull_pause = run.settings.watching.bills_interval / _SHORTEST_SHARE
        self._next_pull: datetime | None = None
        self._outcomes_seen: dict[int, int] = {}
        self._searched: dict[int, datetime] = {}
        """Chunk → when all bills since its submission were last asked for, once nothing more was to come."""
        self._has_been_searched: set[int] = set()
        """Of these, the ones for which the platform listed them."""

    async def look(self) -> WatchCounts:
        """Look once. Effect: writes outcomes.

        1. A chunk that an earlier run may have sent is unconfirmed.
        2. Apply the inbox; pull bills when it is time. A platform that refuses bills is no reason to stop: callbacks
           may settle everything.
        3. Once nothing more can come, read all bills of a chunk a last time and give its silent calls an outcome.
        4. Close the chunks whose every attempt has an outcome.
        """
        run, counts = self._run, WatchCounts()
        confirm_or_doubt(run)
        inbox = await asyncio.to_thread(apply_callbacks, run.database, run.connector, clock=run.clock)
        self._count(counts, inbox.evidence)
        with run.database.reading() as db:
            campaign = get_campaign_by_id(db, run.campaign_id)
            open_chunks = find_chunks(db, run.campaign_id, _MAY_BE_REPORTED)
        sent_at = [chunk.submitted_at for chunk in open_chunks if chunk.submitted_at is not None]
        if run.connector.bills is not None and sent_at:
            self._count(counts, await self._pull_if_due(min(sent_at)))
        for chunk in open_chunks:
            if chunk.status in (ChunkStatus.ACCEPTED, ChunkStatus.UNCONFIRMED):
                self._count(counts, await self._end_of_waiting(campaign, chunk))
        self._close(counts)
        return counts

    def _count(self, counts: WatchCounts, evidence: EvidenceCounts) -> None:
        counts.settled.update(evidence.outcomes.get(self._run.campaign_id, {}))

    async def _pull_if_due(self, earliest: datetime) -> EvidenceCounts:
        run, now = self._run, self._run.clock()
        if self._next_pull is not None and now < self._next_pull:
            return EvidenceCounts()
        found = await self._pull(self._pulled_until or earliest, now)
        interval = run.settings.watching.bills_interval
        if found is not None:
            self._pulled_until = now
        if found is not None and found.settled:
            self._pull_pause = interval / _SHORTEST_SHARE
        else:
            self._pull_pause = min(interval, self._pull_pause * 1.5)
        self._next_pull = now + self._pull_pause
        return found or EvidenceCounts()

    async def _pull(self, since: datetime, until: datetime) -> EvidenceCounts | None:
        """Pull bills; None when the platform would not, or could not, list them."""
        run = self._run
        try:
            async with run.pace.request():
                return await pull_bills(run.database, run.connector, since, until, clock=run.clock)
        except MalformedReplyError as error:
            logger.error("bills not understood campaign=%s exchange=%s", run.campaign_id, error.exchange_id)
        except PlatformError as error:
            logger.warning("bills not pulled campaign=%s error=%s", run.campaign_id, error)
        return None

    async def _end_of_waiting(self, campaign: Campaign, chunk: Chunk) -> EvidenceCounts:
        """Read all bills of a chunk a last time once the wait for it is over, and settle what stays silent."""
        deadline = self._deadline(campaign, chunk)
        now = self._run.clock()
        if deadline is None or now < deadline.at:
            return EvidenceCounts()
        chunk_id, found = chunk.id or 0, EvidenceCounts()
        assert chunk.submitted_at is not None
        if self._run.connector.bills is not None and self._may_search(chunk, now):
            self._searched[chunk_id] = now
            last_look = await self._pull(chunk.submitted_at, now)
            if last_look is not None:
                found = last_look
                self._has_been_searched.add(chunk_id)
        if chunk.status == ChunkStatus.ACCEPTED:
            was_searched = chunk_id in self._has_been_searched
            patience = self._run.settings.watching.evidence_wait
            if was_searched or self._run.connector.bills is None or now >= deadline.at + patience:
                self._settle_silent(campaign, chunk, is_expired=deadline.is_end_of_trying and was_searched)
        return found

    def _may_search(self, chunk: Chunk, now: datetime) -> bool:
        """Search again, now and then, while that fails or the chunk stays unconfirmed."""
        chunk_id = chunk.id or 0
        if chunk_id in self._has_been_searched and chunk.status == ChunkStatus.ACCEPTED:
            return False
        searched = self._searched.get(chunk_id)
        return searched is None or now - searched >= self._run.settings.watching.bills_interval

    def _deadline(self, campaign: Campaign, chunk: Chunk) -> _Deadline | None:
        watching = self._run.settings.watching
        if chunk.submitted_at is None:
            return None
        if chunk.status == ChunkStatus.UNCONFIRMED:
            return _Deadline(chunk.submitted_at + watching.evidence_wait, is_end_of_trying=False)
        dropping = self._run.connector.dropping
        if dropping is not None:
            submission = describe_submission(campaign, chunk, load_definition(campaign.definition))
            dropped_after = dropping.dropped_after(submission, chunk.submitted_at)
            if dropped_after is not None:
                return _Deadline(dropped_after + watching.evidence_wait, is_end_of_trying=True)
        return _Deadline(chunk.submitted_at + watching.lost_after, is_end_of_trying=False)

    def _settle_silent(self, campaign: Campaign, chunk: Chunk, *, is_expired: bool) -> None:
        run = self._run
        outcome = Outcome.EXPIRED if is_expired else Outcome.LOST
        detail = (
            "the platform's day is over and neither a callback nor a bill names this call: not called, as far as known"
            if is_expired
            else "the platform accepted this call and does not say what became of it"
        )
        with run.database.writing() as db:
            run.lease.check(db)
            silent = find_unsettled_attempts(db, chunk.id or 0)
            outcomes = dict.fromkeys(silent, outcome)
            settle_unreported(db, campaign, chunk, outcomes, source=EvidenceSource.DEADLINE, at=run.clock())
            for attempt in silent:
                record_difference(
                    db,
                    campaign,
                    DifferenceKind.MISSING_ROW,
                    evidence_key=f"{chunk.reference}:{attempt}",
                    detail=detail,
                    at=run.clock(),
                    chunk_id=chunk.id,
                    attempt_id=attempt,
                )
        if silent:
            logger.warning("calls without a report chunk=%s calls=%s outcome=%s", chunk.reference, len(silent), outcome)

    def _close(self, counts: WatchCounts) -> None:
        """Look closely only at chunks whose number of outcomes changed."""
        run = self._run
        with run.database.reading() as db:
            accepted = find_chunks(db, run.campaign_id, {ChunkStatus.ACCEPTED})
            settled = count_outcomes(db, [chunk.id for chunk in accepted if chunk.id is not None])
        counts.chunks = len(accepted)
        for chunk in accepted:
            chunk_id = chunk.id or 0
            if self._outcomes_seen.get(chunk_id) != settled.get(chunk_id, 0):
                self._outcomes_seen[chunk_id] = settled.get(chunk_id, 0)
                counts.closed += close_if_settled(run, chunk)


def find_undecided(chunks: list[Chunk], now: datetime, evidence_wait: timedelta) -> list[Chunk]:
    """Return the unconfirmed chunks for which evidence was sought long enough: a person must decide."""
    return [
        chunk
        for chunk in chunks
        if chunk.status == ChunkStatus.UNCONFIRMED and now - (chunk.submitted_at or chunk.planned_at) >= evidence_wait
    ]


def ask_for_decision(campaign: Campaign, undecided: list[Chunk]) -> str:
    """Return the sentence that asks a person about unconfirmed chunks, with the command to type."""
    first = undecided[0]
    calls = sum(chunk.size for chunk in undecided)
    what = f"chunk {first.number} is" if len(undecided) == 1 else f"{len(undecided)} chunks are"
    name = campaign.name if campaign.run_number == 1 else f"{campaign.name}#{campaign.run_number}"
    return (
        f"{what} unconfirmed ({calls:,} calls): the platform never said whether it took them, and no callback or bill "
        f'has named them. Decide: callsheet decide "{name}" {first.number} --accept, --resubmit or --give-up'
    )
