"""An exclusion: a contact that is not to be called, and by which rule."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, Text
from sqlmodel import Field, SQLModel

from campaigns.models.types import BigId, UtcDateTime


class ExclusionRule(StrEnum):
    DUPLICATE = "duplicate"
    """The number stands earlier in the campaign's list."""
    DO_NOT_CALL = "do_not_call"
    FREQUENCY_CAP = "frequency_cap"
    """Called as often as anybody may be in so many days."""
    RECENTLY_CALLED = "recently_called"
    """Another campaign called the number a short time ago."""
    WINDOW = "window"
    """The last calling day ended before the call could be handed over."""
    OPT_OUT = "opt_out"
    PLATFORM_REFUSED = "platform_refused"
    STOPPED = "stopped"
    """The campaign was stopped before the call was handed over."""
    GIVEN_UP = "given_up"
    """A person decided not to put an unconfirmed call to the platform again."""


class Exclusion(SQLModel, table=True):
    """One contact not to be called. Append-only; the first rule that applies is kept."""

    __table_args__ = (Index("ix_exclusion_campaign_rule", "campaign_id", "rule"),)

    contact_id: int = Field(primary_key=True, sa_type=BigId, sa_column_kwargs={"autoincrement": False})
    campaign_id: int = Field(sa_type=BigId)
    rule: ExclusionRule = Field(sa_type=Text)
    detail: str = Field(default="", sa_type=Text)
    """Which row, entry or decision; never a whole telephone number."""
    excluded_at: datetime = Field(sa_type=UtcDateTime)
