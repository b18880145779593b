"""Choose which sheets of a workbook are read, the same way for every kind of workbook."""

from __future__ import annotations

import unicodedata
from abc import abstractmethod
from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa

from campaigns.dial_lists.limits import ReadingMeter
from campaigns.dial_lists.rows import BATCH_ROWS, DialListFile, RowBatch, SheetInfo, cut_batches
from campaigns.dial_lists.sheet_xml_patient import Row
from campaigns.errors import DialListError

ALL_SHEETS = "*"


class SheetsFile(DialListFile):
    """A dial list with named sheets. `chosen`: a sheet name, "*" for all visible, None for the first that has rows."""

    def __init__(self, meter: ReadingMeter, sheets: Sequence[SheetInfo], chosen: str | None) -> None:
        super().__init__()
        self._meter = meter
        self.sheets = list(sheets)
        self._chosen = None if chosen in (None, ALL_SHEETS) else self._find(chosen or "")
        self._reads_all = chosen == ALL_SHEETS
        hidden = [sheet.name for sheet in sheets if sheet.is_hidden and sheet != self._chosen]
        if hidden:
            self.notice(f"Left out hidden sheets: {_list_names(hidden)}.")

    @abstractmethod
    def read_sheet(self, sheet: SheetInfo) -> Iterator[RowBatch]:
        """The rows of one sheet."""

    def batches(self) -> Iterator[RowBatch]:
        self._meter.restart()
        if self._chosen is not None:
            yield from self._read_or_refuse(self._chosen)
            return
        visible = [sheet for sheet in self.sheets if not sheet.is_hidden]
        has_rows = False
        for place, sheet in enumerate(visible):
            for batch in self.read_sheet(sheet):
                has_rows = True
                yield batch
            if has_rows and not self._reads_all:
                others = [other.name for other in visible[place + 1 :]]
                if others:
                    self.notice(f"Read the sheet {sheet.name!r}; did not read {_list_names(others)}.")
                return
        if not has_rows:
            advice = "Show the hidden sheet that holds the list." if len(visible) < len(self.sheets) else ""
            raise DialListError(what=self._meter.what, why="no visible sheet of it has any rows.", advice=advice)

    def _read_or_refuse(self, sheet: SheetInfo) -> Iterator[RowBatch]:
        has_rows = False
        for batch in self.read_sheet(sheet):
            has_rows = True
            yield batch
        if not has_rows:
            raise DialListError(what=self._meter.what, where=f"sheet {sheet.name!r}", why="the sheet has no rows.")

    def _find(self, name: str) -> SheetInfo:
        for simplify in (str, _simple):
            for sheet in self.sheets:
                if simplify(sheet.name) == simplify(name):
                    return sheet
        raise DialListError(
            what=self._meter.what,
            why=f"there is no sheet {name!r}.",
            advice=f"There are {_list_names([sheet.name for sheet in self.sheets])}.",
        )


def batch_rows(sheet: str, rows: Iterator[Row], meter: ReadingMeter) -> Iterator[RowBatch]:
    """Gather rows that were read one by one into batches."""
    width = 0
    gathered: list[Row] = []

    def flush() -> Iterator[RowBatch]:
        columns = [pa.array([row.cells.get(number) for row in gathered], pa.string()) for number in range(width)]
        numbers = np.array([row.number for row in gathered], dtype=np.int64)
        is_hidden = np.array([row.is_hidden for row in gathered], dtype=bool)
        yield from cut_batches(sheet, numbers, is_hidden, columns, meter)

    for row in rows:
        if row.cells:
            width = max(width, max(row.cells) + 1)
            gathered.append(row)
        if len(gathered) >= BATCH_ROWS or len(gathered) * width > 2_000_000:
            yield from flush()
            gathered.clear()
    if gathered:
        yield from flush()


def _simple(name: str) -> str:
    return unicodedata.normalize("NFKC", name).strip().casefold()


def _list_names(names: Sequence[str]) -> str:
    shown = ", ".join(repr(name) for name in names[:10])
    return f"{shown} and {len(names) - 10} more" if len(names) > 10 else shown
