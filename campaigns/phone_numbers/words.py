"""The words in which a telephone number is described, accepted and refused."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class NumberKind(StrEnum):
    """What kind of line a number belongs to."""

    MOBILE = "mobile"
    FIXED = "fixed"
    FIXED_OR_MOBILE = "fixed_or_mobile"
    """The country's numbering does not tell the two apart (Mexico, the United States)."""
    SPECIAL = "special"
    """Toll-free, premium rate, shared cost, internet telephony, personal, pager, company-wide or voicemail numbers."""


class Repair(StrEnum):
    """Something that was undone on the way from a cell to a number; none of these loses a digit."""

    INVISIBLE_CHARACTERS = "invisible_characters"
    """No-break and zero-width spaces and writing-direction marks were removed."""
    FULL_WIDTH = "full_width"
    """Full-width or other compatibility characters became plain ones."""
    QUOTE = "quote"
    """An apostrophe or quotation marks around the number were removed."""
    FORMULA = "formula"
    """A number wrapped as `="0211…"` was unwrapped."""
    DECIMAL_ZERO = "decimal_zero"
    """A trailing `.0` was cut."""
    SCIENTIFIC = "scientific"
    """A power of ten with all its digits was written out."""
    LABEL = "label"
    """A word such as "Tel:" before the number was removed."""
    SEPARATORS = "separators"
    """Spaces, dashes, dots, slashes at the end or parentheses were removed."""
    DOUBLED_COUNTRY_CODE = "doubled_country_code"
    COUNTRY_CODE = "country_code"
    """The country code was there without its plus sign, and only that reading is a number."""
    INTERNATIONAL_PREFIX = "international_prefix"
    """`00` was read as the plus sign in a country that dials something else."""
    OBSOLETE_PREFIX = "obsolete_prefix"
    """A dialling prefix that the country has given up was cut (Mexico 1, 01, 044, 045; trunk zeros)."""
    LEADING_ZERO = "leading_zero"
    """A zero in front of a fixed line, which spreadsheets drop, was restored."""


class RefusalReason(StrEnum):
    """Why a row has no number that can be called."""

    EMPTY_NUMBER = "empty_number"
    NOT_A_NUMBER = "not_a_number"
    """Text, alone or beside a number."""
    CELL_ERROR = "cell_error"
    """The cell shows a spreadsheet error such as #N/A."""
    DIGITS_LOST = "digits_lost"
    """A spreadsheet rounded the number (1.38E+10); nobody can know its last digits."""
    SEVERAL_NUMBERS = "several_numbers"
    AMBIGUOUS = "ambiguous"
    """The digits are one number with their country code and another one without."""
    EXTENSION = "extension"
    DATE = "date"
    ID_NUMBER = "id_number"
    TOTAL_ROW = "total_row"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    NOT_ASSIGNED = "not_assigned"
    """The length is right, and no such range of numbers exists."""
    COUNTRY_MISSING = "country_missing"
    """Neither the number nor the list says which country it belongs to."""
    COUNTRY_UNKNOWN = "country_unknown"
    """The country column holds something that names no country, or the number an unknown country code."""
    KIND_NOT_ALLOWED = "kind_not_allowed"
    """A good number of a kind that the campaign does not call."""
    HIDDEN_ROW = "hidden_row"
    """The row is hidden or filtered out, and the settings say to skip such rows."""


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """A number that `phonenumbers` holds to be valid."""

    e164: str
    """With the plus sign."""
    country: str
    """ISO 3166 alpha-2, upper case; "001" for numbers of no country, such as +800."""
    kind: NumberKind
    repairs: tuple[Repair, ...] = ()


@dataclass(frozen=True, slots=True)
class NumberRefusal:
    """Why a text is not one number that can be called."""

    reason: RefusalReason
    detail: str
    """A sentence for people; holds no digits of the number."""
    suggestion: str | None = None
    """What a person may have meant: one E.164 number, or several joined by " / "."""


KINDS: tuple[NumberKind, ...] = tuple(NumberKind)
REPAIRS: tuple[Repair, ...] = tuple(Repair)
REASONS: tuple[RefusalReason, ...] = tuple(RefusalReason)


def repairs_of(mask: int) -> tuple[Repair, ...]:
    """Name the repairs of a bit mask; bit i stands for `REPAIRS[i]`."""
    return tuple(repair for position, repair in enumerate(REPAIRS) if mask >> position & 1)


def mask_of(repairs: tuple[Repair, ...]) -> int:
    """Write repairs as a bit mask; bit i stands for `REPAIRS[i]`."""
    mask = 0
    for repair in repairs:
        mask |= 1 << REPAIRS.index(repair)
    return mask
