"""The quick ways agree with `phonenumbers` and with each other, on generated numbers of every country."""

from __future__ import annotations

import random

import phonenumbers
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.phone_numbers import NumberRefusal, mask_number, national_form, read_number, read_numbers
from campaigns.phone_numbers.judging import ask_phonenumbers, judge_digits
from campaigns.phone_numbers.numbering import COUNTRIES, KEY_STEP, KIND_BITS, KIND_CODES, numbering_plan
from campaigns.phone_numbers.words import REASONS, repairs_of

TESTED = ["CN", "IN", "ID", "PH", "MX", "CO", "TH", "VN"]
ALL = COUNTRIES[1:-1]
_SPICES = [" ", "-", "(", ")", ".", "/", "\u00a0", "+", "0", "x", "转", ".0", "E+10", "、", "，", "'", "１"]


def generated_digits(country: str, count: int, seed: int) -> list[str]:
    """Draw digits around every border of the country's ranges, inside them, and anywhere; some with prefixes."""
    chance = random.Random(f"{country} {seed}")
    plan = numbering_plan(country)
    assert plan is not None
    code = str(plan.calling_code)
    found: list[str] = []
    for position in chance.choices(range(1, len(plan.first_list) - 1), k=count):
        length, first = divmod(plan.first_list[position], KEY_STEP)
        last = min(plan.first_list[position + 1] - length * KEY_STEP, 10**length) - 1
        drawn = chance.choice([first - 1, first, last, last + 1, chance.randint(first, last)])
        found.append(str(max(drawn, 0)).zfill(length)[-length:])
    found += ["".join(chance.choices("0123456789", k=chance.randint(1, 18))) for _ in range(count // 4)]
    prefixes = ["", "", "", "0", plan.trunk_prefix, code, "00" + code, code + "0", "00", "000", "1"]
    return [chance.choice(prefixes) + digits for digits in found]


def assert_agrees(country: str, count: int) -> None:
    plan = numbering_plan(country)
    assert plan is not None
    for digits in generated_digits(country, count, seed=1):
        assert judge_digits(digits, country, is_international=False) == ask_phonenumbers(digits, country), digits
        for abroad in (digits, f"{plan.calling_code}{digits}"):
            assert judge_digits(abroad, country, is_international=True) == ask_phonenumbers("+" + abroad, country)


@pytest.mark.parametrize("country", TESTED)
def test_the_tables_agree_with_phonenumbers(country: str) -> None:
    """For each supported country no digits are judged otherwise than by `phonenumbers`."""
    assert_agrees(country, 2000)


@pytest.mark.slow
@pytest.mark.parametrize("country", ALL)
def test_the_tables_of_any_country_agree_with_phonenumbers(country: str) -> None:
    """The same holds for every country of the world."""
    assert_agrees(country, 60)


def assert_batch_agrees(texts: list[str], country: str | None) -> None:
    batch = read_numbers(pa.array(texts, pa.string()), country)
    for position, text in enumerate(texts):
        number = read_number(text, country)
        if isinstance(number, NumberRefusal):
            assert batch.e164[position] == 0, text
            assert REASONS[batch.reason[position] - 1] is number.reason, text
            assert batch.refusals[position] == number, text
            assert batch.repairs[position] == 0, text
        else:
            assert f"+{batch.e164[position]}" == number.e164, text
            assert COUNTRIES[batch.country[position]] == number.country, text
            assert batch.kind[position] == KIND_CODES[number.kind], text
            assert set(repairs_of(int(batch.repairs[position]))) == set(number.repairs), text
            assert batch.reason[position] == 0, text


@pytest.mark.parametrize("country", [*TESTED, "US", "CA", "GB", "RU", "IT", "BR", "AR", None])
def test_a_column_is_read_as_its_cells_one_by_one(country: str | None) -> None:
    """The quick way for columns never differs from reading one number, clean or damaged."""
    chance = random.Random(f"column {country}")
    texts: list[str] = []
    for digits in generated_digits(country or "CN", 1200, seed=2):
        text = chance.choice(["", "", "", "+", "+86", "+1", "+44"]) + digits
        if chance.random() < 0.5:
            for _ in range(chance.randint(1, 4)):
                place = chance.randint(0, len(text))
                text = text[:place] + chance.choice(_SPICES[:5] * 3 + _SPICES) + text[place:]
        texts.append(text)
    assert_batch_agrees(texts, country)


def test_a_column_of_many_foreign_numbers_is_read_quickly_and_alike() -> None:
    """Numbers of another country, enough to be worth its tables, are read the same."""
    assert_batch_agrees([f"+63917{number:07d}" for number in range(400)] + ["+44 20 7946 0018"], "CN")


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.text(alphabet=st.sampled_from("0123456789" * 3 + " -+()./,xE年'\"=٣１\u00a0\u200b、abc"), max_size=24)),
    st.sampled_from([*TESTED, "US", None]),
)
def test_any_texts_are_read_alike(texts: list[str], country: str | None) -> None:
    """Whatever a cell holds, reading ends in a number or a refusal, the same in a column and alone."""
    assert_batch_agrees(texts, country)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300), st.sampled_from([*TESTED, None]))
def test_no_text_breaks_the_reading(text: str, country: str | None) -> None:
    """Arbitrary characters are refused or read, never an error."""
    number = read_number(text, country)
    if not isinstance(number, NumberRefusal):
        assert phonenumbers.is_valid_number(phonenumbers.parse(number.e164))


@pytest.mark.parametrize("country", TESTED)
def test_e164_reads_as_itself_and_its_national_form_leads_back(country: str) -> None:
    """Normalising twice changes nothing; what is dialled at home is the same number."""
    plan = numbering_plan(country)
    assert plan is not None
    ranges = [position for position, mark in enumerate(plan.mark_list) if mark & KIND_BITS]
    for position in random.Random(country).choices(ranges, k=300):
        length, first = divmod(plan.first_list[position], KEY_STEP)
        e164 = f"+{plan.calling_code}{first:0{length}d}"
        again = read_number(e164, None)
        if isinstance(again, NumberRefusal):  # a trunk prefix inside the number: `phonenumbers` cuts it
            continue
        normal = again.e164
        twice = read_number(normal, country)
        assert not isinstance(twice, NumberRefusal)
        assert twice.e164 == normal
        home, dialled = national_form(normal)
        assert home == country
        if not dialled.startswith("00"):  # such numbers (Thailand 001 800) are dialled and never read back
            assert ask_phonenumbers(dialled, country) == ask_phonenumbers(normal, None)
        assert mask_number(normal) != normal
