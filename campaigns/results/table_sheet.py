"""The shape of a big sheet: headings, widths, filter, colours, print set-up; its rows are spliced in afterwards."""

from __future__ import annotations

import unicodedata

import pyarrow as pa
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from campaigns.results.cell_text import fitted, storable
from campaigns.results.model import Column, ColumnKind
from campaigns.results.row_reader import RowReader
from campaigns.results.sheet_rows import column_letters
from campaigns.results.styles import OUTCOME_COLOURS, ROW_STATUS_COLOURS, Styles

_SAMPLE_ROWS = 200
_NARROWEST, _WIDEST = 9.0, 42.0
_COLOURS = {"outcome": OUTCOME_COLOURS, "row_status": ROW_STATUS_COLOURS}


def shape_table_sheet(
    workbook: Workbook, styles: Styles, name: str, reader: RowReader, row_count: int, *, tab_colour: str
) -> None:
    """Add a sheet with its headings and, as row 2, one blank row in the formats of the data.

    That row shows the splicer which format number each column has, and is replaced by the data.
    """
    sheet = workbook.add_worksheet(name)
    sheet.set_tab_color(tab_colour)
    sample = reader.peek()
    for index, column in enumerate(reader.columns):
        style = styles.cell(column.kind)
        sheet.set_column(index, index, _width(column, index, sample), style)
        sheet.write_string(0, index, fitted(storable(column.title)), styles.heading(is_original=column.is_original))
        sheet.write_blank(1, index, None, style)
        if column.name in _COLOURS and row_count:
            _colour(sheet, styles, column, index, row_count)
    sheet.set_row(0, 32)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, row_count, len(reader.columns) - 1)
    # Telephone numbers are text on purpose; no green corner needs to say so in every cell.
    sheet.ignore_errors({"number_stored_as_text": f"A1:{column_letters(len(reader.columns) - 1)}{row_count + 1}"})
    set_up_page(sheet)
    sheet.repeat_rows(0)


def set_up_page(sheet: Worksheet) -> None:
    """Print in landscape on A4, as wide as the page, with sheet name and page numbers at the foot."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.set_footer("&L&8&A&R&8&P / &N")


def _colour(sheet: Worksheet, styles: Styles, column: Column, index: int, row_count: int) -> None:
    for code, colours in _COLOURS[column.name].items():
        word = column.words.get(code, code).replace('"', '""')
        rule = {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": styles.badge(colours)}
        sheet.conditional_format(1, index, row_count, index, rule)


def _width(column: Column, index: int, sample: pa.RecordBatch | None) -> float:
    """Return a width that suits heading and first rows of the file's own columns; ours have theirs."""
    if not column.is_original or column.kind is not ColumnKind.TEXT or sample is None:
        return column.width_characters
    texts = [text for text in sample.column(index).slice(0, _SAMPLE_ROWS).to_pylist() if text]
    lengths = [_shown_characters(column.title) + 4, *(_shown_characters(text) + 2 for text in texts)]
    return min(_WIDEST, max(_NARROWEST, *lengths))


def _shown_characters(text: str) -> float:
    """Return how wide the longest line of a text is; a Chinese character takes the room of two."""
    lines = text[:400].splitlines() or [""]
    return max(sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line) for line in lines) * 1.05
