"""Every cell of a csv file arrives as it was written, in whatever encoding and with whatever delimiter."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from campaigns.dial_lists.delimited import DelimitedFile
from campaigns.dial_lists.limits import ReadingLimits, ReadingMeter
from campaigns.errors import DialListError
from tests.spreadsheets.workbooks import packed, read_back


class TricklingStream(io.BytesIO):
    """Large reads give a few bytes at a time, so that every block border falls somewhere awkward."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(7 if size is not None and size > 100_000 else size)


def read_text(content: bytes, *, trickles: bool = False, limits: ReadingLimits | None = None) -> DelimitedFile:
    opened = TricklingStream if trickles else io.BytesIO
    return DelimitedFile(lambda: opened(content), ReadingMeter(limits or ReadingLimits(), "list.csv"))


def rows_of(dial_list: DelimitedFile) -> list[tuple[int, list[str | None]]]:
    rows: list[tuple[int, list[str | None]]] = []
    for batch in dial_list.batches():
        cells = [list(row.values()) for row in batch.cells.to_pylist()]
        rows += zip(map(int, batch.row_numbers), cells, strict=True)
    width = max((len(cells) for _, cells in rows), default=0)
    return [(number, cells + [None] * (width - len(cells))) for number, cells in rows]


@pytest.mark.parametrize("trickles", [False, True])
def test_ragged_rows_are_never_shifted(trickles: bool) -> None:
    """Short rows end in empty cells, long ones get columns of their own, blank lines only count."""
    content = b"phone,name\n1\n\n2,a,b,c\n,\n3,d\n"
    assert rows_of(read_text(content, trickles=trickles)) == [
        (1, ["phone", "name", None, None]),
        (2, ["1", None, None, None]),
        (4, ["2", "a", "b", "c"]),
        (6, ["3", "d", None, None]),
    ]


@pytest.mark.parametrize("trickles", [False, True])
def test_line_breaks_in_cells_keep_line_numbers_true(trickles: bool) -> None:
    """A record is numbered by the line on which it begins."""
    content = b'a,b\r\n"x\r\ny","say ""hi"""\r\n\r\n1,2'
    assert rows_of(read_text(content, trickles=trickles)) == [
        (1, ["a", "b"]),
        (2, ["x\r\ny", 'say "hi"']),
        (5, ["1", "2"]),
    ]


@pytest.mark.parametrize("trickles", [False, True])
def test_stray_quotation_marks_are_ordinary_characters(trickles: bool) -> None:
    """Inches, nicknames, formulas and a quote that is never closed cost no row."""
    content = b'phone;note\n1;5" pipe\n2;"Jo" Smith\n="0211";x\n3;"open\n4;y\n'
    dial_list = read_text(content, trickles=trickles)
    assert rows_of(dial_list) == [
        (1, ["phone", "note"]),
        (2, ["1", '5" pipe']),
        (3, ["2", "Jo Smith"]),
        (4, ['="0211"', "x"]),
        (5, ["3", '"open']),
        (6, ["4", "y"]),
    ]
    assert any("quotation marks" in notice for notice in dial_list.notices)


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("手机号,姓名\n1,王".encode(), "utf-8"),
        ("手机号,姓名\n1,王".encode("utf-8-sig"), "utf-8"),
        ("手机号,姓名\n1,王".encode("utf-16"), "utf-16-le"),
        (b"\xfe\xff" + "手机号,姓名\n1,王".encode("utf-16-be"), "utf-16-be"),
        ("手机号,姓名\n1,王".encode("utf-16-le"), "utf-16-le"),
        ("手机号,姓名\n1,王".encode("utf-16-be"), "utf-16-be"),
        ("手机号,姓名\n1,王".encode("gb18030"), "gb18030"),
        ("手机号,姓名\n1,㐀𠀀王".encode("gb18030"), "gb18030"),
        ("Número,Niño\n1,Muñoz".encode("cp1252"), "cp1252"),
        ("Número,Niño\n1,Muñoz\x81".encode("latin-1"), "latin-1"),
    ],
)
def test_encodings_are_told_apart(content: bytes, encoding: str) -> None:
    """The encoding is told from the bytes, marked or not."""
    dial_list = read_text(content)
    assert dial_list.encoding == encoding
    marks = {"utf-8": (b"\xef\xbb\xbf",), "utf-16-le": (b"\xff\xfe",), "utf-16-be": (b"\xfe\xff",)}.get(encoding, ())
    text = next((content[len(mark) :] for mark in marks if content.startswith(mark)), content).decode(encoding)
    assert [cells for _, cells in rows_of(dial_list)] == [line.split(",") for line in text.split("\n")]


def test_a_few_wrong_bytes_do_not_change_the_encoding() -> None:
    """A list with one broken character stays what it is, and the breakage is said."""
    dial_list = read_text("姓名\n".encode() + "王小明\n".encode() * 200 + b"\xff\n")
    assert dial_list.encoding == "utf-8"
    assert rows_of(dial_list)[-1] == (202, ["\ufffd"])
    assert any("not utf-8" in notice for notice in dial_list.notices)


def test_excel_says_its_delimiter() -> None:
    """The line `sep=` is obeyed and is no row."""
    assert rows_of(read_text(b"sep=|\r\na,b|c\r\n")) == [(2, ["a,b", "c"])]


def test_nul_characters_are_left_out_and_said() -> None:
    """NULs, which no database takes, are dropped."""
    dial_list = read_text(b"phone,name\n1\x0038,a\n" * 3)
    assert rows_of(dial_list)[1] == (2, ["138", "a"])
    assert any("3 NUL" in notice for notice in dial_list.notices)


def test_old_mac_line_ends() -> None:
    """Lines that end in CR alone are lines."""
    assert rows_of(read_text(b'a,b\r1,"x\ry"\r')) == [(1, ["a", "b"]), (2, ["1", "x\ry"])]


def test_a_cell_without_end_is_refused() -> None:
    """A cell longer than the limit is refused with its line."""
    with pytest.raises(DialListError, match=r"list.csv \(line 2\): a cell holds 101 characters; the most is 100"):
        rows_of(read_text(b"a,b\n1," + b"x" * 101 + b"\n", limits=ReadingLimits(max_cell_characters=100)))


@pytest.mark.parametrize("name", ["list.zip", "list.gz"])
def test_packed_csv(tmp_path: Path, name: str) -> None:
    """A csv file inside an archive is read, and the archive's own files beside it are passed over."""
    content = b"phone;name\n1;a\n"
    archive = packed({"__MACOSX/._l.csv": b"x", "l.csv": content}) if name.endswith("zip") else gzip.compress(content)
    read, notices = read_back(tmp_path / name, archive)
    assert read == [("", 1, ["phone", "name"]), ("", 2, ["1", "a"])]
    assert "inside the archive" in notices[0]


def test_the_name_decides_nothing(tmp_path: Path) -> None:
    """Text named .xls is text."""
    read, _ = read_back(tmp_path / "list.xls", "手机\t姓名\r\n1380\t王\r\n".encode("utf-16"))
    assert read == [("", 1, ["手机", "姓名"]), ("", 2, ["1380", "王"])]


CONTROLS = "".join(map(chr, range(32))).translate({9: None, 10: None, 13: None})
CELLS = st.text(st.characters(codec="utf-8", exclude_characters=CONTROLS + "\ufffd"), max_size=8)
TABLES = st.lists(st.lists(CELLS, min_size=1, max_size=4), min_size=1, max_size=5)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    TABLES, st.sampled_from(",;\t|"), st.sampled_from(["utf-8-sig", "utf-16", "gb18030"]), st.booleans(), st.booleans()
)
@example([["\r"], ["a\r"]], ",", "gb18030", True, False)
@example([['"'], ['""', "\n"]], ";", "utf-16", True, True)
def test_any_table_survives_csv(
    table: list[list[str]], delimiter: str, encoding: str, quotes_all: bool, trickles: bool
) -> None:
    """What a csv writer writes, in every encoding and with every delimiter, is read back cell by cell."""
    # a first line that leaves no doubt about encoding and delimiter, as real headers do
    table = [["手机号码", "客户姓名", "联系地址", "备注说明"], *table]
    written = io.StringIO(newline="")
    csv.writer(written, delimiter=delimiter, quoting=csv.QUOTE_ALL if quotes_all else csv.QUOTE_MINIMAL).writerows(
        table
    )
    rows = [cells for _, cells in rows_of(read_text(written.getvalue().encode(encoding), trickles=trickles))]
    width = max(len(row) for row in rows)
    expected = [[cell or None for cell in row] + [None] * (width - len(row)) for row in table]
    assert rows == [row for row in expected if any(row)]
