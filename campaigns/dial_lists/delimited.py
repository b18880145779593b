"""Read csv, tsv and their relatives, block by block, in memory that does not grow with the list.

Two ways lead through a block. The quick one finds all delimiters, line ends and quotation marks of the block at once
and cuts the texts out of it; it needs quotation marks to stand only where the format puts them. The patient one reads
field by field as spreadsheet programs do, where a quotation mark inside a field is an ordinary character.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from itertools import chain, repeat

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from campaigns.dial_lists.limits import ByteStream, ReadingMeter
from campaigns.dial_lists.rows import DialListFile, RowBatch, SheetInfo, cut_batches
from campaigns.dial_lists.slices import Positions, TextSlices
from campaigns.dial_lists.sniffing import TextShape, sniff_text
from campaigns.errors import DialListError

BLOCK_BYTES = 1024 * 1024
MAX_RECORD_BYTES = 16 * 1024 * 1024
_QUOTE = 0x22
_CARRIAGE_RETURN = 0x0D


class DelimitedFile(DialListFile):
    """A delimited text. `open_stream` gives its bytes from the start, each time anew."""

    format = "csv"

    def __init__(self, open_stream: Callable[[], ByteStream], meter: ReadingMeter, *, within: str = "") -> None:
        super().__init__()
        self._open_stream = open_stream
        self._meter = meter
        self._shape = sniff_text(open_stream, meter)
        self.encoding = self._shape.encoding
        self.delimiter = self._shape.delimiter
        self.sheets = [SheetInfo("")]
        if self._shape.delimiter == "\t":
            self.format = "tsv"
        if within:
            self.notice(f"Read the file {within!r} inside the archive.")
        self.notice(
            f"Read as {self.format} in {_name_encoding(self._shape)}, {_name_delimiter(self._shape.delimiter)}."
        )
        if not self._shape.is_exact:
            self.notice(f"Some bytes are not {self._shape.encoding}; they are read as the character \ufffd.")

    def batches(self) -> Iterator[RowBatch]:
        self._meter.restart()
        reader = _BlockReader(self._shape, self._meter)
        has_rows = False
        with self._open_stream() as stream:
            blocks = _decoded_blocks(stream, self._shape)
            for block, is_last in chain(zip(blocks, repeat(False)), [(b"", True)]):
                for batch in reader.read(block, is_last=is_last):
                    has_rows = True
                    yield batch
        if not has_rows:
            raise DialListError(what=self._meter.what, why="it has no rows.")
        if reader.dropped_nuls:
            self.notice(f"Left out {reader.dropped_nuls:,} NUL characters.")
        if reader.has_odd_quotes:
            self.notice("Some quotation marks stand inside fields; they are read as ordinary characters.")

    def close(self) -> None:
        """Nothing is held open between readings."""


def _decoded_blocks(stream: ByteStream, shape: TextShape) -> Iterator[bytes]:
    """The text as UTF-8."""
    stream.read(shape.mark_bytes)
    if shape.encoding == "utf-8" and shape.is_exact:
        while block := stream.read(BLOCK_BYTES):
            yield block
        return
    decoder = codecs.getincrementaldecoder(shape.encoding)("replace")
    while block := stream.read(BLOCK_BYTES):
        yield decoder.decode(block).encode("utf-8", "replace")
    yield decoder.decode(b"", final=True).encode("utf-8", "replace")


class _BlockReader:
    """Cut blocks of UTF-8 text into rows; what is left of a block joins the next."""

    def __init__(self, shape: TextShape, meter: ReadingMeter) -> None:
        self.dropped_nuls = 0
        self.has_odd_quotes = False
        self._meter = meter
        self._newline = shape.newline.encode()
        self._delimiter = shape.delimiter.encode()
        self._lines_to_skip = shape.skipped_lines
        self._rest = b""
        self._line = 1
        self._columns = 0
        newline = re.escape(self._newline)
        delimiter = re.escape(self._delimiter)
        self._field = re.compile(
            rb'"((?:[^"]++|"")*+)"([^%(d)b%(n)b]*+)(%(d)b|%(n)b|\Z)|([^%(d)b%(n)b]*+)(%(d)b|%(n)b|\Z)'
            % {b"d": delimiter, b"n": newline}
        )

    def read(self, block: bytes, *, is_last: bool) -> Iterator[RowBatch]:
        if b"\0" in block:
            self.dropped_nuls += block.count(b"\0")
            block = block.replace(b"\0", b"")
        data = self._rest + block
        if is_last and data and not data.endswith(self._newline):
            data += self._newline
        while self._lines_to_skip and self._newline in data:
            data = data[data.index(self._newline) + 1 :]
            self._lines_to_skip -= 1
            self._line += 1
        if not data:
            self._rest = b""
            return
        if not self.has_odd_quotes and len(self._delimiter) == 1:
            yield from self._read_quickly(data, is_last=is_last)
        else:
            yield from self._read_patiently(data, is_last=is_last)

    def _read_quickly(self, data: bytes, *, is_last: bool) -> Iterator[RowBatch]:
        block = np.frombuffer(data, dtype=np.uint8)
        newline, delimiter = self._newline[0], self._delimiter[0]
        line_ends = np.flatnonzero(block == newline)
        quotes = np.flatnonzero(block == _QUOTE) if b'"' in data else None
        record_ends = line_ends if quotes is None else line_ends[np.searchsorted(quotes, line_ends) % 2 == 0]
        end = int(record_ends[-1]) + 1 if len(record_ends) else 0
        too_long = len(data) - end > MAX_RECORD_BYTES or (is_last and end < len(data))
        if too_long or (quotes is not None and not self._is_well_quoted(block, quotes[quotes < end])):
            self.has_odd_quotes = quotes is not None
            if quotes is None:
                self._meter.check_cell(len(data) - end, f"line {self._line + len(line_ends):,}")
            yield from self._read_patiently(data, is_last=is_last)
            return
        self._rest = data[end:]
        if end == 0:
            return
        block, line_ends = block[:end], line_ends[line_ends < end]
        ends = np.flatnonzero((block == delimiter) | (block == newline))
        if quotes is not None:
            ends = ends[np.searchsorted(quotes, ends) % 2 == 0]
        starts = np.empty_like(ends)
        starts[0] = 0
        starts[1:] = ends[:-1] + 1
        last_fields = np.flatnonzero(block[ends] == newline)
        first_fields = np.empty_like(last_fields)
        first_fields[0] = 0
        first_fields[1:] = last_fields[:-1] + 1
        if quotes is None:
            lines = self._line + np.arange(len(last_fields), dtype=np.int64)
        else:
            lines = self._line + np.searchsorted(line_ends, starts[first_fields]).astype(np.int64)
        self._line += len(line_ends)
        returns = last_fields[block[ends[last_fields] - 1] == _CARRIAGE_RETURN]
        ends[returns[ends[returns] > starts[returns]]] -= 1
        is_quoted = None
        if quotes is not None:
            is_quoted = (block[starts] == _QUOTE) & (ends > starts)
            starts[is_quoted] += 1
            ends[is_quoted] -= 1
        widths = last_fields - first_fields + 1
        width = int(widths.max())
        self._meter.check_columns(width, f"line {int(lines[widths.argmax()]):,}")
        self._check_cells(data, starts, ends, first_fields, lines)
        slices = TextSlices(data, starts, ends)
        columns = []
        for number in range(width):
            which = np.minimum(first_fields + number, last_fields)
            is_present = (widths > number) & (ends[which] > starts[which])
            texts = slices.take(which, is_present)
            if is_quoted is not None and bool(is_quoted[which].any()):
                texts = _undouble_quotes(texts, is_quoted[which])
            columns.append(texts)
        self._columns = max(self._columns, width)
        is_hidden = np.zeros(len(lines), dtype=bool)
        yield from cut_batches("", lines, is_hidden, columns, self._meter, at_least_columns=self._columns)

    def _is_well_quoted(self, block: np.ndarray[tuple[int], np.dtype[np.uint8]], quotes: Positions) -> bool:
        """True if quotation marks open and close whole fields, or are doubled inside them."""
        if len(quotes) == 0:
            return True
        newline, delimiter = self._newline[0], self._delimiter[0]
        opening, closing = quotes[0::2], quotes[1::2]
        before = block[np.maximum(opening - 1, 0)]
        is_fine = (before == delimiter) | (before == newline) | (opening == 0)
        is_fine[1:] |= opening[1:] - 1 == closing[: len(opening) - 1]
        if not bool(is_fine.all()):
            return False
        after = block[np.minimum(closing + 1, len(block) - 1)]
        after_that = block[np.minimum(closing + 2, len(block) - 1)]
        is_fine = (after == delimiter) | (after == newline) | ((after == _CARRIAGE_RETURN) & (after_that == newline))
        is_fine[: len(opening) - 1] |= opening[1:] - 1 == closing[: len(opening) - 1]
        return bool(is_fine.all())

    def _check_cells(
        self, data: bytes, starts: Positions, ends: Positions, first_fields: Positions, lines: Positions
    ) -> None:
        """A text of n bytes has at most n characters: only longer ones are looked at one by one."""
        for field in np.flatnonzero(ends - starts > self._meter.limits.max_cell_characters):
            record = int(np.searchsorted(first_fields, field, side="right")) - 1
            text = data[starts[field] : ends[field]].decode("utf-8", "replace")
            self._meter.check_cell(len(text), f"line {int(lines[record]):,}")

    def _read_patiently(self, data: bytes, *, is_last: bool) -> Iterator[RowBatch]:
        """Read record by record; an unfinished last record waits for more unless it has grown past every bound."""
        rows: list[list[str | None]] = []
        lines: list[int] = []
        position = 0
        most_bytes = 4 * self._meter.limits.max_cell_characters
        while position < len(data):
            record: list[str | None] = []
            start = position
            while True:
                if data[position : position + 1] == b'"' and not is_last and len(data) - position <= most_bytes:
                    closing = data.find(self._newline, data.find(b'"', position + 1) + 1)
                    if closing < 0:
                        break
                found = self._field.match(data, position)
                if found is None:
                    break
                quoted, junk, quoted_end, plain, plain_end = found.groups()
                position = found.end()
                ended_by = plain_end if quoted is None else quoted_end
                field = plain if quoted is None else quoted.replace(b'""', b'"') + junk
                if ended_by == self._newline and (quoted is None or junk):
                    field = field.removesuffix(b"\r")
                text = field.decode("utf-8", "replace")
                self._meter.check_cell(len(text), f"line {self._line:,}")
                record.append(text or None)
                if ended_by != self._delimiter:
                    break
            if data[position - 1 : position] != self._newline and not is_last:
                position = start
                break
            if position == start:
                break
            self._meter.check_columns(len(record), f"line {self._line:,}")
            rows.append(record)
            lines.append(self._line)
            self._line += data.count(self._newline, start, position)
        self._rest = data[position:]
        self._columns = max(self._columns, max(map(len, rows), default=0))
        columns = [
            pa.array([row[number] if number < len(row) else None for row in rows], pa.string())
            for number in range(self._columns)
        ]
        yield from cut_batches(
            "", np.array(lines, dtype=np.int64), np.zeros(len(lines), dtype=bool), columns, self._meter
        )


def _undouble_quotes(texts: pa.StringArray, is_quoted: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> pa.StringArray:
    has_quotes = pc.fill_null(pc.match_substring(texts, '"'), False)
    if not pc.any(has_quotes).as_py():
        return texts
    undoubled = pc.replace_substring(texts, '""', '"')
    return pc.if_else(pc.and_(has_quotes, pa.array(is_quoted)), undoubled, texts)


def _name_encoding(shape: TextShape) -> str:
    name = shape.encoding.upper().replace("CP1252", "Windows-1252")
    return f"{name} with byte order mark" if shape.mark_bytes else name


def _name_delimiter(delimiter: str) -> str:
    names = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
    return f"columns separated by {names.get(delimiter, repr(delimiter))}"
