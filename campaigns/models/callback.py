"""A callback: one message from a platform, kept raw before it is understood."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import LargeBinary, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from campaigns.models.types import BigId, UtcDateTime


class Callback(SQLModel, table=True):
    """The inbox. Stored before it is answered, applied once."""

    __table_args__ = (UniqueConstraint("account", "message_key"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    platform: str
    account: str
    message_key: str
    """SHA-256 of the body, unless the platform gives each message a key of its own."""
    content_type: str = ""
    body: bytes = Field(sa_type=LargeBinary)
    received_at: datetime = Field(sa_type=UtcDateTime)
    applied_at: datetime | None = Field(default=None, index=True, sa_type=UtcDateTime)
    note: str = Field(default="", sa_type=Text)
    """Why it was not understood, in a sentence."""
