"""Rows of a file → contacts and refused rows in the ledger.

Every row below the header becomes exactly one contact or one refused row, in the order of the file. The file is never
held in memory: batches pass through, and of the numbers seen only sixteen bytes each are kept.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

import numpy as np
from sqlalchemy import delete, select, update
from sqlmodel import Session, col

from campaigns.db.bulk import table_of
from campaigns.db.engine import Database
from campaigns.dial_lists.layout import SheetLayout, join_batches, lay_out_sheet
from campaigns.dial_lists.limits import ReadingLimits
from campaigns.dial_lists.opening import open_dial_list
from campaigns.dial_lists.row_writing import RowWriter
from campaigns.dial_lists.rows import BATCH_ROWS, DialListFile, RowBatch
from campaigns.dial_lists.seen_numbers import SeenNumbers
from campaigns.errors import DialListError
from campaigns.models import Contact, DialList, DialListStatus, Exclusion, RowRefusal
from campaigns.models.types import ROWS_PER_LIST
from campaigns.phone_numbers.words import NumberKind

logger = logging.getLogger(__name__)

CheckLease = Callable[[Session], None]
"""Called first in every transaction that writes; raises where somebody else has taken the campaign over."""


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How a manager wants a list to be read."""

    country: str | None = None
    """Country of numbers written without a country code, where no country column says otherwise."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """Field → name of its column, for what cannot or must not be guessed."""
    sheet: str | None = None
    hidden_rows: Literal["take", "skip"] = "take"
    kinds: frozenset[NumberKind] = frozenset(NumberKind)
    """Kinds of numbers that may be called."""
    limits: ReadingLimits = field(default_factory=ReadingLimits)


def import_dial_list(
    database: Database,
    campaign_id: int,
    path: Path,
    options: ImportOptions,
    *,
    at: datetime,
    check: CheckLease = lambda db: None,
) -> DialList:
    """Read a file into a campaign; return its dial list, ready.

    1. A list of the same bytes that is ready already is returned as it is: importing twice is importing once.
    2. What an interrupted import of this campaign left behind is removed; the new list is written as `importing`.
    3. Each batch of rows is written in a transaction of its own; a number seen before in the campaign's lists makes
       a contact with the exclusion "duplicate", which names the row of the first.
    4. The counts are written and the list becomes `ready`; nothing before that is planned.

    Raises `DialListError` or `ColumnError`, and leaves nothing behind then. Effect: writes, many transactions.
    """
    sha256 = _hash_file(path)
    with database.writing() as db:
        check(db)
        ready = _find_ready(db, campaign_id, sha256)
        if ready is not None:
            return ready
        _remove_unfinished(db, campaign_id)
        dial_list = DialList(
            campaign_id=campaign_id,
            file_name=path.name,
            file_sha256=sha256,
            file_bytes=path.stat().st_size,
            country=options.country or "",
            imported_at=at,
        )
        db.add(dial_list)
        db.flush()
        assert dial_list.id is not None
        seen, sources = _load_seen(db, campaign_id)
    writer = RowWriter(campaign_id, dial_list.id, options.country, options.kinds, seen, sources, at)
    try:
        values = _read_file(database, path, options, writer, check)
    except DialListError:
        with database.writing() as db:
            check(db)
            _remove_unfinished(db, campaign_id)
        raise
    with database.writing() as db:
        check(db)
        db.execute(update(DialList).where(col(DialList.id) == dial_list.id).values(**values))
    with database.reading() as db:
        done = db.get(DialList, dial_list.id)
        assert done is not None
    logger.info(
        "dial list imported campaign=%s list=%s rows=%s contacts=%s duplicates=%s refused=%s",
        campaign_id, done.id, done.row_count, done.contact_count, done.duplicate_count, done.refusal_count,
    )  # fmt: skip
    return done


def remove_rows(db: Session, dial_list_id: int) -> None:
    """Remove every contact, exclusion and refused row of a list; the caller makes sure none was planned.

    Effect: writes.
    """
    first, last = dial_list_id * ROWS_PER_LIST, (dial_list_id + 1) * ROWS_PER_LIST
    for model, key in ((Exclusion, "contact_id"), (Contact, "id"), (RowRefusal, "id")):
        table = table_of(model)
        db.execute(delete(table).where(table.c[key] > first, table.c[key] < last))


def _hash_file(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise DialListError(
            what=path.name, why=f"it cannot be opened ({error.strerror or 'unknown cause'}).", advice="Check its path."
        ) from None


def _find_ready(db: Session, campaign_id: int, sha256: str) -> DialList | None:
    statement = select(DialList).where(
        col(DialList.campaign_id) == campaign_id,
        col(DialList.file_sha256) == sha256,
        col(DialList.status) == DialListStatus.READY,
    )
    return db.execute(statement.limit(1)).scalar_one_or_none()


def _remove_unfinished(db: Session, campaign_id: int) -> None:
    unfinished = select(col(DialList.id)).where(
        col(DialList.campaign_id) == campaign_id, col(DialList.status) == DialListStatus.IMPORTING
    )
    for dial_list_id in db.execute(unfinished).scalars().all():
        assert dial_list_id is not None
        remove_rows(db, dial_list_id)
        db.execute(delete(DialList).where(col(DialList.id) == dial_list_id))


def _load_seen(db: Session, campaign_id: int) -> tuple[SeenNumbers, list[str]]:
    """Load the numbers of the campaign's other lists, with the words that name where they stand."""
    seen, sources = SeenNumbers(), list[str]()
    contacts = table_of(Contact)
    for dial_list_id, file_name in db.execute(
        select(col(DialList.id), col(DialList.file_name))
        .where(col(DialList.campaign_id) == campaign_id, col(DialList.status) == DialListStatus.READY)
        .order_by(col(DialList.id))
    ).all():
        rows = db.execute(
            select(contacts.c.phone_number, contacts.c.row_number)
            .where(contacts.c.dial_list_id == dial_list_id, contacts.c.campaign_id == campaign_id)
            .order_by(contacts.c.id)
        )
        while some := rows.fetchmany(50_000):
            numbers = np.array([int(number[1:]) for number, _ in some], dtype=np.int64)
            places = np.array([row for _, row in some], dtype=np.int64)
            seen.add(numbers, places + RowWriter.place_of_source(len(sources)))
        sources.append(f" of {file_name}")
    return seen, sources


def _read_file(
    database: Database, path: Path, options: ImportOptions, writer: RowWriter, check: CheckLease
) -> dict[str, object]:
    """Write the rows of a file batch by batch; return what the dial list has to say of them."""
    names: list[str] = []
    layouts: list[SheetLayout] = []
    with open_dial_list(path, limits=options.limits, sheet=options.sheet) as file:
        for batch, layout in _gather(_bodies(file, names, layouts, options.columns, path.name)):
            skipped = batch.is_hidden if options.hidden_rows == "skip" else np.zeros(len(batch), dtype=np.bool_)
            with database.writing() as db:
                check(db)
                writer.write(db, batch, layout, names, skipped)
        notices = list(file.notices)
        file_format = file.format
    if writer.row_count == 0:
        raise DialListError(
            what=path.name, why="it has no rows below its header.", advice="Choose the sheet that holds the list."
        )
    if writer.hidden_count:
        done = "left out" if options.hidden_rows == "skip" else "taken along"
        notices.append(f"{writer.hidden_count:,} hidden rows were {done}.")
    return {
        "status": DialListStatus.READY,
        "file_format": file_format,
        "sheets": json.dumps([layout.sheet for layout in layouts], ensure_ascii=False),
        "header_row": layouts[0].header_row,
        "columns": json.dumps(names, ensure_ascii=False),
        "column_mapping": json.dumps(layouts[0].fields, ensure_ascii=False),
        "row_count": writer.row_count,
        "contact_count": writer.contact_count,
        "refusal_count": writer.refusal_count,
        "duplicate_count": writer.duplicate_count,
        "repair_counts": json.dumps({repair.value: count for repair, count in writer.repair_counts.items()}),
        "notices": json.dumps(notices, ensure_ascii=False),
    }


def _bodies(
    file: DialListFile, names: list[str], layouts: list[SheetLayout], columns: Mapping[str, str], file_name: str
) -> Iterator[tuple[RowBatch, SheetLayout]]:
    """Yield the rows below each sheet's header; `names` and `layouts` grow on the way."""
    for batch in file.batches():
        if not layouts or layouts[-1].sheet != batch.sheet:
            layouts.append(lay_out_sheet(batch, names, columns, file_name=file_name))
        body = layouts[-1].body(batch, names)
        if len(body):
            yield body, layouts[-1]


def _gather(bodies: Iterable[tuple[RowBatch, SheetLayout]]) -> Iterator[tuple[RowBatch, SheetLayout]]:
    """Join small batches of a sheet: a transaction for every few thousand rows costs more than the rows."""
    waiting: list[RowBatch] = []
    rows = 0
    last: SheetLayout | None = None
    for body, layout in bodies:
        if last is not None and waiting and (layout is not last or rows + len(body) > BATCH_ROWS):
            yield join_batches(waiting), last
            waiting, rows = [], 0
        waiting.append(body)
        rows += len(body)
        last = layout
    if last is not None and waiting:
        yield join_batches(waiting), last
