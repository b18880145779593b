"""Undo what spreadsheets and people do to telephone numbers, where no digit is lost by it.

`undo_damage` looks at the text alone and knows no numbering plan: it either finds the digits of one entry, or says why
there are none and which parts of the text may be numbers. What is repaired is named; what cannot be known is refused.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from campaigns.phone_numbers.words import RefusalReason, Repair


@dataclass(frozen=True, slots=True)
class Entry:
    """The digits of one entry."""

    digits: str
    is_international: bool
    """There was a plus sign in front."""
    repairs: tuple[Repair, ...]
    parts: tuple[str, ...] = ()
    """Stretches of seven digits or more that stood apart: more than one good number among them means several."""
    before_dash: str = ""
    """What stood before a last dash and up to five digits, if that may be an extension."""


@dataclass(frozen=True, slots=True)
class Damage:
    """The text is not one number, and why."""

    reason: RefusalReason
    detail: str
    candidates: tuple[str, ...] = ()
    """Parts of the text that may be numbers, to be suggested if they are."""


# Zero-width characters, writing-direction marks, soft hyphens and byte order marks; what acts as a space is kept apart.
INVISIBLE = "[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
_INVISIBLE = re.compile(INVISIBLE)
_ODD_SPACE = re.compile("[\u00a0\u2000-\u200a\u202f\u205f]")
_DASHES = re.compile("[\u2010-\u2015\u2212\u2e3a\u2e3b\u30fc]")
_TOTAL = re.compile(
    r"(?:合\s*计|总\s*计|小\s*计|共\s*计|总数|grand total|sub-?total|total|sum)(?![a-z])", re.IGNORECASE
)
_ERROR = re.compile(r"#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|SPILL!|CALC!|#+)", re.IGNORECASE)
_FORMULA = re.compile(r"""=\s*"?'?(\+?[\d ().-]+)"?""")
_LABEL = re.compile(
    r"(?:tele?phone|tel|phone|mobile|mob|cell(?:phone)?|contact|whatsapp|fax|hp|no"
    r"|(?:联系|客户|办公|家庭)?(?:手机|电话|座机|固话)|联系方式|号码|手提|電話|手機)"
    r"\s*(?:号码|号|號碼|no|number|num)?\s*[.:#]*\s*(?=[+(\d])",
    re.IGNORECASE,
)
_SCIENTIFIC = re.compile(r"(\d)(?:\.(\d+))?E\+?(\d{1,2})", re.IGNORECASE)
_DECIMAL_ZERO = re.compile(r"(\+?\d+)\.0+")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.0+)?")
_DATE = re.compile(
    r"(?:19|20)\d\d\s*([-/.年])\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?(?:[ T]\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?)?"
    r"|\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)\d\d(?: \d{1,2}:\d\d(?::\d\d)?)?"
)
_EXTENSION = re.compile(
    r"(.*\d.*?)\s*[,;(]?\s*(?:ext(?:ensi[oó]n|n)?|x|#|转|轉|分机|分機|内线|內線|ramal|anexo|máy lẻ)"
    r"\s*[.:]?\s*\d{1,6}\s*\)?",
    re.IGNORECASE | re.DOTALL,
)
_BETWEEN = re.compile(r"[/\\、,;|\n\r\t]|\s+(?:or|and|y|o)\s+|[和或及&]", re.IGNORECASE)
_NUMBER_LIKE = re.compile(r"[+\d\s().-]+")
_DIGIT_RUN = re.compile(r"\+?\d[\d ().-]{3,}\d")
_DASHED_TAIL = re.compile(r"(.*\d{5,})\s*-\s*\d{1,5}")
_ID_NUMBER = re.compile(r"[1-9]\d{5}((?:19|20)\d{6})\d{3}[\dXx]")

LONGEST_TEXT = 250
"""Longer texts are no telephone number, whatever they hold."""
SHORTEST_PART = 7
"""Fewer digits than this are never taken for a number of their own inside a cell."""
MOST_DIGITS_SHOWN = 6
"""Significant digits that a spreadsheet shows when it turns a number into a power of ten by itself."""


def undo_damage(text: str) -> Entry | Damage:
    """Find the digits of one telephone number in a cell's text.

    Steps, in order: characters made plain; words that say there is no number; wrappings cut; numbers as a spreadsheet
    writes them; dates and id numbers; extensions; several numbers; and at last separators between the digits.
    """
    repairs: list[Repair] = []
    if len(text) > LONGEST_TEXT and len(text := text.strip()) > LONGEST_TEXT:
        return Damage(RefusalReason.NOT_A_NUMBER, "the cell holds a long text")
    text = _make_plain(text, repairs)
    if not text:
        return Damage(RefusalReason.EMPTY_NUMBER, "the cell is empty")
    if _TOTAL.match(text):
        return Damage(RefusalReason.TOTAL_ROW, "the row is a total, not a contact")
    if _ERROR.fullmatch(text):
        return Damage(RefusalReason.CELL_ERROR, "the cell shows a spreadsheet error")
    text = _unwrap(text, repairs)
    if damage := _written_by_a_spreadsheet(text, repairs):
        if isinstance(damage, Damage):
            return damage
        text = damage
    if (birth := _ID_NUMBER.fullmatch(text)) and _is_date(birth[1]):
        return Damage(RefusalReason.ID_NUMBER, "the cell holds an identity number")
    if extension := _EXTENSION.fullmatch(text):
        return Damage(RefusalReason.EXTENSION, "the number has an extension, which cannot be dialled", (extension[1],))
    parts = [part.strip() for part in _BETWEEN.split(text)]
    if len(parts) > 1:
        filled = [part for part in parts if part]
        if len(filled) != 1:
            return _several_parts(filled)
        text = filled[0]
        repairs.append(Repair.SEPARATORS)
    if not _NUMBER_LIKE.fullmatch(text):
        return Damage(RefusalReason.NOT_A_NUMBER, "the cell holds text", tuple(_DIGIT_RUN.findall(text)))
    return _read_digits(text, repairs)


def has_total_word(text: str) -> bool:
    """Say whether a cell marks its row as a total ("合计", "Total")."""
    return _TOTAL.match(text.strip()) is not None


def _make_plain(text: str, repairs: list[Repair]) -> str:
    if text.isascii():
        return text.strip()
    visible = _INVISIBLE.sub("", text)
    spaced = _ODD_SPACE.sub(" ", visible)
    if spaced != text:
        repairs.append(Repair.INVISIBLE_CHARACTERS)
    plain = unicodedata.normalize("NFKC", spaced)
    plain = "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in plain)
    plain = _DASHES.sub("-", plain)
    if plain != spaced:
        repairs.append(Repair.FULL_WIDTH)
    return plain.strip()


def _unwrap(text: str, repairs: list[Repair]) -> str:
    if formula := _FORMULA.fullmatch(text):
        repairs.append(Repair.FORMULA)
        text = formula[1].strip()
    unquoted = text.strip("'\"`’‘“” ")
    if unquoted != text:
        repairs.append(Repair.QUOTE)
        text = unquoted
    if (label := _LABEL.match(text)) is not None:
        repairs.append(Repair.LABEL)
        text = text[label.end() :]
    return text


def _written_by_a_spreadsheet(text: str, repairs: list[Repair]) -> Damage | str | None:
    """Undo number formats; return the better text, a damage, or None where nothing applies."""
    if scientific := _SCIENTIFIC.fullmatch(text):
        fraction = (scientific[2] or "").rstrip("0")
        power = int(scientific[3])
        # Shown with six digits or fewer, the rest may have been rounded away; more are written only if they are all.
        if len(fraction) < power and 1 + len(fraction) <= MOST_DIGITS_SHOWN:
            return Damage(RefusalReason.DIGITS_LOST, "a spreadsheet rounded the number to a power of ten")
        if len(fraction) > power:
            return Damage(RefusalReason.NOT_A_NUMBER, "the cell holds a number with decimals")
        repairs.append(Repair.SCIENTIFIC)
        return str(int(Decimal(text)))
    if decimal := _DECIMAL_ZERO.fullmatch(text):
        repairs.append(Repair.DECIMAL_ZERO)
        return decimal[1]
    if _THOUSANDS.fullmatch(text):
        repairs.append(Repair.SEPARATORS)
        return text.partition(".")[0].replace(",", "")
    if _DATE.fullmatch(text):
        return Damage(RefusalReason.DATE, "the cell holds a date")
    return None


def _several_parts(parts: list[str]) -> Damage:
    with_digits = [part for part in parts if any(sign.isdigit() for sign in part)]
    if len(with_digits) > 1:
        return Damage(RefusalReason.SEVERAL_NUMBERS, "the cell holds more than one number", tuple(with_digits))
    return Damage(RefusalReason.NOT_A_NUMBER, "the cell holds text", tuple(with_digits))


def _read_digits(text: str, repairs: list[Repair]) -> Entry | Damage:
    plus_parts = [part for part in text.split("+") if any(sign.isdigit() for sign in part)]
    if len(plus_parts) > 1 and all(sum(map(str.isdigit, part)) >= SHORTEST_PART for part in plus_parts):
        return Damage(
            RefusalReason.SEVERAL_NUMBERS,
            "the cell holds more than one number",
            tuple("+" + part for part in plus_parts),
        )
    digits = _only_digits(text)
    if not digits:
        return Damage(RefusalReason.NOT_A_NUMBER, "the cell holds no digits")
    is_international = text.lstrip("( -.").startswith("+")
    if len(digits) + is_international != len(text):
        repairs.append(Repair.SEPARATORS)
    dashed = _DASHED_TAIL.fullmatch(text)
    parts: tuple[str, ...] = ()
    if len(digits) >= 2 * SHORTEST_PART:
        apart = text.split()
        if len(apart) == 1:
            apart = text.split("-")
        parts = tuple(part for part in apart if len(_only_digits(part)) >= SHORTEST_PART)
    return Entry(
        digits,
        is_international,
        tuple(dict.fromkeys(repairs)),
        parts if len(parts) > 1 else (),
        dashed[1] if dashed else "",
    )


def _only_digits(text: str) -> str:
    return "".join(sign for sign in text if sign in "0123456789")


def _is_date(eight_digits: str) -> bool:
    try:
        date(int(eight_digits[:4]), int(eight_digits[4:6]), int(eight_digits[6:]))
    except ValueError:
        return False
    return True
