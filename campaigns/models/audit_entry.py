"""An audit entry: who did what to what."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Text
from sqlmodel import Field, SQLModel

from campaigns.models.types import BigId, UtcDateTime


class AuditEntry(SQLModel, table=True):
    """One act of a person. Append-only; names the thing, never a secret or a whole number."""

    __tablename__ = "audit_entry"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    at: datetime = Field(index=True, sa_type=UtcDateTime)
    actor: str
    action: str
    subject: str
    detail: str = Field(default="", sa_type=Text)
