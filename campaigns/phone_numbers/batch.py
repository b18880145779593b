"""Read a column of telephone numbers at once.

The steps are those of `reading.read_number`, taken on whole columns for what a clean list holds: plain digits, a plus
sign, tidy separators, a trailing `.0`. Whatever is not accepted on that way is read again one by one, so that both ways
agree on every text.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from campaigns.phone_numbers.judging import calling_code_of, main_country
from campaigns.phone_numbers.numbering import (
    CARRIER,
    COUNTRY_BITS,
    COUNTRY_SHIFT,
    GENERAL,
    INTERNATIONAL,
    KEY_STEP,
    KIND_BITS,
    KIND_CODES,
    MAX_DIGITS,
    Int64Array,
    NumberingPlan,
    country_position,
    numbering_plan,
)
from campaigns.phone_numbers.reading import read_number
from campaigns.phone_numbers.words import REASONS, NumberKind, NumberRefusal, Repair, mask_of

BoolArray = npt.NDArray[np.bool_]

# What the quick way takes. Up to 17 digits, so that no identity number passes; with separators up to 13, so that two
# numbers never pass as one, and with a stretch of five or more digits only at the end, so that no extension does.
_PLAIN = r"^\+?[0-9]{4,17}$"
_DECIMAL = r"^\+?[0-9]{4,17}\.0+$"
_SEPARATED = r"^\(?\+?\(?[0-9]{1,4}\)?(?:[ -]\(?[0-9]{1,4}\)?)*(?:[ -]?[0-9]{5,13})?$"
_DATE = r"^(?:(?:19|20)[0-9]{2}-[0-9]{1,2}-[0-9]{1,2}|[0-9]{1,2}-[0-9]{1,2}-(?:19|20)[0-9]{2})$"
_MOST_SEPARATED_DIGITS = 13

_FOREIGN_ENOUGH = 200
"""So many numbers of one foreign country are worth making its tables (up to 60 ms)."""

_POWERS: Int64Array = 10 ** np.arange(19, dtype=np.int64)
_FIXED = KIND_CODES[NumberKind.FIXED]


@dataclass(frozen=True, slots=True)
class NumberBatch:
    """What became of each text of a column, by position."""

    e164: Int64Array
    """The E.164 number as an integer, without the plus sign; 0 where the text was refused."""
    kind: npt.NDArray[np.uint8]
    """`numbering.KIND_CODES`; 0 where the text was refused."""
    country: npt.NDArray[np.uint16]
    """Position in `numbering.COUNTRIES`; 0 where the text was refused."""
    reason: npt.NDArray[np.uint8]
    """0 where accepted, else 1 + position in `words.REASONS`."""
    repairs: npt.NDArray[np.uint16]
    """Bit mask over `words.REPAIRS`; see `words.repairs_of`."""
    refusals: dict[int, NumberRefusal]
    """Detail and suggestion of each refused text."""


def read_numbers(values: pa.Array | pa.ChunkedArray, country: str | None) -> NumberBatch:
    """Read every text of a string column as `read_number` would; null counts as an empty cell."""
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    size = len(values)
    batch = NumberBatch(
        e164=np.zeros(size, dtype=np.int64),
        kind=np.zeros(size, dtype=np.uint8),
        country=np.zeros(size, dtype=np.uint16),
        reason=np.zeros(size, dtype=np.uint8),
        repairs=np.zeros(size, dtype=np.uint16),
        refusals={},
    )
    if size == 0:
        return batch
    plain, tidied = _tidy(values, batch)
    _judge_column(plain, tidied, country, batch)
    _read_the_rest(values, country, batch)
    return batch


def _tidy(values: pa.Array, batch: NumberBatch) -> tuple[Int64Array, pa.Array]:
    """Find the texts that the quick way takes; return their positions and their digits, plus sign kept."""
    is_plain = _matches(values, _PLAIN)
    plain = np.flatnonzero(is_plain)
    if len(plain) == len(values):
        return plain, values
    rest = np.flatnonzero(~is_plain)
    texts = pc.utf8_trim(pc.fill_null(values.take(pa.array(rest)), ""), " \t\r\n")
    positions, digits = [plain], [values.take(pa.array(plain))]
    trimmed = _matches(texts, _PLAIN)
    decimal = _matches(texts, _DECIMAL)
    separated = _matches(texts, _SEPARATED) & ~_matches(texts, _DATE) & ~trimmed
    for chosen, pattern, repair in (
        (trimmed, None, None),
        (decimal, r"\.0+$", Repair.DECIMAL_ZERO),
        (separated, r"[ ()-]", Repair.SEPARATORS),
    ):
        if not chosen.any():
            continue
        found = texts.filter(pa.array(chosen))
        places = rest[chosen]
        if pattern is not None:
            found = pc.replace_substring_regex(found, pattern, "")
        if repair is Repair.SEPARATORS:
            short = np.asarray(pc.binary_length(pc.utf8_ltrim(found, "+"))) <= _MOST_SEPARATED_DIGITS
            found, places = found.filter(pa.array(short)), places[short]
        if repair is not None:
            batch.repairs[places] = mask_of((repair,))
        positions.append(places)
        digits.append(found)
    return np.concatenate(positions), pa.concat_arrays(digits)


def _matches(texts: pa.Array, pattern: str) -> BoolArray:
    return np.asarray(pc.fill_null(pc.match_substring_regex(texts, pattern), False))


def _judge_column(positions: Int64Array, texts: pa.Array, country: str | None, batch: NumberBatch) -> None:
    """Accept what the numbering plans accept without doubt."""
    has_plus = np.asarray(pc.starts_with(texts, "+"))
    if has_plus.any():
        texts = pc.utf8_ltrim(texts, "+")
    lengths = np.asarray(pc.binary_length(texts)).astype(np.int64)
    numbers = np.asarray(pc.cast(texts, pa.int64()))
    plan = numbering_plan(country) if country else None
    if plan is not None and plan.is_main:
        at_home = np.flatnonzero(~has_plus)
        abroad = _judge_at_home(positions[at_home], numbers[at_home], lengths[at_home], plan, batch)
        international = np.concatenate((np.flatnonzero(has_plus), at_home[abroad]))
        lengths[at_home[abroad]] -= 2
    else:
        international = np.flatnonzero(has_plus)
    if len(international):
        _judge_international(positions[international], numbers[international], lengths[international], country, batch)


def _judge_at_home(
    positions: Int64Array, numbers: Int64Array, lengths: Int64Array, plan: NumberingPlan, batch: NumberBatch
) -> Int64Array:
    """Judge digits without a plus sign; return the indices that begin with `00` and are to be read as international."""
    marks = _look(numbers, lengths, plan)
    begins_with_trunk = _begins_with(numbers, lengths, plan.trunk_prefix)
    begins_with_code = _begins_with(numbers, lengths, str(plan.calling_code))
    odd = (marks & (CARRIER | INTERNATIONAL)) != 0
    # Most numbers of a clean list are settled by this first look.
    easy = ((marks & KIND_BITS) != 0) & ~odd & ~begins_with_trunk & ~begins_with_code
    _accept(positions[easy], numbers[easy], lengths[easy], marks[easy], plan, batch, at_home=True)
    # Digits that begin with the country code and are valid without it may be two numbers: left to the single reading.
    rest = np.flatnonzero(~easy & ~odd)
    if len(rest):
        number, length, mark = numbers[rest], lengths[rest], marks[rest]
        has_code = begins_with_code[rest]
        after = length - len(str(plan.calling_code))
        coded = np.where(has_code, number - plan.calling_code * _POWERS[np.maximum(after, 0)], number)
        cut, cut_length, unsure = _cut_trunk_prefix(coded, np.where(has_code, after, length), plan, checks=False)
        becomes_good = ((mark & GENERAL) == 0) & ((_look(cut, cut_length, plan) & GENERAL) != 0)
        extracted = has_code & (becomes_good | (length > plan.longest))
        sure = ~(has_code & unsure) & ~(has_code & ~extracted)
        number = np.where(extracted, cut, number)[sure]
        length = np.where(extracted, cut_length, length)[sure]
        _judge_national(positions[rest[sure]], number, length, plan, batch)
    if not plan.reads_double_zero:
        return np.empty(0, dtype=np.int64)
    double_zero = (numbers < _POWERS[np.maximum(lengths - 2, 0)]) & (numbers >= _POWERS[np.maximum(lengths - 3, 0)])
    return np.flatnonzero(((marks & INTERNATIONAL) != 0) & double_zero & (lengths > 4))


def _judge_international(
    positions: Int64Array, numbers: Int64Array, lengths: Int64Array, country: str | None, batch: NumberBatch
) -> None:
    """Judge digits that begin with a country code, one country code after the other."""
    leading = numbers // _POWERS[np.maximum(lengths - 3, 0)]
    leading[(numbers < _POWERS[np.maximum(lengths - 1, 0)]) | (lengths < 4)] = 0
    for front in np.unique(leading):
        code = calling_code_of(str(front)) if front else 0
        home = main_country(code) if code else None
        chosen = leading == front
        if home is None or (home != country and np.count_nonzero(chosen) < _FOREIGN_ENOUGH):
            continue
        plan = numbering_plan(home)
        if plan is not None:
            length = lengths[chosen] - len(str(code))
            _judge_national(positions[chosen], numbers[chosen] - code * _POWERS[length], length, plan, batch)


def _judge_national(
    positions: Int64Array, numbers: Int64Array, lengths: Int64Array, plan: NumberingPlan, batch: NumberBatch
) -> None:
    number, length, unsure = _cut_trunk_prefix(numbers, lengths, plan, checks=True)
    marks = _look(number, length, plan)
    good = ~unsure & ((marks & KIND_BITS) != 0) & (length >= 2) & (length <= MAX_DIGITS)
    _accept(positions[good], number[good], length[good], marks[good], plan, batch, at_home=False)


def _cut_trunk_prefix(
    numbers: Int64Array, lengths: Int64Array, plan: NumberingPlan, *, checks: bool
) -> tuple[Int64Array, Int64Array, BoolArray]:
    """Cut the trunk prefix where `phonenumbers` would; the third array says where that cannot be told."""
    marks = _look(numbers, lengths, plan)
    unsure = (marks & CARRIER) != 0
    begins = _begins_with(numbers, lengths, plan.trunk_prefix)
    if not begins.any():
        return numbers, lengths, unsure
    rest_lengths = np.maximum(lengths - len(plan.trunk_prefix), 0)
    rest = np.where(begins, numbers - int(plan.trunk_prefix) * _POWERS[rest_lengths], numbers)
    keeps = ((marks & GENERAL) != 0) & ((_look(rest, rest_lengths, plan) & GENERAL) == 0)
    cuts = begins & ~keeps
    if checks:
        cuts &= plan.strips_to[rest_lengths]
    return np.where(cuts, rest, numbers), np.where(cuts, rest_lengths, lengths), unsure


def _accept(
    positions: Int64Array,
    numbers: Int64Array,
    lengths: Int64Array,
    marks: npt.NDArray[np.int32],
    plan: NumberingPlan,
    batch: NumberBatch,
    *,
    at_home: bool,
) -> None:
    kinds = marks & KIND_BITS
    batch.e164[positions] = plan.calling_code * _POWERS[lengths] + numbers
    batch.kind[positions] = kinds
    batch.country[positions] = marks >> COUNTRY_SHIFT & COUNTRY_BITS
    if at_home and plan.trunk_prefix == "0":
        batch.repairs[positions[kinds == _FIXED]] |= mask_of((Repair.LEADING_ZERO,))


def _look(numbers: Int64Array, lengths: Int64Array, plan: NumberingPlan) -> npt.NDArray[np.int32]:
    found: npt.NDArray[np.int32] = plan.marks[
        np.searchsorted(plan.firsts, lengths * KEY_STEP + numbers, side="right") - 1
    ]
    return found


def _begins_with(numbers: Int64Array, lengths: Int64Array, prefix: str) -> BoolArray:
    if not prefix:
        return np.zeros(len(numbers), dtype=np.bool_)
    after = lengths - len(prefix)
    begins: BoolArray = (after >= 0) & (numbers // _POWERS[np.maximum(after, 0)] == int(prefix))
    return begins


def _read_the_rest(values: pa.Array, country: str | None, batch: NumberBatch) -> None:
    rest = np.flatnonzero(batch.e164 == 0)
    for position, text in zip(rest.tolist(), values.take(pa.array(rest)).to_pylist(), strict=True):
        read = read_number(text or "", country)
        if isinstance(read, NumberRefusal):
            batch.reason[position] = 1 + REASONS.index(read.reason)
            batch.repairs[position] = 0
            batch.refusals[position] = read
        else:
            batch.e164[position] = int(read.e164[1:])
            batch.kind[position] = KIND_CODES[read.kind]
            batch.country[position] = country_position(read.country)
            batch.repairs[position] = mask_of(read.repairs)
