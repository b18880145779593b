"""Say which valid number a string of digits is, one at a time.

This follows `phonenumbers.parse` step by step on the ranges of a numbering plan, and asks `phonenumbers` itself where a
step needs more. `batch.py` takes the same steps on whole columns.
"""

from __future__ import annotations

import phonenumbers
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, NumberParseException, PhoneNumberType

from campaigns.phone_numbers.numbering import (
    CARRIER,
    COUNTRIES,
    COUNTRY_BITS,
    COUNTRY_SHIFT,
    GENERAL,
    INTERNATIONAL,
    KIND_BITS,
    KIND_CODES,
    MAX_DIGITS,
    MAX_ENTERED_DIGITS,
    NumberingPlan,
    numbering_plan,
)
from campaigns.phone_numbers.words import NumberKind

Judgement = tuple[str, str, int]
"""E.164 with plus sign, country, kind code."""


class _UnsureError(Exception):
    """The ranges do not decide; `phonenumbers` does."""


_KIND_OF_TYPE = {
    PhoneNumberType.FIXED_LINE: NumberKind.FIXED,
    PhoneNumberType.MOBILE: NumberKind.MOBILE,
    PhoneNumberType.FIXED_LINE_OR_MOBILE: NumberKind.FIXED_OR_MOBILE,
}


def judge_digits(digits: str, country: str | None, *, is_international: bool) -> Judgement | None:
    """Read digits as dialled in `country`, or after a plus sign; None where that is no valid number."""
    try:
        return _judge_by_plan(digits, country, is_international=is_international)
    except _UnsureError:
        return ask_phonenumbers(("+" if is_international else "") + digits, country)


def ask_phonenumbers(text: str, country: str | None) -> Judgement | None:
    """Let `phonenumbers` judge; None where the text is no valid number."""
    try:
        number = phonenumbers.parse(text, country)
    except NumberParseException:
        return None
    region = phonenumbers.region_code_for_number(number)
    number_type = phonenumbers.number_type(number)
    if region is None or number_type == PhoneNumberType.UNKNOWN or number.extension:
        return None
    kind = KIND_CODES[_KIND_OF_TYPE.get(number_type, NumberKind.SPECIAL)]
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), region, kind


def calling_code_of(digits: str) -> int:
    """Find the calling code at the front of an international number; 0 where there is none."""
    if digits.startswith("0"):
        return 0
    for length in (1, 2, 3):
        code = int(digits[:length] or 0)
        if code in COUNTRY_CODE_TO_REGION_CODE:
            return code
    return 0


def main_country(calling_code: int) -> str | None:
    """Name the country that stands for a calling code; None for codes of no country."""
    country = COUNTRY_CODE_TO_REGION_CODE[calling_code][0]
    return None if country == "001" else country


def _judge_by_plan(digits: str, country: str | None, *, is_international: bool) -> Judgement | None:
    if len(digits) > MAX_ENTERED_DIGITS:
        raise _UnsureError
    if is_international:
        return _judge_international(digits)
    plan = numbering_plan(country) if country else None
    if plan is None or not plan.is_main:
        raise _UnsureError
    mark = plan.look(digits) if digits else 0
    if mark & CARRIER:
        raise _UnsureError
    if mark & INTERNATIONAL:
        if not plan.reads_double_zero or not digits.startswith("00") or digits.startswith("000"):
            raise _UnsureError
        return _judge_international(digits[2:])
    code = str(plan.calling_code)
    if digits.startswith(code):
        rest = _cut_trunk_prefix(digits[len(code) :], plan, checks_length=False)
        becomes_good = not mark & GENERAL and bool(plan.look(rest) & GENERAL) if rest else False
        if becomes_good or len(digits) > plan.longest:
            digits = rest
    return _judge_national(digits, plan)


def _judge_international(digits: str) -> Judgement | None:
    if len(digits) <= 2:
        return None
    code = calling_code_of(digits)
    country = main_country(code) if code else None
    plan = numbering_plan(country) if country else None
    if plan is None:
        raise _UnsureError
    return _judge_national(digits[len(str(code)) :], plan)


def _judge_national(digits: str, plan: NumberingPlan) -> Judgement | None:
    national = _cut_trunk_prefix(digits, plan, checks_length=True)
    if len(national) < 2 or len(national) > MAX_DIGITS:
        return None
    mark = plan.look(national)
    kind = mark & KIND_BITS
    if not kind:
        return None
    return f"+{plan.calling_code}{national}", COUNTRIES[mark >> COUNTRY_SHIFT & COUNTRY_BITS], kind


def _cut_trunk_prefix(digits: str, plan: NumberingPlan, *, checks_length: bool) -> str:
    """Cut the trunk prefix where `phonenumbers` would."""
    if not digits:
        return digits
    mark = plan.look(digits)
    if mark & CARRIER:
        raise _UnsureError
    if not plan.trunk_prefix or not digits.startswith(plan.trunk_prefix):
        return digits
    rest = digits[len(plan.trunk_prefix) :]
    if mark & GENERAL and not (rest and plan.look(rest) & GENERAL):
        return digits
    if checks_length and not plan.strips_to[len(rest)]:
        return digits
    return rest
