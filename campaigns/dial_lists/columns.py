"""Find the header of a sheet, and the columns that hold the telephone number, the name and the country."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from campaigns.dial_lists import header_words
from campaigns.dial_lists.header_words import fold
from campaigns.errors import ColumnError

HEADER_ROWS = 30
"""A header is looked for in so many rows from the top."""

Cells = Sequence[str | None]

_NUMBER_CHARACTERS = re.compile(r"[\s\d()+./\-\u00a0\u2010-\u2015\u200b-\u200f\u202a-\u202e\ufeff']+(?:e\+?\d+)?", re.I)


@dataclass(frozen=True, slots=True)
class Header:
    """Where the data begin and what the columns are called."""

    row_number: int
    """Row of the header, its last line where it has two; 0 where there is none. Later rows are data."""
    names: tuple[str, ...]
    """One per column; what has no name is called Column C, what has a name twice gets a number."""
    is_guess: bool
    """True where no word of the header was recognised, and for sheets without one."""


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """Which column holds what, as zero-based places in `names`."""

    names: tuple[str, ...]
    phone: int
    name: int | None
    country: int | None
    others: tuple[int, ...]
    """Every column that is none of the above, in order."""
    is_guess: bool
    """False where the phone column was named by a person."""


def find_header(first_rows: Sequence[tuple[int, Cells]]) -> Header:
    """Find the header among the first rows, given as (row number, cells).

    Titles may stand above it, and it may have two lines. A sheet that begins with numbers has none.
    """
    rows = list(first_rows[:HEADER_ROWS])
    width = max((len(cells) for _, cells in first_rows), default=0)
    place = next((place for place, (_, cells) in enumerate(rows) if _is_known_header(cells)), None)
    if place is not None:
        return _read_header(rows, place, width, is_guess=False)
    first_data = next((place for place, (_, cells) in enumerate(rows) if any(map(looks_like_phone, cells))), None)
    if first_data is None:
        widest = max((_count_filled(cells) for _, cells in rows), default=0)
        place = next((place for place, (_, cells) in enumerate(rows) if _count_filled(cells) == widest), None)
        return Header(0, _complete_names([], width), True) if place is None else _read_header(rows, place, width, True)
    above = rows[first_data - 1][1] if first_data else ()
    filled = _count_filled(rows[first_data][1])
    if first_data and 2 * _count_filled(above) >= filled and not (filled > 1 and _count_filled(above) == 1):
        return _read_header(rows, first_data - 1, width, is_guess=True)
    return Header(rows[first_data - 1][0] if first_data else 0, _complete_names([], width), True)


def guess_columns(
    names: Sequence[str],
    sample: Sequence[Cells],
    *,
    mapping: Mapping[str, str] | None = None,
    what: str = "The dial list",
) -> ColumnMapping:
    """Tell which columns hold the telephone number, the name and the country.

    `mapping` says it explicitly (`{"phone": "手机号", "name": "姓名"}`) and wins; names are compared exactly, then
    without regard to case, width and surrounding blanks. `sample` holds the first data rows. Raises `ColumnError` if a
    named column is not there, or if the phone column is not clear.
    """
    names = tuple(names)
    named = {field: _find_column(names, wanted, what) for field, wanted in (mapping or {}).items() if wanted}
    phone = named["phone"] if "phone" in named else _guess_phone(names, sample, set(named.values()), what)
    taken = {phone, *named.values()}
    name = named.get("name", _first_known(names, header_words.NAME, taken))
    country = named.get("country", _first_known(names, header_words.COUNTRY, taken))
    others = tuple(place for place in range(len(names)) if place not in (phone, name, country))
    return ColumnMapping(names, phone, name, country, others, "phone" not in named)


def looks_like_phone(text: str | None) -> bool:
    """True for what could be a telephone number, damaged ones included; dates and identity numbers are not."""
    if not text:
        return False
    plain = unicodedata.normalize("NFKC", text).strip()
    if (
        len(plain) > 40
        or _NUMBER_CHARACTERS.fullmatch(plain) is None
        or re.match(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}\b", plain)
    ):
        return False
    if re.fullmatch(r"\d(?:\.\d+)?e\+?\d+", plain, re.I):
        return True
    digits = re.sub(r"\D", "", re.sub(r"\.0+$", "", plain))
    return 7 <= len(digits) <= 15


def column_letter(place: int) -> str:
    """The letters over a column in a spreadsheet program: 0 is A, 26 is AA."""
    letters = ""
    number = place + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _is_known_header(cells: Cells) -> bool:
    """A header has a word for numbers to call in it, or two words that stand over columns; and no number."""
    folded = [fold(cell) for cell in cells if cell]
    if any(map(looks_like_phone, cells)):
        return False
    phones = header_words.PHONE_BEST | header_words.PHONE_GOOD | header_words.PHONE_SECOND
    known = len({word for word in folded if word in header_words.ALL})
    return known >= 2 or (known == 1 and len(folded) <= 3 and any(word in phones for word in folded))


def _read_header(rows: Sequence[tuple[int, Cells]], place: int, width: int, is_guess: bool) -> Header:
    """Join the line of the header with a second one above or below it, if there is one."""
    number, cells = rows[place]
    names = _pad(cells, width)
    below = _pad(rows[place + 1][1], width) if place + 1 < len(rows) else [None] * width
    above = _pad(rows[place - 1][1], width) if place else [None] * width
    fills_gaps = any(low and not high for low, high in zip(below, names, strict=True))
    if fills_gaps and _has_known_word(below) and not any(map(looks_like_phone, below)):
        number = rows[place + 1][0]
        names = [low or high for low, high in zip(below, names, strict=True)]
    elif _count_filled(above) > 1 and any(high and not low for high, low in zip(above, names, strict=True)):
        names = [low or high for low, high in zip(names, above, strict=True)]
    return Header(number, _complete_names(names, width), is_guess)


def _has_known_word(cells: Cells) -> bool:
    return any(fold(cell) in header_words.ALL for cell in cells if cell)


def _pad(cells: Cells, width: int) -> list[str | None]:
    return [*cells, *[None] * (width - len(cells))]


def _count_filled(cells: Cells) -> int:
    return sum(bool(cell and cell.strip()) for cell in cells)


def _complete_names(names: Sequence[str | None], width: int) -> tuple[str, ...]:
    complete: list[str] = []
    seen: set[str] = set()
    for place, name in enumerate(_pad(names, width)):
        base = re.sub(r"\s+", " ", name).strip() if name else ""
        base = base or f"Column {column_letter(place)}"
        unique, count = base, 1
        while unique in seen:
            count += 1
            unique = f"{base} ({count})"
        seen.add(unique)
        complete.append(unique)
    return tuple(complete)


def _find_column(names: tuple[str, ...], wanted: str, what: str) -> int:
    for simplify in (str, str.strip, _simple, fold):
        places = [place for place, name in enumerate(names) if simplify(name) == simplify(wanted)]
        if len(places) == 1 or (places and simplify is str):
            return places[0]
        if places:
            raise ColumnError(
                what=what,
                why=f"several columns could be {wanted!r}: {_quote(names[place] for place in places)}.",
                advice="Write the name exactly as it stands in the file.",
                columns=names,
            )
    by_simple = {_simple(name): name for name in names}
    near = difflib.get_close_matches(_simple(wanted), list(by_simple), n=1, cutoff=0.5)
    hint = f" Did you mean {by_simple[near[0]]!r}?" if near else ""
    raise ColumnError(
        what=what, why=f"there is no column {wanted!r}.", advice=f"There are {_quote(names)}.{hint}", columns=names
    )


def _guess_phone(names: tuple[str, ...], sample: Sequence[Cells], taken: set[int], what: str) -> int:
    """The one column that is best by its name, if its content does not speak against it; else by content alone."""
    free = [place for place in range(len(names)) if place not in taken]
    shares = {place: _phone_share(sample, place) for place in free}
    for words in (header_words.PHONE_BEST, header_words.PHONE_GOOD, header_words.PHONE_SECOND):
        by_name = [place for place in free if fold(re.sub(r" \(\d+\)$", "", names[place])) in words]
        if not by_name:
            by_name = [place for place in free if _contains_word(names[place], words)]
        filled = [place for place in by_name if shares[place] is None or (shares[place] or 0) >= 0.2]
        candidates = filled or []
        if len(candidates) == 1:
            return candidates[0]
        if len(candidates) > 1:
            raise _ask_to_choose(names, candidates, what)
    by_content = [
        place for place in free if (shares[place] or 0) >= 0.6 and fold(names[place]) not in header_words.IDENTITY
    ]
    if len(by_content) == 1:
        return by_content[0]
    if by_content:
        raise _ask_to_choose(names, by_content, what)
    raise ColumnError(
        what=what,
        why="no column looks as if it held telephone numbers.",
        advice=f"Name the column; there are {_quote(names)}.",
        columns=names,
    )


def _contains_word(name: str, words: frozenset[str]) -> bool:
    """True for "客户手机号码(必填)" or "Customer mobile no.", not for "电话费用" or an identity number."""
    folded = fold(name)
    if folded in header_words.ALL or any(folded.endswith(word) for word in header_words.IDENTITY if len(word) > 2):
        return False
    return any(folded.endswith(word) or folded.rstrip("0123456789") == word for word in words if len(word) >= 2)


def _phone_share(sample: Sequence[Cells], place: int) -> float | None:
    """Of the filled cells of a column, the share that could be telephone numbers; None where all are empty."""
    filled = [cells[place] for cells in sample if place < len(cells) and cells[place]]
    return sum(map(looks_like_phone, filled)) / len(filled) if filled else None


def _first_known(names: tuple[str, ...], words: frozenset[str], taken: set[int]) -> int | None:
    return next((place for place, name in enumerate(names) if place not in taken and fold(name) in words), None)


def _ask_to_choose(names: tuple[str, ...], places: Sequence[int], what: str) -> ColumnError:
    return ColumnError(
        what=what,
        why=f"several columns may hold the telephone number: {_quote(names[place] for place in places)}.",
        advice="Name the one to be called, for example columns: {phone: " + names[places[0]] + "}.",
        columns=names,
    )


def _simple(name: str) -> str:
    return unicodedata.normalize("NFKC", name).strip().casefold()


def _quote(names: Iterable[str]) -> str:
    shown = [repr(name) for name in names]
    return ", ".join(shown[:30]) + (f" and {len(shown) - 30} more" if len(shown) > 30 else "")
