"""Unconfirmed chunks: since when, why, and what evidence was sought for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session, col

from campaigns.models import Chunk, ExchangeRecord
from campaigns.queries.callbacks import count_callbacks
from campaigns.queries.chunks import find_chunks
from campaigns.statuses import ChunkStatus


@dataclass(frozen=True, slots=True)
class UnconfirmedChunk:
    """A chunk that may ring or not, for people who must decide about it."""

    number: int
    reference: str
    calls: int
    since: datetime
    why: str
    callbacks: int
    """Messages of the account since then; none named the chunk, or it would not be unconfirmed."""
    requests: dict[str, int]
    """Operation → requests to the account's platform since then; some of them asked for records."""

    def describe_search(self) -> str:
        """Return what was sought, in words."""
        asked = ", ".join(f"{count} × {operation}" for operation, count in self.requests.items()) or "no request"
        return f"since then {self.callbacks:,} callbacks of the account and {asked}; none names it"


def find_unconfirmed(db: Session, campaign_id: int) -> list[UnconfirmedChunk]:
    """Return a campaign's unconfirmed chunks, in order."""
    return [describe_unconfirmed(db, chunk) for chunk in find_chunks(db, campaign_id, {ChunkStatus.UNCONFIRMED})]


def describe_unconfirmed(db: Session, chunk: Chunk) -> UnconfirmedChunk:
    """Collect what is known of one chunk."""
    since = chunk.submitted_at or chunk.planned_at
    requests = db.execute(
        select(col(ExchangeRecord.operation), func.count())
        .where(col(ExchangeRecord.account) == chunk.account, col(ExchangeRecord.began_at) > since)
        .group_by(col(ExchangeRecord.operation))
        .order_by(col(ExchangeRecord.operation))
    ).tuples()
    return UnconfirmedChunk(
        number=chunk.number,
        reference=chunk.reference,
        calls=chunk.size,
        since=since,
        why=chunk.status_reason,
        callbacks=count_callbacks(db, chunk.account, since=since),
        requests=dict(requests.all()),
    )
