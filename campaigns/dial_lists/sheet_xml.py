"""Read the rows of an xlsx worksheet from its XML, many at a time.

A worksheet of a million rows is some hundred megabytes of tags of a very regular shape. All tags and attribute quotes
of a piece are located at once, their roles told from a letter or two, and the texts between them cut out as Arrow
arrays. Whatever departs from the shape that spreadsheet programs write raises `IrregularXmlError`, and the sheet is
read again by a whole XML parser (`sheet_xml_patient.py`), to the same result.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from campaigns.dial_lists.limits import ReadingMeter
from campaigns.dial_lists.number_formats import FormatTable, codes_by_style, show_numbers
from campaigns.dial_lists.shared_strings import read_rich_text
from campaigns.dial_lists.sheet_marks import SheetCells, SheetTags, Stored
from campaigns.dial_lists.slices import Flags, Positions
from campaigns.dial_lists.xml_blocks import IrregularXmlError
from campaigns.dial_lists.xml_text import resolve_all
from campaigns.errors import DialListError

_MOST_CELLS_AT_ONCE = 2_000_000


@dataclass(frozen=True, slots=True)
class RowPiece:
    """Some rows of a sheet, column by column."""

    row_numbers: Positions
    is_hidden: Flags
    columns: list[pa.StringArray]


class SheetParser:
    """Turn pieces of a sheet's XML, each ending with a row's end tag, into columns of text."""

    def __init__(
        self, shared: pa.StringArray, formats: FormatTable, meter: ReadingMeter, *, sheet: str, is_1904: bool
    ) -> None:
        self.unvalued_formulas = 0
        self.rows_parsed = 0
        self._shared = shared
        self._format_of_style, self._formats = codes_by_style(formats)
        self._meter = meter
        self._sheet = sheet
        self._is_1904 = is_1904
        self._last_row = 0

    def parse(self, data: bytes) -> Iterator[RowPiece]:
        """Raises `IrregularXmlError` before anything of this piece is delivered, or `DialListError`."""
        try:
            tags = SheetTags(data)
            rows = np.flatnonzero((tags.initial == ord("r")) & (tags.second == ord("o")))
            if len(rows) == 0:
                return
            row_numbers, is_hidden = self._read_row_attributes(tags, rows)
            cells = SheetCells.locate(tags, rows)
        except IndexError:  # a tag or an attribute is cut short
            raise IrregularXmlError from None
        if len(cells.rows) and int(cells.columns.max()) >= self._meter.limits.max_columns:
            widest = int(cells.columns.argmax())
            self._meter.check_columns(int(cells.columns[widest]) + 1, self._where(row_numbers[cells.rows[widest]]))
        for cell in np.flatnonzero(cells.ends - cells.starts > self._meter.limits.max_cell_characters):
            if cells.kinds[cell] not in (Stored.RICH, Stored.FORMULA):
                text = data[cells.starts[cell] : cells.ends[cell]].decode()
                self._meter.check_cell(len(text), self._where(row_numbers[cells.rows[cell]]))
        self.rows_parsed += len(rows)
        self._last_row = int(row_numbers[-1])
        width = int(cells.columns.max()) + 1 if len(cells.rows) else 0
        step = max(1, _MOST_CELLS_AT_ONCE // max(1, width))
        for first in range(0, len(rows), step):
            last = min(first + step, len(rows))
            begin, end = np.searchsorted(cells.rows, [first, last])
            columns = self._build_columns(cells, int(begin), int(end), first, last - first, width)
            yield RowPiece(row_numbers[first:last], is_hidden[first:last], columns)

    def _where(self, row_number: int) -> str:
        return f"sheet {self._sheet!r}, row {int(row_number):,}"

    def _read_row_attributes(self, tags: SheetTags, rows: Positions) -> tuple[Positions, Flags]:
        numbers = np.zeros(len(rows), dtype=np.int64)
        is_hidden = np.zeros(len(rows), dtype=bool)
        for which, opening, closing in tags.attributes(rows):
            name, before = tags.block[opening - 2], tags.block[opening - 3]
            is_number = (name == ord("r")) & (before <= ord(" "))
            numbers[which[is_number]] = tags.read_digits(opening[is_number] + 1, closing[is_number])
            for place in np.flatnonzero(name == ord("n")):
                quote = int(opening[place])
                if tags.data[quote - 8 : quote - 1].lstrip() == b"hidden":
                    is_hidden[which[place]] = tags.data[quote + 1 : int(closing[place])] in (b"1", b"true", b"on")
        if not bool(numbers.all()):
            if bool(numbers.any()):
                raise IrregularXmlError
            numbers = self._last_row + 1 + np.arange(len(rows), dtype=np.int64)
        if int(numbers[0]) <= self._last_row or bool((np.diff(numbers) <= 0).any()):
            raise IrregularXmlError
        return numbers, is_hidden

    def _build_columns(
        self, cells: SheetCells, begin: int, end: int, first_row: int, row_count: int, width: int
    ) -> list[pa.StringArray]:
        order = np.argsort(cells.columns[begin:end].astype(np.uint16), kind="stable") + begin
        borders = np.searchsorted(cells.columns[order], np.arange(width + 1))
        columns = []
        for number in range(width):
            which = order[borders[number] : borders[number + 1]]
            if len(which) == 0:
                columns.append(pa.nulls(row_count, pa.string()))
                continue
            texts = self._resolve(cells, which)
            if len(which) < row_count:
                index = np.zeros(row_count, dtype=np.int64)
                is_present = np.zeros(row_count, dtype=bool)
                places = cells.rows[which] - first_row
                index[places] = np.arange(len(which))
                is_present[places] = True
                texts = texts.take(pa.array(index, mask=~is_present))
            columns.append(texts)
        return columns

    def _resolve(self, cells: SheetCells, which: Positions) -> pa.StringArray:
        """The texts of cells of one column, whatever they are stored as."""
        kinds = cells.kinds[which]
        styles = np.minimum(cells.styles[which], len(self._format_of_style) - 1)
        codes = np.where(kinds == Stored.NUMBER, 16 + self._format_of_style[styles], kinds)
        present = np.flatnonzero(np.bincount(codes))
        texts = cells.slices.take(which)
        if len(present) == 1:
            return self._show(texts, int(present[0]))
        parts, places = [], np.empty(len(which), dtype=np.int64)
        offset = 0
        for code in present:
            of_code = np.flatnonzero(codes == code)
            parts.append(self._show(texts.take(pa.array(of_code)), int(code)))
            places[of_code] = offset + np.arange(len(of_code))
            offset += len(of_code)
        return pa.concat_arrays(parts).take(pa.array(places))

    def _show(self, texts: pa.StringArray, code: int) -> pa.StringArray:
        match code:
            case Stored.SHARED:
                return self._take_shared(texts)
            case Stored.TEXT:
                return resolve_all(texts)
            case Stored.BOOLEAN:
                return pc.if_else(pc.equal(texts, "1"), "TRUE", "FALSE")
            case Stored.ERROR:
                return resolve_all(texts)
            case Stored.ISO_DATE:
                return pc.replace_substring(pc.replace_substring(texts, "T00:00:00", ""), "T", " ")
            case Stored.RICH:
                return pa.array([read_rich_text(markup.encode()) for markup in texts.to_pylist()], pa.string())
            case Stored.FORMULA:
                self.unvalued_formulas += len(texts)
                return pc.binary_join_element_wise("=", resolve_all(texts), "")
            case _:
                return show_numbers(texts, self._formats[code - 16], is_1904=self._is_1904)

    def _take_shared(self, texts: pa.StringArray) -> pa.StringArray:
        try:
            index = pc.cast(texts, pa.int32())
            return self._shared.take(index)
        except (pa.ArrowInvalid, IndexError):
            raise DialListError(
                what=self._meter.what,
                where=f"sheet {self._sheet!r}",
                why="it is damaged: a cell refers to a text that is not there.",
                advice="Open it in a spreadsheet program and save it anew.",
            ) from None
