"""A status change: one move of a campaign or a chunk."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Text
from sqlmodel import Field, SQLModel

from campaigns.models.types import BigId, UtcDateTime


class StatusChange(SQLModel, table=True):
    """From, to, when, who or what, why. Append-only."""

    __tablename__ = "status_change"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    campaign_id: int = Field(index=True, foreign_key="campaign.id", sa_type=BigId)
    chunk_id: int | None = Field(default=None, index=True, sa_type=BigId)
    """None: the campaign itself moved."""
    from_status: str
    to_status: str
    changed_at: datetime = Field(sa_type=UtcDateTime)
    actor: str
    """A person's name, or the part of the program that did it."""
    reason: str = Field(default="", sa_type=Text)
