"""Use of an account: which runs share its pace just now."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from campaigns.models.types import UtcDateTime


class AccountUse(SQLModel, table=True):
    """One row for each run that sends requests through an account. Gone when the run ends, void when it expires."""

    __tablename__ = "account_use"

    account: str = Field(primary_key=True)
    owner: str = Field(primary_key=True)
    """A run, by its lease's owner."""
    expires_at: datetime = Field(sa_type=UtcDateTime)
