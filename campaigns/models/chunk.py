"""A chunk: contacts sent in one submission."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from campaigns.models.types import BigId, UtcDateTime
from campaigns.statuses import ChunkStatus


class Chunk(SQLModel, table=True):
    """At most as many attempts as the platform takes at once. Moves only through `campaigns.lifecycle`."""

    __table_args__ = (
        UniqueConstraint("campaign_id", "number"),
        Index("ix_chunk_campaign_status", "campaign_id", "status"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    campaign_id: int = Field(foreign_key="campaign.id", sa_type=BigId)
    number: int
    """From 1, over all waves of the campaign."""
    attempt_number: int
    """The wave: every attempt of the chunk is its contact's n-th."""
    account: str
    platform: str
    country: str = ""
    """Set where the platform takes one country a submission."""
    size: int
    """Attempts in it."""
    content_hash: str
    """SHA-256 over the attempt ids and numbers, in order."""
    reference: str = Field(unique=True)
    """Holds the campaign's reference; the chunk is found on the platform by it."""
    status: ChunkStatus = Field(default=ChunkStatus.PLANNED, sa_type=Text)
    status_reason: str = Field(default="", sa_type=Text)
    not_before: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """A retry waits until then."""
    stage_id: str | None = None
    """The platform's id of it, where it gives one."""
    fence: int = 0
    """Fencing number of the lease under which it was last worked on."""
    planned_at: datetime = Field(sa_type=UtcDateTime)
    submitted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When it was accepted; where one request hands the chunk over, the moment before that request could leave."""
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
