"""An outcome: how an attempt ended."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, Text
from sqlmodel import Field, SQLModel

from campaigns.models.types import BigId, UtcDateTime
from connectors.contract import Outcome


class EvidenceSource(StrEnum):
    POLL = "poll"
    CALLBACK = "callback"
    BILL = "bill"
    DEADLINE = "deadline"
    """Nobody reported on it in time."""
    DECISION = "decision"
    """A person settled it."""


class AttemptOutcome(SQLModel, table=True):
    """The first evidence of how an attempt ended. Append-only; what comes later stands in `difference`."""

    __tablename__ = "outcome"
    __table_args__ = (
        Index("ix_outcome_campaign_outcome", "campaign_id", "outcome"),
        Index("ix_outcome_chunk", "chunk_id"),
    )

    attempt_id: int = Field(primary_key=True, sa_type=BigId, sa_column_kwargs={"autoincrement": False})
    campaign_id: int = Field(sa_type=BigId)
    chunk_id: int = Field(sa_type=BigId)
    outcome: Outcome = Field(sa_type=Text)
    source: EvidenceSource = Field(sa_type=Text)
    report_key: str = ""
    """The same report has the same key, however often it arrives."""
    dialled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ring_seconds: int | None = None
    talk_seconds: int | None = None
    dtmf_digits: str = ""
    hangup_cause: str = ""
    recording: str = ""
    platform_call_id: str = ""
    platform_attempts: int = 1
    raw_codes: str = Field(default="{}", sa_type=Text)
    """JSON object of the platform's own codes."""
    settled_at: datetime = Field(sa_type=UtcDateTime)
