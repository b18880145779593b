"""Evidence that comes by itself or is pulled: callbacks and bills → outcomes, and chunks proven to be accepted.

A record that names a chunk proves that the platform took the chunk, for it was said in one request: an unconfirmed
chunk becomes accepted, and is watched to its end. The record settles only the number that it names.

No lease is needed to apply evidence: what it writes is append-only, repeats change nothing, and the chunk's row is
locked while its calls are settled, so that of two contradicting reports one always sees the other.
"""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from campaigns.clock import Clock
from campaigns.correlating import DialledNumbers, read_chunk_reference
from campaigns.db.engine import Database
from campaigns.differences import record_difference
from campaigns.lifecycle import move_chunk
from campaigns.models import Attempt, Campaign, Chunk, Contact, DifferenceKind, EvidenceSource
from campaigns.queries.campaigns import get_campaign_by_id
from campaigns.references import call_ref
from campaigns.settling import settle_reports
from campaigns.statuses import CHUNK_HANDED_OVER, ChunkStatus
from connectors.contract import CallReport, Connector, Outcome

logger = logging.getLogger(__name__)

_ACTOR = "evidence"


@dataclass
class EvidenceCounts:
    """What reports brought."""

    reports: int = 0
    settled: int = 0
    outcomes: dict[int, Counter[Outcome]] = field(default_factory=lambda: defaultdict(Counter))
    """Campaign id → outcomes of the calls settled now."""
    repeated: int = 0
    differing: int = 0
    unknown: int = 0
    """Reports of calls that are not ours."""
    chunks_proven: int = 0
    """Unconfirmed chunks that turned out to be accepted."""

    def add(self, other: EvidenceCounts) -> None:
        self.reports += other.reports
        self.settled += other.settled
        for campaign_id, outcomes in other.outcomes.items():
            self.outcomes[campaign_id].update(outcomes)
        self.repeated += other.repeated
        self.differing += other.differing
        self.unknown += other.unknown
        self.chunks_proven += other.chunks_proven


def settle_evidence(
    db: Session, account: str, reports: Sequence[CallReport], *, source: EvidenceSource, at: datetime
) -> tuple[EvidenceCounts, set[str]]:
    """Settle what an account's platform reports, for whichever campaigns. Effect: writes, in the caller's transaction.

    Returns counts, and the submission names that are none of ours.
    """
    counts = EvidenceCounts(reports=len(reports))
    by_chunk: dict[str, list[CallReport]] = defaultdict(list)
    for report in reports:
        by_chunk[read_chunk_reference(report.submission_name)].append(report)
    strange: set[str] = set()
    for reference, named in sorted(by_chunk.items()):  # in one order everywhere: two appliers never lock crosswise
        chunk = _lock_chunk(db, account, reference)
        if chunk is None or chunk.status == ChunkStatus.PLANNED:
            counts.unknown += len(named)
            strange.add(reference)
        elif chunk.status in CHUNK_HANDED_OVER:
            _settle(db, chunk, named, counts, source=source, at=at)
        else:
            _contradict(db, chunk, named, at=at)
            counts.differing += len(named)
    return counts, strange


async def pull_bills(
    database: Database, connector: Connector, since: datetime, until: datetime, *, clock: Clock
) -> EvidenceCounts:
    """Read what the platform charges for a stretch of time and settle it. Pulling a stretch again changes nothing.

    Raises the connector's errors; the pages read until then are settled.
    """
    assert connector.bills is not None, "this platform lists no bills"
    counts = EvidenceCounts()
    async for page in connector.bills.fetch_bills(since, until):
        with database.writing() as db:
            found, _ = settle_evidence(db, connector.account, page, source=EvidenceSource.BILL, at=clock())
        counts.add(found)
    if counts.settled or counts.chunks_proven:
        logger.info("bills applied account=%s settled=%s repeated=%s differing=%s chunks_proven=%s",
            connector.account, counts.settled, counts.repeated, counts.differing, counts.chunks_proven,
        )  # fmt: skip
    return counts


def _lock_chunk(db: Session, account: str, reference: str) -> Chunk | None:
    statement = select(Chunk).where(col(Chunk.reference) == reference, col(Chunk.account) == account)
    return db.execute(statement.with_for_update()).scalar_one_or_none() if reference else None


def _settle(
    db: Session,
    chunk: Chunk,
    reports: Sequence[CallReport],
    counts: EvidenceCounts,
    *,
    source: EvidenceSource,
    at: datetime,
) -> None:
    campaign = get_campaign_by_id(db, chunk.campaign_id)
    matched = _match(db, campaign, chunk, reports)
    found = settle_reports(db, campaign, chunk, matched, source=source, at=at)
    counts.settled += found.settled
    counts.outcomes[chunk.campaign_id].update(found.outcomes)
    counts.repeated += found.repeated
    counts.differing += found.contradicting + found.foreign
    is_named = len(matched) > found.foreign
    if chunk.status == ChunkStatus.UNCONFIRMED and is_named:
        reason = f"the platform reports calls of it by {source}"
        if move_chunk(db, chunk, ChunkStatus.ACCEPTED, at=at, actor=_ACTOR, reason=reason):
            counts.chunks_proven += 1
            logger.info("chunk proven accepted chunk=%s source=%s", chunk.reference, source)


def _match(db: Session, campaign: Campaign, chunk: Chunk, reports: Sequence[CallReport]) -> list[CallReport]:
    """Give each report the reference of its call, by its number; one that fits no call of the chunk keeps none."""
    rows = db.execute(
        select(col(Attempt.id), col(Contact.phone_number))
        .join(Contact, col(Contact.id) == col(Attempt.contact_id))
        .where(col(Attempt.chunk_id) == chunk.id)
    ).tuples()
    numbers = DialledNumbers(rows)
    matched = []
    for report in reports:
        attempt = numbers.find(report.dialled_number)
        reference = None if attempt is None else call_ref(campaign.reference, attempt)
        matched.append(replace(report, call_ref=reference))
    return matched


def _contradict(db: Session, chunk: Chunk, reports: Sequence[CallReport], *, at: datetime) -> None:
    """Name calls of a chunk that should never have rung: refused, given up, put to the platform anew, or withdrawn."""
    campaign = get_campaign_by_id(db, chunk.campaign_id)
    for report in _match(db, campaign, chunk, reports):
        record_difference(
            db,
            campaign,
            DifferenceKind.CONTRADICTING_REPORT,
            evidence_key=f"{report.report_key}:{report.outcome}",
            detail=f"the platform reports a call of a chunk that counts as {chunk.status}",
            at=at,
            chunk_id=chunk.id,
            evidence={"outcome": report.outcome, "report": report.report_key, **report.raw_codes},
        )
