"""Write the results workbook.

A library makes the workbook, its looks, the Summary with its charts and the small sheets; the rows of the big sheets
are streamed past it straight into the package. A million rows pass in memory that does not grow with them.
"""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

from xlsxwriter import Workbook

from campaigns.errors import CampaignError
from campaigns.results.cell_text import printable
from campaigns.results.evidence_sheet import add_evidence_sheet
from campaigns.results.model import Report, RowStream
from campaigns.results.replacing import replacing
from campaigns.results.row_reader import RowReader
from campaigns.results.splicing import Filling, splice
from campaigns.results.styles import ACCENT, BAD, GREY, WAIT, Styles
from campaigns.results.summary_sheet import add_summary_sheet
from campaigns.results.table_sheet import shape_table_sheet
from campaigns.results.texts import texts_in

EXCEL_ROWS = 1_048_576
EXCEL_COLUMNS = 16_384

Progress = Callable[[int, int], None]
"""Told (rows written, rows in all) now and then."""


def write_workbook(
    path: Path, report: Report, *, progress: Progress | None = None, rows_per_sheet: int = EXCEL_ROWS
) -> None:
    """Write `report` as a workbook to `path`, which appears whole or not at all.

    Sheets: Summary, Results, Not called, Refused rows, Differences, Evidence, named in the campaign's language. Rows
    past `rows_per_sheet` (headings included) continue on "Results 2" and so on. Every text stays text: none becomes a
    formula, a number or a date. Raises `RowCountError` and `CampaignError`, and then leaves `path` as it was.
    """
    texts = texts_in(report.summary.language)
    zone = ZoneInfo(report.summary.timezone)
    skeleton = BytesIO()
    workbook = Workbook(skeleton, {"in_memory": True, "default_format_properties": _default_format(texts["font"])})
    workbook.set_properties(
        {"title": printable(report.summary.campaign), "author": "Callsheet", "created": report.summary.written_at}
    )
    styles = Styles(workbook, texts["font"])
    add_summary_sheet(workbook, styles, report.summary)
    fillings: dict[str, Filling] = {}
    readers: list[RowReader] = []
    for key, stream, colour in _tables(report):
        name = texts[f"sheet.{key}"]
        if len(stream.columns) > EXCEL_COLUMNS:
            raise CampaignError(
                f"{name} would have {len(stream.columns)} columns and a sheet holds {EXCEL_COLUMNS}. "
                "Write the results as CSV or Parquet."
            )
        reader = RowReader(name, stream)
        readers.append(reader)
        for number, row_count in enumerate(_sheet_lengths(stream.row_count, rows_per_sheet - 1), start=1):
            sheet_name = name if number == 1 else f"{name} {number}"
            shape_table_sheet(workbook, styles, sheet_name, reader, row_count, tab_colour=colour)
            fillings[f"xl/worksheets/sheet{len(workbook.worksheets())}.xml"] = Filling(reader, row_count)
    add_evidence_sheet(workbook, styles, report.summary, report.evidence)
    workbook.close()

    done = 0
    total = sum(reader.row_count for reader in readers)

    def on_rows(count: int) -> None:
        nonlocal done
        done += count
        if progress:
            progress(done, total)

    with replacing(path) as target:
        splice(skeleton, target, fillings, zone, on_rows)
        for reader in readers:
            reader.finish()


def _tables(report: Report) -> list[tuple[str, RowStream, str]]:
    return [
        ("results", report.results, ACCENT),
        ("not_called", report.not_called, GREY[0]),
        ("refused", report.refused, BAD[0]),
        ("differences", report.differences, WAIT[0]),
    ]


def _sheet_lengths(row_count: int, rows_per_sheet: int) -> list[int]:
    full, rest = divmod(row_count, rows_per_sheet)
    lengths = [rows_per_sheet] * full
    return [*lengths, rest] if rest or not lengths else lengths


def _default_format(font: str) -> dict[str, object]:
    return {"font_name": font, "font_size": 10}
