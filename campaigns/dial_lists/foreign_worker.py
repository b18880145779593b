"""Read a binary workbook (xls, xlsb) in a process of its own: `python -m campaigns.dial_lists.foreign_worker`.

A stranger's file goes through a compiled library here. Whatever it does to that library (a crash, a loop, gigabytes of
memory for one cell in the far corner) ends this process alone. The parent sends one line of JSON to standard input and
reads standard output: a line of JSON with the sheets, or an Arrow stream with the text of every cell of one sheet.
"""

from __future__ import annotations

import datetime
import json
import resource
import sys

import pyarrow as pa
import python_calamine

from campaigns.dial_lists.number_formats import show_number

BATCH_CELLS = 400_000
PASSWORD, DAMAGED, TOO_WIDE = 3, 4, 5
"""Exit codes that the parent turns into sentences."""


def main() -> int:
    """Do what the line on standard input asks for; the exit code says how it went."""
    request = json.loads(sys.stdin.readline())
    most_bytes = int(request["max_bytes"])
    resource.setrlimit(resource.RLIMIT_AS, (most_bytes, most_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        # by handle, because a path would be opened as what its extension says
        with open(request["path"], "rb") as stream, python_calamine.CalamineWorkbook.from_filelike(stream) as book:
            if request["sheet"] is None:
                _write_sheets(book)
                return 0
            return _write_cells(book.get_sheet_by_name(request["sheet"]), int(request["max_columns"]))
    except python_calamine.PasswordError:
        return PASSWORD
    except (python_calamine.CalamineError, OSError, ValueError):
        return DAMAGED


def _write_sheets(book: python_calamine.CalamineWorkbook) -> None:
    visible = python_calamine.SheetVisibleEnum.Visible
    worksheet = python_calamine.SheetTypeEnum.WorkSheet
    sheets = [[sheet.name, sheet.visible != visible] for sheet in book.sheets_metadata if sheet.typ == worksheet]
    print(json.dumps(sheets), flush=True)  # noqa: T201 - standard output is how the parent hears of it


def _write_cells(sheet: python_calamine.CalamineSheet, max_columns: int) -> int:
    """Every row from the first of the sheet on, as an Arrow stream of string columns."""
    width = sheet.end[1] + 1 if sheet.end else 0
    if width > max_columns:
        return TOO_WIDE
    schema = pa.schema([pa.field(f"c{number}", pa.string()) for number in range(width)])
    batch_rows = max(1, min(10_000, BATCH_CELLS // max(1, width)))
    first_row, first_column = sheet.start or (0, 0)
    with pa.ipc.new_stream(sys.stdout.buffer, schema) as stream:
        if not width:
            return 0
        rows: list[list[str | None]] = [[None] * width for _ in range(first_row)]
        blank: list[str | None] = [None] * first_column
        for values in sheet.to_python(skip_empty_area=True):
            rows.append(blank + [_show(value) for value in values])
            if len(rows) >= batch_rows:
                stream.write_batch(_batch(rows, schema))
                rows = []
        stream.write_batch(_batch(rows, schema))
    return 0


def _batch(rows: list[list[str | None]], schema: pa.Schema) -> pa.RecordBatch:
    columns = [pa.array([row[number] for row in rows], pa.string()) for number in range(len(schema))]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _show(value: object) -> str | None:
    match value:
        case str():
            return value or None
        case bool():
            return "TRUE" if value else "FALSE"
        case int() | float():
            return show_number(repr(value))
        case datetime.datetime():
            return value.strftime("%Y-%m-%d %H:%M:%S")
        case datetime.date():
            return value.isoformat()
        case datetime.time():
            return value.strftime("%H:%M:%S")
        case _:
            return None if value is None else str(value)


if __name__ == "__main__":
    sys.exit(main())
