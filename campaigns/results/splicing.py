"""Put streamed rows into a workbook that a library made: everything else of the package is copied as it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile
from zoneinfo import ZoneInfo

import pyarrow as pa

from campaigns.results.model import Column
from campaigns.results.row_reader import RowReader
from campaigns.results.sheet_rows import SheetColumn, column_letters, write_rows

_SAMPLE_ROW = re.compile(r'<row r="2".*?</row>', re.DOTALL)
_SAMPLE_CELL = re.compile(r'<c r="[A-Z]+2" s="(\d+)"\s*/>')
_DIMENSION = re.compile(r'<dimension ref="[^"]*"\s*/>')
_LEVEL = 1
"""Of zlib: level 6 takes twice as long for a third less."""
_ZIP64_FROM_BYTES = (1 << 31) - 1
_MARKUP_BYTES_A_CELL = 64


@dataclass(frozen=True, slots=True)
class Filling:
    """What goes into one sheet: the next `row_count` rows of `reader`."""

    reader: RowReader
    row_count: int


def splice(
    skeleton: BinaryIO,
    target: BinaryIO,
    fillings: Mapping[str, Filling],
    zone: ZoneInfo,
    on_rows: Callable[[int], None],
) -> None:
    """Copy the package `skeleton` to `target`, filling the parts named in `fillings`, in the order of the package.

    `on_rows` is told how many rows were written since it was last called. Raises `RowCountError`.
    """
    with ZipFile(skeleton) as source, ZipFile(target, "w", ZIP_DEFLATED, compresslevel=_LEVEL) as package:
        for entry in source.infolist():
            filling = fillings.get(entry.filename)
            if filling is None:
                with package.open(entry.filename, "w") as part:
                    part.write(source.read(entry))
            else:
                _fill(package, entry.filename, source.read(entry).decode(), filling, zone, on_rows)


def _fill(
    package: ZipFile, name: str, shape: str, filling: Filling, zone: ZoneInfo, on_rows: Callable[[int], None]
) -> None:
    found = _SAMPLE_ROW.search(shape)
    assert found is not None, f"{name} has no sample row"
    columns = _sheet_columns(filling.reader.columns, _SAMPLE_CELL.findall(found[0]))
    last_cell = f"{column_letters(len(columns) - 1)}{filling.row_count + 1}"
    head = _DIMENSION.sub(f'<dimension ref="A1:{last_cell}"/>', shape[: found.start()], count=1)
    with package.open(name, "w", force_zip64=_may_pass_two_gib(filling)) as part:
        part.write(head.encode())
        for piece, first_row in _numbered(filling.reader.take(filling.row_count)):
            part.write(write_rows(piece, columns, first_row, zone))
            on_rows(len(piece))
        part.write(shape[found.end() :].encode())


def _numbered(batches: Iterator[pa.RecordBatch]) -> Iterator[tuple[pa.RecordBatch, int]]:
    row = 2
    for batch in batches:
        yield batch, row
        row += len(batch)


def _sheet_columns(columns: Sequence[Column], styles: Sequence[str]) -> list[SheetColumn]:
    return [
        SheetColumn(column, column_letters(index), style)
        for index, (column, style) in enumerate(zip(columns, styles, strict=True))
    ]


def _may_pass_two_gib(filling: Filling) -> bool:
    """Guess generously: a part that was not announced as big may not grow past 2 GiB."""
    sample = filling.reader.peek()
    if sample is None:
        return False
    a_row = 2 * sample.nbytes / len(sample) + _MARKUP_BYTES_A_CELL * len(filling.reader.columns)
    return bool(a_row * filling.row_count > _ZIP64_FROM_BYTES)
