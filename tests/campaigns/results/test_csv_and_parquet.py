"""The files for other programs: every text exact or reversibly defused, nothing half written."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from campaigns.results.delimited import defused, write_csv
from campaigns.results.errors import RowCountError
from campaigns.results.model import Language
from campaigns.results.parquet import write_parquet
from tests.campaigns.results.samples import report, results_rows, texts_stream

RISKY = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠x", "+86-138", "-", "'=1"]
HARMLESS = ["+8613800138000", "-5", "-5.25", "13800138000", "007", "'quoted'", " =1", "a=1", "", "张三"]


def read_csv(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def undone(text: str) -> str:
    """Take back what the writer put in front, by the rule that it documents."""
    return text[1:] if re.match("'+[=+\\-@\t\r\n＝＋－＠]", text) else text


@pytest.mark.parametrize("text", RISKY)
def test_what_would_be_a_formula_gets_an_apostrophe(text: str) -> None:
    """A text that a spreadsheet program would run does not begin with the character that makes it run."""
    assert defused(pa.array([text])).to_pylist() == [f"'{text}"]


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_harmless_is_left_alone(text: str) -> None:
    """Numbers with a sign, telephone numbers and ordinary texts go out as they are."""
    assert defused(pa.array([text, None])).to_pylist() == [text, None]


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(st.text("='+-@1.\t\r\n\",;_ ＝x"), st.text()), max_size=10))
def test_any_text_comes_back_from_csv(tmp_path: Path, rows: list[tuple[str, str]]) -> None:
    """Every text can be had back exactly."""
    path = tmp_path / "r.csv"
    texts = [tuple(text.encode("utf-16", "replace").decode("utf-16") for text in row) for row in rows]
    write_csv(path, texts_stream(["a", "b"], texts), timezone="UTC")
    assert [tuple(map(undone, row)) for row in read_csv(path)[1:]] == texts


def test_csv_is_for_people(tmp_path: Path) -> None:
    """Headings, words and local times of the CSV are those of the workbook, and Excel sees that it is UTF-8."""
    path = tmp_path / "r.csv"
    write_csv(path, report(Language.CHINESE).results, timezone="Asia/Shanghai")
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    heading, first, *_ = read_csv(path)
    row = dict(zip(heading, first, strict=True))
    assert row["手机号"] == "13800138000"
    assert row["结果"] == "已接听"
    assert row["首次呼叫时间"] == "2026-11-21 10:04:58"
    assert [row[0] for row in read_csv(path)[1:]] == [row[0] for row in results_rows()]


def test_csv_without_mark(tmp_path: Path) -> None:
    """Programs that stumble over a byte order mark can have the file without."""
    path = tmp_path / "r.csv"
    write_csv(path, texts_stream(["=a"], []), timezone="UTC", byte_order_mark=False)
    assert path.read_bytes() == b'"\'=a"\n'


def test_parquet_is_for_programs(tmp_path: Path) -> None:
    """Parquet holds codes under stable names, exact texts and moments, the same in every language."""
    paths = [tmp_path / "en.parquet", tmp_path / "zh.parquet"]
    for path, language in zip(paths, Language, strict=True):
        write_parquet(path, report(language).results, timezone="Asia/Shanghai")
    english, chinese = (parquet.read_table(path) for path in paths)
    assert english.equals(chinese)
    assert english["outcome"].to_pylist()[:5] == ["answered"] * 4 + ["no_answer"]
    assert english["备注"].to_pylist()[4] == "=1+1"
    first = english["first_called_at"].to_pylist()[0]
    assert first == datetime(2026, 11, 21, 2, 4, 58, tzinfo=UTC)
    assert str(english.schema.field("first_called_at").type) == "timestamp[us, tz=Asia/Shanghai]"


def test_parquet_columns_have_unique_names(tmp_path: Path) -> None:
    """Repeated, empty and clashing headings all become names of their own."""
    path = tmp_path / "r.parquet"
    write_parquet(path, texts_stream(["a", "a", "", "a (2)"], [("1", "2", "3", "4")]), timezone="UTC")
    assert parquet.read_table(path).to_pylist() == [{"a": "1", "a (2)": "2", "original_3": "3", "a (2) (2)": "4"}]


@pytest.mark.parametrize("write", [write_csv, write_parquet])
@pytest.mark.parametrize("announced", [9, 11])
def test_an_unexpected_number_of_rows_leaves_no_file(tmp_path: Path, write: object, announced: int) -> None:
    """More or fewer rows than announced are an error, and no file appears."""
    assert callable(write)
    rows = replace(texts_stream(["t"], [(f"{i}",) for i in range(10)]), row_count=announced)
    with pytest.raises(RowCountError):
        write(tmp_path / "r", rows, timezone="UTC")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("write", [write_csv, write_parquet])
def test_nothing_is_a_file_with_headings(tmp_path: Path, write: object) -> None:
    """No rows at all still give a readable file."""
    assert callable(write)
    write(tmp_path / "r", replace(report().results, row_count=0, batches=[]), timezone="UTC")
    assert (tmp_path / "r").stat().st_size > 0
