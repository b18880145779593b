"""Do-not-call entries: added, prolonged, never weakened."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, text
from sqlmodel import Session, col

from campaigns.db.bulk import driver_time, insert_rows
from campaigns.models import DoNotCall, DoNotCallScope


@dataclass(frozen=True, slots=True)
class NewEntry:
    phone_number: str
    """E.164."""
    reason: str
    expires_at: datetime | None = None
    """None: for ever."""


# An expiry is prolonged, and taken away, but never brought forward.
_PROLONG = text(
    """
    UPDATE do_not_call SET expires_at = :expires_at
    WHERE phone_number = :phone_number AND scope = :scope AND scope_name = :scope_name
      AND expires_at IS NOT NULL AND (:for_ever OR expires_at < :expires_at)
    """
)


def record_do_not_call(
    db: Session,
    entries: Iterable[NewEntry],
    *,
    scope: DoNotCallScope,
    scope_name: str,
    source: str,
    at: datetime,
) -> int:
    """Add entries and prolong those that stand there already; return how many numbers are new. Effect: writes."""
    listed = list(entries)
    before = count_do_not_call(db)
    columns = ("phone_number", "scope", "scope_name", "reason", "source", "added_at", "expires_at")
    now = driver_time(db, at)
    rows = (
        (
            entry.phone_number, scope.value, scope_name, entry.reason, source, now,
            None if entry.expires_at is None else driver_time(db, entry.expires_at),
        )
        for entry in listed
    )  # fmt: skip
    insert_rows(db, DoNotCall, columns, rows, skip_existing=True)
    prolonged = [
        {
            "phone_number": entry.phone_number,
            "scope": scope.value,
            "scope_name": scope_name,
            "for_ever": entry.expires_at is None,
            "expires_at": None if entry.expires_at is None else driver_time(db, entry.expires_at),
        }
        for entry in listed
    ]
    if prolonged and _has_expiring(db):
        db.connection().execute(_PROLONG, prolonged)
    return count_do_not_call(db) - before


def count_do_not_call(db: Session) -> int:
    return int(db.execute(select(func.count()).select_from(DoNotCall)).scalar_one())


def _has_expiring(db: Session) -> bool:
    statement = select(col(DoNotCall.id)).where(col(DoNotCall.expires_at).is_not(None)).limit(1)
    return db.execute(statement).first() is not None
