"""The ledger verifies itself: file, plan, evidence and platform, each computed anew and compared; reads only."""

from __future__ import annotations

import hashlib
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select, text
from sqlmodel import Session, col

from campaigns.campaign_file import load_definition
from campaigns.clock import Clock
from campaigns.db.engine import Database
from campaigns.db.upgrading import upgrade
from campaigns.dial_lists.importer import import_dial_list
from campaigns.importing import import_options
from campaigns.models import AttemptOutcome, Chunk, DialList, DialListStatus
from campaigns.models.types import ROWS_PER_LIST
from campaigns.planning import compute_plan_hash
from campaigns.queries.campaigns import create_campaign, get_campaign_by_id
from campaigns.queries.chunks import find_chunks
from campaigns.queries.identity import compute_identity
from campaigns.references import read_call_ref
from campaigns.settings import ReadingSettings
from campaigns.statuses import CHUNK_HANDED_OVER, ChunkStatus
from connectors.contract import Connector
from connectors.errors import PlatformError

_NAMED = 10
"""So many rows or calls are named of a kind; the rest are counted."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing computed anew and compared."""

    what: str
    is_well: bool
    message: str


def verify_ledger(database: Database, campaign_id: int) -> list[Check]:
    """Compute identity, chunk contents and plan hash anew from the rows of the ledger."""
    with database.reading() as db:
        campaign = get_campaign_by_id(db, campaign_id)
        identity = compute_identity(db, campaign_id)
        well = f"{identity.rows:,} rows, every one explained"
        checks = [Check("identity", identity.holds, well if identity.holds else f"is broken: {identity.to_json()}")]
        chunks = find_chunks(db, campaign_id, set(ChunkStatus))
        wrong = [chunk.reference for chunk in chunks if not _is_as_planned(db, chunk)]
        checks.append(_summed("chunks", wrong, "each holds what was planned", "chunks do not hold what was planned"))
        same = compute_plan_hash(db, campaign) == campaign.plan_hash
        checks.append(Check("plan", same, "the plan is the one that was made" if same else "the plan hash is another"))
        checks.append(_check_outcomes(db, campaign_id))
    return checks


def verify_file(database: Database, campaign_id: int, path: Path, *, clock: Clock) -> list[Check]:
    """Read the imported file again into a ledger of its own, and compare row by row."""
    with database.reading() as db:
        campaign = get_campaign_by_id(db, campaign_id)
        statement = select(DialList).where(
            col(DialList.campaign_id) == campaign_id, col(DialList.status) == DialListStatus.READY
        )
        imported = db.execute(statement.order_by(col(DialList.id)).limit(1)).scalar_one_or_none()
    if imported is None:
        return [Check("file", False, "no list is imported")]
    with path.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != imported.file_sha256:
            return [Check("file", False, f"{path.name} is not the file that was imported: its hash is another")]
    definition = load_definition(campaign.definition)
    options = import_options(definition, ReadingSettings())
    with tempfile.TemporaryDirectory(prefix="callsheet-verify-") as folder:
        scratch = Database(f"sqlite:///{folder}/scratch.db")
        try:
            upgrade(scratch)
            with scratch.writing() as db:
                copy = create_campaign(db, definition, platform=campaign.platform, at=clock())
            again = import_dial_list(scratch, copy.id or 0, path, options, at=clock())
            differing = _differing_rows(database, imported.id or 0, scratch, again.id or 0)
        finally:
            scratch.close()
    alike = f"{imported.row_count:,} rows read again, all alike"
    return [_summed("file", differing, alike, "rows differ from the file")]


async def verify_platform(database: Database, connector: Connector, campaign_id: int) -> list[Check]:
    """Compare what the platform holds of each chunk that was handed over with attempts and outcomes."""
    staging, reporting = connector.staging, connector.reporting
    if staging is None or reporting is None:
        return [Check("platform", True, f"{connector.platform} does not let us read back what it was given")]
    checks = []
    with database.reading() as db:
        campaign = get_campaign_by_id(db, campaign_id)
        chunks = find_chunks(db, campaign_id, CHUNK_HANDED_OVER)
    for chunk in chunks:
        if chunk.stage_id is None:
            continue
        try:
            held: Counter[int | None] = Counter()
            async for page in staging.fetch_staged(chunk.stage_id):
                held.update(read_call_ref(row.call_ref, campaign.reference) for row in page)
            told: dict[int | None, str] = {}
            async for reports in reporting.fetch_reports(chunk.stage_id):
                for report in reports:
                    told[read_call_ref(report.call_ref or "", campaign.reference)] = report.outcome
        except PlatformError as error:
            checks.append(Check(f"chunk {chunk.reference}", False, f"cannot be compared: {error}"))
            continue
        checks.append(_compare_chunk(database, chunk, held, told))
    return checks


def _compare_chunk(database: Database, chunk: Chunk, held: Counter[int | None], told: dict[int | None, str]) -> Check:
    with database.reading() as db:
        wanted = set(
            db.execute(
                text(
                    "SELECT a.id FROM attempt a LEFT JOIN exclusion e ON e.contact_id = a.contact_id "
                    "LEFT JOIN outcome o ON o.attempt_id = a.id "
                    "WHERE a.chunk_id = :chunk AND (e.contact_id IS NULL OR o.attempt_id IS NOT NULL)"
                ),
                {"chunk": chunk.id},
            ).scalars()
        )
        known = dict(
            db.execute(
                select(col(AttemptOutcome.attempt_id), col(AttemptOutcome.outcome)).where(
                    col(AttemptOutcome.chunk_id) == chunk.id
                )
            )
            .tuples()
            .all()
        )
    missing = len(wanted - held.keys())
    doubled = sum(count > 1 for attempt, count in held.items() if attempt in wanted)
    foreign = sum(count for attempt, count in held.items() if attempt not in wanted)
    other = sum(known[attempt] != told[attempt] for attempt in known.keys() & told.keys())
    parts = {"missing": missing, "doubled": doubled, "foreign": foreign, "of another outcome": other}
    wrong = ", ".join(f"{count:,} {name}" for name, count in parts.items() if count)
    well = f"{len(wanted):,} calls, all as the platform holds them"
    return Check(f"chunk {chunk.reference}", not wrong, wrong or well)


def _is_as_planned(db: Session, chunk: Chunk) -> bool:
    rows = db.execute(
        text(
            "SELECT k.id, k.phone_number FROM attempt a JOIN contact k ON k.id = a.contact_id "
            "WHERE a.chunk_id = :chunk ORDER BY a.id"
        ),
        {"chunk": chunk.id},
    ).all()
    lines = "".join(f"{contact_id} {number}\n" for contact_id, number in rows)
    return len(rows) == chunk.size and hashlib.sha256(lines.encode()).hexdigest() == chunk.content_hash


def _check_outcomes(db: Session, campaign_id: int) -> Check:
    stray = db.execute(
        text(
            "SELECT COUNT(*) FROM outcome o LEFT JOIN attempt a ON a.id = o.attempt_id "
            "WHERE o.campaign_id = :campaign AND (a.id IS NULL OR a.chunk_id <> o.chunk_id)"
        ),
        {"campaign": campaign_id},
    ).scalar_one()
    message = f"{stray:,} outcomes belong to no attempt" if stray else "each belongs to its attempt"
    return Check("outcomes", not stray, message)


def _differing_rows(database: Database, list_id: int, scratch: Database, scratch_list_id: int) -> list[str]:
    """Return the row numbers that are not alike in both ledgers, in order."""
    differing: list[str] = []
    ours, theirs = _rows(database, list_id), _rows(scratch, scratch_list_id)
    our, their = next(ours, None), next(theirs, None)
    while our is not None or their is not None:
        if our == their:
            our, their = next(ours, None), next(theirs, None)
            continue
        first = min((row for row in (our, their) if row is not None), key=lambda row: row[0])
        differing.append(f"row {first[2]}")
        our = next(ours, None) if our is not None and our[0] == first[0] else our
        their = next(theirs, None) if their is not None and their[0] == first[0] else their
    return differing


def _rows(database: Database, list_id: int) -> Iterator[tuple[int, str, int, str, str]]:
    """Yield (ordinal, sheet, row number, number or reason, cells) of a list in the file's order, in pages."""
    first, end, page = list_id * ROWS_PER_LIST, (list_id + 1) * ROWS_PER_LIST, 20_000
    statement = text(
        "SELECT id, sheet, row_number, phone_number AS what, cells FROM contact WHERE id > :after AND id < :end "
        "UNION ALL "
        "SELECT id, sheet, row_number, reason, cells FROM row_refusal WHERE id > :after AND id < :end "
        "ORDER BY id LIMIT :page"
    )
    after = first
    while True:
        with database.reading() as db:
            rows = db.execute(statement, {"after": after, "end": end, "page": page}).all()
        if not rows:
            return
        after = rows[-1][0]
        yield from ((row[0] - first, row[1], row[2], row[3], row[4]) for row in rows)


def _summed(what: str, wrong: list[str], well: str, problem: str) -> Check:
    if not wrong:
        return Check(what, True, well)
    more = f" and {len(wrong) - _NAMED:,} more" if len(wrong) > _NAMED else ""
    return Check(what, False, f"{len(wrong):,} {problem}: {', '.join(wrong[:_NAMED])}{more}")
