"""Read one telephone number from a cell's text."""

from __future__ import annotations

import re

from campaigns.phone_numbers.damage import Damage, Entry, undo_damage
from campaigns.phone_numbers.judging import Judgement, calling_code_of, judge_digits, main_country
from campaigns.phone_numbers.numbering import KIND_CODES, numbering_plan
from campaigns.phone_numbers.words import NumberKind, NumberRefusal, PhoneNumber, RefusalReason, Repair

_KIND_OF_CODE = {code: kind for kind, code in KIND_CODES.items()}

# Dialling habits that a country has given up without changing the number behind them.
_OBSOLETE_PREFIXES = {
    "MX": re.compile(r"(?:521|1|01|044|045)(\d{10})"),
    "CO": re.compile(r"(?:57)?0(3\d{9})"),
}


def read_number(text: str, country: str | None) -> PhoneNumber | NumberRefusal:
    """Read the one telephone number in `text`, as dialled in `country` unless it says otherwise.

    `country` is ISO 3166 alpha-2, upper case; None where only numbers with their country code can be read.
    `phonenumbers` decides what is valid; damage is repaired only where nothing is lost, and each repair is named.
    """
    entry = undo_damage(text)
    if isinstance(entry, Damage):
        return NumberRefusal(entry.reason, entry.detail, _suggest(entry.candidates, country))
    if len(good := _good_numbers(entry.parts, country)) > 1:
        return NumberRefusal(RefusalReason.SEVERAL_NUMBERS, "the cell holds more than one number", " / ".join(good))
    if entry.before_dash and (good := _good_numbers((entry.before_dash,), country)):
        return NumberRefusal(RefusalReason.EXTENSION, "the number has an extension, which cannot be dialled", good[0])
    judged = _judge(entry, country)
    if judged is not None:
        if others := _read_otherwise(entry, country, judged[0]):
            both = " / ".join((others, judged[0][0]))
            return NumberRefusal(
                RefusalReason.AMBIGUOUS, "the number reads in two ways, with its country code or without", both
            )
        (e164, region, kind), repair = judged
        return PhoneNumber(e164, region, _KIND_OF_CODE[kind], entry.repairs + repair)
    return _refuse(entry, country)


def _judge(entry: Entry, country: str | None) -> tuple[Judgement, tuple[Repair, ...]] | None:
    """Read the digits as they stand, or else by the one repair that makes them a valid number."""
    if entry.is_international or country is not None:
        judgement = judge_digits(entry.digits, country, is_international=entry.is_international)
        if judgement is not None:
            return judgement, (Repair.LEADING_ZERO,) if _lacks_zero(entry, country, judgement) else ()
    found: dict[Judgement, Repair] = {}
    for digits, is_international, repair in _other_readings(entry, country):
        judgement = judge_digits(digits, country, is_international=is_international)
        if judgement is not None:
            found.setdefault(judgement, repair)
    if len(found) != 1:
        return None
    return next((judgement, (repair,)) for judgement, repair in found.items())


def _lacks_zero(entry: Entry, country: str | None, judgement: Judgement) -> bool:
    """A fixed line of a country that dials a trunk prefix, written without one."""
    plan = numbering_plan(country) if country else None
    return (
        plan is not None
        and not entry.is_international
        and plan.trunk_prefix == "0"
        and not entry.digits.startswith("0")
        and judgement[2] == KIND_CODES[NumberKind.FIXED]
        and judgement[0] == f"+{plan.calling_code}{entry.digits}"
    )


def _read_otherwise(entry: Entry, country: str | None, judgement: Judgement) -> str | None:
    """Find the second number in digits that are valid as they stand and also behind a plus sign.

    `phonenumbers` prefers the first reading; in Indonesia that turns mobiles written as 62811… into fixed lines.
    """
    plan = numbering_plan(country) if country else None
    if plan is None or entry.is_international or judgement[0] != f"+{plan.calling_code}{entry.digits}":
        return None
    if not plan.trunk_prefix or not entry.digits.startswith(str(plan.calling_code)):
        return None
    other = judge_digits(entry.digits, country, is_international=True)
    return other[0] if other else None


def _other_readings(entry: Entry, country: str | None) -> list[tuple[str, bool, Repair]]:
    """List (digits, international, repair) that lose nothing and may turn an invalid entry into a valid one."""
    digits = entry.digits
    readings: list[tuple[str, bool, Repair]] = []
    plan = numbering_plan(country) if country else None
    code = str(plan.calling_code) if plan else ""
    if entry.is_international and (own := calling_code_of(digits)):
        code = str(own)
    if code:
        if doubled := re.fullmatch(f"(?:00)?{code}(?:00)?({code}\\d+)", digits):
            readings.append((doubled[1], True, Repair.DOUBLED_COUNTRY_CODE))
        if digits.startswith("00" + code):
            readings.append((digits[2:], True, Repair.INTERNATIONAL_PREFIX))
        if not entry.is_international and digits.startswith(code):
            readings.append((digits, True, Repair.COUNTRY_CODE))
    home = main_country(int(code)) if entry.is_international and code else country
    if (obsolete := _OBSOLETE_PREFIXES.get(home or "")) and (number := obsolete.fullmatch(digits)):
        home_plan = numbering_plan(home or "")
        if home_plan is not None:
            readings.append((f"{home_plan.calling_code}{number[1]}", True, Repair.OBSOLETE_PREFIX))
    if not entry.is_international and country is not None and not digits.startswith("0"):
        readings.append(("0" + digits, False, Repair.LEADING_ZERO))
    return readings


def _refuse(entry: Entry, country: str | None) -> NumberRefusal:
    if entry.is_international:
        code = calling_code_of(entry.digits)
        if not code:
            return NumberRefusal(RefusalReason.COUNTRY_UNKNOWN, "no country has this country code")
        country = main_country(code)
        length = len(entry.digits) - len(str(code))
    else:
        length = len(entry.digits)
    plan = numbering_plan(country) if country else None
    if plan is None:
        if entry.is_international:
            return NumberRefusal(RefusalReason.NOT_ASSIGNED, "no number of this length and range exists")
        return NumberRefusal(RefusalReason.COUNTRY_MISSING, "the number does not say which country it belongs to")
    if plan.trunk_prefix and entry.digits.startswith(plan.trunk_prefix) and not entry.is_international:
        length -= len(plan.trunk_prefix)
    if length < plan.shortest:
        return NumberRefusal(RefusalReason.TOO_SHORT, f"too few digits for a number in {plan.country}")
    if length > plan.longest:
        return NumberRefusal(RefusalReason.TOO_LONG, f"too many digits for a number in {plan.country}")
    return NumberRefusal(RefusalReason.NOT_ASSIGNED, f"no number of this length and range exists in {plan.country}")


def _suggest(candidates: tuple[str, ...], country: str | None) -> str | None:
    return " / ".join(_good_numbers(candidates, country)) or None


def _good_numbers(candidates: tuple[str, ...], country: str | None) -> list[str]:
    """Read each candidate by itself; keep the valid ones, each once."""
    good: dict[str, None] = {}
    for candidate in candidates:
        entry = undo_damage(candidate)
        if isinstance(entry, Entry) and (judged := _judge(entry, country)) is not None:
            good[judged[0][0]] = None
    return list(good)
