"""The one door through which campaigns and chunks move.

A move updates the row where the id *and* the old status match, and writes a `status_change` beside it in the same
transaction. Nothing updated means that somebody was quicker: the caller is told and looks again.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CursorResult, insert, update
from sqlmodel import Session, col

from campaigns.errors import InvalidTransitionError
from campaigns.models import Campaign, Chunk, StatusChange
from campaigns.statuses import CAMPAIGN_ENDED, CAMPAIGN_MOVES, CHUNK_MOVES, CampaignStatus, ChunkStatus


def move_campaign(
    db: Session,
    campaign_id: int,
    from_status: CampaignStatus,
    to_status: CampaignStatus,
    *,
    at: datetime,
    actor: str,
    reason: str = "",
) -> bool:
    """Move a campaign; return False when it no longer is in `from_status`.

    Raises `InvalidTransitionError` when the move is not in `CAMPAIGN_MOVES`.
    """
    if to_status not in CAMPAIGN_MOVES[from_status]:
        raise InvalidTransitionError(from_status, to_status)
    values: dict[str, Any] = {"status": to_status, "status_reason": reason}
    if from_status == CampaignStatus.SCHEDULED and to_status == CampaignStatus.RUNNING:
        values["started_at"] = at
    if to_status in CAMPAIGN_ENDED:
        values["ended_at"] = at
    moved = _moved(
        db,
        update(Campaign).where(col(Campaign.id) == campaign_id, col(Campaign.status) == from_status).values(**values),
    )
    if moved:
        _write_change(db, campaign_id, None, from_status, to_status, at, actor, reason)
    return moved


def move_chunk(
    db: Session,
    chunk: Chunk,
    to_status: ChunkStatus,
    *,
    at: datetime,
    actor: str,
    reason: str = "",
    **values: Any,
) -> bool:
    """Move a chunk from the status the caller saw; return False when somebody was quicker.

    `values` are further columns that change with the move (`stage_id`, `fence`, …). The object is refreshed.
    Raises `InvalidTransitionError` when the move is not in `CHUNK_MOVES`.
    """
    from_status = ChunkStatus(chunk.status)
    if to_status not in CHUNK_MOVES[from_status]:
        raise InvalidTransitionError(from_status, to_status)
    moved = _moved(
        db,
        update(Chunk)
        .where(col(Chunk.id) == chunk.id, col(Chunk.status) == from_status)
        .values(status=to_status, status_reason=reason, **values),
    )
    if moved:
        _write_change(db, chunk.campaign_id, chunk.id, from_status, to_status, at, actor, reason)
    db.refresh(chunk)
    return moved


def _moved(db: Session, statement: Any) -> bool:
    result = db.execute(statement, execution_options={"synchronize_session": False})
    assert isinstance(result, CursorResult)
    return result.rowcount == 1


def _write_change(
    db: Session,
    campaign_id: int,
    chunk_id: int | None,
    from_status: str,
    to_status: str,
    at: datetime,
    actor: str,
    reason: str,
) -> None:
    db.execute(
        insert(StatusChange).values(
            campaign_id=campaign_id,
            chunk_id=chunk_id,
            from_status=from_status,
            to_status=to_status,
            changed_at=at,
            actor=actor,
            reason=reason,
        )
    )
