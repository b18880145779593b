"""An exchange: a request whose result matters, and its reply, without secrets."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import LargeBinary, Text
from sqlmodel import Field, SQLModel

from campaigns.models.types import BigId, UtcDateTime


class ExchangeRecord(SQLModel, table=True):
    """What was asked and answered, redacted. Errors quote its id. Append-only."""

    __tablename__ = "exchange"

    id: str = Field(primary_key=True)
    platform: str
    account: str
    operation: str
    request: str = Field(sa_type=Text)
    reply: bytes | None = Field(default=None, sa_type=LargeBinary)
    """zlib-compressed UTF-8 text; None when no reply came."""
    http_status: int | None = None
    error: str = Field(default="", sa_type=Text)
    began_at: datetime = Field(index=True, sa_type=UtcDateTime)
    seconds: float
    campaign_id: int | None = Field(default=None, index=True, sa_type=BigId)
