"""What spreadsheets and people do to telephone numbers, one by one. All numbers are invented."""

from __future__ import annotations

import time

import pytest

from campaigns.phone_numbers import NumberRefusal, PhoneNumber, RefusalReason, Repair, read_number
from campaigns.phone_numbers.damage import has_total_word

MOBILE = "+8613800138000"


@pytest.mark.parametrize(
    ("text", "e164", "repairs"),
    [
        ("  13800138000\t", MOBILE, ()),
        ("+86 138-0013-8000", MOBILE, (Repair.SEPARATORS,)),
        ("(+86)138.0013.8000", MOBILE, (Repair.SEPARATORS,)),
        ("0086 138 0013 8000", MOBILE, (Repair.SEPARATORS,)),
        ("13800138000/", MOBILE, (Repair.SEPARATORS,)),
        ("13,800,138,000", MOBILE, (Repair.SEPARATORS,)),
        ("13800138000.0", MOBILE, (Repair.DECIMAL_ZERO,)),
        ("1.3800138E10", MOBILE, (Repair.SCIENTIFIC,)),
        ("1.3800138e+10", MOBILE, (Repair.SCIENTIFIC,)),
        ("'13800138000", MOBILE, (Repair.QUOTE,)),
        ('"13800138000"', MOBILE, (Repair.QUOTE,)),
        ('="02162345678"', "+862162345678", (Repair.FORMULA,)),
        ("138\u00a00013\u00a08000", MOBILE, (Repair.INVISIBLE_CHARACTERS, Repair.SEPARATORS)),
        ("\u202d13800138000\u202c", MOBILE, (Repair.INVISIBLE_CHARACTERS,)),
        ("\ufeff138\u200b00138000", MOBILE, (Repair.INVISIBLE_CHARACTERS,)),
        ("１３８００１３８０００", MOBILE, (Repair.FULL_WIDTH,)),
        ("＋８６－１３８００１３８０００", MOBILE, (Repair.FULL_WIDTH, Repair.SEPARATORS)),
        ("٠١٣٨٠٠١٣٨٠٠٠", MOBILE, (Repair.FULL_WIDTH,)),
        ("（010）62345678", "+861062345678", (Repair.FULL_WIDTH, Repair.SEPARATORS)),
        ("010–62345678", "+861062345678", (Repair.FULL_WIDTH, Repair.SEPARATORS)),
        ("Tel: 13800138000", MOBILE, (Repair.LABEL,)),
        ("手机：13800138000", MOBILE, (Repair.FULL_WIDTH, Repair.LABEL)),
        ("联系电话 13800138000", MOBILE, (Repair.LABEL,)),
    ],
)
def test_lossless_damage_is_repaired(text: str, e164: str, repairs: tuple[Repair, ...]) -> None:
    """The number comes back whole, and the report can say what was done to it."""
    number = read_number(text, "CN")
    assert isinstance(number, PhoneNumber), number
    assert (number.e164, number.repairs) == (e164, repairs)


@pytest.mark.parametrize(
    ("text", "reason", "suggestion"),
    [
        ("", RefusalReason.EMPTY_NUMBER, None),
        (" \u00a0\u3000 ", RefusalReason.EMPTY_NUMBER, None),
        ("1.38E+10", RefusalReason.DIGITS_LOST, None),
        ("8.6138E+12", RefusalReason.DIGITS_LOST, None),
        ("1.38001E+10", RefusalReason.DIGITS_LOST, None),
        ("13800138000/13900139000", RefusalReason.SEVERAL_NUMBERS, f"{MOBILE} / +8613900139000"),
        ("13800138000、13900139000", RefusalReason.SEVERAL_NUMBERS, f"{MOBILE} / +8613900139000"),
        ("13800138000；13900139000", RefusalReason.SEVERAL_NUMBERS, f"{MOBILE} / +8613900139000"),
        ("13800138000,13900139000", RefusalReason.SEVERAL_NUMBERS, f"{MOBILE} / +8613900139000"),
        ("13800138000 13900139000", RefusalReason.SEVERAL_NUMBERS, f"{MOBILE} / +8613900139000"),
        ("13800138000\n13900139000", RefusalReason.SEVERAL_NUMBERS, f"{MOBILE} / +8613900139000"),
        ("13800138000-13900139000", RefusalReason.SEVERAL_NUMBERS, f"{MOBILE} / +8613900139000"),
        ("+8613800138000+8613900139000", RefusalReason.SEVERAL_NUMBERS, f"{MOBILE} / +8613900139000"),
        ("13800138000或010-62345678", RefusalReason.SEVERAL_NUMBERS, f"{MOBILE} / +861062345678"),
        ("010-62345678/79", RefusalReason.SEVERAL_NUMBERS, "+861062345678"),
        ("010-62345678-8001", RefusalReason.EXTENSION, "+861062345678"),
        ("010-62345678转8001", RefusalReason.EXTENSION, "+861062345678"),
        ("01062345678 ext. 123", RefusalReason.EXTENSION, "+861062345678"),
        ("01062345678x9", RefusalReason.EXTENSION, "+861062345678"),
        ("01062345678#12", RefusalReason.EXTENSION, "+861062345678"),
        ("无", RefusalReason.NOT_A_NUMBER, None),
        ("N/A", RefusalReason.NOT_A_NUMBER, None),
        ("-", RefusalReason.NOT_A_NUMBER, None),
        ("13800138000 张三", RefusalReason.NOT_A_NUMBER, MOBILE),
        ("138.5", RefusalReason.TOO_SHORT, None),
        ("1.23456789012E+5", RefusalReason.NOT_A_NUMBER, None),
        ("#N/A", RefusalReason.CELL_ERROR, None),
        ("2024-01-01", RefusalReason.DATE, None),
        ("2024-01-01 08:30:00", RefusalReason.DATE, None),
        ("2024年1月1日", RefusalReason.DATE, None),
        ("1/2/2024", RefusalReason.DATE, None),
        ("合计", RefusalReason.TOTAL_ROW, None),
        ("总计：5", RefusalReason.TOTAL_ROW, None),
        ("Total 12", RefusalReason.TOTAL_ROW, None),
        ("11010119900307123X", RefusalReason.ID_NUMBER, None),
        ("110101199003071234", RefusalReason.ID_NUMBER, None),
        ("x" * 32_767, RefusalReason.NOT_A_NUMBER, None),
    ],
)
def test_what_cannot_be_known_is_refused(text: str, reason: RefusalReason, suggestion: str | None) -> None:
    """Nothing is guessed; where a part may be meant, it is suggested, and never chosen silently."""
    refusal = read_number(text, "CN")
    assert isinstance(refusal, NumberRefusal), refusal
    assert (refusal.reason, refusal.suggestion) == (reason, suggestion)


def test_groups_of_five_digits_are_one_number() -> None:
    """Indian mobiles are written in two groups of five, and are not two numbers."""
    assert read_number("98765 43210", "IN") == PhoneNumber("+919876543210", "IN", *_mobile_with_separators())


def _mobile_with_separators() -> tuple[object, ...]:
    number = read_number("+91-98765-43210", "IN")
    assert isinstance(number, PhoneNumber)
    assert number.repairs == (Repair.SEPARATORS,)
    return number.kind, number.repairs


def test_total_words_are_found_in_either_language() -> None:
    """A trailing row of sums is known by its word."""
    assert all(map(has_total_word, ["合计", "合 计：", "总计", " Total ", "Grand total", "小计"]))
    assert not any(map(has_total_word, ["", "张三", "Totally fine", "Summer", "订单合计"]))


def test_a_hostile_cell_is_refused_at_once() -> None:
    """No cell makes the reading of a number take long."""
    begun = time.process_time()
    for text in ("1" * 32_767, "1 " * 16_000, "(" * 250, "1x" * 124, "1,222," * 40, " " * 32_767, "1-" * 125):
        assert isinstance(read_number(text, "CN"), NumberRefusal)
    assert time.process_time() - begun < 2
