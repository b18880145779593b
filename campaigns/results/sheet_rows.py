"""The rows of a big sheet as the XML of a worksheet, straight from Arrow columns.

A library that writes cell by cell manages some ten thousand rows a second; joining whole columns with their markup
manages some two hundred thousand, in memory that does not grow with the sheet.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from campaigns.results.cell_text import cell_texts, has_outer_space
from campaigns.results.local_times import excel_days
from campaigns.results.model import Column, ColumnKind

_BYTES_AT_ONCE = 4 << 20
"""Arrow joins texts into arrays of at most 2 GiB; pieces stay far below it, whatever the texts."""
_ROWS_AT_ONCE = 8192


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column of a sheet in the making."""

    column: Column
    letters: str
    style: str
    """Number of the cell format in the workbook's list of styles."""


def column_letters(index: int) -> str:
    """Return the letters of a column, from 0: A, B, …, Z, AA, …"""
    letters = ""
    number = index + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def pieces(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """Yield a batch in order, in pieces that are small enough to be joined."""
    rows = max(1, min(_ROWS_AT_ONCE, _BYTES_AT_ONCE * len(batch) // max(1, batch.nbytes)))
    for start in range(0, len(batch), rows):
        yield batch.slice(start, rows)


def write_rows(batch: pa.RecordBatch, columns: Sequence[SheetColumn], first_row: int, zone: ZoneInfo) -> memoryview:
    """Return `<row>` elements (UTF-8) for a piece, numbered from `first_row` as the spreadsheet program shows them."""
    numbers = pa.array(np.arange(first_row, first_row + len(batch), dtype=np.int32)).cast(pa.string())
    row = _Joined()
    row.add('<row r="', numbers, '">')
    for index, sheet_column in enumerate(columns):
        _add_cells(row, batch.column(index), sheet_column, numbers, zone)
    row.add("</row>")
    return row.content()


def worded(array: pa.Array, column: Column) -> pa.Array:
    """Return a text column as people read it: a plain string array with codes replaced by their words."""
    if not column.words:
        return array.cast(pa.string()) if pa.types.is_dictionary(array.type) else array
    coded = array if pa.types.is_dictionary(array.type) else array.dictionary_encode()
    words = [None if code is None else column.words.get(code, code) for code in coded.dictionary.to_pylist()]
    return pc.take(pa.array(words, pa.string()), coded.indices)


class _Joined:
    """Texts to be joined row by row; neighbouring constants become one."""

    def __init__(self) -> None:
        self._parts: list[str | pa.Array] = []

    def add(self, *parts: str | pa.Array) -> None:
        for part in parts:
            if isinstance(part, str) and self._parts and isinstance(self._parts[-1], str):
                self._parts[-1] += part
            else:
                self._parts.append(part)

    def array(self, *, null_handling: str) -> pa.Array:
        scalars = [pa.scalar(part, pa.string()) if isinstance(part, str) else part for part in self._parts]
        return pc.binary_join_element_wise(*scalars, pa.scalar("", pa.string()), null_handling=null_handling)

    def content(self) -> memoryview:
        joined = self.array(null_handling="replace")
        _, offsets, data = joined.buffers()
        bounds = memoryview(offsets).cast("i")
        return memoryview(data)[bounds[joined.offset] : bounds[joined.offset + len(joined)]]


def _add_cells(row: _Joined, array: pa.Array, to: SheetColumn, numbers: pa.Array, zone: ZoneInfo) -> None:
    if array.null_count == len(array):
        return
    space = ""
    match to.column.kind:
        case ColumnKind.TEXT:
            values = cell_texts(worded(array, to.column))
            if values.null_count < len(values) and has_outer_space(values):
                space = ' xml:space="preserve"'
            opening, closing = f'" s="{to.style}" t="inlineStr"><is><t{space}>', "</t></is></c>"
        case ColumnKind.INTEGER:
            values = array.cast(pa.string())
            opening, closing = f'" s="{to.style}"><v>', "</v></c>"
        case ColumnKind.MOMENT:
            values = excel_days(array, zone).cast(pa.string())
            opening, closing = f'" s="{to.style}"><v>', "</v></c>"
    cell = (f'<c r="{to.letters}', numbers, opening, values, closing)
    if values.null_count:
        cells = _Joined()
        cells.add(*cell)
        row.add(cells.array(null_handling="emit_null"))
    else:
        row.add(*cell)
