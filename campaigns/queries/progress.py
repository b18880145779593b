"""Cheap figures for people who watch: counted from sets, never row by row."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlmodel import Session, col

from campaigns.models import AttemptOutcome, Chunk
from campaigns.statuses import CHUNK_HANDED_OVER, ChunkStatus


@dataclass(frozen=True, slots=True)
class Progress:
    """Where the calls of a campaign stand."""

    calls: int
    """Attempts planned so far, retries included, without those that will never ring."""
    accepted: int
    settled: int
    outcomes: dict[str, int]

    @property
    def share(self) -> float:
        return self.settled / self.calls if self.calls else 0.0


def read_progress(db: Session, campaign_id: int) -> Progress:
    """Return how far a campaign is; reads the chunks and an index over outcomes."""
    sizes: dict[str, int] = {
        status: int(size)
        for status, size in db.execute(
            select(col(Chunk.status), func.sum(col(Chunk.size)))
            .where(col(Chunk.campaign_id) == campaign_id)
            .group_by(col(Chunk.status))
        )
    }
    outcomes: dict[str, int] = {
        outcome: int(count)
        for outcome, count in db.execute(
            select(col(AttemptOutcome.outcome), func.count())
            .where(col(AttemptOutcome.campaign_id) == campaign_id)
            .group_by(col(AttemptOutcome.outcome))
        )
    }
    accepted = CHUNK_HANDED_OVER - {ChunkStatus.SUBMITTING}
    return Progress(
        calls=sum(sizes.get(status, 0) for status in {*CHUNK_HANDED_OVER, ChunkStatus.PLANNED}),
        accepted=sum(sizes.get(status, 0) for status in accepted),
        settled=sum(outcomes.values()),
        outcomes=dict(sorted(outcomes.items(), key=lambda item: -item[1])),
    )
