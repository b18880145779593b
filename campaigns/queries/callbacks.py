"""The inbox: messages of platforms, stored once, applied once, and to be replayed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select, text, update
from sqlmodel import Session, col

from campaigns.models import Callback
from campaigns.models.types import UtcDateTime


@dataclass(frozen=True, slots=True)
class NewCallback:
    """A message as it came in."""

    platform: str
    account: str
    message_key: str
    """SHA-256 of the body."""
    content_type: str
    body: bytes
    received_at: datetime


_STORE = text(
    """
    INSERT INTO callback (platform, account, message_key, content_type, body, received_at, note)
    VALUES (:platform, :account, :message_key, :content_type, :body, :received_at, '')
    ON CONFLICT (account, message_key) DO NOTHING
    """
).bindparams(bindparam("received_at", type_=UtcDateTime()))

_MARK = text("UPDATE callback SET applied_at = :applied_at, note = :note WHERE id = :id").bindparams(
    bindparam("applied_at", type_=UtcDateTime())
)


def store_callbacks(db: Session, callbacks: Iterable[NewCallback]) -> None:
    """Append messages; one that came before, byte for byte, is left out. Effect: writes."""
    rows = [
        {
            "platform": callback.platform,
            "account": callback.account,
            "message_key": callback.message_key,
            "content_type": callback.content_type,
            "body": callback.body,
            "received_at": callback.received_at,
        }
        for callback in callbacks
    ]
    if rows:
        db.connection().execute(_STORE, rows)


def has_unapplied(db: Session, account: str) -> bool:
    statement = select(col(Callback.id)).where(col(Callback.account) == account, col(Callback.applied_at).is_(None))
    return db.execute(statement.limit(1)).first() is not None


def find_unapplied(db: Session, account: str, *, limit: int) -> list[Callback]:
    """Return the messages of an account that were not applied yet, oldest first, locked against other readers."""
    statement = select(Callback).where(col(Callback.account) == account, col(Callback.applied_at).is_(None))
    locked = statement.order_by(col(Callback.id)).limit(limit).with_for_update(skip_locked=True)
    return list(db.execute(locked).scalars())


def record_applied(db: Session, notes: Sequence[tuple[int, str]], *, at: datetime) -> None:
    """Mark messages as applied; `notes` are (id, why it was not understood, or nothing). Effect: writes."""
    if notes:
        rows = [{"id": callback_id, "note": note, "applied_at": at} for callback_id, note in notes]
        db.connection().execute(_MARK, rows)


def find_not_understood(db: Session, *, account: str | None = None, limit: int = 100) -> list[Callback]:
    """Return messages that were read and not understood, newest first."""
    statement = select(Callback).where(col(Callback.applied_at).is_not(None), col(Callback.note) != "")
    if account is not None:
        statement = statement.where(col(Callback.account) == account)
    return list(db.execute(statement.order_by(col(Callback.id).desc()).limit(limit)).scalars())


def reopen_callbacks(db: Session, account: str, *, since: datetime | None = None) -> int:
    """Have messages of an account applied again; return how many. Effect: writes. Applying twice changes nothing."""
    statement = update(Callback).where(col(Callback.account) == account, col(Callback.applied_at).is_not(None))
    if since is not None:
        statement = statement.where(col(Callback.received_at) >= since)
    statement = statement.values(applied_at=None, note="").execution_options(synchronize_session=False)
    return int(db.connection().execute(statement).rowcount)


def count_callbacks(db: Session, account: str, *, since: datetime) -> int:
    """Return how many messages of an account came since a moment."""
    statement = select(func.count()).select_from(Callback)
    return int(
        db.execute(statement.where(col(Callback.account) == account, col(Callback.received_at) >= since)).scalar_one()
    )
