"""Chunks and their calls."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import exists, func, select, update
from sqlmodel import Session, col

from campaigns.campaign_file import CampaignFile
from campaigns.errors import CampaignError
from campaigns.message_texts import render_text
from campaigns.models import Attempt, AttemptOutcome, Campaign, Chunk, Contact, DialList, Exclusion
from campaigns.phone_numbers import national_form
from campaigns.references import call_ref
from campaigns.statuses import ChunkStatus
from connectors.contract import CallRequest


def get_chunk(db: Session, chunk_id: int) -> Chunk:
    chunk = db.get(Chunk, chunk_id)
    if chunk is None:
        raise CampaignError(f"chunk {chunk_id} does not exist")
    return chunk


def find_chunks(db: Session, campaign_id: int, statuses: Collection[ChunkStatus]) -> list[Chunk]:
    """Return the chunks of a campaign in these statuses, in order."""
    statement = select(Chunk).where(col(Chunk.campaign_id) == campaign_id, col(Chunk.status).in_(statuses))
    return list(db.execute(statement.order_by(col(Chunk.number))).scalars())


def count_chunks(db: Session, campaign_id: int) -> dict[str, int]:
    """Return status → number of chunks."""
    statement = select(col(Chunk.status), func.count()).where(col(Chunk.campaign_id) == campaign_id)
    return dict(db.execute(statement.group_by(col(Chunk.status))).tuples().all())


def record_stage(db: Session, chunk: Chunk, stage_id: str, *, fence: int) -> None:
    """Note the platform's id of a chunk that is being handed over, and who works on it."""
    db.execute(update(Chunk).where(col(Chunk.id) == chunk.id).values(stage_id=stage_id, fence=fence))
    chunk.stage_id, chunk.fence = stage_id, fence


def record_sending(db: Session, chunk: Chunk, at: datetime | None, *, fence: int) -> None:
    """Note that a chunk is about to be sent in one request, or (None) that nothing of it took effect."""
    db.execute(update(Chunk).where(col(Chunk.id) == chunk.id).values(submitted_at=at, fence=fence))
    chunk.submitted_at, chunk.fence = at, fence


def has_outcome(db: Session, chunk_id: int) -> bool:
    """Say whether any attempt of a chunk is settled."""
    statement = select(col(AttemptOutcome.attempt_id)).where(col(AttemptOutcome.chunk_id) == chunk_id)
    return db.execute(statement.limit(1)).first() is not None


def load_calls(db: Session, campaign: Campaign, chunk: Chunk, definition: CampaignFile) -> list[CallRequest]:
    """Return the call requests of a chunk, in order, without the contacts that are held back."""
    rows = db.execute(
        select(col(Attempt.id), col(Contact.phone_number), col(Contact.cells), col(Contact.dial_list_id))
        .join(Contact, col(Contact.id) == col(Attempt.contact_id))
        .where(col(Attempt.chunk_id) == chunk.id, ~exists().where(col(Exclusion.contact_id) == col(Contact.id)))
        .order_by(col(Attempt.id))
    ).all()
    template = definition.message.tts
    fields = {list_id: field_columns(db, list_id) if template else {} for list_id in {row.dial_list_id for row in rows}}
    calls = []
    for attempt, phone_number, cells, list_id in rows:
        country, national = national_form(phone_number)
        texts: tuple[str, ...] = ()
        if template:
            values = json.loads(cells)
            texts = (render_text(template, {name: values[index] or "" for name, index in fields[list_id].items()}),)
        calls.append(
            CallRequest(
                call_ref=call_ref(campaign.reference, attempt),
                phone_number=phone_number,
                country=country,
                national_number=national,
                texts=texts,
            )
        )
    return calls


def field_columns(db: Session, dial_list_id: int) -> dict[str, int]:
    """Return field or column name → index into `cells`; a mapped field wins over a column of the same name."""
    dial_list = db.get(DialList, dial_list_id)
    assert dial_list is not None
    names = {str(name): index for index, name in enumerate(json.loads(dial_list.columns)) if name}
    mapped: dict[str, int] = json.loads(dial_list.column_mapping)
    return names | mapped


def count_outcomes(db: Session, chunk_ids: Collection[int]) -> dict[int, int]:
    """Return chunk id → settled attempts, for those that have any."""
    statement = select(col(AttemptOutcome.chunk_id), func.count()).where(col(AttemptOutcome.chunk_id).in_(chunk_ids))
    return dict(db.execute(statement.group_by(col(AttemptOutcome.chunk_id))).tuples().all())


def find_unsettled_attempts(db: Session, chunk_id: int) -> list[int]:
    """Return the ids of a handed-over chunk's attempts that have no outcome yet."""
    statement = select(col(Attempt.id)).where(
        col(Attempt.chunk_id) == chunk_id,
        ~exists().where(col(AttemptOutcome.attempt_id) == col(Attempt.id)),
        ~exists().where(col(Exclusion.contact_id) == col(Attempt.contact_id)),
    )
    return list(db.execute(statement).scalars())
