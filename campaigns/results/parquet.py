"""Write results as Parquet, for programs.

The columns are those of the workbook, in its order. The file's own keep their headings; ours have stable names
(`outcome`, `talk_seconds`) and hold codes rather than words, the same in every language. Times are moments in UTC
that carry the campaign's zone; every text is exactly what the list said.
"""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

from campaigns.results.columns import program_names
from campaigns.results.model import ColumnKind, RowStream
from campaigns.results.replacing import replacing
from campaigns.results.row_reader import RowReader
from campaigns.results.workbook import Progress

_ROWS_PER_GROUP = 131_072


def write_parquet(path: Path, rows: RowStream, *, timezone: str, progress: Progress | None = None) -> None:
    """Write a stream of rows as Parquet to `path`, which appears whole or not at all; raises `RowCountError`."""
    types = {
        ColumnKind.TEXT: pa.string(),
        ColumnKind.INTEGER: pa.int64(),
        ColumnKind.MOMENT: pa.timestamp("us", timezone),
    }
    names = program_names(rows.columns)
    schema = pa.schema([pa.field(name, types[c.kind]) for name, c in zip(names, rows.columns, strict=True)])
    reader = RowReader(path.name, rows)
    group: list[pa.RecordBatch] = []
    done = 0
    with replacing(path) as target, parquet.ParquetWriter(target, schema, compression="zstd") as writer:
        for piece in reader.take(rows.row_count):
            arrays = [array.cast(field.type) for array, field in zip(piece.columns, schema, strict=True)]
            group.append(pa.RecordBatch.from_arrays(arrays, schema=schema))
            done += len(piece)
            if sum(len(batch) for batch in group) >= _ROWS_PER_GROUP:
                writer.write_table(pa.Table.from_batches(group, schema))
                group = []
            if progress:
                progress(done, rows.row_count)
        if group:
            writer.write_table(pa.Table.from_batches(group, schema))
        reader.finish()
