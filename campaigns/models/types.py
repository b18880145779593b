"""Column types that both databases share."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Integer
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.types import TypeDecorator

BigId = BigInteger().with_variant(Integer(), "sqlite")
"""SQLite numbers rows by itself only in a column that is exactly INTEGER."""

ROWS_PER_LIST = 100_000_000
ATTEMPTS_PER_CONTACT = 100


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: goes in with any zone, is kept in UTC, comes out as UTC with zone. A naive time is an error."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        in_utc = value.astimezone(UTC)
        return in_utc.replace(tzinfo=None) if dialect.name == "sqlite" else in_utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

    def process_literal_param(self, value: datetime | None, dialect: Dialect) -> str:
        raise NotImplementedError("times are always bound, never written into a statement")

    @property
    def python_type(self) -> type[Any]:
        return datetime


def row_id(dial_list_id: int, row_ordinal: int) -> int:
    """Return the id of the `row_ordinal`-th row (from 1, in file order) of a dial list, contact or refusal alike.

    Ids are computed rather than drawn from a sequence: importing a file twice gives the same ids, the file's order is
    the order of ids, and contacts and refusals of a list merge back into the file by id.
    """
    if not 0 < row_ordinal < ROWS_PER_LIST:
        raise ValueError(f"row ordinal {row_ordinal} is outside 1…{ROWS_PER_LIST - 1}")
    return dial_list_id * ROWS_PER_LIST + row_ordinal


def first_row_id(dial_list_id: int) -> int:
    """Return the id below all rows of a dial list: its rows lie between this and that of the next list."""
    return dial_list_id * ROWS_PER_LIST


def attempt_id(contact_id: int, attempt_number: int) -> int:
    """Return the id of a contact's n-th attempt: planning the same attempt twice collides on the primary key."""
    if not 0 < attempt_number < ATTEMPTS_PER_CONTACT:
        raise ValueError(f"attempt number {attempt_number} is outside 1…{ATTEMPTS_PER_CONTACT - 1}")
    return contact_id * ATTEMPTS_PER_CONTACT + attempt_number


def contact_of_attempt(attempt: int) -> tuple[int, int]:
    """Return (contact id, attempt number) of an attempt id."""
    return divmod(attempt, ATTEMPTS_PER_CONTACT)
