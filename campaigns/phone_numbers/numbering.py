"""Judge strings of digits by the numbering plan of a country, at the speed of a binary search.

`phonenumbers` is the judge of what is a valid number. Its answer for a string of digits depends on a handful of
patterns of the country's metadata, which `patterns.py` turns into sorted ranges; this module follows the steps of
`phonenumbers.parse`, `number_type` and `region_code_for_number` on those ranges. Where a step depends on more than the
ranges say (carrier codes, rewritten prefixes, foreign international prefixes), the answer is `UNSURE` and
`phonenumbers` itself is asked. Tables are made on first use from the installed metadata, so they follow its releases.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import cache
from typing import Protocol

import numpy as np
import numpy.typing as npt
from phonenumbers import (
    COUNTRY_CODE_TO_REGION_CODE,
    SUPPORTED_REGIONS,
    PhoneMetadata,
    PhoneNumberDesc,
)

from campaigns.phone_numbers.patterns import (
    Automaton,
    Choice,
    Digit,
    Pattern,
    Sequence,
    UnsupportedPatternError,
    read_pattern,
)
from campaigns.phone_numbers.words import NumberKind

MAX_DIGITS = 17
"""The longest national number that `phonenumbers` reads."""
MAX_ENTERED_DIGITS = 18
"""The longest string of digits that fits 64 bits."""
KEY_STEP = 10**MAX_DIGITS
"""A key is the number of digits times this, plus the digits as an integer: leading zeros count."""

COUNTRIES: tuple[str, ...] = ("", *sorted(SUPPORTED_REGIONS), "001")
"""Countries by the small integer that tables and batches hold; 0 stands for none."""
_COUNTRY_POSITION = {country: position for position, country in enumerate(COUNTRIES)}

KIND_CODES: dict[NumberKind, int] = {kind: code for code, kind in enumerate(NumberKind, start=1)}
"""Kinds by the small integer that tables and batches hold; 0 stands for no valid number."""

# What a range says of the digits in it: bits 0-2 the kind, bits 3-11 the country, and then three marks.
KIND_BITS = 0b111
COUNTRY_SHIFT = 3
COUNTRY_BITS = 0x1FF
GENERAL = 1 << 12
"""The digits look like a number of the country: its most general pattern matches."""
INTERNATIONAL = 1 << 13
"""The digits begin with the country's international prefix, and `CARRIER` does not hold."""
CARRIER = 1 << 14
"""The digits begin with something that may be cut off in more ways than one: ask `phonenumbers`."""

_SPECIAL_KINDS = (
    "premium_rate",
    "toll_free",
    "shared_cost",
    "voip",
    "personal_number",
    "pager",
    "uan",
    "voicemail",
)

Int64Array = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class NumberingPlan:
    """What one country's metadata says, as ranges."""

    country: str
    calling_code: int
    is_main: bool
    """It is the country that stands for its calling code where several share it."""
    trunk_prefix: str
    """Digits cut from the front of a national number; empty where there are none."""
    reads_double_zero: bool
    """`00` is the international prefix, whatever follows."""
    lengths: frozenset[int]
    shortest: int
    longest: int
    firsts: Int64Array
    """First key of each range, rising."""
    marks: npt.NDArray[np.int32]
    """What each range says, see `KIND_BITS` and the following."""
    first_list: list[int]
    mark_list: list[int]
    strips_to: npt.NDArray[np.bool_]
    """By length: cutting the trunk prefix may leave this many digits."""

    def look(self, digits: str) -> int:
        return self.mark_list[bisect_right(self.first_list, len(digits) * KEY_STEP + int(digits)) - 1]


@cache
def numbering_plan(country: str) -> NumberingPlan | None:
    """Make the tables of a country (3-60 ms), or None where its metadata cannot be turned into ranges."""
    metadata = PhoneMetadata.metadata_for_region(country, None)
    if metadata is None:
        return None
    try:
        return _make_plan(country, metadata)
    except UnsupportedPatternError:
        return None


def country_position(country: str) -> int:
    return _COUNTRY_POSITION[country]


def _make_plan(country: str, metadata: PhoneMetadata) -> NumberingPlan:
    calling_code, general_description = metadata.country_code, metadata.general_desc
    assert calling_code is not None
    assert general_description is not None
    regions = COUNTRY_CODE_TO_REGION_CODE[calling_code]
    automaton = Automaton()
    # (first state, lengths at which the pattern counts or None for all)
    starts: list[tuple[int, frozenset[int] | None]] = []

    def add(pattern: Pattern, lengths: frozenset[int] | None = None, *, then_anything: bool = False) -> int:
        bit = len(starts)
        starts.append((automaton.add(pattern, bit, then_anything=then_anything), lengths))
        return bit

    general = add(read_pattern(general_description.national_number_pattern or ""))
    international = (
        add(read_pattern(metadata.international_prefix), then_anything=True) if metadata.international_prefix else None
    )
    trunk_prefix, carrier_pattern = _trunk_prefix(metadata)
    carrier = add(carrier_pattern, then_anything=True) if carrier_pattern is not None else None
    judges = [_add_region(region, add, is_alone=len(regions) == 1) for region in regions]

    firsts: list[int] = [0]
    marks: list[int] = [0]
    meanings: dict[int, int] = {}
    for length in range(1, MAX_DIGITS + 1):
        usable = [first for first, lengths in starts if lengths is None or length in lengths]
        for first, mask in automaton.ranges(usable, length):
            meaning = meanings.get(mask)
            if meaning is None:
                meaning = _country_and_kind(mask, judges)
                meaning |= GENERAL if _has(mask, general) else 0
                if _has(mask, carrier):
                    meaning |= CARRIER
                elif _has(mask, international):
                    meaning |= INTERNATIONAL
                meanings[mask] = meaning
            if meaning != marks[-1]:
                firsts.append(length * KEY_STEP + first)
                marks.append(meaning)
    firsts.append(MAX_ENTERED_DIGITS * KEY_STEP)
    marks.append(CARRIER)
    possible = frozenset(general_description.possible_length)
    longest = max(possible)
    return NumberingPlan(
        country=country,
        calling_code=calling_code,
        is_main=regions[0] == country,
        trunk_prefix=trunk_prefix,
        reads_double_zero=metadata.international_prefix is not None
        and (metadata.international_prefix == "00" or metadata.international_prefix.startswith("00|")),
        lengths=possible,
        shortest=min(possible),
        longest=longest,
        firsts=np.array(firsts, dtype=np.int64),
        marks=np.array(marks, dtype=np.int32),
        first_list=firsts,
        mark_list=marks,
        strips_to=np.array(
            [length in possible or length > longest for length in range(MAX_ENTERED_DIGITS + 1)], dtype=np.bool_
        ),
    )


@dataclass(frozen=True, slots=True)
class _Region:
    """Which bits of a mask say what kind of number of one country it is; a bit of None never matches."""

    country: str
    leading: int | None
    """Where several countries share a calling code, some are told by their leading digits alone."""
    general: int | None
    special: tuple[int, ...]
    fixed: int | None
    mobile: int | None
    fixed_is_mobile: bool

    def kind(self, mask: int) -> int:
        if not _has(mask, self.general):
            return 0
        if any(_has(mask, bit) for bit in self.special):
            return KIND_CODES[NumberKind.SPECIAL]
        if _has(mask, self.fixed):
            both = self.fixed_is_mobile or _has(mask, self.mobile)
            return KIND_CODES[NumberKind.FIXED_OR_MOBILE if both else NumberKind.FIXED]
        if not self.fixed_is_mobile and _has(mask, self.mobile):
            return KIND_CODES[NumberKind.MOBILE]
        return 0


class _Add(Protocol):
    def __call__(
        self, pattern: Pattern, lengths: frozenset[int] | None = None, *, then_anything: bool = False
    ) -> int: ...


def _add_region(country: str, add: _Add, *, is_alone: bool) -> _Region:
    metadata = PhoneMetadata.metadata_for_region(country, None)
    assert metadata is not None

    def add_kind(description: PhoneNumberDesc | None) -> int | None:
        if description is None or not description.national_number_pattern:
            return None
        lengths = frozenset(description.possible_length) or None
        return add(read_pattern(description.national_number_pattern), lengths)

    special = (add_kind(getattr(metadata, name)) for name in _SPECIAL_KINDS)
    return _Region(
        country=country,
        leading=None
        if is_alone or metadata.leading_digits is None
        else add(read_pattern(metadata.leading_digits), then_anything=True),
        general=add_kind(metadata.general_desc),
        special=tuple(bit for bit in special if bit is not None),
        fixed=add_kind(metadata.fixed_line),
        mobile=add_kind(metadata.mobile),
        fixed_is_mobile=bool(metadata.same_mobile_and_fixed_line_pattern),
    )


def _country_and_kind(mask: int, regions: list[_Region]) -> int:
    """Follow `region_code_for_number` and `number_type`: the first country that claims the number names its kind."""
    for region in regions:
        kind = region.kind(mask)
        if _has(mask, region.leading) or (region.leading is None and kind):
            return kind | (country_position(region.country) << COUNTRY_SHIFT if kind else 0)
    return 0


def _has(mask: int, bit: int | None) -> bool:
    return bit is not None and bool(mask >> bit & 1)


def _trunk_prefix(metadata: PhoneMetadata) -> tuple[str, Pattern | None]:
    """Tell the plain trunk prefix from the prefixes that only `phonenumbers` can cut.

    Returns (plain prefix, pattern of the others). The pattern may say "others" too often, never too rarely.
    """
    if not metadata.national_prefix_for_parsing:
        return "", None
    try:
        pattern = read_pattern(metadata.national_prefix_for_parsing)
    except UnsupportedPatternError:
        return "", Sequence(())
    options = pattern.options if isinstance(pattern, Choice) else (pattern,)
    plain = [digits for option in options if (digits := _plain_digits(option))]
    if len(plain) != 1:
        return "", pattern
    others = tuple(option for option in options if _plain_digits(option) != plain[0])
    return plain[0], Choice(others) if others else None


def _plain_digits(pattern: Pattern) -> str:
    """Write out a pattern that matches exactly one string of digits; empty for any other."""
    parts = pattern.parts if isinstance(pattern, Sequence) else (pattern,)
    digits = ""
    for part in parts:
        if not isinstance(part, Digit) or part.allowed.bit_count() != 1:
            return ""
        digits += str(part.allowed.bit_length() - 1)
    return digits
