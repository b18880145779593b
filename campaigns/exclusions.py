"""Hold contacts back: one, or all of a chunk that was never handed over."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, text
from sqlmodel import Session

from campaigns.db.bulk import driver_time, insert_rows
from campaigns.models import Campaign, Chunk, Exclusion, ExclusionRule
from campaigns.models.types import UtcDateTime

_EXCLUDE_CHUNK = text(
    """
    INSERT INTO exclusion (contact_id, campaign_id, rule, detail, excluded_at)
    SELECT a.contact_id, a.campaign_id, :rule, :detail, :at FROM attempt a
    WHERE a.chunk_id = :chunk_id AND NOT EXISTS (SELECT 1 FROM exclusion e WHERE e.contact_id = a.contact_id)
    """
).bindparams(bindparam("at", type_=UtcDateTime()))


def exclude_contact(
    db: Session, campaign: Campaign, contact_id: int, rule: ExclusionRule, *, detail: str, at: datetime
) -> None:
    """Hold one contact back; the first rule is kept. Effect: writes."""
    columns = ("contact_id", "campaign_id", "rule", "detail", "excluded_at")
    row = (contact_id, campaign.id, rule.value, detail, driver_time(db, at))
    insert_rows(db, Exclusion, columns, [row], skip_existing=True)


def exclude_chunk(db: Session, chunk: Chunk, rule: ExclusionRule, *, detail: str, at: datetime) -> None:
    """Hold back every contact of a chunk that will never ring; the first rule of each is kept. Effect: writes."""
    db.connection().execute(_EXCLUDE_CHUNK, {"chunk_id": chunk.id, "rule": rule.value, "detail": detail, "at": at})
