"""Bring a campaign's files into the ledger: its dial list, and the numbers that it must not call."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from sqlalchemy import exists, select, update
from sqlmodel import Session, col

from campaigns.campaign_file import CampaignFile, load_definition
from campaigns.dial_lists.do_not_call_file import UnreadEntry, read_do_not_call
from campaigns.dial_lists.importer import ImportOptions, import_dial_list, remove_rows
from campaigns.dial_lists.limits import ReadingLimits
from campaigns.errors import CampaignError
from campaigns.message_texts import check_template
from campaigns.models import Campaign, Chunk, DialList, DialListStatus, DoNotCallScope
from campaigns.queries.campaigns import get_campaign_by_id
from campaigns.queries.chunks import field_columns
from campaigns.queries.do_not_call import record_do_not_call
from campaigns.run import CampaignRun
from campaigns.settings import ReadingSettings
from campaigns.statuses import CampaignStatus

_ROWS_NAMED = 10


def import_if_needed(run: CampaignRun, path: Path, do_not_call: Sequence[Path]) -> DialList:
    """Import a draft campaign's list and do-not-call files, unless that was done; effect: writes.

    The do-not-call files come first: whatever happens in between, nobody on them can be planned.
    """
    with run.database.reading() as db:
        campaign = get_campaign_by_id(db, run.campaign_id)
        ready = find_ready_list(db, run.campaign_id)
    if ready is not None:
        return ready
    definition = load_definition(campaign.definition)
    notices = [
        notice
        for file in do_not_call
        if (notice := import_do_not_call(run, campaign, file, country=definition.dial_list.country))
    ]
    options = import_options(definition, run.settings.reading)
    dial_list = import_dial_list(run.database, run.campaign_id, path, options, at=run.clock(), check=run.lease.check)
    if definition.message.tts:
        with run.database.reading() as db:
            check_template(definition.message.tts, field_columns(db, dial_list.id or 0))
    return _with_notices(run, dial_list, notices) if notices else dial_list


def import_options(definition: CampaignFile, reading: ReadingSettings) -> ImportOptions:
    """Return how the campaign wants its lists to be read, and how much of them may be."""
    return ImportOptions(
        limits=ReadingLimits(**reading.model_dump()),
        country=definition.dial_list.country,
        columns=definition.dial_list.columns,
        sheet=definition.dial_list.sheet,
        hidden_rows=definition.dial_list.hidden_rows,
        kinds=frozenset(definition.dial_list.kinds),
    )


def import_mended(run: CampaignRun, path: Path) -> DialList:
    """Import a refused-rows sheet that a person has mended; its rows join the campaign. Effect: writes.

    Raises `CampaignError` once the campaign was started: a running plan does not change under its people.
    """
    with run.database.reading() as db:
        campaign = get_campaign_by_id(db, run.campaign_id)
    if campaign.status not in (CampaignStatus.DRAFT, CampaignStatus.SCHEDULED):
        raise CampaignError(f"the campaign is {campaign.status}; mended rows can join it only before it is started")
    definition = load_definition(campaign.definition)
    phone = {"phone": definition.dial_list.columns["phone"]} if "phone" in definition.dial_list.columns else {}
    options = replace(import_options(definition, run.settings.reading), columns=phone, sheet=None)
    return import_dial_list(run.database, run.campaign_id, path, options, at=run.clock(), check=run.lease.check)


def _with_notices(run: CampaignRun, dial_list: DialList, notices: Sequence[str]) -> DialList:
    with run.database.writing() as db:
        run.lease.check(db)
        dial_list = db.merge(dial_list)
        dial_list.notices = json.dumps([*json.loads(dial_list.notices), *notices], ensure_ascii=False)
        db.add(dial_list)
    return dial_list


def import_do_not_call(run: CampaignRun, campaign: Campaign, file: Path, *, country: str | None) -> str:
    """Put the numbers of a file on the do-not-call list of this campaign; effect: writes.

    Returns a sentence about rows that forbid nothing, because no number could be read from them; empty if all did.
    """
    unread: list[UnreadEntry] = []
    for batch in read_do_not_call(file, country=country):
        unread += batch.unread
        with run.database.writing() as db:
            run.lease.check(db)
            record_do_not_call(
                db,
                batch.entries,
                scope=DoNotCallScope.CAMPAIGN,
                scope_name=campaign.name,
                source=file.name,
                at=run.clock(),
            )
    return describe_unread(file, unread)


def describe_unread(file: Path, unread: Sequence[UnreadEntry]) -> str:
    """Say which rows of a do-not-call file forbid nothing; empty when every row was read."""
    if not unread:
        return ""
    rows = ", ".join(str(entry.row_number) for entry in unread[:_ROWS_NAMED])
    more = ", …" if len(unread) > _ROWS_NAMED else ""
    return f"{file.name}: {len(unread):,} rows hold no number that can be read and forbid nothing (rows {rows}{more})."


def find_ready_list(db: Session, campaign_id: int) -> DialList | None:
    statement = select(DialList).where(
        col(DialList.campaign_id) == campaign_id, col(DialList.status) == DialListStatus.READY
    )
    return db.execute(statement.limit(1)).scalar_one_or_none()


def undo_import(run: CampaignRun) -> None:
    """Take back the lists of a campaign of which nobody was planned; effect: writes.

    Raises `CampaignError` once an attempt exists: what was planned is evidence.
    """
    with run.database.writing() as db:
        run.lease.check(db)
        if db.execute(select(exists().where(col(Chunk.campaign_id) == run.campaign_id))).scalar_one():
            raise CampaignError("calls of this list were planned already; stop the campaign instead")
        ready = select(col(DialList.id)).where(
            col(DialList.campaign_id) == run.campaign_id, col(DialList.status) == DialListStatus.READY
        )
        found = list(db.execute(ready).scalars())
        if not found:
            raise CampaignError("this campaign has no list to take back")
        for dial_list_id in found:
            assert dial_list_id is not None
            remove_rows(db, dial_list_id)
            db.execute(update(DialList).where(col(DialList.id) == dial_list_id).values(status=DialListStatus.UNDONE))
