"""Read a file of numbers that must not be called.

What a dial list would refuse may still forbid a call: of a cell with two numbers, an extension or two readings, every
number that may be meant is taken. Only what holds no number at all is left, and is told row by row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa

from campaigns.dial_lists.header_words import fold
from campaigns.dial_lists.layout import lay_out_sheet
from campaigns.dial_lists.limits import ReadingLimits
from campaigns.dial_lists.opening import open_dial_list
from campaigns.dial_lists.rows import BATCH_ROWS
from campaigns.errors import DialListError
from campaigns.phone_numbers.batch import read_numbers
from campaigns.queries.do_not_call import NewEntry

_REASON = frozenset({"原因", "理由", "备注", "说明", "来源", "reason", "remark", "remarks", "note", "notes", "comment"})
_EXPIRY = frozenset(
    {"有效期", "有效期至", "到期", "到期日", "到期日期", "截止日期", "失效日期"}
    | {"expires", "expiresat", "expiry", "expirydate", "validuntil", "until"}
)
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T].*)?")


@dataclass(frozen=True, slots=True)
class UnreadEntry:
    """A row of the file that forbids nothing, because it holds no number."""

    sheet: str
    row_number: int
    reason: str
    """One of `RefusalReason`."""


@dataclass(frozen=True, slots=True)
class DoNotCallBatch:
    """Some rows of a file, in order."""

    entries: list[NewEntry]
    unread: list[UnreadEntry] = field(default_factory=list)

    def __iter__(self) -> Iterator[NewEntry]:
        return iter(self.entries)


def read_do_not_call(
    path: Path,
    *,
    country: str | None,
    reason: str = "",
    columns: Mapping[str, str] | None = None,
    sheet: str | None = None,
    limits: ReadingLimits | None = None,
    batch_size: int = BATCH_ROWS,
) -> Iterator[DoNotCallBatch]:
    """Read the entries of a do-not-call file, at most `batch_size` rows at a time.

    A column called reason or note and one called expires are taken along where there are such (`columns` may name
    `phone`, `reason` and `expires`); `reason` stands in where a row gives none. An entry holds until the end of its
    last day, UTC, and for ever where the day is missing or cannot be read. Raises `DialListError` or `ColumnError`.
    """
    names: list[str] = []
    layout = None
    rows = 0
    with open_dial_list(path, limits=limits, sheet=sheet) as file:
        for batch in file.batches():
            if layout is None or layout.sheet != batch.sheet:
                layout = lay_out_sheet(batch, names, columns or {}, file_name=path.name)
            body = layout.body(batch, names)
            rows += len(body)
            reasons_at = layout.fields.get("reason", _find(names, _REASON))
            expiries_at = layout.fields.get("expires", _find(names, _EXPIRY))
            for first in range(0, len(body), batch_size):
                cells = body.cells.slice(first, batch_size)
                columns_read = [cells.column(layout.phone)]
                columns_read += [
                    pa.nulls(cells.num_rows, pa.string()) if place is None else cells.column(place)
                    for place in (reasons_at, expiries_at)
                ]
                yield _read_rows(columns_read, body.row_numbers[first:].tolist(), body.sheet, country, reason)
    if rows == 0:
        raise DialListError(what=path.name, why="it holds no numbers.", advice="Check that it is the right file.")


def _read_rows(
    columns: list[pa.StringArray], row_numbers: list[int], sheet: str, country: str | None, default_reason: str
) -> DoNotCallBatch:
    """Read rows given as columns of numbers, reasons and last days."""
    numbers = read_numbers(columns[0], country)
    reasons, last_days = columns[1].to_pylist(), columns[2].to_pylist()
    meant = [(place, f"+{numbers.e164[place]}") for place in np.flatnonzero(numbers.e164).tolist()]
    unread = []
    for place, refusal in numbers.refusals.items():
        if refusal.suggestion:
            meant += [(place, e164) for e164 in refusal.suggestion.split(" / ")]
        else:
            unread.append(UnreadEntry(sheet, row_numbers[place], refusal.reason.value))
    entries = [
        NewEntry(e164, reasons[place] or default_reason, _read_last_day(last_days[place])) for place, e164 in meant
    ]
    return DoNotCallBatch(entries, unread)


def _find(names: list[str], words: frozenset[str]) -> int | None:
    return next((place for place, name in enumerate(names) if fold(name) in words), None)


def _read_last_day(text: str | None) -> datetime | None:
    found = _DAY.fullmatch(text.strip()) if text else None
    if found is None:
        return None
    try:
        day = datetime(int(found[1]), int(found[2]), int(found[3]), tzinfo=UTC)
        return day + timedelta(days=1)
    except (ValueError, OverflowError):
        return None
