"""Numbers on their way to the platform and back.

The platform does not say in which form it wants numbers or gives them back; its samples show the bare national number
(callback of 2025) and one with a trunk 0 (callback of 2018). So one form is sent, by the account's settings, and every
form is recognised.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum


class NumberForm(StrEnum):
    """How a number is written in a submission."""

    SIGNIFICANT = "significant"
    """National number without trunk prefix: 81200000001."""
    NATIONAL = "national"
    """As dialled inside the country: 081200000001."""
    INTERNATIONAL = "international"
    """Country code first, no plus sign: 6281200000001."""
    E164 = "e164"
    """With the plus sign: +6281200000001."""


@dataclass(frozen=True, slots=True)
class Country:
    nation_code: str
    """The platform's `nationcode`; not always the ISO code."""
    calling_code: str
    trunk_prefix: str
    """Empty where numbers are dialled the same from everywhere."""


COUNTRIES: Mapping[str, Country] = {
    "IN": Country("in", "91", "0"),
    "ID": Country("id", "62", "0"),
    "PH": Country("ph", "63", "0"),
    "MX": Country("mx", "52", ""),
    "CO": Country("co", "57", ""),
    "TH": Country("tha", "66", "0"),
    "VN": Country("vn", "84", "0"),
}
"""ISO 3166 alpha-2 → what the platform must be told (Batch IVR page, 3.1)."""

UNCONFIRMED_COUNTRIES = frozenset({"VN"})
"""On one revision of the Chinese page alone."""

_FOREIGN_PREFIXES = ("", "00", "011", "001", "009")


def write_number(phone_number: str, country: str, form: NumberForm) -> str:
    """Write an E.164 number in a form; raise `ValueError` when it is not one of `country`."""
    known = COUNTRIES[country]
    significant = phone_number.removeprefix(f"+{known.calling_code}")
    if significant == phone_number or not (significant.isascii() and significant.isdigit()):
        raise ValueError(f"not a number of {country} in E.164")
    match form:
        case NumberForm.SIGNIFICANT:
            return significant
        case NumberForm.NATIONAL:
            return known.trunk_prefix + significant
        case NumberForm.INTERNATIONAL:
            return known.calling_code + significant
        case NumberForm.E164:
            return phone_number


def possible_numbers(dialled_number: str, country: str) -> tuple[str, ...]:
    """Return the E.164 numbers that a number of the platform may stand for, the most literal reading first.

    There may be several: 9112345678 is a whole Indian number, and also 12345678 behind India's country code. Blanks and
    signs between the digits do not count; without digits, or for a country the platform does not know, it is empty.
    """
    known = COUNTRIES.get(country)
    digits = "".join(character for character in dialled_number if character.isascii() and character.isdigit())
    if known is None or not digits:
        return ()
    is_international = dialled_number.strip().startswith("+")
    significant: dict[str, None] = {}
    if not is_international:
        significant[digits] = None
        if known.trunk_prefix and digits.startswith(known.trunk_prefix):
            significant[digits.removeprefix(known.trunk_prefix)] = None
    for prefix in _FOREIGN_PREFIXES:
        head = prefix + known.calling_code
        if digits.startswith(head):
            rest = digits.removeprefix(head)
            significant[rest] = None
            if known.trunk_prefix:
                significant[rest.removeprefix(known.trunk_prefix)] = None
    return tuple(f"+{known.calling_code}{rest}" for rest in significant if rest)


def same_number(e164: str, dialled_number: str, country: str) -> bool:
    """Say whether a number of the platform, in whatever form, can be this one."""
    return e164 in possible_numbers(dialled_number, country)


def find_number(dialled_number: str, country: str, numbers: Collection[str]) -> str | None:
    """Return which of our E.164 numbers, best given as a set or mapping, a number of the platform stands for.

    The most literal reading that is among them wins. Failing all of them, the trailing digits decide, if they fit one
    number alone: a platform may put a line or carrier prefix in front. None: none fits, or several do.
    """
    for number in possible_numbers(dialled_number, country):
        if number in numbers:
            return number
    known = COUNTRIES.get(country)
    if known is None:
        return None
    digits = "".join(character for character in dialled_number if character.isascii() and character.isdigit())
    fitting = [number for number in numbers if digits.endswith(number.removeprefix(f"+{known.calling_code}"))]
    return fitting[0] if len(fitting) == 1 else None
