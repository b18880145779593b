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

from campaigns.dial_lists.header_words import fold
from campaigns.dial_lists.layout import lay_out_sheet
from campaigns.dial_lists.limits import ReadingLimits
from campaigns.dial_lists.opening import open_dial_list
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


def read_do_not_call(
    path: Path,
    *,
    country: str | None,
    reason: str = "",
    columns: Mapping[str, str] | None = None,
    sheet: str | None = None,
    limits: ReadingLimits | None = None,
) -> Iterator[DoNotCallBatch]:
    """Read the entries of a do-not-call file, at most 50,000 rows at a time.

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
                reason_column = layout.fields.get("reason", _find(names, _REASON))
                expiry_column = layout.fields.get("expires", _find(names, _EXPIRY))
            body = layout.body(batch, names)
            rows += len(body)
            numbers = read_numbers(body.cells.column(layout.phone), country)
            size = len(body)
            reasons = [None] * size if reason_column is None else body.cells.column(reason_column).to_pylist()
            expiries = [None] * size if expiry_column is None else body.cells.column(expiry_column).to_pylist()
            meant = [(place, f"+{numbers.e164[place]}") for place in np.flatnonzero(numbers.e164).tolist()]
            unread = []
            for place, refusal in numbers.refusals.items():
                if refusal.suggestion:
                    meant += [(place, e164) for e164 in refusal.suggestion.split(" / ")]
                else:
                    unread.append(UnreadEntry(body.sheet, int(body.row_numbers[place]), refusal.reason.value))
            entries = [
                NewEntry(e164, reasons[place] or reason, _read_last_day(expiries[place])) for place, e164 in meant
            ]
            yield DoNotCallBatch(entries, unread)
    if rows == 0:
        raise DialListError(what=path.name, why="it holds no numbers.", advice="Check that it is the right file.")


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
