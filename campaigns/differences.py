"""Write down what platform and ledger disagree on; noticing it again changes nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from campaigns.db.bulk import driver_time, insert_rows
from campaigns.models import Campaign, Difference, DifferenceKind


def record_difference(
    db: Session,
    campaign: Campaign,
    kind: DifferenceKind,
    *,
    evidence_key: str,
    detail: str,
    at: datetime,
    chunk_id: int | None = None,
    attempt_id: int | None = None,
    evidence: Mapping[str, str] | None = None,
) -> None:
    """Append one difference unless it stands there already. Effect: writes."""
    values = {
        "campaign_id": campaign.id,
        "chunk_id": chunk_id,
        "attempt_id": attempt_id,
        "kind": kind.value,
        "evidence_key": evidence_key,
        "detail": detail,
        "evidence": json.dumps(dict(evidence or {}), ensure_ascii=False),
        "noticed_at": driver_time(db, at),
    }
    insert_rows(db, Difference, tuple(values), [tuple(values.values())], skip_existing=True)
