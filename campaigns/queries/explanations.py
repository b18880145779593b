"""Why a number was called, or was not: its history over all campaigns, step by step with the rule of each."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from campaigns.campaign_file import load_definition
from campaigns.dispositions import decide_disposition
from campaigns.models import (
    Attempt,
    AttemptOutcome,
    Campaign,
    Chunk,
    Contact,
    DialList,
    DoNotCall,
    Exclusion,
    StatusChange,
)
from campaigns.phone_numbers import mask_number
from campaigns.queries.unconfirmed import describe_unconfirmed
from campaigns.statuses import ChunkStatus


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened, or will."""

    at: datetime | None
    what: str
    rule: str
    """What decided it."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """The history of one number in one campaign."""

    campaign: str
    campaign_status: str
    timezone: str
    """The campaign's; steps are in UTC."""
    number: str
    """Masked."""
    row: str
    steps: tuple[Step, ...]


def explain_number(db: Session, phone_number: str, campaign_id: int | None = None) -> list[Explanation]:
    """Return what happened to an E.164 number, newest campaign first; an empty list when no list holds it."""
    statement = select(Contact).where(col(Contact.phone_number) == phone_number)
    if campaign_id is not None:
        statement = statement.where(col(Contact.campaign_id) == campaign_id)
    contacts = db.execute(statement.order_by(col(Contact.campaign_id).desc(), col(Contact.id))).scalars().all()
    return [_explain(db, contact) for contact in contacts]


def find_do_not_call(db: Session, phone_number: str) -> list[DoNotCall]:
    return list(db.execute(select(DoNotCall).where(col(DoNotCall.phone_number) == phone_number)).scalars())


def _explain(db: Session, contact: Contact) -> Explanation:
    campaign = db.get(Campaign, contact.campaign_id)
    dial_list = db.get(DialList, contact.dial_list_id)
    assert campaign is not None
    assert dial_list is not None
    place = (
        f"{dial_list.file_name}, " + (f"sheet {contact.sheet}, " if contact.sheet else "") + f"row {contact.row_number}"
    )
    steps = [Step(dial_list.imported_at, f"taken from {place}", "valid number")]
    exclusion = db.get(Exclusion, contact.id)
    for attempt in db.execute(
        select(Attempt).where(col(Attempt.contact_id) == contact.id).order_by(col(Attempt.attempt_number))
    ).scalars():
        steps += _explain_attempt(db, campaign, attempt)
    if exclusion is not None:
        steps.append(Step(exclusion.excluded_at, f"held back: {exclusion.detail}".rstrip(": "), exclusion.rule))
    elif len(steps) == 1:
        steps.append(Step(None, "waits to be planned", "campaign is " + campaign.status))
    ordered = sorted(steps, key=lambda step: (step.at is None, step.at.timestamp() if step.at else 0))
    return Explanation(
        campaign=campaign.name if campaign.run_number == 1 else f"{campaign.name}#{campaign.run_number}",
        campaign_status=campaign.status,
        timezone=campaign.timezone,
        number=mask_number(contact.phone_number),
        row=place,
        steps=tuple(ordered),
    )


def _explain_attempt(db: Session, campaign: Campaign, attempt: Attempt) -> list[Step]:
    chunk = db.get(Chunk, attempt.chunk_id)
    assert chunk is not None
    steps = [Step(chunk.planned_at, f"attempt {attempt.attempt_number} planned in chunk {chunk.reference}", "plan")]
    changes = db.execute(
        select(StatusChange).where(col(StatusChange.chunk_id) == chunk.id).order_by(col(StatusChange.id))
    ).scalars()
    for change in changes:
        reason = f": {change.reason}" if change.reason else ""
        if change.to_status == ChunkStatus.ACCEPTED:
            task = f" as task {chunk.stage_id}" if chunk.stage_id else ""
            reason = f" by {chunk.account}{task}{reason}"
        if change.to_status != ChunkStatus.CLOSED:
            steps.append(Step(change.changed_at, f"chunk {chunk.reference} {change.to_status}{reason}", change.actor))
    outcome = db.get(AttemptOutcome, attempt.id)
    if outcome is None:
        return [*steps, *_next_step(db, chunk)]
    codes = json.loads(outcome.raw_codes)
    said = ", ".join(f"{name} {value}" for name, value in codes.items() if value)
    keys = f", pressed {outcome.dtmf_digits}" if outcome.dtmf_digits else ""
    talked = f", {outcome.talk_seconds} s" if outcome.talk_seconds else ""
    steps.append(
        Step(
            outcome.ended_at or outcome.settled_at,
            f"attempt {attempt.attempt_number}: {outcome.outcome}{talked}{keys}",
            f"{outcome.source}{f' ({said})' if said else ''}",
        )
    )
    definition = load_definition(campaign.definition)
    disposition = decide_disposition(outcome.outcome, attempt.attempt_number, definition.retry)
    steps.append(Step(outcome.settled_at, f"disposition: {disposition.replace('_', ' ')}", "retry policy"))
    return steps


def _next_step(db: Session, chunk: Chunk) -> list[Step]:
    match chunk.status:
        case ChunkStatus.PLANNED:
            until = f" not before {chunk.not_before:%Y-%m-%d %H:%M} UTC" if chunk.not_before else ""
            return [Step(None, f"waits to be handed over{until}", "calling window and pace")]
        case ChunkStatus.SUBMITTING if chunk.submitted_at is not None:
            return [Step(None, "was said to the platform, whose answer is awaited", "said once")]
        case ChunkStatus.SUBMITTING:
            return [
                Step(None, "is being handed over; nothing rings before the chunk is started", "load, verify, start")
            ]
        case ChunkStatus.ACCEPTED:
            return [Step(None, "waits for the platform's report", "watching")]
        case ChunkStatus.UNCONFIRMED:
            doubt = describe_unconfirmed(db, chunk)
            what = f"may have been called or not, since {doubt.since:%Y-%m-%d %H:%M} UTC: {doubt.describe_search()}"
            return [Step(None, f"{what}; waits for evidence or `callsheet decide`", "never sent twice")]
        case _:
            return []
