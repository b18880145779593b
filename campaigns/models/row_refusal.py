"""A refused row: data, not an exception."""

from __future__ import annotations

from sqlalchemy import Index, Text
from sqlmodel import Field, SQLModel

from campaigns.models.types import BigId


class RowRefusal(SQLModel, table=True):
    """One row of a file that cannot become a contact, with what is wrong and how to mend it. Immutable."""

    __tablename__ = "row_refusal"
    __table_args__ = (Index("ix_row_refusal_campaign", "campaign_id"),)

    id: int = Field(primary_key=True, sa_type=BigId, sa_column_kwargs={"autoincrement": False})
    """`types.row_id(dial list, row ordinal)`, from the same count as contacts."""
    campaign_id: int = Field(sa_type=BigId)
    dial_list_id: int = Field(sa_type=BigId)
    sheet: str
    row_number: int
    column: str
    """Name of the column the reason speaks of."""
    value: str
    """The cell's text as it stood."""
    reason: str
    """One of `RefusalReason`."""
    suggestion: str = ""
    """What the cell should probably say; empty when nothing can be guessed."""
    cells: str = Field(sa_type=Text)
    """JSON list of the row's texts in column order; null for an empty cell."""
