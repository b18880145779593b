"""The workbook: every text exact, nothing live but our own sums, nothing half written, nothing beyond a sheet's end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from campaigns.errors import CampaignError
from campaigns.results.columns import results_columns
from campaigns.results.errors import RowCountError
from campaigns.results.model import Column, ColumnKind, Language, Report, RowStream
from campaigns.results.workbook import EXCEL_ROWS, write_workbook
from tests.campaigns.results.samples import (
    TITLES,
    identity,
    report,
    results_rows,
    stream,
    summary,
    texts_stream,
)

FORMULAS = [
    "=1+1",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://example.org","x")',
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "＝1+1",
    "{=1+1}",
    "http://example.org",
    "mailto:a@example.org",
]
LOOKS_LIKE_SOMETHING_ELSE = [
    "13800138000",
    "007",
    "1.38E+10",
    "+8613800138000",
    "-5",
    "1e309",
    "TRUE",
    "#N/A",
    "2026-11-21",
    "1-2",
    "123456789012345678",
    "nan",
    "",
]
AWKWARD = [
    " leading and trailing ",
    "\u3000wide\u3000",
    "two\nlines\r\nthree",
    "a\tb",
    "\x00\x01\x0b\x0c\x1f",
    "\ufffe\uffff",
    "_x0041_",
    "_x005F_x0041_",
    "_x005F\x01",
    "_x0041_x0042_",
    "<b>&amp;\"'</b> ]]>",
    "😀 𠮷",
    "‮right to left",
]


def written(path: Path, content: Report, *, rows_per_sheet: int = EXCEL_ROWS) -> Path:
    write_workbook(path, content, rows_per_sheet=rows_per_sheet)
    return path


def column_of(path: Path, sheet: str, index: int = 0) -> list[str]:
    """Return one column without its heading, empty cells as "" and the format's escapes read as Excel reads them."""
    workbook = openpyxl.load_workbook(path)
    cells = [row[index] or "" for row in workbook[sheet].iter_rows(min_row=2, values_only=True)]
    return [re.sub("_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), str(cell)) for cell in cells]


def with_texts(texts: list[str | None]) -> Report:
    return report(results=texts_stream(["text", "row"], [(text, f"r{i}") for i, text in enumerate(texts)]))


@pytest.mark.parametrize(
    "group", [FORMULAS, LOOKS_LIKE_SOMETHING_ELSE, AWKWARD], ids=["formulas", "guesses", "awkward"]
)
def test_texts_stay_the_texts_they_were(tmp_path: Path, group: list[str]) -> None:
    """Whatever a cell of the list said, the same text stands in the results, as text."""
    path = written(tmp_path / "r.xlsx", with_texts(list(group)))
    assert column_of(path, "Results") == group
    sheet = openpyxl.load_workbook(path)["Results"]
    kinds = {cell.data_type for cell in sheet["A"] if cell.value is not None}
    assert kinds == {"s"} | ({"inlineStr"} & kinds)
    assert all(cell.hyperlink is None for cell in sheet["A"])
    assert {cell.number_format for cell in sheet["A"] if cell.value is not None} == {"@"}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=12), min_size=1, max_size=20))
def test_any_text_comes_back(tmp_path: Path, texts: list[str]) -> None:
    """Any text at all, in any mixture, reads back as it was."""
    path = written(tmp_path / "r.xlsx", with_texts(list(texts)))
    assert column_of(path, "Results") == texts
    assert column_of(path, "Results", 1) == [f"r{i}" for i in range(len(texts))]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text("_x0041F5\x00\x1f\r&<", max_size=24))
def test_what_looks_like_an_escape_comes_back(tmp_path: Path, text: str) -> None:
    """Texts made of the format's own escapes and of what must be escaped read back as they were."""
    path = written(tmp_path / "r.xlsx", with_texts([text, "end"]))
    assert column_of(path, "Results") == [text, "end"]


def test_headings_and_names_are_no_formulas_either(tmp_path: Path) -> None:
    """A heading or a campaign's name that looks like a formula, or is no valid text, is shown and not run."""
    content = report(summary=summary(campaign="=1+1\ud800"), results=texts_stream(["=2+2", "\x01\ud800", ""], []))
    workbook = openpyxl.load_workbook(written(tmp_path / "r.xlsx", content))
    assert workbook["Summary"]["B1"].data_type == "s"
    assert workbook["Summary"]["B1"].value == "=1+1\ufffd"
    assert [cell.value for cell in workbook["Results"][1]][:2] == ["=2+2", "_x0001_\ufffd"]


def test_only_our_sums_are_formulas(tmp_path: Path) -> None:
    """No sheet but Summary holds a formula, and Summary's have their results beside them."""
    path = written(tmp_path / "r.xlsx", report())
    formulas = openpyxl.load_workbook(path)
    values = openpyxl.load_workbook(path, data_only=True)
    for sheet in formulas:
        cells = [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
        assert bool(cells) == (sheet.title == "Summary")
        assert all(values[sheet.title][cell.coordinate].value is not None for cell in cells)


def test_half_a_character_becomes_the_replacement_character(tmp_path: Path) -> None:
    """Half a surrogate pair, which no file can hold, does not stop the export."""
    path = written(tmp_path / "r.xlsx", with_texts(["a\ud800b", "\udc00", "😀"]))
    assert column_of(path, "Results") == ["a\ufffdb", "\ufffd", "😀"]


def test_a_text_too_long_for_a_cell_says_so(tmp_path: Path) -> None:
    """What does not fit is cut visibly, on a whole character, and what just fits is not."""
    path = written(tmp_path / "r.xlsx", with_texts(["x" * 32_767, "x" * 32_768, "😀" * 16_384, "<" * 32_767]))
    fits, cut, wide, markup = column_of(path, "Results")
    assert (fits, markup) == ("x" * 32_767, "<" * 32_767)
    assert cut.startswith("x" * 32_000)
    assert "32,768 characters" in cut
    assert "16,384 characters" in wide
    assert all(len(text.encode("utf-16-le")) <= 2 * 32_767 for text in (cut, wide))


def test_every_row_stands_in_order_with_times_of_the_campaign(tmp_path: Path) -> None:
    """Rows come in the list's order; times are real ones in the campaign's zone, to the second; numbers are text."""
    path = written(tmp_path / "r.xlsx", report())
    rows = list(openpyxl.load_workbook(path)["Results"].iter_rows(values_only=True))
    assert [row[0] for row in rows[1:]] == [row[0] for row in results_rows()]
    first = dict(zip(rows[0], rows[1], strict=True))
    assert first["Status"] == "Called"
    assert first["Outcome"] == "Answered"
    assert first["First called"] == datetime(2026, 11, 21, 10, 4, 58)  # noqa: DTZ001 - wall-clock time on purpose
    assert first["Number called"] == "+8613800138000"
    assert (first["Ring seconds"], first["Talk seconds"]) == (7, 23)


def test_other_readers_agree(tmp_path: Path) -> None:
    """A second reader sees the same sheets and cells."""
    path = written(tmp_path / "r.xlsx", report())
    by_openpyxl = openpyxl.load_workbook(path)
    by_calamine = CalamineWorkbook.from_path(str(path))
    assert by_calamine.sheet_names == by_openpyxl.sheetnames
    for name in ("Results", "Not called", "Refused rows", "Differences"):
        expected = [[cell if cell is not None else "" for cell in row] for row in by_openpyxl[name].values]
        assert by_calamine.get_sheet_by_name(name).to_python() == expected


def test_rows_past_the_end_continue_on_a_further_sheet(tmp_path: Path) -> None:
    """Rows that do not fit continue on "Results 2" and "Results 3" under the same headings, none twice, none lost."""
    texts = [f"t{i}" for i in range(25)]
    path = written(tmp_path / "r.xlsx", with_texts(list(texts)), rows_per_sheet=11)
    workbook = openpyxl.load_workbook(path)
    names = ["Results", "Results 2", "Results 3"]
    assert [name for name in workbook.sheetnames if name.startswith("Results")] == names
    assert [workbook[name].dimensions for name in names] == ["A1:B11", "A1:B11", "A1:B6"]
    assert [text for name in names for text in column_of(path, name)] == texts
    assert all([cell.value for cell in workbook[name][1]] == ["text", "row"] for name in names)
    assert all(workbook[name].auto_filter.ref == workbook[name].dimensions for name in names)


def test_a_full_sheet_needs_no_further_one(tmp_path: Path) -> None:
    """Exactly as many rows as fit stay on one sheet."""
    path = written(tmp_path / "r.xlsx", with_texts([f"t{i}" for i in range(10)]), rows_per_sheet=11)
    assert "Results 2" not in openpyxl.load_workbook(path).sheetnames


@pytest.mark.parametrize("announced", [9, 11])
def test_an_unexpected_number_of_rows_is_refused(tmp_path: Path, announced: int) -> None:
    """A stream with more or fewer rows than announced leaves no file, since rows would be unexplained."""
    rows = replace(texts_stream(["t"], [(f"{i}",) for i in range(10)]), row_count=announced)
    with pytest.raises(RowCountError, match="Results"):
        write_workbook(tmp_path / "r.xlsx", report(results=rows))
    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_export_leaves_the_file_of_before(tmp_path: Path) -> None:
    """When the source fails half-way, the older file stands untouched and nothing else lies about."""

    def broken() -> Iterator[pa.RecordBatch]:
        yield pa.RecordBatch.from_arrays([pa.array(["a", "b"])], names=["t"])
        raise KeyboardInterrupt

    path = tmp_path / "r.xlsx"
    path.write_bytes(b"older")
    with pytest.raises(KeyboardInterrupt):
        write_workbook(path, report(results=RowStream([Column("t", "t")], 10, broken())))
    assert path.read_bytes() == b"older"
    assert list(tmp_path.iterdir()) == [path]


def test_more_columns_than_a_sheet_has_are_refused_with_advice(tmp_path: Path) -> None:
    """A list as wide as a sheet cannot get our columns; the error names the way out."""
    with pytest.raises(CampaignError, match="CSV or Parquet"):
        write_workbook(tmp_path / "r.xlsx", report(results=texts_stream(["t"] * 16_385, [])))


def test_nothing_is_nothing(tmp_path: Path) -> None:
    """A campaign without a single row gives a whole workbook whose identity holds."""
    nothing = report(
        summary=summary(
            identity=identity(),
            outcomes={},
            dispositions={},
            hours=[],
            keys=[],
            started_at=None,
            ended_at=None,
            accounts=[],
            platforms=[],
            attempts=0,
            talk_seconds=0,
        ),
        **{name: replace(getattr(report(), name), row_count=0, batches=[]) for name in TABLES},
    )
    workbook = openpyxl.load_workbook(written(tmp_path / "r.xlsx", nothing), data_only=True)
    assert workbook["Results"].max_row == 1
    assert "✓ Every row is explained" in summary_texts(workbook)


TABLES = ("results", "not_called", "refused", "differences")


def summary_texts(workbook: openpyxl.Workbook, sheet: str = "Summary") -> list[object]:
    return [cell for row in workbook[sheet].iter_rows(values_only=True) for cell in row if cell is not None]


def test_an_identity_that_fails_is_told(tmp_path: Path) -> None:
    """Where the rows do not add up, Summary says so in words."""
    content = report(summary=summary(identity=identity(rows=11, refused=1, submitted=9, outcomes=9)))
    workbook = openpyxl.load_workbook(written(tmp_path / "r.xlsx", content), data_only=True)
    assert "✗ The rows do not add up" in summary_texts(workbook)


def test_chinese_workbook(tmp_path: Path) -> None:
    """With Chinese as the language, sheet names, headings and words are Chinese, and nothing of ours is English."""
    path = written(tmp_path / "r.xlsx", report(Language.CHINESE))
    workbook = openpyxl.load_workbook(path, data_only=True)
    assert workbook.sheetnames == ["概览", "呼叫结果", "未呼叫", "被拒行", "差异", "凭证"]
    assert workbook["呼叫结果"]["D2"].value == "已呼叫"
    assert workbook["呼叫结果"]["F2"].value == "已接听"
    assert "✓ 每一行都有去向" in summary_texts(workbook, "概览")
    ours = [str(text) for text in summary_texts(workbook, "概览")]
    assert not [text for text in ours if re.search(r"[A-Za-z]{3,}", text) and text not in KEPT]


KEPT = {"October balance reminder", "main", "mvb2000", "Asia/Shanghai", "1  yes"}


def test_looks(tmp_path: Path) -> None:
    """Native charts with their figures, frozen headings, filters and colours are in the file."""
    path = written(tmp_path / "r.xlsx", report())
    with ZipFile(path) as package:
        assert package.testzip() is None
        charts = [name for name in package.namelist() if re.fullmatch(r"xl/charts/chart\d+\.xml", name)]
        kinds = {kind for name in charts for kind in re.findall(rb"<c:(\w+Chart)>", package.read(name))}
    assert len(charts) == 4
    assert kinds == {b"barChart", b"doughnutChart"}
    sheet = openpyxl.load_workbook(path)["Results"]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:U11"
    assert {str(rule.sqref) for rule in sheet.conditional_formatting} == {"D2:D11", "F2:F11"}
    assert sheet.page_setup.orientation == "landscape"


def test_the_same_report_gives_the_same_bytes(tmp_path: Path) -> None:
    """Nothing of the moment or the machine gets into a workbook: the same figures give the same file."""
    one = written(tmp_path / "a.xlsx", report()).read_bytes()
    assert written(tmp_path / "b.xlsx", report()).read_bytes() == one
    assert BytesIO(one).getvalue()[:2] == b"PK"


def test_progress_is_told(tmp_path: Path) -> None:
    """Progress rises to the number of all rows."""
    seen: list[tuple[int, int]] = []
    write_workbook(tmp_path / "r.xlsx", report(), progress=lambda done, total: seen.append((done, total)))
    assert seen == sorted(seen)
    assert seen[-1] == (13, 13)


def test_the_hour_after_a_clock_change(tmp_path: Path) -> None:
    """Times on both sides of a change of clocks show what the wall clock showed."""
    moments = [datetime.fromisoformat(text) for text in ("2026-10-25T00:59:59Z", "2026-10-25T01:00:01.999Z")]
    columns = [Column("at", "at", ColumnKind.MOMENT)]
    content = report(
        summary=summary(timezone="Europe/Berlin"), results=stream(columns, [(moment,) for moment in [*moments, None]])
    )
    sheet = openpyxl.load_workbook(written(tmp_path / "r.xlsx", content))["Results"]
    assert [str(cell.value) for cell in sheet["A"][1:3]] == ["2026-10-25 02:59:59", "2026-10-25 02:00:01"]


def test_headings_of_the_list_are_kept_and_ours_step_aside() -> None:
    """A list that has a column named like one of ours keeps its heading; ours gets another."""
    titles = [column.title for column in results_columns(["outcome", "", *TITLES], Language.ENGLISH)]
    assert titles[:2] == ["outcome", ""]
    assert "Outcome (Callsheet)" in titles
    assert "Outcome" not in titles
