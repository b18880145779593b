"""Every cell of a workbook arrives as the text that a person sees, with its true row number."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns.dial_lists import open_dial_list
from campaigns.errors import DialListError
from tests.spreadsheets.workbooks import MAIN, packed, read_back, worksheet, xlsx

# What makes the quick reader give up, so that each case below is read by both.
WAYS = pytest.mark.parametrize("way", ["", "<!-- seen -->"], ids=["quick", "patient"])


def cells_of(path: Path, rows: str, **options: object) -> list[list[str | None]]:
    read, _ = read_back(path / "list.xlsx", xlsx(worksheet(rows), **options))  # type: ignore[arg-type]
    return [cells for _, _, cells in read]


@WAYS
@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ('<c r="A1"><v>13800138000</v></c>', "13800138000"),
        ('<c r="A1"><v>1.3800138E10</v></c>', "13800138000"),
        ('<c r="A1"><v>13800138000.0</v></c>', "13800138000"),
        ('<c r="A1"><v>310101199001011234</v></c>', "310101199001011234"),
        ('<c r="A1"><v>-0.5</v></c>', "-0.5"),
        ('<c r="A1"><v>1.2100000000000002</v></c>', "1.21"),
        ('<c r="A1" s="1"><v>2112345678</v></c>', "02112345678"),
        ('<c r="A1" s="2"><v>13800138000</v></c>', "+13800138000"),
        ('<c r="A1" s="3"><v>45292</v></c>', "2024-01-01"),
        ('<c r="A1" s="4"><v>45292.354166666664</v></c>', "2024-01-01 08:30:00"),
        ('<c r="A1" s="5"><v>0.354166666666667</v></c>', "08:30:00"),
        ('<c r="A1" s="3"><v>59</v></c>', "1900-02-28"),
        ('<c r="A1" s="99"><v>7</v></c>', "7"),
        ('<c r="A1" t="str"><f>B1</f><v>02112345678</v></c>', "02112345678"),
        ('<c r="A1" t="b"><v>1</v></c>', "TRUE"),
        ('<c r="A1" t="e"><v>#N/A</v></c>', "#N/A"),
        ('<c r="A1" t="d"><v>2024-01-01T08:30:00</v></c>', "2024-01-01 08:30:00"),
        ('<c r="A1"><f>B1&amp;C1</f></c>', "=B1&C1"),
        ('<c r="A1"><f>B1&amp;C1</f><v></v></c>', "=B1&C1"),
        ('<c r="A1"><f>B1*2</f><v>12</v></c>', "12"),
        ('<c r="A1" t="inlineStr"><is><t>a &lt;b&gt; &#x4E2D;&#25991;</t></is></c>', "a <b> 中文"),
        ('<c r="A1" t="inlineStr"><is><t xml:space="preserve"> +86 </t></is></c>', " +86 "),
        ('<c r="A1" t="inlineStr"><is><r><t>1380</t></r><r><rPr><i/></rPr><t>0138000</t></r></is></c>', "13800138000"),
        ('<c r="A1" t="inlineStr"><is><t>王</t><rPh sb="0" eb="1"><t>Wang</t></rPh></is></c>', "王"),
        ('<c r="A1" t="inlineStr"><is><t>a_x000D_b_x005F_x</t></is></c>', "a\rb_x"),
        ('<c t="s" s="1" r="A1"><v>0</v></c>', "共享 & 文本"),
        ('<c r="A1" t="s"><v>1</v></c>', "甲乙"),
        ('<c r="A1" t="s"><v>3</v></c>', 'say "hi"'),
        ("<c r='A1' t='s'><v>0</v></c>", "共享 & 文本"),
        ('<c r = "A1"><v>5</v></c>', "5"),
        ('<c r="A1" t="inlineStr"><is><t><![CDATA[<13800138000>]]></t></is></c>', "<13800138000>"),
        ('<c r="A1" cm="1" vm="3"><v>5</v></c>', "5"),
        ("<c><v>5</v></c>", "5"),
    ],
)
def test_what_a_cell_shows(tmp_path: Path, way: str, cell: str, shown: str) -> None:
    """Numbers come as digits, with the zeros and signs of their format; dates as ISO; texts as they are."""
    shared = (
        '<si><t>共享 &amp; 文本</t></si><si><r><t>甲</t></r><r><t>乙</t></r></si><si><t/></si><si><t>say "hi"</t></si>'
    )
    formats = ("00000000000", "&quot;+&quot;00000000000", "yyyy/m/d", "yyyy-mm-dd hh:mm", "h:mm AM/PM")
    rows = f'{way}<row r="1" spans="1:1">{cell}</row>'
    assert cells_of(tmp_path, rows, shared=shared, formats=formats) == [[shown]]


@WAYS
def test_row_numbers_stay_true(tmp_path: Path, way: str) -> None:
    """Blank rows are dropped, wherever they are, and later rows keep the number that the program shows."""
    rows = way + (
        '<row r="3"><c r="B3"><v>1</v></c></row><row r="4"/><row r="5"><c r="A5" s="1"/></row>'
        '<row r="6" hidden="1"><c r="C6"><v>2</v></c></row><row r="9" ht="5" hidden="true"><c r="A9"><v>3</v></c></row>'
    )
    path = tmp_path / "list.xlsx"
    path.write_bytes(xlsx(worksheet(rows)))
    with open_dial_list(path) as dial_list:
        (batch,) = dial_list.batches()
    assert batch.row_numbers.tolist() == [3, 6, 9]
    assert batch.is_hidden.tolist() == [False, True, True]
    assert [list(row.values()) for row in batch.cells.to_pylist()] == [
        [None, "1", None],
        [None, None, "2"],
        ["3", None, None],
    ]


@WAYS
def test_exporters_that_leave_references_out(tmp_path: Path, way: str) -> None:
    """Rows and cells without a reference follow one another."""
    rows = f"{way}<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>"
    read, _ = read_back(tmp_path / "list.xlsx", xlsx(worksheet(rows)))
    assert read == [("S1", 1, ["1", "2"]), ("S1", 2, ["3", None])]


def test_exporters_that_prefix_every_tag(tmp_path: Path) -> None:
    """A namespace prefix on all tags changes nothing, nor does a wrong dimension."""
    sheet = (
        f'<x:worksheet xmlns:x="{MAIN}"><x:dimension ref="A1"/><x:sheetData><x:row r="2"><x:c r="AB2" t="inlineStr">'
        "<x:is><x:t>甲</x:t></x:is></x:c></x:row></x:sheetData></x:worksheet>"
    )
    read, _ = read_back(tmp_path / "list.xlsx", xlsx(sheet))
    assert read == [("S1", 2, [None] * 27 + ["甲"])]


def test_a_sheet_in_utf_16(tmp_path: Path) -> None:
    """XML in another encoding is read all the same."""
    sheet = worksheet('<row r="1"><c r="A1" t="str"><v>王</v></c></row>').replace("UTF-8", "UTF-16").encode("utf-16")
    assert read_back(tmp_path / "list.xlsx", xlsx(sheet))[0] == [("S1", 1, ["王"])]


def test_the_calendar_of_1904(tmp_path: Path) -> None:
    """Workbooks of old Macs count their days from 1904."""
    content = xlsx(
        worksheet('<row r="1"><c r="A1" s="1"><v>0</v></c></row>'),
        formats=("yyyy-mm-dd",),
        book='<workbookPr date1904="1"/>',
    )
    assert read_back(tmp_path / "list.xlsx", content)[0] == [("S1", 1, ["1904-01-01"])]


def test_quick_rows_before_an_irregular_one_are_not_read_twice(tmp_path: Path) -> None:
    """Where the patient reader takes over in the middle of a sheet, no row is lost and none doubled."""
    filler = "".join(f'<row r="{n}"><c r="A{n}" t="str"><v>{"x" * 90}{n}</v></c></row>' for n in range(1, 20_001))
    rows = filler + '<row r="20001"><c r="A20001"><v>5</v><!-- odd --></c></row>'
    read, _ = read_back(tmp_path / "list.xlsx", xlsx(worksheet(rows)))
    assert [number for _, number, _ in read] == list(range(1, 20_002))
    assert read[-1] == ("S1", 20_001, ["5"])


@WAYS
def test_cells_out_of_order_keep_their_places(tmp_path: Path, way: str) -> None:
    """Cells stand where their reference says, and the last of two with the same reference counts."""
    rows = f'{way}<row r="1"><c r="C1"><v>3</v></c><c r="A1"><v>1</v></c><c r="C1"><v>4</v></c></row>'
    assert cells_of(tmp_path, rows) == [["1", None, "4"]]


def sheet_with(text: str) -> str:
    return worksheet(f'<row r="1"><c r="A1" t="str"><v>{text}</v></c></row>')


def test_which_sheets_are_read(tmp_path: Path) -> None:
    """By default the first visible sheet with rows; others by name, or all; what is left out is said."""
    path = tmp_path / "list.xlsx"
    content = xlsx(sheet_with("hid"), worksheet(""), sheet_with("b"), sheet_with("c"), states={1: "veryHidden"})
    read, notices = read_back(path, content)
    assert read == [("S3", 1, ["b"])]
    assert notices == ["Left out hidden sheets: 'S1'.", "Read the sheet 'S3'; did not read 'S4'."]
    assert [row[0] for row in read_back(path, content, sheet="*")[0]] == ["S3", "S4"]
    assert read_back(path, content, sheet=" ｓ1 ")[0] == [("S1", 1, ["hid"])]
    with pytest.raises(DialListError, match=r"list.xlsx: there is no sheet 'X'. There are 'S1', 'S2', 'S3', 'S4'"):
        read_back(path, content, sheet="X")
    with pytest.raises(DialListError, match="the sheet has no rows"):
        read_back(path, content, sheet="S2")


def test_macros_are_left_alone_and_said(tmp_path: Path) -> None:
    """The values of a workbook with macros are read."""
    read, notices = read_back(tmp_path / "a.xlsm", xlsx(sheet_with("a"), extra={"xl/vbaProject.bin": b"x"}))
    assert read == [("S1", 1, ["a"])]
    assert "macros" in notices[0]


def test_formulas_without_value_are_said(tmp_path: Path) -> None:
    """A program that saved formulas without working them out is noticed."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["=1+1", "x"])
    book.save(tmp_path / "list.xlsx")
    read, notices = read_back(tmp_path / "list.xlsx", (tmp_path / "list.xlsx").read_bytes())
    assert [row[2] for row in read] == [["=1+1", "x"]]
    assert "1 formulas without a stored value" in notices[0]


def test_old_workbooks(tmp_path: Path) -> None:
    """A binary workbook is read with its row numbers, digits, dates and hidden sheets."""
    content = (Path(__file__).parents[2] / "spreadsheets" / "awkward.xls").read_bytes()
    read, notices = read_back(tmp_path / "list.xlsx", content)
    assert read == [
        ("名单", 3, [None, "手机号", "姓名"]),
        ("名单", 4, [None, "13800138000", "王小明"]),
        ("名单", 6, [None, "02112345678", "2024-01-01"]),
        ("名单", 7, [None, "2112345678", "TRUE"]),
    ]
    assert notices[0] == "Left out hidden sheets: 'h'."


def test_open_document(tmp_path: Path) -> None:
    """Repeated and hidden rows, padded numbers, dates and hidden sheets of an ods file come out right."""
    cell = "table:table-cell"
    content = (
        '<office:document-content xmlns:office="urn:o" xmlns:style="urn:s" xmlns:table="urn:t" xmlns:text="urn:x">'
        '<style:style style:name="h"><style:table-properties table:display="false"/></style:style>'
        f'<table:table table:name="H" table:style-name="h"><table:table-row><{cell}><text:p>no</text:p></{cell}>'
        '</table:table-row></table:table><table:table table:name="S"><table:table-row table:number-rows-repeated="3">'
        f'<{cell} table:number-columns-repeated="16384"/></table:table-row>'
        f'<table:table-row table:visibility="filter"><{cell} office:value-type="float" office:value="2112345678">'
        f'<text:p>02112345678</text:p></{cell}><{cell} office:value-type="float" office:value="13800138000"><text:p>'
        f'1.38E+10</text:p></{cell}><{cell} office:value-type="date" office:date-value="2024-01-01T08:30:00"/>'
        f'<{cell} table:number-columns-repeated="2"><text:p>a<text:s text:c="2"/>b</text:p><text:p>c</text:p></{cell}>'
        f'</table:table-row><table:table-row table:number-rows-repeated="2"><{cell}><text:p>z</text:p></{cell}>'
        "</table:table-row></table:table></office:document-content>"
    )
    read, notices = read_back(tmp_path / "list.bin", packed({"mimetype": "x", "content.xml": content}))
    assert read == [
        ("S", 4, ["02112345678", "13800138000", "2024-01-01 08:30:00", "a  b\nc", "a  b\nc"]),
        ("S", 5, ["z", None, None, None, None]),
        ("S", 6, ["z", None, None, None, None]),
    ]
    assert notices == ["Left out hidden sheets: 'H'."]


def test_html_named_xls(tmp_path: Path) -> None:
    """A back office's HTML page is read by its table: spans, hidden rows, breaks and GBK included."""
    page = (
        "<html><head><meta charset=gb2312><style>td{}</style></head><body><table>"
        "<tr><th>手机号<th colspan=2>姓名<th>x</tr>"
        '<tr style="display:none"><td rowspan=2>13800138000</td><td>a<br>b &amp; c<!-- q --> d</td><td></td>'
        "<td>1</td></tr><tr><td>z</td></tr></table>"
    )
    read, notices = read_back(tmp_path / "list.xls", page.encode("gbk"))
    assert read == [
        ("", 1, ["手机号", "姓名", None, "x"]),
        ("", 2, ["13800138000", "a\nb & c d", None, "1"]),
        ("", 3, [None, "z", None, None]),
    ]
    assert "HTML" in notices[0]


def test_xml_spreadsheet_of_2003(tmp_path: Path) -> None:
    """Indexes, hidden rows and types of the old XML format are honoured."""
    name = "urn:schemas-microsoft-com:office:spreadsheet"
    text = (
        f'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="{name}" xmlns:ss="{name}">'
        '<Worksheet ss:Name="S"><Table><Row><Cell><Data ss:Type="String">手机</Data></Cell><Cell ss:Index="3">'
        '<Data ss:Type="Number">1.3800138E10</Data></Cell></Row><Row ss:Index="5" ss:Hidden="1"><Cell>'
        '<Data ss:Type="DateTime">2024-01-01T00:00:00.000</Data></Cell></Row></Table></Worksheet></Workbook>'
    )
    read, _ = read_back(tmp_path / "list.xls", text.encode())
    assert read == [("S", 1, ["手机", None, "13800138000"]), ("S", 5, ["2024-01-01", None, None])]


TEXTS = st.text(
    st.characters(codec="utf-8", exclude_characters="\0", exclude_categories=("Cs", "Cc", "Cn", "Co")), max_size=12
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(TEXTS, min_size=1, max_size=4), min_size=1, max_size=6), st.booleans())
def test_any_text_survives_a_workbook(tmp_path: Path, rows: list[list[str]], shares_texts: bool) -> None:
    """Whatever text stands in a cell comes out, whether the program shares texts between cells or not."""
    rows = [["begin"], *rows]
    path = tmp_path / "list.xlsx"
    book = xlsxwriter.Workbook(str(path), {"constant_memory": not shares_texts})
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        for column, text in enumerate(row):
            sheet.write_string(number, column, text)
    book.close()
    read, _ = read_back(path, path.read_bytes())
    width = max(len(row) for row in rows)
    expected = [(n, [text or None for text in row] + [None] * (width - len(row))) for n, row in enumerate(rows, 1)]
    got = [(number, cells + [None] * (width - len(cells))) for _, number, cells in read]
    assert got == [row for row in expected if any(row[1])]
