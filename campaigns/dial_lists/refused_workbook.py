"""The refused rows of a list as a workbook of its own, to be mended and imported again."""

from __future__ import annotations

import json
import os
from pathlib import Path

import xlsxwriter
from sqlalchemy import select
from sqlmodel import Session, col

from campaigns.models import DialList, RowRefusal

REASON, SUGGESTION = "reason", "suggestion"
_LAST_ROW = 1_048_575
_PAGE = 5000


def refused_workbook_name(file_name: str) -> str:
    """Name the workbook of refused rows of a file: "contacts.xlsx" has "contacts_refused.xlsx"."""
    return f"{Path(file_name).stem}_refused.xlsx"


def write_refused_workbook(db: Session, dial_list: DialList, path: Path) -> int:
    """Write the refused rows in the file's own columns, then reason and suggestion; return how many.

    All cells are text, so that nothing is taken for a formula or a number. Rows beyond Excel's limit continue on a
    further sheet. The file appears under its name only once it is complete. Effect: writes the file.
    """
    names: list[str] = json.loads(dial_list.columns)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    count = 0
    try:
        with xlsxwriter.Workbook(str(unfinished), {"constant_memory": True, "strings_to_urls": False}) as book:
            bold = book.add_format({"bold": True})
            sheet, line = None, _LAST_ROW
            last_id = 0
            while page := _page(db, dial_list, last_id):
                for refusal_id, cells, reason, suggestion in page:
                    if sheet is None or line == _LAST_ROW:
                        sheet = book.add_worksheet()
                        sheet.freeze_panes(1, 0)
                        line = 0
                        for column, name in enumerate([*names, REASON, SUGGESTION]):
                            sheet.write_string(0, column, name, bold)
                    line += 1
                    for column, text in enumerate(json.loads(cells)):
                        if text:
                            sheet.write_string(line, column, text)
                    sheet.write_string(line, len(names), reason)
                    if suggestion:
                        sheet.write_string(line, len(names) + 1, suggestion)
                    count += 1
                    last_id = refusal_id
            if sheet is None:
                sheet = book.add_worksheet()
                for column, name in enumerate([*names, REASON, SUGGESTION]):
                    sheet.write_string(0, column, name, bold)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return count


def _page(db: Session, dial_list: DialList, after: int) -> list[tuple[int, str, str, str]]:
    statement = (
        select(col(RowRefusal.id), col(RowRefusal.cells), col(RowRefusal.reason), col(RowRefusal.suggestion))
        .where(col(RowRefusal.dial_list_id) == dial_list.id, col(RowRefusal.campaign_id) == dial_list.campaign_id)
        .where(col(RowRefusal.id) > after)
        .order_by(col(RowRefusal.id))
        .limit(_PAGE)
    )
    return [tuple(row) for row in db.execute(statement)]
