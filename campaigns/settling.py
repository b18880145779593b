"""Reports → outcomes: each attempt is settled once, whatever comes twice, late or otherwise."""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from campaigns.db.bulk import driver_time, insert_rows
from campaigns.differences import record_difference
from campaigns.models import Attempt, AttemptOutcome, Campaign, Chunk, DifferenceKind, EvidenceSource
from campaigns.references import read_call_ref
from connectors.contract import CallReport, Outcome

logger = logging.getLogger(__name__)

_COLUMNS = (
    "attempt_id", "campaign_id", "chunk_id", "outcome", "source", "report_key", "dialled_at", "answered_at", "ended_at",
    "ring_seconds", "talk_seconds", "dtmf_digits", "hangup_cause", "recording", "platform_call_id",
    "platform_attempts", "raw_codes", "settled_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SettleCounts:
    settled: int = 0
    outcomes: Mapping[Outcome, int] = field(default_factory=dict)
    """Of those settled now."""
    repeated: int = 0
    contradicting: int = 0
    foreign: int = 0


def settle_reports(
    db: Session,
    campaign: Campaign,
    chunk: Chunk,
    reports: Sequence[CallReport],
    *,
    source: EvidenceSource,
    at: datetime,
) -> SettleCounts:
    """Write the outcome of each attempt of `chunk` that has none yet. Effect: writes, in the caller's transaction.

    The first evidence stays. The same report again (same key, same outcome) is nothing new; one that tells another
    outcome, or another row for the same call, is kept beside it as a difference. Any order and any repetition of the
    same reports ends in the same outcomes and differences, except for which of two contradicting ones came first.
    """
    wanted = set(db.execute(select(col(Attempt.id)).where(col(Attempt.chunk_id) == chunk.id)).scalars())
    known = {
        attempt: (outcome, key)
        for attempt, outcome, key in db.execute(
            select(col(AttemptOutcome.attempt_id), col(AttemptOutcome.outcome), col(AttemptOutcome.report_key)).where(
                col(AttemptOutcome.chunk_id) == chunk.id
            )
        )
    }
    settled: dict[int, CallReport] = {}
    repeated = contradicting = foreign = 0
    for report in reports:
        attempt = read_call_ref(report.call_ref or "", campaign.reference)
        if attempt is None or attempt not in wanted:
            foreign += 1
            _note(
                db, campaign, chunk, DifferenceKind.FOREIGN_ROW, report, None, at,
                "the platform dialled a number in our task that we did not put there",
            )  # fmt: skip
            continue
        before = known.get(attempt)
        if before is None:
            known[attempt] = (report.outcome, report.report_key)
            settled[attempt] = report
            if report.outcome == Outcome.UNKNOWN:
                _note(
                    db, campaign, chunk, DifferenceKind.UNKNOWN_CODE, report, attempt, at,
                    "the platform ended the call with a code that is in no table",
                )  # fmt: skip
            continue
        outcome, key = before
        if key == report.report_key and outcome == report.outcome:
            repeated += 1
            continue
        contradicting += 1
        # an outcome without a key was no report: it was written because none came
        doubled = key not in ("", report.report_key)
        _note(
            db, campaign, chunk,
            DifferenceKind.DOUBLED_ROW if doubled else DifferenceKind.CONTRADICTING_REPORT, report, attempt, at,
            "the platform dialled this call a second time" if doubled
            else f"first reported as {outcome}, later as {report.outcome}",
        )  # fmt: skip
    rows = (_row(db, campaign, chunk, attempt, report, source, at) for attempt, report in sorted(settled.items()))
    insert_rows(db, AttemptOutcome, _COLUMNS, rows, skip_existing=True)
    outcomes = Counter(report.outcome for report in settled.values())
    return SettleCounts(len(settled), outcomes, repeated, contradicting, foreign)


def settle_unreported(
    db: Session,
    campaign: Campaign,
    chunk: Chunk,
    attempts: Mapping[int, Outcome],
    *,
    source: EvidenceSource,
    at: datetime,
) -> None:
    """Write an outcome for attempts that nobody will report on any more. Effect: writes."""
    columns = (
        "attempt_id", "campaign_id", "chunk_id", "outcome", "source", "report_key", "dtmf_digits", "hangup_cause",
        "recording", "platform_call_id", "platform_attempts", "raw_codes", "settled_at",
    )  # fmt: skip
    now = driver_time(db, at)
    rows: Iterable[tuple[object, ...]] = (
        (attempt, campaign.id, chunk.id, outcome.value, source.value, "", "", "", "", "", 0, "{}", now)
        for attempt, outcome in sorted(attempts.items())
    )
    insert_rows(db, AttemptOutcome, columns, rows, skip_existing=True)


def _row(
    db: Session,
    campaign: Campaign,
    chunk: Chunk,
    attempt: int,
    report: CallReport,
    source: EvidenceSource,
    at: datetime,
) -> tuple[object, ...]:
    def moment(value: datetime | None) -> str | datetime | None:
        return None if value is None else driver_time(db, value)

    return (
        attempt,
        campaign.id,
        chunk.id,
        report.outcome.value,
        source.value,
        report.report_key,
        moment(report.dialled_at),
        moment(report.answered_at),
        moment(report.ended_at),
        report.ring_seconds,
        report.talk_seconds,
        report.dtmf_digits,
        report.hangup_cause,
        report.recording,
        report.platform_call_id,
        report.platform_attempts,
        json.dumps(dict(report.raw_codes), ensure_ascii=False),
        driver_time(db, at),
    )


def _note(
    db: Session,
    campaign: Campaign,
    chunk: Chunk,
    kind: DifferenceKind,
    report: CallReport,
    attempt: int | None,
    at: datetime,
    detail: str,
) -> None:
    logger.warning("difference noticed campaign=%s chunk=%s kind=%s", campaign.id, chunk.reference, kind)
    record_difference(
        db,
        campaign,
        kind,
        evidence_key=f"{report.report_key}:{report.outcome}",
        detail=detail,
        at=at,
        chunk_id=chunk.id,
        attempt_id=attempt,
        evidence={"outcome": report.outcome, "report": report.report_key, **report.raw_codes},
    )
