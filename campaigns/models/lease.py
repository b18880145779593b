"""A lease: who may work on a campaign just now."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from campaigns.models.types import BigId, UtcDateTime


class CampaignLease(SQLModel, table=True):
    """One row a campaign. Every change of owner raises the fencing number; a write under an old number is refused."""

    __tablename__ = "campaign_lease"

    campaign_id: int = Field(primary_key=True, sa_type=BigId, sa_column_kwargs={"autoincrement": False})
    owner: str
    """`host:pid:process start:token`, so that a dead owner on the same host is recognised at once."""
    fence: int = 1
    expires_at: datetime = Field(sa_type=UtcDateTime)
