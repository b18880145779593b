"""Collect a campaign's results from the ledger."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlmodel import Session, col

from campaigns.campaign_file import load_definition
from campaigns.models import Campaign, Chunk, DialList, Difference, StatusChange
from campaigns.queries.campaigns import get_campaign_by_id
from campaigns.queries.identity import compute_identity
from campaigns.results.columns import differences_columns, not_called_columns, refused_columns, results_columns
from campaigns.results.ledger import ChunkStates, count_refusals, find_ranges, find_ready_lists, read_list_columns
from campaigns.results.model import (
    CampaignSummary,
    Evidence,
    EvidenceChunk,
    EvidenceFile,
    EvidenceMove,
    KeyTally,
    Language,
    Report,
    RowStream,
)
from campaigns.results.streams import (
    OriginalColumns,
    key_label,
    stream_differences,
    stream_not_called,
    stream_refused,
    stream_results,
    survey_labels,
)
from campaigns.results.tallies import Tallies, count_rows

_PROGRAMS = (
    "callsheet", "prefect", "sqlmodel", "sqlalchemy", "httpx", "phonenumbers", "pyarrow", "python-calamine",
    "xlsxwriter",
)  # fmt: skip
_MOST_KEYS = 12
"""Inputs that Summary lists; the rest is one line together."""


def collect_report(
    db: Session, campaign_id: int, *, language: Language, at: datetime, run_ids: Sequence[str] = ()
) -> Report:
    """Return everything that a results file holds, as the ledger stands in the transaction of `db`.

    The figures are read now, the rows while the report is written: `db` stays open until then and must see one
    consistent state throughout. `at` is the moment of the figures. Raises `CampaignError` for an unknown campaign.
    """
    campaign = get_campaign_by_id(db, campaign_id)
    definition = load_definition(campaign.definition)
    lists = find_ready_lists(db, campaign_id)
    originals = OriginalColumns(lists)
    ranges = find_ranges(db, lists)
    found = db.execute(select(Chunk).where(col(Chunk.campaign_id) == campaign_id).order_by(col(Chunk.number)))
    chunk_rows = list(found.scalars())
    chunks = ChunkStates(chunk_rows)
    tallies = count_rows(db, ranges, chunks, ZoneInfo(campaign.timezone), definition.retry)
    refused_count = count_refusals(db, lists)
    results = results_columns(originals.titles, language)
    not_called = not_called_columns(originals.titles, language)
    refused = refused_columns(originals.titles, language)
    differences = differences_columns(language)
    held = [rows for rows, _ in tallies.not_called]
    return Report(
        summary=_summary(db, campaign, chunk_rows, tallies, survey_labels(definition), language, at),
        results=RowStream(
            results,
            tallies.contacts + refused_count,
            stream_results(db, ranges, chunks, originals, definition, results),
        ),
        not_called=RowStream(
            not_called,
            sum(count for _, count in tallies.not_called),
            stream_not_called(db, held, chunks, originals, not_called),
        ),
        refused=RowStream(refused, refused_count, stream_refused(db, ranges, originals, refused)),
        differences=RowStream(
            differences,
            _count_differences(db, campaign_id),
            stream_differences(db, campaign_id, chunks, differences),
        ),
        evidence=_evidence(db, campaign, lists, chunk_rows, run_ids),
    )


def _summary(
    db: Session,
    campaign: Campaign,
    chunks: Sequence[Chunk],
    tallies: Tallies,
    labels: Mapping[str, str],
    language: Language,
    at: datetime,
) -> CampaignSummary:
    return CampaignSummary(
        campaign=campaign.name if campaign.run_number == 1 else f"{campaign.name} #{campaign.run_number}",
        status=campaign.status,
        status_reason=campaign.status_reason,
        accounts=sorted({campaign.account, *(chunk.account for chunk in chunks)}),
        platforms=sorted({campaign.platform, *(chunk.platform for chunk in chunks)}),
        timezone=campaign.timezone,
        language=language,
        created_at=campaign.created_at,
        started_at=campaign.started_at,
        ended_at=campaign.ended_at,
        written_at=at,
        identity=compute_identity(db, campaign.id or 0),
        outcomes=tallies.outcomes,
        dispositions=dict(tallies.dispositions.most_common()),
        hours=tallies.hour_tallies(),
        keys=_key_tallies(tallies, labels),
        attempts=tallies.attempts,
        talk_seconds=tallies.talk_seconds,
    )


def _key_tallies(tallies: Tallies, labels: Mapping[str, str]) -> list[KeyTally]:
    ranked = tallies.digits.most_common()
    keys = [KeyTally(digits, key_label(digits, labels), count) for digits, count in ranked[:_MOST_KEYS]]
    rest = sum(count for _, count in ranked[_MOST_KEYS:])
    return [*keys, KeyTally("…", "", rest)] if rest else keys


def _evidence(
    db: Session, campaign: Campaign, lists: Sequence[DialList], chunks: Sequence[Chunk], run_ids: Sequence[str]
) -> Evidence:
    moves = db.execute(
        select(StatusChange)
        .where(col(StatusChange.campaign_id) == campaign.id, col(StatusChange.chunk_id).is_(None))
        .order_by(col(StatusChange.id))
    ).scalars()
    return Evidence(
        campaign_reference=campaign.reference,
        definition_hash=campaign.definition_hash,
        plan_hash=campaign.plan_hash,
        files=[_evidence_file(dial_list) for dial_list in lists],
        versions=_versions(),
        run_ids=run_ids,
        moves=[
            EvidenceMove(move.changed_at, move.from_status, move.to_status, move.actor, move.reason) for move in moves
        ],
        chunks=[
            EvidenceChunk(
                number=chunk.number,
                reference=chunk.reference,
                platform_id=chunk.stage_id or "",
                account=chunk.account,
                status=chunk.status,
                size=chunk.size,
                wave=chunk.attempt_number,
                planned_at=chunk.planned_at,
                submitted_at=chunk.submitted_at,
                closed_at=chunk.closed_at,
            )
            for chunk in chunks
        ],
    )


def _evidence_file(dial_list: DialList) -> EvidenceFile:
    columns = read_list_columns(dial_list)
    mapping: dict[str, int] = json.loads(dial_list.column_mapping)
    return EvidenceFile(
        name=dial_list.file_name,
        sha256=dial_list.file_sha256,
        size_bytes=dial_list.file_bytes,
        sheets=[sheet for sheet in json.loads(dial_list.sheets) if sheet],
        mapping=", ".join(f"{field} = {columns[place]}" for field, place in mapping.items() if place < len(columns)),
        row_count=dial_list.row_count,
        imported_at=dial_list.imported_at,
    )


def _count_differences(db: Session, campaign_id: int) -> int:
    statement = select(func.count()).where(col(Difference.campaign_id) == campaign_id)
    return int(db.execute(statement).scalar_one())


def _versions() -> dict[str, str]:
    versions = {"python": platform.python_version()}
    for program in _PROGRAMS:
        try:
            versions[program] = version(program)
        except PackageNotFoundError:
            continue
    return versions
