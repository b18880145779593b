"""Write one batch of rows: each becomes one contact or one refused row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import repeat

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from sqlmodel import Session

from campaigns.db.bulk import driver_time, insert_rows
from campaigns.dial_lists.cells_json import write_cells_json
from campaigns.dial_lists.layout import SheetLayout
from campaigns.dial_lists.rows import RowBatch
from campaigns.dial_lists.seen_numbers import SeenNumbers
from campaigns.models import Contact, Exclusion, ExclusionRule, RowRefusal
from campaigns.models.types import row_id
from campaigns.phone_numbers.batch import NumberBatch, read_numbers
from campaigns.phone_numbers.countries import read_country
from campaigns.phone_numbers.damage import has_total_word
from campaigns.phone_numbers.numbering import COUNTRIES, KIND_CODES
from campaigns.phone_numbers.words import REASONS, REPAIRS, NumberKind, RefusalReason, Repair

_CONTACT = ("id", "campaign_id", "dial_list_id", "sheet", "row_number", "phone_number", "country", "cells")
_REFUSAL = (
    "id", "campaign_id", "dial_list_id", "sheet", "row_number", "column", "value", "reason", "suggestion", "cells",
)  # fmt: skip
_EXCLUSION = ("contact_id", "campaign_id", "rule", "detail", "excluded_at")

_SOURCE_STEP = 1 << 40
"""Where a number was first seen is a source (a sheet, or another list) times this, plus the row number."""

_MAY_BE_TOTAL = frozenset(
    {
        RefusalReason.EMPTY_NUMBER,
        RefusalReason.NOT_A_NUMBER,
        RefusalReason.DIGITS_LOST,
        RefusalReason.TOO_SHORT,
        RefusalReason.TOO_LONG,
        RefusalReason.NOT_ASSIGNED,
    }
)
_LONGEST_TOTAL_WORD = 20


class RowWriter:
    """Writes the batches of one list in order, and counts."""

    def __init__(
        self,
        campaign_id: int,
        dial_list_id: int,
        country: str | None,
        kinds: frozenset[NumberKind],
        seen: SeenNumbers,
        sources: list[str],
        at: datetime,
    ) -> None:
        self.row_count = self.contact_count = self.refusal_count = self.duplicate_count = self.hidden_count = 0
        self.repair_counts: Counter[Repair] = Counter()
        self._campaign_id = campaign_id
        self._dial_list_id = dial_list_id
        self._country = country
        self._allowed = np.array([0] + [KIND_CODES[kind] for kind in kinds], dtype=np.uint8)
        self._all_kinds = len(kinds) == len(NumberKind)
        self._seen = seen
        self._sources = sources
        self._sheet_source: dict[str, int] = {}
        self._at = at

    @staticmethod
    def place_of_source(source: int) -> int:
        return source * _SOURCE_STEP

    def write(
        self, db: Session, batch: RowBatch, layout: SheetLayout, names: Sequence[str], skipped: npt.NDArray[np.bool_]
    ) -> None:
        """Write one batch in the caller's transaction. Effect: writes."""
        first_id = row_id(self._dial_list_id, self.row_count + len(batch)) - len(batch) + 1
        ids = np.arange(first_id, first_id + len(batch), dtype=np.int64)
        phones = batch.cells.column(layout.phone)
        numbers = self._read(batch, layout, skipped)
        if not self._all_kinds:
            unwanted = (numbers.e164 != 0) & ~np.isin(numbers.kind, self._allowed)
            numbers.e164[unwanted] = 0
            numbers.reason[unwanted] = 1 + REASONS.index(RefusalReason.KIND_NOT_ALLOWED)
        cells = write_cells_json(batch.cells)
        accepted = np.flatnonzero(numbers.e164)
        refused = np.flatnonzero(numbers.e164 == 0)
        if len(accepted):
            self._write_contacts(db, batch, numbers, cells, ids, accepted)
            self._write_duplicates(db, batch, numbers, ids, accepted)
        if len(refused):
            self._write_refusals(db, batch, numbers, cells, ids, refused, phones, layout, names)
        self.row_count += len(batch)
        self.contact_count += len(accepted)
        self.refusal_count += len(refused)
        self.hidden_count += int(np.count_nonzero(batch.is_hidden))
        for position, repair in enumerate(REPAIRS):
            count = np.count_nonzero(numbers.repairs[accepted] >> position & 1)
            if count:
                self.repair_counts[repair] += int(count)

    def _read(self, batch: RowBatch, layout: SheetLayout, skipped: npt.NDArray[np.bool_]) -> NumberBatch:
        phones = batch.cells.column(layout.phone)
        if skipped.any():
            phones = pc.if_else(pa.array(skipped), pa.scalar(None, pa.string()), phones)
        if layout.country is None:
            numbers = read_numbers(phones, self._country)
        else:
            numbers = _read_by_country(phones, batch.cells.column(layout.country), self._country)
        numbers.reason[skipped] = 1 + REASONS.index(RefusalReason.HIDDEN_ROW)
        return numbers

    def _write_contacts(
        self,
        db: Session,
        batch: RowBatch,
        numbers: NumberBatch,
        cells: pa.StringArray,
        ids: npt.NDArray[np.int64],
        accepted: npt.NDArray[np.int64],
    ) -> None:
        texts = pc.binary_join_element_wise("+", pc.cast(pa.array(numbers.e164[accepted]), pa.string()), "")
        countries = numbers.country[accepted]
        of_one = bool((countries == countries[0]).all())
        country_names: Iterable[str] = (
            repeat(COUNTRIES[countries[0]]) if of_one else [COUNTRIES[code] for code in countries.tolist()]
        )
        chosen_cells = cells if len(accepted) == len(batch) else cells.take(pa.array(accepted))
        insert_rows(
            db,
            Contact,
            _CONTACT,
            zip(
                ids[accepted].tolist(), repeat(self._campaign_id), repeat(self._dial_list_id), repeat(batch.sheet),
                batch.row_numbers[accepted].tolist(), texts.to_pylist(), country_names, chosen_cells.to_pylist(),
                strict=False,
            ),
        )  # fmt: skip

    def _write_duplicates(
        self,
        db: Session,
        batch: RowBatch,
        numbers: NumberBatch,
        ids: npt.NDArray[np.int64],
        accepted: npt.NDArray[np.int64],
    ) -> None:
        source = self._source_of(batch.sheet)
        places = source * _SOURCE_STEP + batch.row_numbers[accepted]
        earlier = self._seen.add(numbers.e164[accepted], places)
        doubled = np.flatnonzero(earlier >= 0)
        self.duplicate_count += len(doubled)
        if not len(doubled):
            return
        at = driver_time(db, self._at)
        insert_rows(
            db,
            Exclusion,
            _EXCLUSION,
            (
                (contact, self._campaign_id, ExclusionRule.DUPLICATE.value, self._name_place(place, source), at)
                for contact, place in zip(ids[accepted[doubled]].tolist(), earlier[doubled].tolist(), strict=True)
            ),
        )

    def _write_refusals(
        self,
        db: Session,
        batch: RowBatch,
        numbers: NumberBatch,
        cells: pa.StringArray,
        ids: npt.NDArray[np.int64],
        refused: npt.NDArray[np.int64],
        phones: pa.StringArray,
        layout: SheetLayout,
        names: Sequence[str],
    ) -> None:
        some = pa.array(refused)
        values = phones.take(some).to_pylist()
        written = cells.take(some).to_pylist()
        rows = []
        for index, position in enumerate(refused.tolist()):
            reason = REASONS[numbers.reason[position] - 1]
            refusal = numbers.refusals.get(position)
            suggestion = refusal.suggestion or "" if refusal is not None and refusal.reason is reason else ""
            column, value = layout.phone, values[index]
            if reason is RefusalReason.COUNTRY_UNKNOWN and refusal is None and layout.country is not None:
                column, value = layout.country, batch.cells.column(layout.country)[position].as_py()
            elif reason in _MAY_BE_TOTAL and _is_total(batch.cells, position):
                reason, suggestion = RefusalReason.TOTAL_ROW, ""
            rows.append(
                (
                    int(ids[position]), self._campaign_id, self._dial_list_id, batch.sheet,
                    int(batch.row_numbers[position]), names[column], (value or "").replace("\0", "�"), reason.value,
                    suggestion, written[index],
                )
            )  # fmt: skip
        insert_rows(db, RowRefusal, _REFUSAL, rows)

    def _source_of(self, sheet: str) -> int:
        if sheet not in self._sheet_source:
            self._sheet_source[sheet] = len(self._sources)
            self._sources.append(f" of sheet {sheet}" if sheet else "")
        return self._sheet_source[sheet]

    def _name_place(self, place: int, here: int) -> str:
        source, row_number = divmod(place, _SOURCE_STEP)
        return f"same number as row {row_number}{'' if source == here else self._sources[source]}"


def _read_by_country(phones: pa.StringArray, countries: pa.StringArray, default: str | None) -> NumberBatch:
    """Read each number by what its own row says of the country; an empty cell means the list's country."""
    encoded = pc.dictionary_encode(pc.fill_null(countries, ""))
    codes = np.asarray(encoded.indices)
    size = len(phones)
    whole = NumberBatch(
        e164=np.zeros(size, dtype=np.int64),
        kind=np.zeros(size, dtype=np.uint8),
        country=np.zeros(size, dtype=np.uint16),
        reason=np.zeros(size, dtype=np.uint8),
        repairs=np.zeros(size, dtype=np.uint16),
        refusals={},
    )
    for code, text in enumerate(encoded.dictionary.to_pylist()):
        places = np.flatnonzero(codes == code)
        country = read_country(text) if text.strip() else default
        if text.strip() and country is None:
            whole.reason[places] = 1 + REASONS.index(RefusalReason.COUNTRY_UNKNOWN)
            continue
        part = read_numbers(phones.take(pa.array(places)), country)
        for name in ("e164", "kind", "country", "reason", "repairs"):
            getattr(whole, name)[places] = getattr(part, name)
        whole.refusals.update({int(places[position]): refusal for position, refusal in part.refusals.items()})
    return whole


def _is_total(cells: pa.RecordBatch, position: int) -> bool:
    """Look for a word such as "合计" in any cell of a row that has no number."""
    for column in cells.columns:
        text = column[position].as_py()
        if text and len(text) <= _LONGEST_TOTAL_WORD and has_total_word(text):
            return True
    return False
