"""One number at a time. All numbers are invented; they are valid only in form."""

from __future__ import annotations

import time

import pytest

from campaigns.phone_numbers import (
    NumberKind,
    NumberRefusal,
    PhoneNumber,
    RefusalReason,
    Repair,
    mask_number,
    national_form,
    read_number,
)

# What a manager's list in each country looks like: (text, E.164, kind).
REAL_RANGES = {
    "CN": [
        ("13800138000", "+8613800138000", NumberKind.MOBILE),
        ("19912345678", "+8619912345678", NumberKind.MOBILE),
        ("17012345678", "+8617012345678", NumberKind.MOBILE),
        ("8613800138000", "+8613800138000", NumberKind.MOBILE),
        ("008613800138000", "+8613800138000", NumberKind.MOBILE),
        ("013800138000", "+8613800138000", NumberKind.MOBILE),
        ("01062345678", "+861062345678", NumberKind.FIXED),
        ("02162345678", "+862162345678", NumberKind.FIXED),
        ("075582345678", "+8675582345678", NumberKind.FIXED),
        ("03162345678", "+863162345678", NumberKind.FIXED),
        ("4001234567", "+864001234567", NumberKind.SPECIAL),
        ("8001234567", "+868001234567", NumberKind.SPECIAL),
    ],
    "IN": [
        ("9876543210", "+919876543210", NumberKind.MOBILE),
        ("09876543210", "+919876543210", NumberKind.MOBILE),
        ("919876543210", "+919876543210", NumberKind.MOBILE),
        ("01123456789", "+911123456789", NumberKind.FIXED),
        ("18001234567", "+9118001234567", NumberKind.SPECIAL),
    ],
    "ID": [
        ("081234567890", "+6281234567890", NumberKind.MOBILE),
        ("6281234567890", "+6281234567890", NumberKind.MOBILE),
        ("0215551234", "+62215551234", NumberKind.FIXED),
        ("08001234567", "+628001234567", NumberKind.SPECIAL),
    ],
    "PH": [
        ("09171234567", "+639171234567", NumberKind.MOBILE),
        ("639171234567", "+639171234567", NumberKind.MOBILE),
        ("0281234567", "+63281234567", NumberKind.FIXED),
    ],
    "MX": [
        ("5512345678", "+525512345678", NumberKind.FIXED_OR_MOBILE),
        ("525512345678", "+525512345678", NumberKind.FIXED_OR_MOBILE),
        ("8001234567", "+528001234567", NumberKind.SPECIAL),
    ],
    "CO": [
        ("3001234567", "+573001234567", NumberKind.MOBILE),
        ("573001234567", "+573001234567", NumberKind.MOBILE),
        ("6012345678", "+576012345678", NumberKind.FIXED),
    ],
    "TH": [
        ("0812345678", "+66812345678", NumberKind.MOBILE),
        ("66812345678", "+66812345678", NumberKind.MOBILE),
        ("021234567", "+6621234567", NumberKind.FIXED),
    ],
    "VN": [
        ("0912345678", "+84912345678", NumberKind.MOBILE),
        ("84912345678", "+84912345678", NumberKind.MOBILE),
        ("02438211234", "+842438211234", NumberKind.FIXED),
    ],
}


def accepted(text: str, country: str | None) -> PhoneNumber:
    number = read_number(text, country)
    assert isinstance(number, PhoneNumber), (text, number)
    return number


def refused(text: str, country: str | None) -> NumberRefusal:
    refusal = read_number(text, country)
    assert isinstance(refusal, NumberRefusal), (text, refusal)
    return refusal


@pytest.mark.parametrize("country", REAL_RANGES)
def test_national_forms_become_e164(country: str) -> None:
    """Mobile, fixed and special numbers of a country are read as they are dialled there, and as abroad."""
    for text, e164, kind in REAL_RANGES[country]:
        number = accepted(text, country)
        assert (number.e164, number.country, number.kind) == (e164, country, kind), text
        assert accepted(e164, None).e164 == e164


def test_a_foreign_number_keeps_its_own_country() -> None:
    """A plus sign outweighs the country of the list."""
    assert accepted("+12025550143", "CN") == PhoneNumber("+12025550143", "US", NumberKind.FIXED_OR_MOBILE)
    assert accepted("+1 416 555 0143", "CN").country == "CA"
    assert accepted("+80012345678", None).country == "001"


@pytest.mark.parametrize(
    ("text", "country", "e164", "repair"),
    [
        ("+8686 138 0013 8000", "CN", "+8613800138000", Repair.DOUBLED_COUNTRY_CODE),
        ("008686 13800138000", "CN", "+8613800138000", Repair.DOUBLED_COUNTRY_CODE),
        ("0086+8613800138000", "CN", "+8613800138000", Repair.DOUBLED_COUNTRY_CODE),
        ("006281234567890", "ID", "+6281234567890", Repair.INTERNATIONAL_PREFIX),
        ("0066812345678", "TH", "+66812345678", Repair.INTERNATIONAL_PREFIX),
        ("+52 1 55 1234 5678", "MX", "+525512345678", Repair.OBSOLETE_PREFIX),
        ("044 55 1234 5678", "MX", "+525512345678", Repair.OBSOLETE_PREFIX),
        ("01 55 1234 5678", "MX", "+525512345678", Repair.OBSOLETE_PREFIX),
        ("03331234567", "CO", "+573331234567", Repair.OBSOLETE_PREFIX),
        ("2162345678", "CN", "+862162345678", Repair.LEADING_ZERO),
        ("612345678", "IT", "+390612345678", Repair.LEADING_ZERO),
    ],
)
def test_a_lossless_repair_is_made_and_named(text: str, country: str, e164: str, repair: Repair) -> None:
    """What only one number can have been meant by is repaired, and the repair is told."""
    number = accepted(text, country)
    assert number.e164 == e164
    assert repair in number.repairs


def test_two_readings_are_never_chosen_between() -> None:
    """Digits that are a fixed line as they stand and a mobile behind their country code go back to the manager."""
    refusal = refused("62812345678", "ID")
    assert refusal.reason is RefusalReason.AMBIGUOUS
    assert refusal.suggestion == "+62812345678 / +6262812345678"


@pytest.mark.parametrize(
    ("text", "country", "reason"),
    [
        ("12345", "CN", RefusalReason.TOO_SHORT),
        ("138001380001234", "CN", RefusalReason.TOO_LONG),
        ("6222021234567890123", "CN", RefusalReason.TOO_LONG),
        ("12800138000", "CN", RefusalReason.NOT_ASSIGNED),
        ("+999 12345678", "CN", RefusalReason.COUNTRY_UNKNOWN),
        ("13800138000", None, RefusalReason.COUNTRY_MISSING),
    ],
)
def test_an_invalid_number_says_what_is_wrong(text: str, country: str | None, reason: RefusalReason) -> None:
    """Length, range and country are told apart, and no sentence repeats the number."""
    refusal = refused(text, country)
    assert refusal.reason is reason
    assert not any(sign.isdigit() for sign in refusal.detail)


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("+8613800138000", "+86138****8000"),
        ("+12025550143", "+1202***0143"),
        ("+84912345678", "+8491*****78"),
        ("13800138000", "138****8000"),
        ("12345", "****5"),
        ("", ""),
        ("+", "+"),
    ],
)
def test_a_masked_number_shows_both_ends_only(number: str, masked: str) -> None:
    """Enough to recognise a number by, too little to call it."""
    assert mask_number(number) == masked


@pytest.mark.parametrize(
    ("e164", "form"),
    [
        ("+8613800138000", ("CN", "13800138000")),
        ("+861062345678", ("CN", "01062345678")),
        ("+919876543210", ("IN", "09876543210")),
        ("+6281234567890", ("ID", "081234567890")),
        ("+639171234567", ("PH", "09171234567")),
        ("+525512345678", ("MX", "5512345678")),
        ("+573001234567", ("CO", "3001234567")),
        ("+66812345678", ("TH", "0812345678")),
        ("+84912345678", ("VN", "0912345678")),
        ("+390612345678", ("IT", "0612345678")),
        ("+14165550143", ("CA", "4165550143")),
        ("+80012345678", ("001", "12345678")),
    ],
)
def test_the_national_form_is_what_one_dials_at_home(e164: str, form: tuple[str, str]) -> None:
    """Platforms that dial national numbers get them with the trunk prefix."""
    assert national_form(e164) == form


@pytest.mark.parametrize("text", ["", "+", "13800138000", "+999123", "+86", "+86abc"])
def test_the_national_form_of_no_number_is_an_error(text: str) -> None:
    """A text that is not E.164 never becomes something to dial."""
    with pytest.raises(ValueError, match=r"not an E\.164 number"):
        national_form(text)


def test_national_forms_of_a_chunk_cost_little() -> None:
    """A chunk of 5000 numbers is put into national form in a fraction of a second."""
    numbers = [f"+86138{number:08d}" for number in range(5000)]
    national_form(numbers[0])
    begun = time.process_time()
    for number in numbers:
        national_form(number)
    assert time.process_time() - begun < 0.6
