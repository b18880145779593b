"""Numbers as the platform is given them, and the countries it dials.

It does not say in which form it wants numbers or gives them back; its samples show the bare national number (callback
of 2025) and one with a trunk 0 (callback of 2018). So the form is the account's setting, and whoever matches numbers
that come back goes by their trailing national digits.
"""

from __future__ import annotations

from collections.abc import Mapping
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
