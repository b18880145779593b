"""A difference: something that the platform and the ledger do not agree on."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from campaigns.models.types import BigId, UtcDateTime


class DifferenceKind(StrEnum):
    CONTRADICTING_REPORT = "contradicting_report"
    """A later report tells another outcome than the one on record."""
    FOREIGN_ROW = "foreign_row"
    """A row stands in our task that we did not put there."""
    DOUBLED_ROW = "doubled_row"
    """Two rows of one attempt; the surplus was removed unless it says otherwise."""
    MISSING_ROW = "missing_row"
    """The platform no longer knows an attempt that it had accepted."""
    UNKNOWN_CODE = "unknown_code"


class Difference(SQLModel, table=True):
    """One named difference. Append-only; noticing it again changes nothing."""

    __table_args__ = (
        UniqueConstraint("campaign_id", "kind", "evidence_key"),
        Index("ix_difference_campaign", "campaign_id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    campaign_id: int = Field(foreign_key="campaign.id", sa_type=BigId)
    chunk_id: int | None = Field(default=None, sa_type=BigId)
    attempt_id: int | None = Field(default=None, sa_type=BigId)
    kind: DifferenceKind = Field(sa_type=Text)
    evidence_key: str
    """What makes it this difference and no other, for example a report key."""
    detail: str = Field(sa_type=Text)
    """A sentence for people."""
    evidence: str = Field(default="{}", sa_type=Text)
    """JSON object: what the platform said."""
    noticed_at: datetime = Field(sa_type=UtcDateTime)
