"""What every reader of dial lists delivers: batches of rows of text, with their sheet and row numbers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from campaigns.dial_lists.limits import ReadingMeter

BATCH_ROWS = 50_000
"""A batch never holds more rows than this."""


@dataclass(frozen=True, slots=True)
class RowBatch:
    """Rows of one sheet, in the order of the file, without the blank ones."""

    sheet: str
    """Sheet name, or "" for csv."""
    row_numbers: npt.NDArray[np.int64]
    """1-based, as the spreadsheet program shows them; for csv the line on which the record begins."""
    cells: pa.RecordBatch
    """String columns c0…cN, one per column of the sheet, as the person sees or typed the text; null is an empty cell.

    A later batch of the same sheet may have more columns (a row with more cells), never fewer.
    """
    is_hidden: npt.NDArray[np.bool_]
    """Rows that are hidden or filtered out."""

    def __len__(self) -> int:
        return len(self.row_numbers)


@dataclass(frozen=True, slots=True)
class SheetInfo:
    name: str
    is_hidden: bool = False


class DialListFile(ABC):
    """An open dial list. Use as a context manager; `batches` may be called again to read from the start.

    `notices` are sentences on what was decided while opening and reading (encoding, hidden sheets left out, macros
    ignored); they are complete once the batches have been read to the end.
    """

    format: str
    """"xlsx", "xls", "csv", … by content, whatever the file is named."""
    encoding: str | None = None
    delimiter: str | None = None

    def __init__(self) -> None:
        self.sheets: list[SheetInfo] = []
        self.notices: list[str] = []

    @abstractmethod
    def batches(self) -> Iterator[RowBatch]:
        """Read the chosen sheets from the start. Raises `DialListError`."""

    @abstractmethod
    def close(self) -> None: ...

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def notice(self, sentence: str) -> None:
        """Say something once, however often the file is read."""
        if sentence not in self.notices:
            self.notices.append(sentence)


def cut_batches(
    sheet: str,
    row_numbers: npt.NDArray[np.int64],
    is_hidden: npt.NDArray[np.bool_],
    columns: Sequence[pa.StringArray],
    meter: ReadingMeter,
    *,
    at_least_columns: int = 0,
) -> Iterator[RowBatch]:
    """Turn columns of text into batches: empty texts become null, blank rows are dropped, rows are counted."""
    columns = [_empty_as_null(column) for column in columns]
    columns += [pa.nulls(len(row_numbers), pa.string())] * max(0, at_least_columns - len(columns))
    is_filled = np.zeros(len(row_numbers), dtype=bool)
    for column in columns:
        if column.null_count < len(column):
            is_filled |= column.is_valid().to_numpy(zero_copy_only=False)
        if is_filled.all():
            break
    cells = pa.RecordBatch.from_arrays(columns, names=[f"c{number}" for number in range(len(columns))])
    if not is_filled.all():
        cells = cells.filter(pa.array(is_filled))
        row_numbers, is_hidden = row_numbers[is_filled], is_hidden[is_filled]
    for first in range(0, len(row_numbers), BATCH_ROWS):
        last = first + BATCH_ROWS
        meter.add_rows(len(row_numbers[first:last]))
        yield RowBatch(sheet, row_numbers[first:last], cells.slice(first, BATCH_ROWS), is_hidden[first:last])


def _empty_as_null(column: pa.StringArray) -> pa.StringArray:
    is_empty = pc.equal(pc.binary_length(column), 0)
    if not pc.any(is_empty).as_py():
        return column
    return pc.if_else(is_empty, pa.scalar(None, pa.string()), column)
