"""Read lists that are markup inside, whatever they are named: HTML tables and SpreadsheetML of 2003.

Many back offices write one of the two and name it .xls.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from typing import IO, cast

from lxml import etree

from campaigns.dial_lists.limits import ByteStream, ReadingMeter
from campaigns.dial_lists.number_formats import show_number
from campaigns.dial_lists.rows import DialListFile, RowBatch, SheetInfo
from campaigns.dial_lists.safe_xml import attribute, iterate_elements, local_name
from campaigns.dial_lists.sheet_xml_patient import Row
from campaigns.dial_lists.sheets import SheetsFile, batch_rows
from campaigns.dial_lists.sniffing import sniff_encoding
from campaigns.errors import DialListError

_CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?([\w-]+)", re.I)
_UNSEEN = frozenset({"script", "style", "head", "title"})


class HtmlTableFile(DialListFile):
    """An HTML page whose table rows are the list; `open_stream` gives its bytes from the start."""

    format = "html"

    def __init__(self, open_stream: Callable[[], ByteStream], head: bytes, meter: ReadingMeter) -> None:
        super().__init__()
        self._open_stream = open_stream
        self._meter = meter
        self.encoding, self._mark_bytes = _find_encoding(open_stream, head, meter)
        self.sheets = [SheetInfo("")]
        self.notice(f"The file is an HTML page, whatever its name says; its table is read in {self.encoding.upper()}.")

    def close(self) -> None:
        """Nothing is held open between readings."""

    def batches(self) -> Iterator[RowBatch]:
        self._meter.restart()
        has_rows = False
        with self._open_stream() as stream:
            for batch in batch_rows("", self._rows(stream), self._meter):
                has_rows = True
                yield batch
        if not has_rows:
            raise DialListError(what=self._meter.what, why="it is an HTML page without a table that has any rows.")

    def _rows(self, stream: ByteStream) -> Iterator[Row]:
        spans: dict[int, int] = {}
        stream.read(self._mark_bytes)
        source = _Utf8Stream(stream, self.encoding or "utf-8")
        try:
            events = etree.iterparse(
                cast(IO[bytes], source),
                events=("end",),
                tag=("tr",),
                html=True,
                encoding="utf-8",
                huge_tree=False,
                remove_comments=True,
                remove_pis=True,
            )
            for number, (_, element) in enumerate(events, start=1):
                self._meter.check_time()
                yield self._read_row(element, number, spans)
                element.clear()
                parent = element.getparent()
                if parent is not None:
                    while element.getprevious() is not None:
                        del parent[0]
        except (etree.XMLSyntaxError, ValueError):
            raise DialListError(
                what=self._meter.what,
                why="it is an HTML page that cannot be read.",
                advice="Open it in a spreadsheet program and save it as xlsx.",
            ) from None

    def _read_row(self, element: etree._Element, number: int, spans: dict[int, int]) -> Row:
        cells: dict[int, str] = {}
        column = 0
        where = f"row {number:,}"
        for cell in element:
            if cell.tag not in ("td", "th"):
                continue
            column = _pass_spans(spans, column)
            width = _span(cell.get("colspan"))
            text = cell.get("x:num") or _read_html_text(cell)
            if text:
                self._meter.check_columns(column + 1, where)
                self._meter.check_cell(len(text), where)
                cells[column] = text
            height = _span(cell.get("rowspan"))
            if height > 1:
                spans.update(dict.fromkeys(range(column, min(column + width, 20000)), height))
            column += width
        for place in list(spans):
            spans[place] -= 1
            if spans[place] <= 0:
                del spans[place]
        return Row(number, _is_unseen(element), cells)


class SpreadsheetMlFile(SheetsFile):
    """An XML spreadsheet of 2003."""

    format = "spreadsheetml"

    def __init__(self, open_stream: Callable[[], ByteStream], meter: ReadingMeter, chosen: str | None) -> None:
        self._open_stream = open_stream
        sheets = []
        with open_stream() as stream:
            for element in iterate_elements(stream, ("Worksheet", "Row"), meter.what):
                if local_name(element) == "Worksheet":
                    visible = element.findtext("{*}WorksheetOptions/{*}Visible", "")
                    sheets.append(SheetInfo(attribute(element, "Name") or "", visible.startswith("SheetHidden")))
        if not sheets:
            raise DialListError(what=meter.what, why="it is an XML spreadsheet without sheets.")
        super().__init__(meter, sheets, chosen)
        self.notice("The file is an XML spreadsheet of 2003, whatever its name says.")

    def close(self) -> None:
        """Nothing is held open between readings."""

    def read_sheet(self, sheet: SheetInfo) -> Iterator[RowBatch]:
        with self._open_stream() as stream:
            yield from batch_rows(sheet.name, self._rows(stream, sheet), self._meter)

    def _rows(self, stream: ByteStream, sheet: SheetInfo) -> Iterator[Row]:
        number = 0
        for element in iterate_elements(stream, "Row", self._meter.what):
            self._meter.check_time()
            table = next(element.iterancestors("{*}Worksheet"), None)
            if table is None or attribute(table, "Name") != sheet.name:
                continue
            number = _index(attribute(element, "Index"), number + 1)
            where = f"sheet {sheet.name!r}, row {number:,}"
            cells: dict[int, str] = {}
            column = -1
            for cell in element:
                if local_name(cell) != "Cell":
                    continue
                column = _index(attribute(cell, "Index"), column + 2) - 1
                text = _read_data(cell)
                if text:
                    self._meter.check_columns(column + 1, where)
                    self._meter.check_cell(len(text), where)
                    cells[column] = text
                column += _index(attribute(cell, "MergeAcross"), 0)
            yield Row(number, attribute(element, "Hidden") == "1", cells)
            number += _index(attribute(element, "Span"), 0)


class _Utf8Stream:
    """A text in any encoding, read as UTF-8."""

    def __init__(self, stream: ByteStream, encoding: str) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")

    def read(self, size: int = -1, /) -> bytes:
        while True:
            block = self._stream.read(max(size, 64 * 1024))
            text = self._decoder.decode(block, final=not block)
            if text or not block:
                return text.replace("\0", "").encode("utf-8", "replace") or (b" " if block else b"")


def _find_encoding(open_stream: Callable[[], ByteStream], head: bytes, meter: ReadingMeter) -> tuple[str, int]:
    """A byte order mark counts most, then the page's own word unless the bytes contradict it."""
    encoding, mark_bytes, _ = sniff_encoding(open_stream, meter)
    declared = _CHARSET.search(head)
    if declared is None or mark_bytes or encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        return encoding, mark_bytes
    name = declared[1].decode("ascii").lower()
    if name in ("gb2312", "gbk", "gb18030"):
        return "gb18030", 0
    try:
        found = codecs.lookup(name)
    except LookupError:
        return encoding, 0
    # a codec that is no text encoding (base64, zip) cannot be meant
    return (found.name, 0) if found._is_text_encoding and found.name != "utf-8" else (encoding, 0)


def _pass_spans(spans: dict[int, int], column: int) -> int:
    """The next column that no cell from above reaches into."""
    while column in spans:
        column += 1
    return column


def _span(text: str | None) -> int:
    return min(max(1, int(text)), 20_000) if text and re.fullmatch(r"[0-9]{1,6}", text) else 1


def _index(text: str | None, otherwise: int) -> int:
    return int(text) if text and re.fullmatch(r"[0-9]{1,7}", text) else otherwise


def _is_unseen(element: etree._Element) -> bool:
    return re.search(r"display\s*:\s*none", element.get("style", ""), re.I) is not None


def _read_html_text(cell: etree._Element) -> str:
    """The words of a cell as a browser shows them: blanks collapsed, a break for `<br>` and between paragraphs."""
    parts: list[str] = []

    def collect(element: etree._Element) -> None:
        if element.tag in _UNSEEN:
            return
        if element.tag in ("br", "p", "div", "li") and parts:
            parts.append("\n")
        parts.append(re.sub(r"[ \t\r\n\f]+", " ", element.text or ""))
        for child in element:
            collect(child)
            parts.append(re.sub(r"[ \t\r\n\f]+", " ", child.tail or ""))

    collect(cell)
    return "\n".join(line.strip(" ") for line in "".join(parts).split("\n")).strip("\n")


def _read_data(cell: etree._Element) -> str:
    data = next((child for child in cell if local_name(child) == "Data"), None)
    if data is None:
        return ""
    text = "".join(str(part) for part in data.itertext())
    match attribute(data, "Type"):
        case "Number":
            return show_number(text)
        case "DateTime":
            return re.sub(r"\.0+$", "", text).replace("T00:00:00", "").replace("T", " ")
        case "Boolean":
            return "TRUE" if text == "1" else "FALSE"
        case _:
            return text
