"""Write rows of text as JSON lists, column by column."""

from __future__ import annotations

import json

import pyarrow as pa
import pyarrow.compute as pc

_NEEDS_ESCAPE = r'["\\\x00-\x1f\x7f]'
_NULL = pa.scalar("null")


def write_cells_json(cells: pa.RecordBatch) -> pa.StringArray:
    """Return one JSON list a row: texts in column order, null for an empty cell."""
    if cells.num_columns == 0:
        return pa.array(["[]"] * cells.num_rows, pa.string())
    written = [_write_column(column) for column in cells.columns]
    joined = pc.binary_join_element_wise(*written, ", ") if len(written) > 1 else written[0]
    return pc.binary_join_element_wise("[", joined, "]", "")


def _write_column(column: pa.StringArray) -> pa.StringArray:
    quoted = pc.binary_join_element_wise('"', column, '"', "")
    odd = pc.fill_null(pc.match_substring_regex(column, _NEEDS_ESCAPE), False)
    if pc.any(odd).as_py():
        escaped = [json.dumps(text, ensure_ascii=False) for text in column.filter(odd).to_pylist()]
        quoted = pc.replace_with_mask(quoted, odd, pa.array(escaped, pa.string()))
    return pc.fill_null(quoted, _NULL)
