"""The identity: every row of a campaign is in exactly one place.

    rows = refused + duplicate + suppressed + not_yet_planned + planned + submitted
    submitted = outcomes + pending + unconfirmed + lost

Both sides are counted, never derived from each other: `rows` was counted while the files were read, everything else
is counted from the rows of the ledger by the one query below, which puts each contact into one category by itself.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy import bindparam, text
from sqlmodel import Session

from campaigns.statuses import CHUNK_HANDED_OVER, ChunkStatus
from connectors.contract import Outcome


@dataclass(frozen=True, slots=True)
class Identity:
    """Where the rows of a campaign are."""

    rows: int
    refused: int
    duplicate: int
    suppressed: int
    not_yet_planned: int
    planned: int
    submitted: int
    outcomes: int
    pending: int
    unconfirmed: int
    lost: int

    @property
    def holds(self) -> bool:
        return (
            self.rows
            == self.refused + self.duplicate + self.suppressed + self.not_yet_planned + self.planned + self.submitted
            and self.submitted == self.outcomes + self.pending + self.unconfirmed + self.lost
        )

    @property
    def is_settled(self) -> bool:
        """Nothing waits any more: the campaign may finish."""
        return self.holds and not (self.not_yet_planned or self.planned or self.pending or self.unconfirmed)

    def to_json(self) -> dict[str, int | bool]:
        return {"holds": self.holds, **asdict(self)}


# Rows of a list that is still being imported belong to no campaign yet. A contact counts as submitted once one of its
# attempts was handed over; an exclusion beside that means that it was held back from a later attempt, or taken out of
# its chunk before the chunk was started (then it has no outcome and counts as suppressed).
_QUERY = text(
    """
    WITH ready AS (
        SELECT id, row_count FROM dial_list WHERE campaign_id = :campaign_id AND status = 'ready'
    ), handed AS (
        SELECT a.contact_id, MAX(a.id) AS last_attempt_id, MAX(a.attempt_number) AS attempts,
               SUM(CASE WHEN c.status IN :handed_over THEN 1 ELSE 0 END) AS handed_over,
               SUM(CASE WHEN o.attempt_id IS NULL THEN 0 ELSE 1 END) AS settled
        FROM chunk c JOIN attempt a ON a.chunk_id = c.id LEFT JOIN outcome o ON o.attempt_id = a.id
        WHERE c.campaign_id = :campaign_id
        GROUP BY a.contact_id
    ), placed AS (
        SELECT CASE
            WHEN h.handed_over > 0 AND (e.contact_id IS NULL OR h.settled > 0) THEN CASE
                WHEN o.outcome = :lost THEN 'lost'
                WHEN o.attempt_id IS NOT NULL OR e.contact_id IS NOT NULL THEN 'outcomes'
                WHEN c.status = :unconfirmed THEN 'unconfirmed'
                WHEN c.status IN :open THEN 'pending'
                ELSE 'nowhere' END
            WHEN e.rule = 'duplicate' THEN 'duplicate'
            WHEN e.contact_id IS NOT NULL THEN 'suppressed'
            WHEN h.contact_id IS NULL THEN 'not_yet_planned'
            WHEN c.status = :planned THEN 'planned'
            ELSE 'nowhere' END AS place
        FROM contact k
        LEFT JOIN exclusion e ON e.contact_id = k.id
        LEFT JOIN handed h ON h.contact_id = k.id
        LEFT JOIN attempt a ON a.id = h.last_attempt_id
        LEFT JOIN chunk c ON c.id = a.chunk_id
        LEFT JOIN outcome o ON o.attempt_id = a.id
        WHERE k.campaign_id = :campaign_id AND k.dial_list_id IN (SELECT id FROM ready)
    )
    SELECT place, COUNT(*) FROM placed GROUP BY place
    UNION ALL
    SELECT 'refused', COUNT(*) FROM row_refusal
    WHERE campaign_id = :campaign_id AND dial_list_id IN (SELECT id FROM ready)
    UNION ALL
    SELECT 'rows', COALESCE(SUM(row_count), 0) FROM ready
    """
).bindparams(bindparam("handed_over", expanding=True), bindparam("open", expanding=True))

_SUBMITTED = ("outcomes", "pending", "unconfirmed", "lost")


def compute_identity(db: Session, campaign_id: int) -> Identity:
    """Count where the rows of a campaign are, from the ledger, by one query."""
    rows = db.execute(
        _QUERY,
        {
            "campaign_id": campaign_id,
            "handed_over": sorted(CHUNK_HANDED_OVER),
            "open": [ChunkStatus.PLANNED, ChunkStatus.SUBMITTING, ChunkStatus.ACCEPTED],
            "unconfirmed": ChunkStatus.UNCONFIRMED,
            "planned": ChunkStatus.PLANNED,
            "lost": Outcome.LOST,
        },
    ).all()
    counts: dict[str, int] = {place: int(count) for place, count in rows}
    return Identity(
        rows=counts["rows"],
        refused=counts["refused"],
        duplicate=counts.get("duplicate", 0),
        suppressed=counts.get("suppressed", 0),
        not_yet_planned=counts.get("not_yet_planned", 0),
        planned=counts.get("planned", 0),
        submitted=sum(counts.get(place, 0) for place in _SUBMITTED),
        outcomes=counts.get("outcomes", 0),
        pending=counts.get("pending", 0),
        unconfirmed=counts.get("unconfirmed", 0),
        lost=counts.get("lost", 0),
    )
