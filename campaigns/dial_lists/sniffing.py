"""Find out what a file is from its bytes, never from its name."""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from campaigns.dial_lists.limits import ByteStream, ReadingMeter
from campaigns.errors import DialListError

SAMPLE_BYTES = 64 * 1024
BLOCK_BYTES = 1024 * 1024
DELIMITERS = (",", "\t", ";", "|")

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

_FOREIGN = (
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"%PDF", "a PDF document"),
    (b"{\\rtf", "an RTF document"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"SQLite format 3\x00", "a SQLite database"),
    (b"PAR1", "a Parquet file"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
)

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLD_EXCEL = re.compile(rb"\x09[\x00\x02\x04]\x04\x00|\x09[\x00\x02\x04]\x06\x00|\x09\x08\x10\x00")
_MARKUP_START = re.compile(
    r"\s*(?:<\?[^>]*>\s*|<!--.*?-->\s*)*<(!doctype\s+html|html|head|body|table|meta|style|div|center|font|script|\w*:?workbook)\b",
    re.I | re.S,
)


@dataclass(frozen=True, slots=True)
class TextShape:
    """How a delimited text is written."""

    encoding: str
    """Python's name for it, without byte order mark."""
    mark_bytes: int
    """Length of the byte order mark."""
    is_exact: bool
    """False: some bytes are not of this encoding and are read as U+FFFD."""
    delimiter: str
    newline: str
    """"\\n" (also for CR LF) or "\\r"."""
    skipped_lines: int
    """1 where the first line is Excel's `sep=;`."""


def name_foreign(head: bytes) -> str | None:
    """What a file that is certainly no dial list is, or None."""
    if head.startswith(b"MZ") and b"PE\0\0" not in head:
        return None
    return next((name for magic, name in _FOREIGN if head.startswith(magic)), None)


def is_old_excel(head: bytes) -> bool:
    """True for a worksheet of Excel 2 to 4, written before workbooks were OLE files."""
    return _OLD_EXCEL.match(head) is not None


def find_markup(head: bytes) -> str | None:
    """ "html" or "spreadsheetml" where the file is markup rather than delimited text, else None."""
    mark = find_byte_order_mark(head)
    if mark is None and _looks_utf16(head) is not None:
        mark = (_looks_utf16(head) or "", 0)
    encoding, skip = mark or ("latin-1", 0)
    found = _MARKUP_START.match(head[skip:].decode(encoding, "replace"))
    if found is None:
        return None
    return "spreadsheetml" if found[1].lower().endswith("workbook") else "html"


def find_byte_order_mark(head: bytes) -> tuple[str, int] | None:
    return next(((encoding, len(mark)) for mark, encoding in _BYTE_ORDER_MARKS if head.startswith(mark)), None)


def sniff_encoding(open_stream: Callable[[], ByteStream], meter: ReadingMeter) -> tuple[str, int, bool]:
    """Read the whole of a text once, to tell its encoding for certain.

    Returns Python's name for it, the length of the byte order mark, and whether all bytes are of it. Raises
    `DialListError` for what is no text.
    """
    with open_stream() as stream:
        head = stream.read(SAMPLE_BYTES)
    marked = find_byte_order_mark(head)
    utf16 = None if marked else _looks_utf16(head)
    if marked is not None or utf16 is not None:
        encoding, mark_bytes = marked or (utf16 or "", 0)
        return encoding, mark_bytes, _count_bad(open_stream, meter, encoding, mark_bytes)[0] == 0
    _refuse_binary(head, meter)
    encoding, is_exact = _choose_eight_bit(open_stream, meter)
    return encoding, 0, is_exact


def sniff_text(open_stream: Callable[[], ByteStream], meter: ReadingMeter) -> TextShape:
    """Tell how a delimited text is written. Raises `DialListError` for what is no text."""
    encoding, mark_bytes, is_exact = sniff_encoding(open_stream, meter)
    with open_stream() as stream:
        head = stream.read(SAMPLE_BYTES)
    sample = codecs.getincrementaldecoder(encoding)("replace").decode(head[mark_bytes:]).replace("\0", "")
    newline = "\n" if "\n" in sample or "\r" not in sample else "\r"
    declared = re.match(r"sep=(.)\r?[\r\n]", sample, re.I)
    if declared is not None:
        return TextShape(encoding, mark_bytes, is_exact, declared[1], newline, 1)
    return TextShape(encoding, mark_bytes, is_exact, choose_delimiter(sample, newline), newline, 0)


def choose_delimiter(sample: str, newline: str) -> str:
    """The delimiter of a first line that has several of one kind alone, for that is a header.

    Else the one that cuts the sample into the most columns of the steadiest number; a comma where none does.
    """
    lines = [line for line in _outside_quotes(sample).split(newline)[:200] if line.strip()]
    if len(lines) > 1 and len(sample) >= SAMPLE_BYTES // 4:
        lines.pop()
    in_first = {delimiter: lines[0].count(delimiter) for delimiter in DELIMITERS if lines and delimiter in lines[0]}
    if len(in_first) == 1 and max(in_first.values()) > 1:
        return next(iter(in_first))
    best, best_score = ",", 0.0
    for delimiter in DELIMITERS:
        counts = Counter(line.count(delimiter) for line in lines)
        usual, agreeing = max(counts.items(), key=lambda item: (item[1] * (item[0] > 0), item[0]), default=(0, 0))
        if usual == 0:
            continue
        steadiness = agreeing / len(lines)
        score = steadiness * steadiness * (1 + min(usual, 50) / 50)
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _outside_quotes(sample: str) -> str:
    """The sample without what stands in quoted cells, whose delimiters and line breaks do not count."""
    return re.sub(r'"(?:[^"]|"")*+"', '""', sample)


def _looks_utf16(head: bytes) -> str | None:
    """UTF-16 without a mark: ASCII characters in it have a NUL on every second place."""
    if len(head) < 4 or b"\0" not in head:
        return None
    array = np.frombuffer(head[: len(head) // 2 * 2], dtype=np.uint8).reshape(-1, 2)
    zeros = (array == 0).mean(axis=0)
    high, low = float(zeros.max()), float(zeros.min())
    if high < 0.1 or low > high / 10:
        return None
    encoding = "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"
    text = codecs.getincrementaldecoder(encoding)("replace").decode(head)
    is_plausible = "\ufffd" not in text and any(mark in text for mark in ("\n", "\r", *DELIMITERS))
    return encoding if is_plausible else None


def _refuse_binary(head: bytes, meter: ReadingMeter) -> None:
    array = np.frombuffer(head, dtype=np.uint8)
    is_control = (array < 32) & (array != 9) & (array != 10) & (array != 13) & (array != 0)
    zeros = int((array == 0).sum())
    if int(is_control.sum()) > max(8, len(head) * 0.02) or zeros > len(head) * 0.2:
        raise DialListError(
            what=meter.what,
            why="it is neither a spreadsheet nor a text file.",
            advice="Save the list as xlsx or csv and take that file.",
        )


def _choose_eight_bit(open_stream: Callable[[], ByteStream], meter: ReadingMeter) -> tuple[str, bool]:
    """UTF-8 where all of it is; else what fits the bytes beyond ASCII best."""
    bad, good = _count_bad(open_stream, meter, "utf-8", 0)
    if bad == 0:
        return "utf-8", True
    if good >= 50 * bad:
        return "utf-8", False
    if _lone_high_share(open_stream) > 0.5:
        bad_western = _count_bad(open_stream, meter, "cp1252", 0)[0]
        return ("cp1252", True) if bad_western == 0 else ("latin-1", True)
    bad, good = _count_bad(open_stream, meter, "gb18030", 0)
    if bad == 0:
        return "gb18030", True
    if good >= 50 * bad:
        return "gb18030", False
    bad_western = _count_bad(open_stream, meter, "cp1252", 0)[0]
    return ("cp1252", True) if bad_western == 0 else ("latin-1", True)


def _count_bad(
    open_stream: Callable[[], ByteStream], meter: ReadingMeter, encoding: str, mark_bytes: int
) -> tuple[int, int]:
    """How many places are not of the encoding, and how many characters beyond ASCII are."""
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    is_ascii_based = encoding in ("utf-8", "gb18030", "cp1252")
    bad = good = 0
    at_character_start = True
    with open_stream() as stream:
        stream.read(mark_bytes)
        while block := stream.read(BLOCK_BYTES):
            meter.check_time()
            if is_ascii_based and at_character_start and block.isascii():
                continue
            text = decoder.decode(block)
            at_character_start = decoder.getstate()[0] == b""
            block_bad = text.count("\ufffd")
            bad += block_bad
            good += len(text) - len(text.encode("ascii", "ignore")) - block_bad if not text.isascii() else 0
    bad += decoder.decode(b"", final=True).count("\ufffd")
    return bad, good


def _lone_high_share(open_stream: Callable[[], ByteStream]) -> float:
    """Of the runs of bytes beyond ASCII, the share of single ones.

    A double-byte text has its high bytes mostly in pairs, a western one mostly alone between ASCII letters. Single ones
    before a digit say nothing: GB18030 writes rare characters as byte, digit, byte, digit.
    """
    with open_stream() as stream:
        block = np.frombuffer(stream.read(16 * BLOCK_BYTES) + b" ", dtype=np.uint8)
    high = np.concatenate(([False], block >= 0x80))
    starts = np.flatnonzero(~high[:-1] & high[1:])
    ends = np.flatnonzero(high[:-1] & ~high[1:])
    is_single = ends - starts == 1
    before_digit = (block[ends] >= ord("0")) & (block[ends] <= ord("9"))
    telling = is_single[~(is_single & before_digit)]
    return float(telling.mean()) if len(telling) else 0.0
