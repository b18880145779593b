"""How many numbers of a clean list are read a second, beside `phonenumbers` alone.

    python -m benchmarks.normalise_numbers [NUMBERS]

Prints for each supported country the rate of `read_numbers` on batches of 50,000, the rate of `phonenumbers` (parse,
type, format) on a share of the same numbers, the ratio, and how often the two disagree on that share.
"""

from __future__ import annotations

import random
import sys
import time

import click
import phonenumbers
import pyarrow as pa

from campaigns.phone_numbers import read_numbers
from campaigns.phone_numbers.numbering import KEY_STEP, KIND_BITS, KIND_CODES, numbering_plan
from campaigns.phone_numbers.words import NumberKind

COUNTRIES = ("CN", "IN", "ID", "PH", "MX", "CO", "TH", "VN")
BATCH = 50_000
SHARE = 5_000
BUDGET = 1_000_000


def draw_mobiles(country: str, count: int) -> list[str]:
    """Draw invented mobile numbers as they are dialled in the country, evenly over its ranges."""
    plan = numbering_plan(country)
    assert plan is not None
    mobile = {KIND_CODES[NumberKind.MOBILE], KIND_CODES[NumberKind.FIXED_OR_MOBILE]}
    ranges = []
    for position, mark in enumerate(plan.mark_list[:-1]):
        if mark & KIND_BITS in mobile:
            length, first = divmod(plan.first_list[position], KEY_STEP)
            last = min(plan.first_list[position + 1] - length * KEY_STEP, 10**length)
            ranges.append((length, first, last))
    chance = random.Random(country)
    drawn = chance.choices(ranges, weights=[last - first for _, first, last in ranges], k=count)
    trunk = "" if country == "CN" else plan.trunk_prefix
    return [f"{trunk}{chance.randrange(first, last):0{length}d}" for length, first, last in drawn]


def main(count: int) -> int:
    click.echo(f"{'country':8} {'numbers/s':>12} {'phonenumbers/s':>15} {'ratio':>6} {'disagree':>9}  budget 1M/s")
    slow = 0
    for country in COUNTRIES:
        texts = draw_mobiles(country, count)
        column = pa.array(texts)
        read_numbers(column[:100], country)
        begun = time.perf_counter()
        batches = [read_numbers(column[first : first + BATCH], country) for first in range(0, count, BATCH)]
        rate = count / (time.perf_counter() - begun)
        begun = time.perf_counter()
        judged = [judge_alone(text, country) for text in texts[:SHARE]]
        alone = min(SHARE, count) / (time.perf_counter() - begun)
        read = [number for batch in batches for number in batch.e164.tolist()]
        disagree = sum(one != other for one, other in zip(read, judged, strict=False))
        kept = rate >= BUDGET and not disagree
        slow += not kept
        click.echo(
            f"{country:8} {rate:12,.0f} {alone:15,.0f} {rate / alone:6.0f} {disagree:9}  {'ok' if kept else 'MISSED'}"
        )
    return int(slow > 0)


def judge_alone(text: str, country: str) -> int:
    number = phonenumbers.parse(text, country)
    if phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.UNKNOWN:
        return 0
    return int(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)[1:])


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 500_000))
