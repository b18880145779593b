"""A campaign: one undertaking to call the people of a dial list."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from campaigns.models.types import BigId, UtcDateTime
from campaigns.statuses import CampaignStatus


class Campaign(SQLModel, table=True):
    """One run of a campaign file. Moves only through `campaigns.lifecycle`."""

    __table_args__ = (UniqueConstraint("name", "run_number"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    name: str
    run_number: int = 1
    """From 1; a finished campaign that is asked for again gets the next."""
    reference: str = Field(unique=True)
    """Six letters and digits that begin every reference we give to a platform, unique for ever."""
    status: CampaignStatus = Field(default=CampaignStatus.DRAFT, sa_type=Text)
    status_reason: str = ""
    account: str
    """Name in the settings file."""
    platform: str
    timezone: str
    """IANA name; windows and result sheets are in this zone."""
    definition: str = Field(sa_type=Text)
    """The campaign file as JSON, checked and complete with defaults."""
    definition_hash: str
    """SHA-256 of `definition`."""
    plan_hash: str = ""
    """SHA-256 over list, definition and chunks; empty until planned."""
    created_at: datetime = Field(sa_type=UtcDateTime)
    started_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
