"""Read the rows of an xlsx worksheet with a whole XML parser, one by one, however the XML is written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pyarrow as pa
from lxml import etree

from campaigns.dial_lists.limits import ByteStream, ReadingMeter
from campaigns.dial_lists.number_formats import PLAIN, FormatTable, NumberFormat, show_number
from campaigns.dial_lists.safe_xml import iterate_elements, local_name, text_of
from campaigns.dial_lists.shared_strings import shared_text
from campaigns.dial_lists.xml_text import resolve_escapes
from campaigns.errors import DialListError

_REFERENCE = re.compile(r"([A-Za-z]{1,3})[0-9]*")
_MOST_ROWS = 1_048_576


@dataclass(frozen=True, slots=True)
class Row:
    number: int
    is_hidden: bool
    cells: dict[int, str]
    """Text by zero-based column."""


@dataclass(slots=True)
class PatientSheetReader:
    shared: pa.StringArray
    formats: FormatTable
    meter: ReadingMeter
    sheet: str
    is_1904: bool
    unvalued_formulas: int = field(default=0, init=False)

    def read(self, part: ByteStream, *, skip_rows: int) -> Iterator[Row]:
        """Every row after the first `skip_rows` row elements."""
        number = 0
        for index, element in enumerate(iterate_elements(part, "row", self.meter.what)):
            number = _row_number(element.get("r"), number + 1)
            if index < skip_rows:
                continue
            if index % 1000 == 0:
                self.meter.check_time()
            is_hidden = element.get("hidden") in ("1", "true", "on")
            yield Row(number, is_hidden, self._read_cells(element, number))

    def _read_cells(self, row: etree._Element, number: int) -> dict[int, str]:
        cells: dict[int, str] = {}
        column = -1
        where = f"sheet {self.sheet!r}, row {number:,}"
        for cell in row:
            if local_name(cell) != "c":
                continue
            column = self._column(cell.get("r"), column + 1)
            text = self._text(cell)
            if text:
                self.meter.check_columns(column + 1, where)
                self.meter.check_cell(len(text), where)
                cells[column] = text
        return cells

    def _column(self, reference: str | None, otherwise: int) -> int:
        found = _REFERENCE.fullmatch(reference or "")
        if found is None:
            return otherwise
        column = 0
        for letter in found[1].upper():
            column = column * 26 + ord(letter) - ord("A") + 1
        return column - 1

    def _text(self, cell: etree._Element) -> str:
        kind = cell.get("t", "n")
        value = formula = inline = None
        for child in cell:
            match local_name(child):
                case "v":
                    value = text_of(child)
                case "f":
                    formula = text_of(child)
                case "is":
                    inline = shared_text(child)
        if not value and inline is not None:
            return resolve_escapes(inline)
        if not value:
            if formula is None or kind != "n":
                return ""
            self.unvalued_formulas += 1
            return resolve_escapes("=" + formula)
        match kind:
            case "s":
                return self._shared_text(value)
            case "b":
                return "TRUE" if value == "1" else "FALSE"
            case "d":
                return value.replace("T00:00:00", "").replace("T", " ")
            case "n":
                return show_number(value, self._format(cell.get("s")), is_1904=self.is_1904)
            case _:
                return resolve_escapes(value)

    def _format(self, style: str | None) -> NumberFormat:
        try:
            return self.formats[int(style)] if style else (self.formats[0] if self.formats else PLAIN)
        except (ValueError, IndexError):
            return PLAIN

    def _shared_text(self, index: str) -> str:
        try:
            place = int(index)
            if not 0 <= place < len(self.shared):
                raise IndexError
            return str(self.shared[place].as_py())
        except (ValueError, IndexError):
            raise DialListError(
                what=self.meter.what,
                where=f"sheet {self.sheet!r}",
                why="it is damaged: a cell refers to a text that is not there.",
                advice="Open it in a spreadsheet program and save it anew.",
            ) from None


def _row_number(text: str | None, otherwise: int) -> int:
    if text is None or not text.strip().isdecimal() or not 0 < int(text) <= _MOST_ROWS:
        return otherwise
    return int(text)
