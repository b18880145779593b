"""Contacts − exclusions → attempts in chunks. Nothing is sent here."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from sqlalchemy import exists, func, select, text, update
from sqlmodel import Session, col

from campaigns.campaign_file import CampaignFile, load_definition
from campaigns.caps import suppress_capped
from campaigns.chunking import ContactToCall, PlannedChunk, plan_chunks
from campaigns.db.bulk import insert_rows
from campaigns.db.engine import Database
from campaigns.dispositions import Disposition, decide_disposition, pause_before_retry
from campaigns.do_not_call_rules import suppress_unplanned
from campaigns.errors import LeaseLostError, SettingsError
from campaigns.lifecycle import move_campaign
from campaigns.models import Attempt, AttemptOutcome, Campaign, Chunk, Contact, DialList, DialListStatus, Exclusion
from campaigns.models.types import attempt_id, first_row_id
from campaigns.queries.campaigns import get_campaign_by_id
from campaigns.references import chunk_reference
from campaigns.run import CampaignRun
from campaigns.statuses import CampaignStatus
from connectors.contract import Abilities, MessageKind, TextAbility

logger = logging.getLogger(__name__)

_CHUNKS_PER_TRANSACTION = 10
_PAGE = 50_000


@dataclass(frozen=True, slots=True)
class PlanCounts:
    """What planning did."""

    chunks: int
    attempts: int
    suppressed: int


def check_abilities(definition: CampaignFile, abilities: Abilities, *, platform: str) -> None:
    """Raise `SettingsError` where the campaign asks for what the platform cannot do."""
    kind = definition.message.kind
    if kind not in abilities.message_kinds:
        can = ", ".join(sorted(abilities.message_kinds))
        raise SettingsError(f"{platform} cannot play a {kind} message; it can do: {can}")
    if kind == MessageKind.TEXT and "{" in (definition.message.tts or "") and abilities.texts != TextAbility.PER_NUMBER:
        raise SettingsError(f"{platform} speaks one text to everybody; `message.tts` must not name fields")
    windows = len(definition.calling.windows)
    if abilities.max_windows_a_day is not None and windows > abilities.max_windows_a_day:
        raise SettingsError(
            f"`calling.windows` has {windows} windows, and {platform} keeps to at most "
            f"{abilities.max_windows_a_day} a day"
        )


def plan_campaign(run: CampaignRun) -> PlanCounts:
    """Plan the first attempts of every contact that may be called; a draft becomes scheduled.

    1. Numbers on the do-not-call list, or called too recently or too often, are excluded.
    2. Contacts without exclusion and attempt go into chunks, in file order, a few chunks a transaction.
    3. Once nothing is left, the plan hash is written and the campaign is scheduled.

    Safe to kill and run again: contacts that have their attempt are left alone. Writes only under the lease.
    """
    with run.database.writing() as db:
        run.lease.check(db)
        campaign = get_campaign_by_id(db, run.campaign_id)
        suppressed = suppress_unplanned(db, campaign, at=run.clock())
        suppressed += suppress_capped(db, campaign, run.settings.caps, at=run.clock())
    chunks = attempts = 0
    planned = plan_chunks(
        _contacts_to_plan(run.database, run.campaign_id),
        run.connector.limits.calls_per_submission,
        one_country_each=run.connector.abilities.countries_per_submission is not None,
    )
    while batch := list(islice(planned, _CHUNKS_PER_TRANSACTION)):
        with run.database.writing() as db:
            run.lease.check(db)
            campaign = get_campaign_by_id(db, run.campaign_id)
            for chunk in batch:
                write_chunk(db, campaign, chunk, attempt_number=1, at=run.clock())
        chunks += len(batch)
        attempts += sum(len(chunk.contacts) for chunk in batch)
    with run.database.writing() as db:
        run.lease.check(db)
        campaign = get_campaign_by_id(db, run.campaign_id)
        write_plan_hash(db, campaign)
        if campaign.status == CampaignStatus.DRAFT:
            move_campaign(
                db, run.campaign_id, CampaignStatus.DRAFT, CampaignStatus.SCHEDULED, at=run.clock(), actor="planning"
            )
    logger.info(
        "campaign planned campaign=%s chunks=%s calls=%s held_back=%s", run.campaign_id, chunks, attempts, suppressed
    )
    return PlanCounts(chunks, attempts, suppressed)


def plan_retries(run: CampaignRun) -> PlanCounts:
    """Plan the next attempts that the retry policy wants, once every earlier chunk has ended.

    Each chunk waits until the last of its contacts may be called again. Safe to run again: an attempt that exists is
    not planned twice.
    """
    with run.database.reading() as db:
        campaign = get_campaign_by_id(db, run.campaign_id)
        definition = load_definition(campaign.definition)
        due = [
            (rule_outcome, number)
            for rule_outcome, number in db.execute(
                select(col(AttemptOutcome.outcome), col(Attempt.attempt_number))
                .join(Attempt, col(Attempt.id) == col(AttemptOutcome.attempt_id))
                .where(col(AttemptOutcome.campaign_id) == run.campaign_id)
                .distinct()
            )
            if decide_disposition(rule_outcome, number, definition.retry) == Disposition.CALL_AGAIN
        ]
    if not due:
        return PlanCounts(0, 0, 0)
    with run.database.writing() as db:
        run.lease.check(db)
        campaign = get_campaign_by_id(db, run.campaign_id)
        chunks = attempts = 0
        for outcome, number in due:
            after = pause_before_retry(outcome, definition.retry)
            rows = db.execute(
                select(
                    col(Contact.id),
                    col(Contact.phone_number),
                    col(Contact.country),
                    func.coalesce(col(AttemptOutcome.ended_at), col(AttemptOutcome.settled_at)),
                )
                .join(Attempt, col(Attempt.contact_id) == col(Contact.id))
                .join(AttemptOutcome, col(AttemptOutcome.attempt_id) == col(Attempt.id))
                .where(
                    col(AttemptOutcome.campaign_id) == run.campaign_id,
                    col(Attempt.attempt_number) == number,
                    col(AttemptOutcome.outcome) == outcome,
                    ~exists().where(col(Exclusion.contact_id) == col(Contact.id)),
                    ~exists(select(1).select_from(_later).where(_later.c.id == col(Attempt.id) + 1)),
                )
                .order_by(col(Contact.id))
            ).all()
            ended = {row[0]: row[3] for row in rows}
            contacts = (ContactToCall(row[0], row[1], row[2]) for row in rows)
            one_country = run.connector.abilities.countries_per_submission is not None
            for chunk in plan_chunks(contacts, run.connector.limits.calls_per_submission, one_country_each=one_country):
                not_before = max(ended[contact.contact_id] for contact in chunk.contacts) + after
                write_chunk(db, campaign, chunk, attempt_number=number + 1, at=run.clock(), not_before=not_before)
                chunks += 1
                attempts += len(chunk.contacts)
        if chunks:
            write_plan_hash(db, campaign)
    logger.info("retries planned campaign=%s chunks=%s calls=%s", run.campaign_id, chunks, attempts)
    return PlanCounts(chunks, attempts, 0)


_later = Attempt.__table__.alias("later")  # type: ignore[attr-defined]  # SQLModel does not declare it


_CONTACTS_TO_PLAN = text(
    """
    SELECT k.id, k.phone_number, k.country FROM contact k
    WHERE k.id > :after AND k.id < :end
      AND NOT EXISTS (SELECT 1 FROM exclusion e WHERE e.contact_id = k.id)
      AND NOT EXISTS (SELECT 1 FROM attempt a WHERE a.id = k.id * 100 + 1)
    ORDER BY k.id LIMIT :page
    """
)


def _contacts_to_plan(database: Database, campaign_id: int) -> Iterator[ContactToCall]:
    with database.reading() as db:
        lists = (
            db.execute(
                select(col(DialList.id))
                .where(col(DialList.campaign_id) == campaign_id, col(DialList.status) == DialListStatus.READY)
                .order_by(col(DialList.id))
            )
            .scalars()
            .all()
        )
    for dial_list_id in lists:
        after, end = first_row_id(dial_list_id or 0), first_row_id((dial_list_id or 0) + 1)
        while True:
            with database.reading() as db:
                page = {"after": after, "end": end, "page": _PAGE}
                rows = db.connection().execute(_CONTACTS_TO_PLAN, page).tuples().all()
            if not rows:
                break
            after = rows[-1][0]
            yield from map(ContactToCall._make, rows)


def write_chunk(
    db: Session,
    campaign: Campaign,
    planned: PlannedChunk,
    *,
    attempt_number: int,
    at: datetime,
    not_before: datetime | None = None,
) -> Chunk:
    """Append a chunk with its attempts; one that exists collides on its key. Effect: writes."""
    last = db.execute(select(func.max(col(Chunk.number))).where(col(Chunk.campaign_id) == campaign.id)).scalar_one()
    number = (last or 0) + 1
    assert campaign.id is not None
    chunk = Chunk(
        campaign_id=campaign.id,
        number=number,
        attempt_number=attempt_number,
        account=campaign.account,
        platform=campaign.platform,
        country=planned.country,
        size=len(planned.contacts),
        content_hash=planned.content_hash,
        reference=chunk_reference(campaign.reference, number),
        not_before=not_before,
        planned_at=at,
    )
    db.add(chunk)
    db.flush()
    _write_attempts(db, chunk, planned)
    return chunk


_ATTEMPTS_OF_RANGE = text(
    """
    INSERT INTO attempt (id, campaign_id, contact_id, attempt_number, chunk_id)
    SELECT k.id * 100 + 1, :campaign_id, k.id, 1, :chunk_id FROM contact k
    WHERE k.id >= :first AND k.id <= :last
      AND NOT EXISTS (SELECT 1 FROM exclusion e WHERE e.contact_id = k.id)
      AND NOT EXISTS (SELECT 1 FROM attempt a WHERE a.id = k.id * 100 + 1)
    ORDER BY k.id
    """
)


def _write_attempts(db: Session, chunk: Chunk, planned: PlannedChunk) -> None:
    """Write the attempts of a chunk: inside the database where its contacts are all that is left of a stretch."""
    contacts = planned.contacts
    if chunk.attempt_number == 1 and not planned.country:
        stretch = {"first": contacts[0].contact_id, "last": contacts[-1].contact_id}
        written = db.connection().execute(
            _ATTEMPTS_OF_RANGE, {"campaign_id": chunk.campaign_id, "chunk_id": chunk.id, **stretch}
        )
        if written.rowcount != len(contacts):
            raise LeaseLostError("the contacts to plan changed while they were planned; another run must be at work")
        return
    columns = ("id", "campaign_id", "contact_id", "attempt_number", "chunk_id")
    number = chunk.attempt_number
    rows = (
        (attempt_id(contact.contact_id, number), chunk.campaign_id, contact.contact_id, number, chunk.id)
        for contact in contacts
    )
    insert_rows(db, Attempt, columns, rows)


def compute_plan_hash(db: Session, campaign: Campaign) -> str:
    """Return the SHA-256 over definition, lists and chunks: what was planned, in one word."""
    digest = hashlib.sha256(campaign.definition_hash.encode())
    lists = select(col(DialList.file_sha256)).where(
        col(DialList.campaign_id) == campaign.id, col(DialList.status) == DialListStatus.READY
    )
    for sha256 in db.execute(lists.order_by(col(DialList.id))).scalars():
        digest.update(sha256.encode())
    chunks = select(col(Chunk.content_hash)).where(col(Chunk.campaign_id) == campaign.id).order_by(col(Chunk.number))
    for content_hash in db.execute(chunks).scalars():
        digest.update(content_hash.encode())
    return digest.hexdigest()


def write_plan_hash(db: Session, campaign: Campaign) -> None:
    """Write down what is planned now, in one word. Effect: writes."""
    plan_hash = compute_plan_hash(db, campaign)
    db.execute(update(Campaign).where(col(Campaign.id) == campaign.id).values(plan_hash=plan_hash))
