"""Read xlsx and xlsm workbooks, streaming, with the text of every cell as it is shown."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa
from lxml import etree

from campaigns.dial_lists.limits import ReadingMeter
from campaigns.dial_lists.number_formats import FormatTable, read_number_format
from campaigns.dial_lists.package import Package, damaged, opener
from campaigns.dial_lists.rows import RowBatch, SheetInfo, cut_batches
from campaigns.dial_lists.safe_xml import attribute, local_name, parse_document
from campaigns.dial_lists.shared_strings import read_shared_strings
from campaigns.dial_lists.sheet_xml import SheetParser
from campaigns.dial_lists.sheet_xml_patient import PatientSheetReader
from campaigns.dial_lists.sheets import SheetsFile, batch_rows
from campaigns.dial_lists.xml_blocks import IrregularXmlError, check_beginning, pieces_ending_with
from campaigns.errors import DialListError

BLOCK_BYTES = 1024 * 1024


class WorkbookFile(SheetsFile):
    """An open xlsx or xlsm workbook."""

    format = "xlsx"

    def __init__(self, package: Package, meter: ReadingMeter, chosen: str | None) -> None:
        self._package = package
        self._book = _read_book(package, meter.what)
        super().__init__(meter, [entry.info for entry in self._book.sheets], chosen)
        self._shared: pa.StringArray | None = None
        if self._book.has_macros:
            self.format = "xlsm"
            self.notice("Its macros were left alone; the values that they left behind are read.")

    def close(self) -> None:
        self._package.close()

    def read_sheet(self, sheet: SheetInfo) -> Iterator[RowBatch]:
        part = next(entry.part for entry in self._book.sheets if entry.info == sheet)
        if self._shared is None:
            self._shared = self._read_shared()
        parser = SheetParser(
            self._shared, self._book.formats, self._meter, sheet=sheet.name, is_1904=self._book.is_1904
        )
        unvalued = 0
        try:
            yield from self._read_quickly(part, sheet.name, parser)
        except IrregularXmlError:
            patient = PatientSheetReader(self._shared, self._book.formats, self._meter, sheet.name, self._book.is_1904)
            with self._package.open(part) as stream:
                rows = patient.read(stream, skip_rows=parser.rows_parsed)
                yield from batch_rows(sheet.name, rows, self._meter)
            unvalued = patient.unvalued_formulas
        unvalued += parser.unvalued_formulas
        if unvalued:
            self.notice(
                f"Sheet {sheet.name!r} has {unvalued:,} formulas without a stored value; they are shown as formulas. "
                "Open the file in a spreadsheet program and save it to have them worked out."
            )

    def _read_shared(self) -> pa.StringArray:
        if self._book.shared_part is None:
            return pa.array([], pa.string())
        return read_shared_strings(opener(self._package, self._book.shared_part), self._meter)

    def _read_quickly(self, part: str, name: str, parser: SheetParser) -> Iterator[RowBatch]:
        width = 0
        for piece in self._row_pieces(part):
            for rows in parser.parse(piece):
                width = max(width, len(rows.columns))
                yield from cut_batches(
                    name, rows.row_numbers, rows.is_hidden, rows.columns, self._meter, at_least_columns=width
                )

    def _row_pieces(self, part: str) -> Iterator[bytes]:
        """The rows of the sheet, without what stands before and behind them."""
        with self._package.open(part) as stream:
            first = stream.read(BLOCK_BYTES)
            prefix = check_beginning(first, self._meter.what)
            blocks = iter(lambda: stream.read(BLOCK_BYTES), b"")
            is_inside = is_past = False
            for piece, is_last in pieces_ending_with(
                _with_empty_first(blocks), first, b"row", prefix, self._meter.what
            ):
                if is_past:
                    continue
                if not is_inside:
                    begin = piece.find(b"<sheetData")
                    if begin < 0:
                        if is_last:
                            raise IrregularXmlError
                        continue
                    piece = piece[piece.index(b">", begin) + 1 :] if piece[begin:].find(b">") >= 0 else b""
                    is_inside = True
                if is_last:
                    end = piece.find(b"</sheetData")
                    if end < 0 and b"</worksheet" not in piece:
                        raise damaged(self._meter.what)
                    piece = piece[: max(end, 0)]
                    is_past = True
                if b"<row" in piece:
                    yield piece


@dataclass(frozen=True, slots=True)
class _SheetEntry:
    info: SheetInfo
    part: str


@dataclass(frozen=True, slots=True)
class _Book:
    sheets: list[_SheetEntry]
    shared_part: str | None
    formats: FormatTable
    is_1904: bool
    has_macros: bool


def _with_empty_first(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Have the first block looked at even where no second follows."""
    yield b""
    yield from blocks


def _read_book(package: Package, what: str) -> _Book:
    book_part = next(
        (target for kind, target in _read_relations(package, "", what).values() if kind == "officeDocument"),
        "xl/workbook.xml",
    )
    root = parse_document(package.read_small(book_part), what)
    relations = _read_relations(package, book_part, what)
    sheets = []
    is_1904 = False
    for element in root.iter(etree.Element):
        match local_name(element):
            case "workbookPr":
                is_1904 = element.get("date1904") in ("1", "true", "on")
            case "sheet":
                kind, target = relations.get(attribute(element, "id") or "", ("", ""))
                if kind == "worksheet" and target in package:
                    is_hidden = element.get("state", "visible") != "visible"
                    sheets.append(_SheetEntry(SheetInfo(element.get("name", ""), is_hidden), target))
    if not sheets:
        raise DialListError(what=what, why="it has no worksheets.")
    by_kind = {kind: target for kind, target in relations.values() if target in package}
    styles = by_kind.get("styles")
    formats = _read_formats(parse_document(package.read_small(styles), what)) if styles else ()
    return _Book(sheets, by_kind.get("sharedStrings"), formats, is_1904, "vbaProject" in by_kind)


def _read_relations(package: Package, part: str, what: str) -> dict[str, tuple[str, str]]:
    """Relation id → kind (last word of its type) and the name of the part it leads to."""
    folder, name = posixpath.split(part)
    relations_part = posixpath.join(folder, "_rels", f"{name}.rels")
    if relations_part not in package:
        return {}
    found = {}
    for element in parse_document(package.read_small(relations_part), what):
        if local_name(element) != "Relationship" or element.get("TargetMode") == "External":
            continue
        target = element.get("Target", "")
        full = target if target.startswith("/") else posixpath.join(folder, target)
        kind = element.get("Type", "").rpartition("/")[2]
        found[element.get("Id", "")] = (kind, posixpath.normpath(full).lstrip("/"))
    return found


def _read_formats(root: etree._Element) -> FormatTable:
    """The number format of each cell style, in the order in which cells number them."""
    codes: dict[int, str] = {}
    formats = []
    for group in root:
        if local_name(group) == "numFmts":
            for element in group:
                format_id = element.get("numFmtId", "")
                if format_id.isdecimal():
                    codes[int(format_id)] = element.get("formatCode", "")
        elif local_name(group) == "cellXfs":
            for element in group:
                format_id = element.get("numFmtId", "0")
                number = int(format_id) if format_id.isdecimal() else 0
                formats.append(read_number_format(number, codes.get(number)))
    return tuple(formats)
