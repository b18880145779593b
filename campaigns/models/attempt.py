"""An attempt: one call to one contact."""

from __future__ import annotations

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from campaigns.models.types import BigId


class Attempt(SQLModel, table=True):
    """One call asked for. Immutable: where it stands follows from its chunk and its outcome.

    The primary key is made of contact and attempt number (`types.attempt_id`), so that (campaign, contact, attempt
    number) is unique by construction and planning twice cannot plan twice.
    """

    __table_args__ = (Index("ix_attempt_chunk", "chunk_id"),)

    id: int = Field(primary_key=True, sa_type=BigId, sa_column_kwargs={"autoincrement": False})
    campaign_id: int = Field(sa_type=BigId)
    contact_id: int = Field(sa_type=BigId)
    attempt_number: int
    chunk_id: int = Field(sa_type=BigId)
