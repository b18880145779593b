"""Write results as CSV.

The columns and words are those of the workbook; times are `2026-11-21 10:03:05` in the campaign's zone. UTF-8 with a
byte order mark, because Excel takes a file without one for the machine's old code page and garbles Chinese.

A spreadsheet program that opens a CSV takes a text that begins with `=`, `+`, `-`, `@`, a tab or a line break for a
formula. Such a text gets an apostrophe in front. A plain number keeps its sign (`-5`, `+8613800138000`): it can do no
harm, and whoever reads the file by program gets it as it was. The rule can be undone without loss: where apostrophes
stand before one of those characters, take one away.
"""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from campaigns.results.local_times import local_timestamps
from campaigns.results.model import Column, ColumnKind, RowStream
from campaigns.results.replacing import replacing
from campaigns.results.row_reader import RowReader
from campaigns.results.sheet_rows import worded
from campaigns.results.workbook import Progress

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
# Full-width signs too: a Chinese or Japanese Excel reads them like the plain ones.
_LOOKS_LIKE_FORMULA = "^'*[=+\\-@\t\r\n＝＋－＠]"
_PLAIN_NUMBER = r"^[+-][0-9]+(\.[0-9]+)?$"


def write_csv(
    path: Path,
    rows: RowStream,
    *,
    timezone: str,
    byte_order_mark: bool = True,
    progress: Progress | None = None,
) -> None:
    """Write a stream of rows as CSV to `path`, which appears whole or not at all; raises `RowCountError`."""
    zone = ZoneInfo(timezone)
    reader = RowReader(path.name, rows)
    titles = defused(pa.array([column.title for column in rows.columns], pa.string())).to_pylist()
    header = pa.RecordBatch.from_arrays([pa.array([title]) for title in titles], names=titles)
    schema = pa.schema([pa.field(str(index), _TYPES[column.kind]) for index, column in enumerate(rows.columns)])
    options = csv.WriteOptions(include_header=False, quoting_style="needed")
    done = 0
    with replacing(path) as target:
        if byte_order_mark:
            target.write(_BYTE_ORDER_MARK)
        csv.write_csv(header, target, options)
        with csv.CSVWriter(target, schema, write_options=options) as writer:
            for piece in reader.take(rows.row_count):
                arrays = [_cells(piece.column(i), column, zone) for i, column in enumerate(rows.columns)]
                writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=schema))
                done += len(piece)
                if progress:
                    progress(done, rows.row_count)
        reader.finish()


def defused(texts: pa.Array) -> pa.Array:
    """Return texts with an apostrophe before whatever a spreadsheet program would take for a formula."""
    suspicious = pc.match_substring_regex(texts, _LOOKS_LIKE_FORMULA)
    if not pc.any(suspicious).as_py():
        return texts
    risky = pc.and_not(suspicious, pc.match_substring_regex(texts, _PLAIN_NUMBER))
    return pc.if_else(risky, pc.binary_join_element_wise("'", texts, ""), texts)


_TYPES = {ColumnKind.TEXT: pa.string(), ColumnKind.INTEGER: pa.int64(), ColumnKind.MOMENT: pa.timestamp("s")}


def _cells(array: pa.Array, column: Column, zone: ZoneInfo) -> pa.Array:
    match column.kind:
        case ColumnKind.TEXT:
            return defused(worded(array, column))
        case ColumnKind.INTEGER:
            return array.cast(pa.int64())
        case ColumnKind.MOMENT:
            return local_timestamps(array, zone)
