"""Files become contacts and refused rows; none is lost. People and numbers are invented."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from openpyxl import load_workbook
from sqlalchemy import select
from sqlmodel import Session, col

from campaigns.db.engine import Database
from campaigns.dial_lists.importer import ImportOptions, import_dial_list, remove_rows
from campaigns.dial_lists.refused_workbook import refused_workbook_name, write_refused_workbook
from campaigns.errors import ColumnError, DialListError
from campaigns.models import Contact, DialList, DialListStatus, Exclusion, RowRefusal
from campaigns.phone_numbers import NumberKind
from campaigns.queries.campaigns import create_campaign
from tests.builders import NOON, make_campaign, make_file

CN = ImportOptions(country="CN")


def write_csv(path: Path, rows: Sequence[Sequence[str]]) -> Path:
    lines = (",".join('"' + cell.replace('"', '""') + '"' if cell else "" for cell in row) for row in rows)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def new_campaign(database: Database, name: str = "October") -> int:
    with database.writing() as db:
        campaign = create_campaign(db, make_file(name), platform="mvb2000", at=NOON)
        assert campaign.id is not None
        return campaign.id


def contacts_of(database: Database, dial_list: DialList) -> list[Contact]:
    with database.reading() as db:
        statement = select(Contact).where(col(Contact.dial_list_id) == dial_list.id).order_by(col(Contact.id))
        return list(db.execute(statement).scalars())


def refusals_of(database: Database, dial_list: DialList) -> list[RowRefusal]:
    with database.reading() as db:
        statement = select(RowRefusal).where(col(RowRefusal.dial_list_id) == dial_list.id)
        return list(db.execute(statement.order_by(col(RowRefusal.id))).scalars())


def exclusions_of(database: Database, campaign_id: int) -> dict[int, str]:
    with database.reading() as db:
        statement = select(Exclusion).where(col(Exclusion.campaign_id) == campaign_id)
        return {found.contact_id: found.detail for found in db.execute(statement).scalars()}


# The everyday mess: (cell, reason), None for a number that is accepted.
MESS = [
    ("13800138000", None),
    ("138-0013-8001", None),
    ("+86 138 0013 8002", None),
    ("008613800138003", None),
    ("１３８００１３８００４", None),
    ("'13800138005", None),
    ("13800138006.0", None),
    ("1.3800138007E+10", None),
    ("1.38E+10", "digits_lost"),
    ("13800138000/13900139000", "several_numbers"),
    ("无", "not_a_number"),
    ("", "empty_number"),
    ("2024-01-01", "date"),
    ("110101199003071234", "id_number"),
    ("010-62345678转12", "extension"),
    ("12345", "too_short"),
    ("13800138000", None),
]


def test_every_row_of_the_mess_is_a_contact_or_a_refusal(database: Database, tmp_path: Path) -> None:
    """Title, header and blank rows aside, each row is explained, in the order of the file, with its cells as text."""
    rows = [["客户名单 2026", ""], ["手机号", "姓名"], *([cell, f'客"{n}"\\'] for n, (cell, _) in enumerate(MESS))]
    path = write_csv(tmp_path / "mess.csv", [*rows, ["", ""], ["", "合计"]])
    campaign = new_campaign(database)
    dial_list = import_dial_list(database, campaign, path, CN, at=NOON)
    contacts, refusals = contacts_of(database, dial_list), refusals_of(database, dial_list)
    assert dial_list.status == DialListStatus.READY
    assert dial_list.row_count == len(MESS) + 1 == len(contacts) + len(refusals)
    assert (dial_list.contact_count, dial_list.refusal_count) == (len(contacts), len(refusals))
    expected = [reason for _, reason in MESS if reason] + ["total_row"]
    assert [refusal.reason for refusal in refusals] == expected
    assert [contact.phone_number for contact in contacts[:8]] == [f"+8613800138{n:03d}" for n in range(8)]
    by_id = sorted([*contacts, *refusals], key=lambda row: row.id)
    assert [json.loads(row.cells) for row in by_id[:-1]] == [
        [cell or None, f'客"{n}"\\'] for n, (cell, _) in enumerate(MESS)
    ]
    assert [row.row_number for row in by_id] == [*range(3, 3 + len(MESS)), 4 + len(MESS)]
    assert refusals[1].suggestion == "+8613800138000 / +8613900139000"
    assert (refusals[1].column, refusals[1].value) == ("手机号", "13800138000/13900139000")
    assert json.loads(dial_list.column_mapping) == {"phone": 0, "name": 1}
    assert json.loads(dial_list.repair_counts)["full_width"] == 1


def test_a_duplicate_is_a_contact_that_is_held_back(database: Database, tmp_path: Path) -> None:
    """The first of equal numbers is called; each later one names the row of the first, however it was written."""
    path = write_csv(tmp_path / "a.csv", [["手机号"], ["13800138000"], ["13900139000"], ["+86 138 0013 8000"]])
    campaign = new_campaign(database)
    dial_list = import_dial_list(database, campaign, path, CN, at=NOON)
    third = contacts_of(database, dial_list)[2]
    assert exclusions_of(database, campaign) == {third.id: "same number as row 2"}
    assert dial_list.duplicate_count == 1


def test_duplicates_are_found_across_the_lists_of_a_campaign(database: Database, tmp_path: Path) -> None:
    """A number of an earlier list is not called again from a later one."""
    campaign = new_campaign(database)
    import_dial_list(database, campaign, write_csv(tmp_path / "a.csv", [["手机号"], ["13800138000"]]), CN, at=NOON)
    second = write_csv(tmp_path / "b.csv", [["手机号"], ["13900139000"], ["13800138000"]])
    dial_list = import_dial_list(database, campaign, second, CN, at=NOON)
    contact = contacts_of(database, dial_list)[1]
    assert exclusions_of(database, campaign) == {contact.id: "same number as row 2 of a.csv"}


def test_importing_the_same_file_twice_is_importing_it_once(database: Database, tmp_path: Path) -> None:
    """The second import returns the first one's list and writes nothing."""
    campaign = new_campaign(database)
    path = write_csv(tmp_path / "a.csv", [["手机号"], ["13800138000"], ["x"]])
    first = import_dial_list(database, campaign, path, CN, at=NOON)
    again = import_dial_list(database, campaign, path.rename(tmp_path / "renamed.csv"), CN, at=NOON)
    assert again.id == first.id
    assert len(contacts_of(database, first)) == len(refusals_of(database, first)) == 1


class CutOffError(Exception):
    """Stands for the death of the process."""


def test_an_interrupted_import_leaves_nothing_that_the_next_one_keeps(database: Database, tmp_path: Path) -> None:
    """Cut off at any transaction, the next import ends as if nothing had happened."""
    path = write_csv(tmp_path / "big.csv", [["手机号"], *([f"138{n:08d}"] for n in range(60_000)), ["13800000000"]])
    for survived in range(5):
        campaign = new_campaign(database, f"Cut off after {survived}")
        left = survived

        def die(db: Session) -> None:
            nonlocal left
            if left == 0:
                raise CutOffError
            left -= 1

        try:
            dial_list = import_dial_list(database, campaign, path, CN, at=NOON, check=die)
        except CutOffError:
            with database.reading() as db:
                lists = db.execute(select(DialList).where(col(DialList.campaign_id) == campaign)).scalars().all()
                assert all(found.status == DialListStatus.IMPORTING for found in lists)
            dial_list = import_dial_list(database, campaign, path, CN, at=NOON)
        assert (dial_list.row_count, dial_list.duplicate_count) == (60_001, 1)
        with database.reading() as db:
            found = db.execute(select(col(Contact.id)).where(col(Contact.campaign_id) == campaign)).all()
            assert len(found) == 60_001
        assert len(exclusions_of(database, campaign)) == 1


@pytest.mark.parametrize(
    ("rows", "error"),
    [
        ([["手机号", "姓名"]], DialListError),
        ([["姓名", "城市"], ["张三", "上海"]], ColumnError),
        ([["手机", "联系手机"], ["13800138000", "13900139000"]], ColumnError),
    ],
)
def test_a_file_that_is_no_list_leaves_nothing_behind(
    sqlite: Database, tmp_path: Path, rows: list[list[str]], error: type[Exception]
) -> None:
    """A file that cannot be used raises its sentence, and the campaign has no list."""
    campaign = new_campaign(sqlite)
    with pytest.raises(error):
        import_dial_list(sqlite, campaign, write_csv(tmp_path / "no.csv", rows), CN, at=NOON)
    with sqlite.reading() as db:
        assert db.execute(select(DialList)).all() == []


def test_a_missing_file_has_a_sentence(sqlite: Database, tmp_path: Path) -> None:
    """No stack trace for a wrong path."""
    with pytest.raises(DialListError, match="cannot be opened"):
        import_dial_list(sqlite, new_campaign(sqlite), tmp_path / "none.csv", CN, at=NOON)


def test_a_country_column_decides_row_by_row(sqlite: Database, tmp_path: Path) -> None:
    """Codes, names and calling codes are understood; an empty cell means the list's country."""
    rows = [
        ["phone", "country"],
        ["13800138000", ""],
        ["09171234567", "PH"],
        ["0812345678", "泰国"],
        ["5512345678", "+52"],
        ["13800138000", "Atlantis"],
        ["12345", "CN"],
    ]
    dial_list = import_dial_list(sqlite, new_campaign(sqlite), write_csv(tmp_path / "a.csv", rows), CN, at=NOON)
    assert [(contact.phone_number, contact.country) for contact in contacts_of(sqlite, dial_list)] == [
        ("+8613800138000", "CN"),
        ("+639171234567", "PH"),
        ("+66812345678", "TH"),
        ("+525512345678", "MX"),
    ]
    assert [(refusal.reason, refusal.column, refusal.value) for refusal in refusals_of(sqlite, dial_list)] == [
        ("country_unknown", "country", "Atlantis"),
        ("too_short", "phone", "12345"),
    ]


def test_kinds_that_may_not_be_called_are_refused(sqlite: Database, tmp_path: Path) -> None:
    """A campaign that calls mobiles only says so of each fixed line."""
    path = write_csv(tmp_path / "a.csv", [["手机号"], ["13800138000"], ["010-62345678"], ["13900139000"]])
    options = ImportOptions(country="CN", kinds=frozenset({NumberKind.MOBILE}))
    dial_list = import_dial_list(sqlite, new_campaign(sqlite), path, options, at=NOON)
    assert len(contacts_of(sqlite, dial_list)) == 2
    (refusal,) = refusals_of(sqlite, dial_list)
    assert (refusal.reason, refusal.row_number) == ("kind_not_allowed", 3)


def write_book(path: Path, sheets: dict[str, list[list[Any]]], hidden_row: int | None = None) -> Path:
    with xlsxwriter.Workbook(str(path)) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for line, row in enumerate(rows):
                sheet.write_row(line, 0, row)
            if hidden_row is not None:
                sheet.set_row(hidden_row, None, None, {"hidden": True})
    return path


@pytest.mark.parametrize("hidden_rows", ["take", "skip"])
def test_hidden_rows_are_taken_or_told(sqlite: Database, tmp_path: Path, hidden_rows: Any) -> None:
    """Whatever the setting, a hidden row is not lost, and the report says what was done."""
    path = write_book(tmp_path / "a.xlsx", {"名单": [["手机号"], [13800138000], [13900139000], [13700137000]]}, 2)
    options = ImportOptions(country="CN", hidden_rows=hidden_rows)
    dial_list = import_dial_list(sqlite, new_campaign(sqlite), path, options, at=NOON)
    assert dial_list.row_count == 3
    assert "1 hidden rows were" in dial_list.notices
    refusals = refusals_of(sqlite, dial_list)
    if hidden_rows == "take":
        assert refusals == []
    else:
        assert [(refusal.reason, refusal.value) for refusal in refusals] == [("hidden_row", "13900139000")]


def test_several_sheets_line_up_by_their_column_names(sqlite: Database, tmp_path: Path) -> None:
    """Sheets with their columns in another order become one list, and duplicates are found across them."""
    sheets = {
        "一": [["手机号", "姓名"], ["13800138000", "张三"]],
        "二": [["姓名", "城市", "手机号"], ["李四", "上海", "13900139000"], ["王五", "北京", "13800138000"]],
    }
    options = ImportOptions(country="CN", sheet="*")
    campaign = new_campaign(sqlite)
    dial_list = import_dial_list(sqlite, campaign, write_book(tmp_path / "a.xlsx", sheets), options, at=NOON)
    assert json.loads(dial_list.columns) == ["手机号", "姓名", "城市"]
    contacts = contacts_of(sqlite, dial_list)
    assert [json.loads(contact.cells) for contact in contacts] == [
        ["13800138000", "张三"],
        ["13900139000", "李四", "上海"],
        ["13800138000", "王五", "北京"],
    ]
    assert exclusions_of(sqlite, campaign) == {contacts[2].id: "same number as row 2 of sheet 一"}


def test_further_fields_are_mapped_to_their_columns(sqlite: Database, tmp_path: Path) -> None:
    """Any field a message names can be mapped; a column that is not there is an error that names it."""
    path = write_csv(tmp_path / "a.csv", [["手机号", "应还金额", "称呼"], ["13800138000", "12.50", "张女士"]])
    options = ImportOptions(country="CN", columns={"phone": "手机号", "amount": "应还金额"})
    dial_list = import_dial_list(sqlite, new_campaign(sqlite), path, options, at=NOON)
    assert json.loads(dial_list.column_mapping) == {"phone": 0, "name": 2, "amount": 1}
    wrong = ImportOptions(country="CN", columns={"phone": "手机号", "amount": "金额合计"})
    with pytest.raises(ColumnError, match="金额合计"):
        import_dial_list(sqlite, new_campaign(sqlite, "Other"), path, wrong, at=NOON)


def test_refused_rows_come_back_mended_as_a_list_of_their_own(database: Database, tmp_path: Path) -> None:
    """The workbook has the file's columns, reason and suggestion; nothing in it is a formula; mended, it imports."""
    rows = [["手机号", "姓名"], ["13800138000", "张三"], ["12345", "=1+1"], ["13700137000/1", "@李"]]
    campaign = new_campaign(database)
    dial_list = import_dial_list(database, campaign, write_csv(tmp_path / "list.csv", rows), CN, at=NOON)
    path = tmp_path / refused_workbook_name(dial_list.file_name)
    assert path.name == "list_refused.xlsx"
    with database.reading() as db:
        assert write_refused_workbook(db, dial_list, path) == 2
    sheet = load_workbook(path).worksheets[0]
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["手机号", "姓名", "reason", "suggestion"],
        ["12345", "=1+1", "too_short", None],
        ["13700137000/1", "@李", "several_numbers", "+8613700137000"],
    ]
    assert {cell.data_type for row in sheet.iter_rows(min_row=2) for cell in row if cell.value} == {"s"}
    book = load_workbook(path)
    book.worksheets[0]["A2"] = "13600136000"
    book.worksheets[0]["A3"] = book.worksheets[0]["D3"].value
    book.save(path)
    mended = import_dial_list(database, campaign, path, CN, at=NOON)
    assert [contact.phone_number for contact in contacts_of(database, mended)] == ["+8613600136000", "+8613700137000"]
    assert list(tmp_path.glob(".*")) == []


def test_rows_of_one_list_can_be_removed_without_touching_another(database: Database, tmp_path: Path) -> None:
    """Undoing a list takes its contacts, exclusions and refused rows, and nothing else."""
    other = make_campaign(database, ["+8613800138000"])
    campaign = new_campaign(database)
    path = write_csv(tmp_path / "a.csv", [["手机号"], ["13800138000"], ["13800138000"], ["x"]])
    dial_list = import_dial_list(database, campaign, path, CN, at=NOON)
    assert dial_list.id is not None
    with database.writing() as db:
        remove_rows(db, dial_list.id)
    assert contacts_of(database, dial_list) == [] == refusals_of(database, dial_list)
    assert exclusions_of(database, campaign) == {}
    with database.reading() as db:
        assert len(db.execute(select(Contact).where(col(Contact.campaign_id) == other.id)).all()) == 1
