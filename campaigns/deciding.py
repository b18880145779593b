"""A person decides about a chunk of which nobody knows whether the platform has it."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import exists, select
from sqlmodel import Session, col

from campaigns.chunking import ContactToCall, PlannedChunk
from campaigns.clock import Clock
from campaigns.db.engine import Database
from campaigns.errors import CampaignError, NotAllowedNowError
from campaigns.exclusions import exclude_chunk
from campaigns.lifecycle import move_chunk
from campaigns.models import Attempt, Campaign, CampaignLease, Chunk, Contact, Exclusion, ExclusionRule
from campaigns.models.types import ATTEMPTS_PER_CONTACT
from campaigns.planning import write_chunk, write_plan_hash
from campaigns.queries.campaigns import get_campaign_by_id
from campaigns.queries.chunks import find_unsettled_attempts, has_outcome
from campaigns.statuses import CAMPAIGN_ENDED, ChunkStatus

logger = logging.getLogger(__name__)


class Verdict(StrEnum):
    ACCEPT = "accept"
    """The platform has it: watch it to its end."""
    RESUBMIT = "resubmit"
    """The platform does not have it: call its people by a new chunk."""
    GIVE_UP = "give_up"
    """Whatever the platform has, do not call these people for this campaign again."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a decision did."""

    verdict: Verdict
    chunk: str
    """Its reference."""
    status: ChunkStatus
    calls: int
    """Calls that it is about."""
    new_chunk: str = ""
    """Reference of the chunk that takes its place."""


def find_chunk(db: Session, campaign: Campaign, name: str) -> Chunk:
    """Return a chunk by its number in the campaign or by its reference; raises `CampaignError` for any other name."""
    statement = select(Chunk).where(col(Chunk.campaign_id) == campaign.id)
    if name.isascii() and name.isdigit():
        statement = statement.where(col(Chunk.number) == int(name))
    else:
        statement = statement.where(col(Chunk.reference) == name)
    chunk: Chunk | None = db.execute(statement).scalar_one_or_none()
    if chunk is None:
        raise CampaignError(f'campaign {campaign.name} has no chunk "{name}"; give its number or its reference')
    return chunk


def decide(
    database: Database,
    campaign_id: int,
    chunk_id: int,
    verdict: Verdict,
    *,
    actor: str,
    reason: str,
    clock: Clock,
    evidence_wait: timedelta,
) -> Decision:
    """Settle an unconfirmed chunk by a person's word; who and why stand in `status_change`. Effect: writes.

    1. The campaign's lease row is locked, so that a run at work sees either all of the decision or none.
    2. A chunk that is not unconfirmed any more, or that a report has named, is no matter of opinion: refused.
    3. Accept → `accepted`. Give up → `refused`, its contacts held back. Resubmit → `refused`, and a new chunk with the
       next attempt of each contact that may still be called.

    Raises `CampaignError`, and `NotAllowedNowError` while the search for evidence still goes on: what is put to the
    platform again too early may ring twice.
    """
    with database.writing() as db:
        lease = select(col(CampaignLease.fence)).where(col(CampaignLease.campaign_id) == campaign_id)
        db.execute(lease.with_for_update())
        campaign = get_campaign_by_id(db, campaign_id)
        chunk = db.execute(select(Chunk).where(col(Chunk.id) == chunk_id).with_for_update()).scalar_one()
        _require_undecided(db, chunk)
        calls = len(find_unsettled_attempts(db, chunk_id))
        if verdict == Verdict.ACCEPT:
            move_chunk(db, chunk, ChunkStatus.ACCEPTED, at=clock(), actor=actor, reason=reason)
            logger.warning("chunk decided chunk=%s verdict=%s by=%s", chunk.reference, verdict, actor)
            return Decision(verdict, chunk.reference, ChunkStatus.ACCEPTED, calls)
        _require_searched(chunk, clock, evidence_wait)
        move_chunk(db, chunk, ChunkStatus.REFUSED, at=clock(), actor=actor, reason=f"{verdict}: {reason}")
        new = ""
        if verdict == Verdict.GIVE_UP:
            exclude_chunk(db, chunk, ExclusionRule.GIVEN_UP, detail=reason, at=clock())
        else:
            new = _plan_again(db, campaign, chunk, clock)
    logger.warning("chunk decided chunk=%s verdict=%s by=%s new_chunk=%s", chunk.reference, verdict, actor, new)
    return Decision(verdict, chunk.reference, ChunkStatus.REFUSED, calls, new)


def _require_undecided(db: Session, chunk: Chunk) -> None:
    if chunk.status != ChunkStatus.UNCONFIRMED:
        raise CampaignError(f"chunk {chunk.reference} is {chunk.status}; only an unconfirmed chunk needs a decision")
    if has_outcome(db, chunk.id or 0):
        raise CampaignError(f"calls of chunk {chunk.reference} were reported, so the platform has it")


def _require_searched(chunk: Chunk, clock: Clock, evidence_wait: timedelta) -> None:
    until = (chunk.submitted_at or chunk.planned_at) + evidence_wait
    if clock() < until:
        raise NotAllowedNowError(
            f"evidence of chunk {chunk.reference} is looked for until {until:%Y-%m-%d %H:%M} UTC "
            "(`watching.evidence_wait`); until then it can only be accepted",
            rule="evidence_wait",
        )


def _plan_again(db: Session, campaign: Campaign, chunk: Chunk, clock: Clock) -> str:
    """Plan the next attempts of a chunk's contacts; return the new chunk's reference."""
    if campaign.status in CAMPAIGN_ENDED:
        raise CampaignError(f"campaign {campaign.name} is {campaign.status}; nothing more is handed over")
    number = chunk.attempt_number + 1
    if number >= ATTEMPTS_PER_CONTACT:
        raise CampaignError(f"a contact has at most {ATTEMPTS_PER_CONTACT - 1} attempts")
    rows = db.execute(
        select(col(Contact.id), col(Contact.phone_number), col(Contact.country))
        .join(Attempt, col(Attempt.contact_id) == col(Contact.id))
        .where(col(Attempt.chunk_id) == chunk.id, ~exists().where(col(Exclusion.contact_id) == col(Attempt.contact_id)))
        .order_by(col(Contact.id))
    ).tuples()
    contacts = tuple(map(ContactToCall._make, rows))
    if not contacts:
        return ""
    new = write_chunk(db, campaign, PlannedChunk(chunk.country, contacts), attempt_number=number, at=clock())
    write_plan_hash(db, campaign)
    return new.reference
