"""Where a sheet's data begin, which column holds what, and how its columns line up with those of other sheets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from campaigns.dial_lists.columns import HEADER_ROWS, column_letter, find_header, guess_columns
from campaigns.dial_lists.rows import RowBatch

_SAMPLE_ROWS = 100


@dataclass(slots=True)
class SheetLayout:
    """How to read the batches of one sheet; places are those in the list of all column names of the file."""

    sheet: str
    header_row: int
    phone: int
    country: int | None
    fields: dict[str, int]
    """Field → place, for every field that was named or recognised."""
    order: list[int]
    """Place of each of the sheet's own columns."""

    def body(self, batch: RowBatch, names: list[str]) -> RowBatch:
        """Return the rows below the header, columns in the order of `names`, which grows where a row is longer."""
        while len(self.order) < batch.cells.num_columns:
            names.append(_free_name(f"Column {column_letter(len(self.order))}", names))
            self.order.append(len(names) - 1)
        cells, row_numbers, is_hidden = batch.cells, batch.row_numbers, batch.is_hidden
        if len(batch) and row_numbers[0] <= self.header_row:
            first = int((row_numbers <= self.header_row).sum())
            cells, row_numbers, is_hidden = cells.slice(first), row_numbers[first:], is_hidden[first:]
        if self.order != list(range(len(names))):
            placed = [pa.nulls(cells.num_rows, pa.string())] * len(names)
            for column, place in enumerate(self.order[: cells.num_columns]):
                placed[place] = cells.column(column)
            cells = pa.RecordBatch.from_arrays(placed, names=[f"c{place}" for place in range(len(names))])
        return RowBatch(batch.sheet, row_numbers, cells, is_hidden)


def lay_out_sheet(
    first_batch: RowBatch, names: list[str], columns: Mapping[str, str], *, file_name: str
) -> SheetLayout:
    """Find header and columns of a sheet from its first batch; add the names that no earlier sheet had to `names`.

    `columns` is what a person said, field → name of its column. Raises `ColumnError`.
    """
    cells = first_batch.cells.slice(0, HEADER_ROWS + _SAMPLE_ROWS)
    rows = list(zip(*(column.to_pylist() for column in cells.columns), strict=True))
    numbered = list(zip(first_batch.row_numbers.tolist(), rows, strict=False))
    header = find_header(numbered)
    sample = [row for number, row in numbered if number > header.row_number][:_SAMPLE_ROWS]
    mapping = guess_columns(header.names, sample, mapping=columns, what=file_name)
    order: list[int] = []
    for name in header.names:
        if name not in names:
            names.append(name)
        order.append(names.index(name))
    fields = {"phone": mapping.phone}
    recognised = {"name": mapping.name, "country": mapping.country}
    fields |= {field: column for field, column in recognised.items() if column is not None}
    for field, wanted in columns.items():
        if field not in fields and wanted:
            # Any further field is looked up by name in the same way as a phone column that was named.
            fields[field] = guess_columns(header.names, sample, mapping={"phone": wanted}, what=file_name).phone
    placed = {field: order[column] for field, column in fields.items()}
    return SheetLayout(first_batch.sheet, header.row_number, placed["phone"], placed.get("country"), placed, order)


def join_batches(batches: list[RowBatch]) -> RowBatch:
    """Join batches of one sheet, laid out alike, to one; shorter ones get empty columns at the end."""
    width = max(batch.cells.num_columns for batch in batches)
    schema = pa.schema([(f"c{place}", pa.string()) for place in range(width)])
    padded = [
        pa.RecordBatch.from_arrays(
            [*batch.cells.columns, *[pa.nulls(len(batch), pa.string())] * (width - batch.cells.num_columns)],
            schema=schema,
        )
        for batch in batches
    ]
    return RowBatch(
        batches[0].sheet,
        np.concatenate([batch.row_numbers for batch in batches]),
        pa.concat_batches(padded),
        np.concatenate([batch.is_hidden for batch in batches]),
    )


def _free_name(name: str, names: list[str]) -> str:
    count, free = 1, name
    while free in names:
        count += 1
        free = f"{name} ({count})"
    return free
