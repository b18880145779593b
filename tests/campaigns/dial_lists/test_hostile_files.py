"""Broken, locked, foreign and malicious files end in one sentence, in bounded time and memory."""

from __future__ import annotations

import contextlib
import gzip
import io
import random
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns.dial_lists import ReadingLimits, open_dial_list
from campaigns.errors import DialListError
from tests.spreadsheets.workbooks import MAIN, packed, read_back, worksheet, xlsx

SMALL = ReadingLimits(max_unpacked_bytes=4_000_000, max_held_bytes=2_000_000, max_seconds=20, max_rows=50_000)
XLS = (Path(__file__).parents[2] / "spreadsheets" / "awkward.xls").read_bytes()
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

ROW = '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1"><v>5</v></c></row>'
GOOD = xlsx(worksheet(ROW), shared="<si><t>手机</t></si>")
LONG_CELL = f'<row r="1"><c r="A1" t="str"><v>{"x" * 40_000}</v></c></row>'
ENTITIES = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY f SYSTEM "file:///etc/passwd">]>'
)
REPEATED = 'table:number-{}-repeated="999999"'
TAIL = "<text:p>x</text:p></table:table-cell></table:table-row>"
ODS = '<o xmlns:table="urn:t" xmlns:text="urn:x"><table:table table:name="S">{}</table:table></o>'


def zip_with_flag(content: bytes) -> bytes:
    """The archive with every file marked as encrypted."""
    changed = bytearray(content)
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = changed.find(magic)
        while place >= 0:
            changed[place + offset] |= 1
            place = changed.find(magic, place + 4)
    return bytes(changed)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "it is empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "it is a PNG picture"),
        (b"%PDF-1.7\n", "it is a PDF document"),
        (bytes(range(256)) * 20, "neither a spreadsheet nor a text file"),
        (bytes(2000), "neither a spreadsheet nor a text file"),
        (b"\x09\x04\x06\x00\x00\x00\x10\x00" + bytes(50), "Excel 4 or older"),
        (OLE + bytes(500) + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
        (OLE + bytes(500) + "WordDocument".encode("utf-16-le"), "Word document"),
        (OLE + bytes(500), "holds no workbook"),
        (OLE + bytes(500) + "Workbook".encode("utf-16-le"), "damaged"),
        (XLS[:3000], "cut short"),
        (GOOD[:300], "damaged"),
        (GOOD[:-30], "damaged"),
        (zip_with_flag(GOOD), "protected by a password"),
        (packed({"a.csv": b"1", "b.csv": b"2"}), "holds 2 files"),
        (packed({}), "the archive is empty"),
        (packed({"a.xlsx": GOOD}), "not csv"),
        (packed({"word/document.xml": b"x"}), "not a spreadsheet"),
        (packed({"[Content_Types].xml": b"x"}), "damaged"),
        (gzip.compress(b"a,b\n" * 1000)[:-20], "damaged"),
        (gzip.compress(b""), "is empty"),
        (packed({"content.xml": b"x", "META-INF/manifest.xml": b"<encryption-data/>"}), "password"),
        (xlsx(ENTITIES + worksheet(ROW).partition("?>")[2], shared="<si/>"), "declares XML entities"),
        (xlsx(worksheet(ROW), book="<!-- -->", extra={"xl/workbook.xml": ENTITIES.encode() + b"<x>&b;</x>"}), "XML"),
        (xlsx(worksheet(ROW)[:-40], shared="<si/>"), "damaged"),
        (xlsx(worksheet(ROW)), "refers to a text that is not there"),
        (
            xlsx(worksheet('<!-- --><row r="1"><c r="A1" t="s"><v>-1</v></c></row>')),
            "refers to a text that is not there",
        ),
        (xlsx(worksheet('<row r="1"><c r="A1"><v>1</v></c><')), "damaged"),
        (xlsx(worksheet(ROW), shared="<si><t>a</t></si><"), "damaged"),
        (xlsx(worksheet("")), "no visible sheet of it has any rows"),
        (xlsx(worksheet(ROW), shared="<si/>", states={1: "hidden"}), "no visible sheet of it has any rows"),
        (b"<html><body><p>no table</p></body></html>", "without a table"),
        (b"<table><tr><td></td></tr></table>", "without a table that has any rows"),
        (b"\n\n\n", "it has no rows"),
        (b",,\n,,\n", "has no rows"),
    ],
)
def test_what_cannot_be_read_says_why(tmp_path: Path, content: bytes, sentence: str) -> None:
    """Each kind of unreadable file has its sentence, with the file's name in front."""
    with pytest.raises(DialListError) as caught:
        read_back(tmp_path / "list.xlsx", content, limits=SMALL)
    assert str(caught.value).startswith("list.xlsx")
    assert sentence in str(caught.value)


def far_cell(reference: str) -> str:
    return worksheet(f'<row r="1"><c r="{reference}"><v>1</v></c></row>')


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (gzip.compress(bytes([65]) * 60_000_000), "unpacks to more than"),
        (packed({"a.csv": b"1,2\n" * 15_000_000}), "unpacks to more than"),
        (xlsx(worksheet(" " * 60_000_000 + ROW)), "unpacks to more than"),
        (xlsx(worksheet(ROW), shared="<si><t>" + "x" * 3_000_000 + "</t></si>"), "memory"),
        (xlsx(worksheet(LONG_CELL)), "a cell holds 40,000"),
        (xlsx(worksheet("<!-- -->" + LONG_CELL)), "a cell holds 40,000"),
        (xlsx(far_cell("XFD1")), "there are 16,384 columns"),
        (xlsx(far_cell("ZZZ1")), "there are 18,278 columns"),
        (xlsx(worksheet('<row r="1">' + "<c><v>1</v></c>" * 1000 + "</row>")), "there are 1,000 columns"),
        ((",".join("x" * 600) + "\n").encode(), "there are 600 columns"),
        (b"a,b\n1," + b"x" * 40_000 + b"\n", "a cell holds 40,000"),
        (b'a,b\n1,"' + b"x" * 40_000 + b'"\n', "a cell holds 40,000"),
        (b"1,2\n" * 60_000, "more than 50,000 rows"),
        (xlsx(worksheet("<row><c><v>1</v></c></row>" * 60_000)), "more than 50,000 rows"),
        (
            packed({"content.xml": ODS.format(f'<table:table-row {REPEATED.format("rows")}><table:table-cell>{TAIL}')}),
            "more than 50,000 rows",
        ),
        (
            packed(
                {"content.xml": ODS.format(f'<table:table-row><table:table-cell {REPEATED.format("columns")}>{TAIL}')}
            ),
            "there are 999,999 columns",
        ),
        (b"<table><tr>" + b"<td>x</td>" * 600 + b"</tr></table>", "there are 501 columns"),
    ],
)  # fmt: skip
def test_what_is_too_large_is_refused(tmp_path: Path, content: bytes, sentence: str) -> None:
    """Bombs, endless cells and a million columns stop at the limits."""
    with pytest.raises(DialListError) as caught:
        read_back(tmp_path / "list.xlsx", content, limits=SMALL)
    assert sentence in str(caught.value)


def test_reading_stops_when_its_time_is_up(tmp_path: Path) -> None:
    """A reading that takes longer than allowed ends with a sentence."""
    with pytest.raises(DialListError, match="longer than 0 seconds"):
        read_back(tmp_path / "list.xlsx", GOOD, limits=ReadingLimits(max_seconds=0))


def record(kind: int, body: bytes) -> bytes:
    """A record of the binary xlsx format: kind and length in bytes of seven bits."""
    length, size = len(body), b""
    while True:
        size += bytes([length & 0x7F | (0x80 if length > 0x7F else 0)])
        length >>= 7
        if not length:
            break
    name = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    return name + size + body


def xlsb(cells: list[tuple[int, int, float]]) -> bytes:
    """A binary workbook with one sheet of numbers, given as (row, column, number) from zero."""
    rel, name = "r1".encode("utf-16-le"), "S1".encode("utf-16-le")
    sheet = struct.pack("<II", 0, 1) + struct.pack("<I", 2) + rel + struct.pack("<I", 2) + name
    rows = b""
    for row, column, number in cells:
        rows += record(0, struct.pack("<IIHHB", row, 0, 300, 0, 0) + struct.pack("<I", 0))
        rows += record(5, struct.pack("<III", column, 0, 0)[:8] + struct.pack("<d", number))
    last = cells[-1]
    dimension = record(148, struct.pack("<IIII", cells[0][0], last[0], cells[0][1], last[1]))
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    return packed(
        {
            "[Content_Types].xml": "<Types/>",
            "_rels/.rels": f'<Relationships xmlns="{package}"><Relationship Id="b" Type="{relations}/officeDocument" '
            'Target="xl/workbook.bin"/></Relationships>',
            "xl/workbook.bin": b"".join(
                [record(131, b""), record(143, b""), record(156, sheet), record(144, b""), record(132, b"")]
            ),
            "xl/_rels/workbook.bin.rels": f'<Relationships xmlns="{package}"><Relationship Id="r1" '
            f'Type="{relations}/worksheet" Target="worksheets/sheet1.bin"/></Relationships>',
            "xl/worksheets/sheet1.bin": record(129, b"") + dimension + record(145, b"") + rows + record(146, b"")
            + record(130, b""),
        }
    )  # fmt: skip


def test_a_binary_workbook_is_read(tmp_path: Path) -> None:
    """Numbers of an xlsb file come as digits, at their row numbers."""
    read, _ = read_back(tmp_path / "list.xlsb", xlsb([(1, 0, 13800138000.0), (4, 1, 0.5)]))
    assert read == [("S1", 2, ["13800138000", None]), ("S1", 5, [None, "0.5"])]


def test_one_cell_in_the_far_corner_harms_nobody(tmp_path: Path) -> None:
    """A binary sheet whose two cells span 17 billion others dies in its own process."""
    with pytest.raises(DialListError):
        read_back(tmp_path / "list.xlsb", xlsb([(0, 0, 1.0), (1_048_575, 16_383, 2.0)]), limits=SMALL)


def test_memory_does_not_grow_with_the_list(tmp_path: Path) -> None:
    """Twenty times as many rows take hardly more memory, csv and xlsx alike."""
    program = (
        "import resource, sys\nfrom campaigns.dial_lists import open_dial_list\n"
        "with open_dial_list(sys.argv[1]) as dial_list:\n    rows = sum(map(len, dial_list.batches()))\n"
        "print(rows, [line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')][0])"
    )
    row = '<row r="{0}"><c r="A{0}"><v>{1}</v></c><c r="B{0}" t="s"><v>0</v></c><c r="C{0}" t="str"><v>x</v></c></row>'

    def peak_kilobytes(content: bytes, rows: int) -> int:
        path = tmp_path / "list"
        path.write_bytes(content)
        done = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, check=True, text=True)
        counted, kilobytes = map(int, done.stdout.split())
        assert counted == rows
        return kilobytes

    for build in (
        lambda count: "".join(f"{13800138000 + n},客户,备注\n" for n in range(count)).encode(),
        lambda count: xlsx(
            worksheet("".join(row.format(n, 13800138000 + n) for n in range(1, count + 1))), shared="<si><t>王</t></si>"
        ),
    ):
        small, large = (peak_kilobytes(build(count), count) for count in (15_000, 300_000))
        assert large < small + 60_000


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"PK\x03\x04", b"<html>", b"<Workbook>", b"\x1f\x8b\x08", b"\xff\xfe"]),
)
def test_random_bytes_raise_nothing_else(tmp_path: Path, content: bytes, beginning: bytes) -> None:
    """Whatever the bytes, the reader reads them or says a sentence."""
    path = tmp_path / "list"
    path.write_bytes(beginning + content)
    try_to_read(path)


@pytest.mark.parametrize("kind", ["sheet", "shared", "book", "styles", "ods", "html", "csv", "zip"])
def test_mutated_files_raise_nothing_else(tmp_path: Path, kind: str) -> None:
    """A file with some bytes changed, lost or doubled is read or refused with a sentence."""
    dice = random.Random(kind)
    rich = worksheet(
        '<row r="1"><c r="A1" t="s"><v>0</v></c>'
        '<c r="B1" s="1"><v>5E3</v></c>'
        '<c r="C1" t="inlineStr"><is><t>a&amp;b</t></is></c></row>'
        '<row r="2" hidden="1"><c r="A2"><f>A1</f></c><c r="B2" t="e"><v>#N/A</v></c></row>'
    )
    shared = "<si><t>手机</t></si><si><r><t>a</t></r></si>"
    whole = xlsx(rich, shared=shared, formats=("00000000000",))
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    part = {"sheet": "xl/worksheets/sheet1.xml", "shared": "xl/sharedStrings.xml", "book": "xl/workbook.xml"}.get(kind)
    part = "xl/styles.xml" if kind == "styles" else part
    cell = '<table:table-row><table:table-cell table:number-columns-repeated="2"><text:p>x</text:p></table:table-cell>'
    plain = {
        "ods": ODS.format(cell + "</table:table-row>").encode(),
        "html": b"<html><table><tr><td rowspan=2 colspan=3>a&amp;b<td>c</tr><tr><td>d</td></tr></table>",
        "csv": 'a,"b\r\n""c""",d\n手机;e\n'.encode(),
        "zip": whole,
    }
    path = tmp_path / "list"
    for _ in range(150):
        original = parts[part] if part else plain[kind]
        mutated = mutate(original, dice)
        if part:
            path.write_bytes(packed({**parts, part: mutated}))
        else:
            path.write_bytes(packed({"content.xml": mutated}) if kind == "ods" else mutated)
        try_to_read(path)


def mutate(original: bytes, dice: random.Random) -> bytes:
    changed = bytearray(original)
    for _ in range(dice.randint(1, 4)):
        place = dice.randrange(len(changed) or 1)
        match dice.randrange(4):
            case 0:
                changed[place : place + 1] = bytes([dice.choice(b"<>/\"'=&;! \x00\xff09AZrcstv")])
            case 1:
                del changed[place : place + dice.randint(1, 12)]
            case 2:
                changed[place:place] = changed[place : place + dice.randint(1, 30)]
            case _:
                changed[place:place] = dice.choice(
                    [b"<c", b"<v>", b"</v>", b"<row>", b"</row>", b"<!--", b'"', b"9999999999"]
                )
    return bytes(changed)


def try_to_read(path: Path) -> None:
    with contextlib.suppress(DialListError), open_dial_list(path, sheet="*", limits=SMALL) as dial_list:
        for batch in dial_list.batches():
            batch.cells.validate(full=True)
            assert len(batch.cells) == len(batch.row_numbers) == len(batch.is_hidden)


def test_a_namespace_alone_is_no_workbook(tmp_path: Path) -> None:
    """A workbook without worksheets says so."""
    with pytest.raises(DialListError, match="no worksheets"):
        read_back(tmp_path / "a.xlsx", xlsx(worksheet(ROW), extra={"xl/workbook.xml": f'<w xmlns="{MAIN}"/>'.encode()}))
