"""A dial list: the people of one spreadsheet version."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Text
from sqlmodel import Field, SQLModel

from campaigns.models.types import BigId, UtcDateTime


class DialListStatus(StrEnum):
    IMPORTING = "importing"
    """Rows are being written; a list that stays so was cut off and is removed by the next import."""
    READY = "ready"
    UNDONE = "undone"


class DialList(SQLModel, table=True):
    """One imported file. Written once; can be undone while no contact of it was planned."""

    __tablename__ = "dial_list"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    campaign_id: int = Field(index=True, foreign_key="campaign.id", sa_type=BigId)
    status: DialListStatus = Field(default=DialListStatus.IMPORTING, sa_type=Text)
    file_name: str
    """Name without folders, as the manager knows it."""
    file_sha256: str
    file_bytes: int
    file_format: str = ""
    sheets: str = Field(default="[]", sa_type=Text)
    """JSON list of the sheets that were read; `[""]` for a text file."""
    header_row: int = 0
    """Row number of the header; 0 when the file has none."""
    columns: str = Field(default="[]", sa_type=Text)
    """JSON list of the file's column names in order; `cells` of contacts and refusals follow it."""
    column_mapping: str = Field(default="{}", sa_type=Text)
    """JSON object: field (phone, name, country, …) → index of its column."""
    country: str = ""
    row_count: int = 0
    """Rows below the header that are not blank, counted while reading."""
    contact_count: int = 0
    refusal_count: int = 0
    duplicate_count: int = 0
    repair_counts: str = Field(default="{}", sa_type=Text)
    """JSON object: kind of lossless repair → how many numbers."""
    notices: str = Field(default="[]", sa_type=Text)
    """JSON list of sentences: what was decided while reading."""
    imported_at: datetime = Field(sa_type=UtcDateTime)
