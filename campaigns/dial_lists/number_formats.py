"""How a stored number is shown: as digits, with its leading zeros, or as a date.

Numbers are carried as the text that the file holds, because a telephone or identity number of more than fifteen digits
does not survive being a float.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from enum import IntEnum

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


class Shown(IntEnum):
    """The kinds of number format that change what a person sees."""

    DIGITS = 0
    PADDED = 1
    DATE = 2
    DATE_TIME = 3
    TIME = 4


@dataclass(frozen=True, slots=True)
class NumberFormat:
    shown: Shown = Shown.DIGITS
    digits: int = 0
    """For PADDED: the least number of digits shown, e.g. 11 for the format 00000000000."""
    prefix: str = ""
    """For PADDED: text shown before the digits, e.g. + for the format "+"00000000000."""


PLAIN = NumberFormat()

_BUILT_IN = {
    14: Shown.DATE, 15: Shown.DATE, 16: Shown.DATE, 17: Shown.DATE, 18: Shown.TIME, 19: Shown.TIME, 20: Shown.TIME,
    21: Shown.TIME, 22: Shown.DATE_TIME, 27: Shown.DATE, 28: Shown.DATE, 29: Shown.DATE, 30: Shown.DATE,
    31: Shown.DATE, 32: Shown.TIME, 33: Shown.TIME, 34: Shown.TIME, 35: Shown.TIME, 36: Shown.DATE, 45: Shown.TIME,
    46: Shown.TIME, 47: Shown.TIME, 50: Shown.DATE, 51: Shown.DATE, 52: Shown.DATE, 53: Shown.DATE, 54: Shown.DATE,
    55: Shown.DATE, 56: Shown.DATE, 57: Shown.DATE, 58: Shown.DATE,
}  # fmt: skip
"""ECMA-376 part 1, 18.8.30, with the East Asian ids, which hold dates and times in every locale."""

_CANONICAL = r"^(?:-?(?:0|[1-9][0-9]{0,39})|-?[0-9]{1,7}\.[0-9]{0,7}[1-9])$"
_MAX_DIGITS = 40
_MOST_SERIAL = 2_958_466
"""The day after 9999-12-31."""


def read_number_format(format_id: int, code: str | None) -> NumberFormat:
    """Tell how numbers of this format are shown; `code` is None for the built-in formats."""
    if code is None:
        return NumberFormat(_BUILT_IN.get(format_id, Shown.DIGITS))
    section = code.split(";")[0]
    literal = re.sub(r'\\(.)|"([^"]*)"', lambda found: "", section)
    bare = re.sub(r"\[(?!h+\]|m+\]|s+\])[^\]]*\]|_.|\*.", "", literal, flags=re.I).lower()
    if re.search(r"[ydhs]|m", bare) and not re.search(r"[0#?]", re.sub(r"s\.0+", "s", bare)):
        has_time = re.search(r"[hs]", bare) is not None
        has_date = re.search(r"[yd]", bare) is not None or (not has_time and "m" in bare)
        if has_date:
            return NumberFormat(Shown.DATE_TIME if has_time else Shown.DATE)
        return NumberFormat(Shown.TIME)
    unquoted = re.sub(r'\\(.)|"([^"]*)"', lambda found: found[1] or found[2] or "", section)
    padded = re.fullmatch(r"(\+?)(0{2,20})", unquoted)
    if padded is not None:
        return NumberFormat(Shown.PADDED, len(padded[2]), padded[1])
    return PLAIN


def show_number(text: str, number_format: NumberFormat = PLAIN, *, is_1904: bool = False) -> str:
    """Write a stored number as a person sees it: `1.38E+10` as 13800000000, `5.0` as 5, serial 45292 as 2024-01-01."""
    match number_format.shown:
        case Shown.DIGITS:
            return _plain_digits(text)
        case Shown.PADDED:
            return _pad(_plain_digits(text), number_format)
        case Shown.DATE | Shown.DATE_TIME | Shown.TIME:
            return _show_serial(text, number_format.shown, is_1904=is_1904)


def show_numbers(
    texts: pa.StringArray, number_format: NumberFormat = PLAIN, *, is_1904: bool = False
) -> pa.StringArray:
    """`show_number` for many: what needs nothing done is left alone, each other text is worked out once."""
    if number_format.shown in (Shown.DIGITS, Shown.PADDED):
        is_canonical = pc.match_substring_regex(texts, _CANONICAL)
        if number_format.shown is Shown.DIGITS:
            needs_work = pc.invert(pc.fill_null(is_canonical, True))
        else:
            needs_work = pc.is_valid(texts)
        if not pc.any(needs_work).as_py():
            return texts
    distinct = texts.dictionary_encode()
    shown = pa.array(
        [show_number(text, number_format, is_1904=is_1904) for text in distinct.dictionary.to_pylist()], pa.string()
    )
    return shown.take(distinct.indices)


def _plain_digits(text: str) -> str:
    text = text.strip()
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    if not number.is_finite() or abs(number.adjusted()) > _MAX_DIGITS:
        return text
    if number == number.to_integral_value():
        return str(int(number))
    if len(number.as_tuple().digits) > 15:
        # More digits than a spreadsheet shows: the tail is what binary floats leave of a decimal fraction.
        number = Decimal(f"{float(number):.15g}")
    shown = f"{number:f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def _pad(digits: str, number_format: NumberFormat) -> str:
    if not digits.isdecimal():
        return digits
    return number_format.prefix + digits.zfill(number_format.digits)


def _show_serial(text: str, shown: Shown, *, is_1904: bool) -> str:
    try:
        serial = float(text)
    except ValueError:
        return text
    if not 0 <= serial < _MOST_SERIAL:
        return _plain_digits(text)
    days, seconds = divmod(round(serial * 86_400), 86_400)
    if shown is Shown.TIME and days == 0:
        return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    if not is_1904 and days < 60:
        days += 1  # Lotus took 1900 for a leap year, and Excel followed: serial 60 is a day that never was.
    begin = datetime(1904, 1, 1) if is_1904 else datetime(1899, 12, 30)  # noqa: DTZ001 - a sheet's dates know no zone
    try:
        moment = begin + timedelta(days=days, seconds=seconds)
    except OverflowError:
        return _plain_digits(text)
    if shown is Shown.DATE and seconds == 0:
        return moment.strftime("%Y-%m-%d")
    return moment.strftime("%Y-%m-%d %H:%M:%S")


FormatTable = tuple[NumberFormat, ...]
"""Number formats by style id, as cells name them."""


def codes_by_style(table: FormatTable) -> tuple[np.ndarray[tuple[int], np.dtype[np.int32]], FormatTable]:
    """The distinct formats, plain digits first, and for each style id the number of its format among them.

    One more entry at the end, plain digits, stands for the styles that are not in the table.
    """
    distinct = list(dict.fromkeys((PLAIN, *table)))
    return np.array([distinct.index(entry) for entry in (*table, PLAIN)], dtype=np.int32), tuple(distinct)
