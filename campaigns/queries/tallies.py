"""Counts by reason, rule and outcome."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlmodel import Session, col

from campaigns.models import Attempt, AttemptOutcome, Exclusion, RowRefusal
from connectors.contract import Outcome


def count_refusals(db: Session, campaign_id: int) -> dict[str, int]:
    """Return reason → refused rows."""
    statement = select(col(RowRefusal.reason), func.count()).where(col(RowRefusal.campaign_id) == campaign_id)
    return dict(db.execute(statement.group_by(col(RowRefusal.reason))).tuples().all())


def count_exclusions(db: Session, campaign_id: int) -> dict[str, int]:
    """Return rule → contacts held back."""
    statement = select(col(Exclusion.rule), func.count()).where(col(Exclusion.campaign_id) == campaign_id)
    return {str(rule): count for rule, count in db.execute(statement.group_by(col(Exclusion.rule)))}


def count_last_outcomes(db: Session, campaign_id: int) -> list[tuple[Outcome, int, int]]:
    """Return (outcome, attempt number, contacts) of each contact's last settled attempt."""
    last = (
        select(col(Attempt.contact_id), func.max(col(Attempt.id)).label("attempt_id"))
        .join(AttemptOutcome, col(AttemptOutcome.attempt_id) == col(Attempt.id))
        .where(col(AttemptOutcome.campaign_id) == campaign_id)
        .group_by(col(Attempt.contact_id))
        .subquery()
    )
    statement = (
        select(col(AttemptOutcome.outcome), col(Attempt.attempt_number), func.count())
        .join(last, last.c.attempt_id == col(AttemptOutcome.attempt_id))
        .join(Attempt, col(Attempt.id) == last.c.attempt_id)
        .group_by(col(AttemptOutcome.outcome), col(Attempt.attempt_number))
    )
    return [(Outcome(outcome), number, count) for outcome, number, count in db.execute(statement)]
