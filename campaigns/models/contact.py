"""A contact: one person to be called, from one row."""

from __future__ import annotations

from sqlalchemy import Index, Text
from sqlmodel import Field, SQLModel

from campaigns.models.types import BigId


class Contact(SQLModel, table=True):
    """One accepted row. Immutable. No foreign keys here: checking them costs more than the rows on a large list."""

    __table_args__ = (Index("ix_contact_campaign", "campaign_id"), Index("ix_contact_phone_number", "phone_number"))

    id: int = Field(primary_key=True, sa_type=BigId, sa_column_kwargs={"autoincrement": False})
    """`types.row_id(dial list, row ordinal)`: the order of ids is the order of the file."""
    campaign_id: int = Field(sa_type=BigId)
    dial_list_id: int = Field(sa_type=BigId)
    sheet: str
    row_number: int
    """As the spreadsheet program shows it."""
    phone_number: str
    """E.164 with plus sign."""
    country: str
    """ISO 3166 alpha-2."""
    cells: str = Field(sa_type=Text)
    """JSON list of the row's texts in column order; null for an empty cell."""
