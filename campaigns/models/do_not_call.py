"""A do-not-call entry: a number that must not ring."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from campaigns.models.types import BigId, UtcDateTime


class DoNotCallScope(StrEnum):
    EVERYWHERE = "everywhere"
    ACCOUNT = "account"
    CAMPAIGN = "campaign"


class DoNotCall(SQLModel, table=True):
    """One number, where it must not ring, and why. An import adds or prolongs, it never weakens."""

    __tablename__ = "do_not_call"
    __table_args__ = (UniqueConstraint("phone_number", "scope", "scope_name"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    phone_number: str
    """E.164 with plus sign."""
    scope: DoNotCallScope = Field(default=DoNotCallScope.EVERYWHERE, sa_type=Text)
    scope_name: str = ""
    """Name of the account or campaign; empty for everywhere."""
    reason: str = ""
    source: str = ""
    """A file, a person, a key press."""
    added_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """None: for ever."""
