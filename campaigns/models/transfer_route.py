"""A transfer route: whom to put a caller through to."""

from __future__ import annotations

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from campaigns.models.types import BigId


class TransferRoute(SQLModel, table=True):
    """The answer to a transfer query for one access number."""

    __tablename__ = "transfer_route"
    __table_args__ = (UniqueConstraint("account", "access_number"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    account: str
    access_number: str
    """The number that the caller dialled, as the platform writes it."""
    target_number: str
    """Digits that the platform shall call."""
    display_number: str = ""
