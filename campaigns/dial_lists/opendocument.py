"""Read OpenDocument spreadsheets (ods), streaming."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from campaigns.dial_lists.limits import ByteStream, ReadingMeter
from campaigns.dial_lists.number_formats import show_number
from campaigns.dial_lists.package import Package
from campaigns.dial_lists.rows import RowBatch, SheetInfo
from campaigns.dial_lists.safe_xml import attribute, iterate_elements, local_name
from campaigns.dial_lists.sheet_xml_patient import Row
from campaigns.dial_lists.sheets import SheetsFile, batch_rows
from campaigns.errors import DialListError

CONTENT = "content.xml"
_MOST_ROWS = 1_048_576


class OpenDocumentFile(SheetsFile):
    """An open ods spreadsheet."""

    format = "ods"

    def __init__(self, package: Package, meter: ReadingMeter, chosen: str | None) -> None:
        self._package = package
        if "META-INF/manifest.xml" in package and b"encryption-data" in package.read_small("META-INF/manifest.xml"):
            raise DialListError(what=meter.what, why="it is protected by a password.", advice="Save it without one.")
        with package.open(CONTENT) as stream:
            sheets = _find_tables(stream, meter)
        if not sheets:
            raise DialListError(what=meter.what, why="it has no sheets.")
        super().__init__(meter, sheets, chosen)

    def close(self) -> None:
        self._package.close()

    def read_sheet(self, sheet: SheetInfo) -> Iterator[RowBatch]:
        with self._package.open(CONTENT) as stream:
            yield from batch_rows(sheet.name, self._rows(stream, sheet), self._meter)

    def _rows(self, stream: ByteStream, sheet: SheetInfo) -> Iterator[Row]:
        number = 0
        for element in iterate_elements(stream, "table-row", self._meter.what):
            self._meter.check_time()
            table = next(element.iterancestors("{*}table"), None)
            if table is None or attribute(table, "name") != sheet.name:
                if number:
                    return
                continue
            repeated = _count(attribute(element, "number-rows-repeated"))
            cells = self._read_cells(element, f"sheet {sheet.name!r}, row {number + 1:,}")
            is_hidden = attribute(element, "visibility") in ("collapse", "filter")
            if cells:
                for further in range(min(repeated, _MOST_ROWS)):
                    yield Row(number + 1 + further, is_hidden, cells)
            number += repeated

    def _read_cells(self, row: etree._Element, where: str) -> dict[int, str]:
        cells: dict[int, str] = {}
        column = 0
        for cell in row:
            if local_name(cell) not in ("table-cell", "covered-table-cell"):
                continue
            repeated = _count(attribute(cell, "number-columns-repeated"))
            text = _read_cell(cell)
            if text:
                self._meter.check_columns(column + repeated, where)
                self._meter.check_cell(len(text), where)
                for place in range(column, column + repeated):
                    cells[place] = text
            column += repeated
        return cells


@dataclass(frozen=True, slots=True)
class _Table:
    name: str
    style: str


def _find_tables(stream: ByteStream, meter: ReadingMeter) -> list[SheetInfo]:
    """The sheets in order; a sheet is hidden by the style that it names."""
    hidden_styles: set[str] = set()
    tables: list[_Table] = []
    for element in iterate_elements(stream, ("style", "table", "table-row"), meter.what):
        match local_name(element):
            case "style":
                shown = [attribute(part, "display") for part in element if local_name(part) == "table-properties"]
                if "false" in shown:
                    hidden_styles.add(attribute(element, "name") or "")
            case "table":
                tables.append(_Table(attribute(element, "name") or "", attribute(element, "style-name") or ""))
    return [SheetInfo(table.name, table.style in hidden_styles) for table in tables]


def _count(repeated: str | None) -> int:
    return max(1, int(repeated)) if repeated and re.fullmatch(r"[0-9]{1,9}", repeated) else 1


def _read_cell(cell: etree._Element) -> str:
    """What the cell shows; digits as stored where it shows a number in another form, dates as ISO text."""
    shown = "\n".join(_read_paragraph(part) for part in cell if local_name(part) == "p")
    match attribute(cell, "value-type"):
        case "float" | "percentage" | "currency":
            stored = show_number(attribute(cell, "value") or shown)
            is_padded = re.fullmatch(r"\+?0*" + re.escape(stored), shown) is not None
            return shown if is_padded else stored
        case "date":
            date = attribute(cell, "date-value")
            return date.replace("T", " ") if date else shown
        case "boolean":
            return "TRUE" if attribute(cell, "boolean-value") == "true" else "FALSE"
        case _:
            return shown or attribute(cell, "string-value") or ""


def _read_paragraph(element: etree._Element) -> str:
    parts = [element.text or ""]
    for child in element:
        match local_name(child):
            case "s":
                parts.append(" " * min(_count(attribute(child, "c")), 32_767))
            case "tab":
                parts.append("\t")
            case "line-break":
                parts.append("\n")
            case "annotation" | "note" | "ruby-text":
                pass
            case _:
                parts.append(_read_paragraph(child))
        parts.append(child.tail or "")
    return "".join(parts)
