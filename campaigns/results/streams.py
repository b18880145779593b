"""The rows of the big sheets, streamed from the ledger as Arrow batches."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import select
from sqlmodel import Session, col

from campaigns.campaign_file import CampaignFile
from campaigns.db.bulk import table_of
from campaigns.models import Contact, DialList, Difference
from campaigns.models.types import ATTEMPTS_PER_CONTACT
from campaigns.results.cell_text import text_array
from campaigns.results.ledger import (
    ChunkStates,
    Columns,
    Happenings,
    RowRange,
    iterate_pages,
    moments,
    plain,
    read_contacts,
    read_happenings,
    read_list_columns,
    read_refusals,
)
from campaigns.results.model import Column, RowStatus
from campaigns.results.row_states import STATUSES, Ids
from campaigns.results.tallies import NOT_CALLED_CODES, last_dispositions

_CELLS = msgspec.json.Decoder(list[list[str | None]])
_OUTCOME_COLUMNS = (
    "dialled_at", "answered_at", "ended_at", "ring_seconds", "talk_seconds", "dtmf_digits", "hangup_cause", "recording",
    "platform_call_id",
)  # fmt: skip
_LIST_COLUMNS = ("id", "sheet", "row_number", "cells")


class OriginalColumns:
    """The columns of all lists of a campaign side by side: those of the first list, then what later lists add.

    A heading that a list has twice counts as two columns.
    """

    def __init__(self, lists: Sequence[DialList]) -> None:
        places: dict[tuple[str, int], int] = {}
        self.titles: list[str] = []
        self._places: dict[int | None, list[int]] = {}
        for dial_list in lists:
            seen: Counter[str] = Counter()
            own = self._places[dial_list.id] = []
            for title in read_list_columns(dial_list):
                key = title, seen[title]
                seen[title] += 1
                if key not in places:
                    places[key] = len(self.titles)
                    self.titles.append(title)
                own.append(places[key])

    def arrays(self, dial_list: DialList, cells: Sequence[str]) -> list[pa.Array]:
        """Return one text array a column of the campaign from the JSON lists of rows of one list."""
        rows = _CELLS.decode(f"[{','.join(cells)}]")
        places = self._places[dial_list.id]
        width = len(places)
        if any(len(row) != width for row in rows):
            rows = [[*row[:width], *[None] * (width - len(row))] for row in rows]
        arrays = [pa.nulls(len(rows), pa.string())] * len(self.titles)
        for own, place in enumerate(places):
            arrays[place] = text_array([row[own] for row in rows])
        return arrays


def stream_results(
    db: Session,
    ranges: Sequence[RowRange],
    chunks: ChunkStates,
    originals: OriginalColumns,
    definition: CampaignFile,
    columns: Sequence[Column],
) -> Iterator[pa.RecordBatch]:
    """Yield every row of the lists once, in their order: contacts with what became of them, and refused rows."""
    for rows in ranges:
        contacts = read_contacts(db, rows, "id", "phone_number", "cells")
        refusals = read_refusals(db, rows, "id", "reason", "suggestion", "cells")
        found = read_happenings(db, rows, np.array(contacts["id"], np.int64), chunks, _OUTCOME_COLUMNS)
        called = _called_arrays(contacts, found, chunks, definition)
        refused = _refused_arrays(refusals, called)
        cells = originals.arrays(rows.dial_list, [*contacts["cells"], *refusals["cells"]])
        arrays = [*cells, *(pa.concat_arrays(pair) for pair in zip(called, refused, strict=True))]
        if refusals["id"]:
            order = pa.array(np.argsort(np.array([*contacts["id"], *refusals["id"]], np.int64)))
            arrays = [array.take(order) for array in arrays]
        yield _batch(arrays, columns)


def stream_not_called(
    db: Session,
    ranges: Sequence[RowRange],
    chunks: ChunkStates,
    originals: OriginalColumns,
    columns: Sequence[Column],
) -> Iterator[pa.RecordBatch]:
    """Yield the contacts of the ranges that were not called, in the order of the lists, with rule and reason."""
    for rows in ranges:
        contacts = read_contacts(db, rows, *_LIST_COLUMNS, "phone_number")
        found = read_happenings(db, rows, np.array(contacts["id"], np.int64), chunks)
        chosen = np.flatnonzero(np.isin(found.states.statuses, NOT_CALLED_CODES))
        rule, detail = _reasons(found, chunks)
        arrays = [
            *_places(rows, contacts),
            text_array(contacts["phone_number"]),
            _statuses(found),
            rule,
            detail,
            *originals.arrays(rows.dial_list, contacts["cells"]),
        ]
        yield _batch([array.take(pa.array(chosen)) for array in arrays], columns)


def stream_refused(
    db: Session, ranges: Sequence[RowRange], originals: OriginalColumns, columns: Sequence[Column]
) -> Iterator[pa.RecordBatch]:
    """Yield the refused rows of the lists, in their order."""
    for rows in ranges:
        refusals = read_refusals(db, rows, *_LIST_COLUMNS, "column", "value", "reason", "suggestion")
        yield _batch(
            [
                *_places(rows, refusals),
                *(text_array(refusals[name]) for name in ("column", "value", "reason", "suggestion")),
                *originals.arrays(rows.dial_list, refusals["cells"]),
            ],
            columns,
        )


def stream_differences(
    db: Session, campaign_id: int, chunks: ChunkStates, columns: Sequence[Column]
) -> Iterator[pa.RecordBatch]:
    """Yield what platform and ledger do not agree on, in the order in which it was noticed."""
    table, contact = table_of(Difference), table_of(Contact)
    statement = (
        select(
            *(plain(table.c[name]) for name in ("id", "chunk_id", "attempt_id", "kind", "detail", "evidence")),
            plain(table.c.noticed_at),
            plain(contact.c.row_number),
            plain(contact.c.phone_number),
        )
        .select_from(table)
        .outerjoin(contact, contact.c.id == table.c.attempt_id.op("/")(ATTEMPTS_PER_CONTACT))
        .where(table.c.campaign_id == campaign_id)
    )
    for page in iterate_pages(db, statement, col(Difference.id)):
        chunk_of = [chunks.by_id.get(chunk_id) for chunk_id in page["chunk_id"]]
        yield _batch(
            [
                moments(page["noticed_at"]),
                text_array(page["kind"]),
                text_array([chunk.reference if chunk else None for chunk in chunk_of]),
                pa.array(page["row_number"], pa.int64()),
                text_array(page["phone_number"]),
                text_array(page["detail"]),
                text_array([_in_words(evidence) for evidence in page["evidence"]]),
            ],
            columns,
        )


def key_label(digits: str, labels: Mapping[str, str]) -> str:
    """Return what the pressed keys mean: of the whole input if the campaign names it, else of each key."""
    if digits in labels:
        return labels[digits]
    return ", ".join(labels[digit] for digit in digits if digit in labels)


def survey_labels(definition: CampaignFile) -> Mapping[str, str]:
    return definition.message.survey.keys if definition.message.survey else {}


def _called_arrays(
    contacts: Columns, found: Happenings, chunks: ChunkStates, definition: CampaignFile
) -> list[pa.Array]:
    """Return the columns of Results past the file's own, for contacts."""
    outcomes = found.outcomes
    last, first = _taker(found.states.last_settled), _taker(found.states.first_settled)
    called_at = pc.coalesce(moments(outcomes["dialled_at"]), moments(outcomes["answered_at"]))
    labels = survey_labels(definition)
    digits = text_array(outcomes["dtmf_digits"]).take(last)
    meanings = digits.dictionary_encode()
    meant = text_array([key_label(text, labels) or None for text in meanings.dictionary.to_pylist()])
    rule, detail = _reasons(found, chunks)
    return [
        _statuses(found),
        text_array(contacts["phone_number"]),
        text_array(outcomes["outcome"]).take(last),
        last_dispositions(found, definition.retry),
        pa.array(found.states.attempt_counts),
        called_at.take(first),
        called_at.take(last),
        moments(outcomes["answered_at"]).take(last),
        moments(outcomes["ended_at"]).take(last),
        pa.array(outcomes["ring_seconds"], pa.int64()).take(last),
        pa.array(outcomes["talk_seconds"], pa.int64()).take(last),
        digits,
        meant.take(meanings.indices),
        *(text_array(outcomes[name]).take(last) for name in ("hangup_cause", "recording", "platform_call_id")),
        rule,
        detail,
    ]


def _refused_arrays(refusals: Columns, called: Sequence[pa.Array]) -> list[pa.Array]:
    """Return the same columns for refused rows: nothing but status and reason."""
    count = len(refusals["id"])
    arrays = [pa.nulls(count, array.type) for array in called]
    arrays[0] = pa.array([RowStatus.REFUSED] * count, pa.string())
    arrays[4] = pa.array([0] * count, pa.int64())
    arrays[-2] = text_array(refusals["reason"])
    arrays[-1] = text_array([f"→ {text}" if text else None for text in refusals["suggestion"]])
    return arrays


def _reasons(found: Happenings, chunks: ChunkStates) -> tuple[pa.Array, pa.Array]:
    """Return rule and explanation of each contact: of its exclusion, or of the chunk that keeps it waiting."""
    held = _taker(found.states.exclusion)
    rules = text_array(found.exclusions["rule"]).take(held)
    details = text_array(found.exclusions["detail"]).take(held)
    waiting = np.flatnonzero((found.states.last_settled < 0) & (found.states.last_attempt >= 0))
    if not len(waiting):
        return rules, details
    told = details.to_pylist()
    for contact in waiting.tolist():
        chunk = chunks.by_id[int(found.attempt_chunk_ids[found.states.last_attempt[contact]])]
        told[contact] = told[contact] or chunk.status_reason or None
    return rules, text_array(told)


def _statuses(found: Happenings) -> pa.Array:
    return pa.array([status.value for status in STATUSES]).take(pa.array(found.states.statuses))


def _places(rows: RowRange, found: Columns) -> list[pa.Array]:
    return [
        pa.array([rows.dial_list.file_name] * len(found["id"]), pa.string()),
        text_array(found["sheet"]),
        pa.array(found["row_number"], pa.int64()),
    ]


def _taker(places: Ids) -> pa.Array:
    """Return places to take; -1 takes nothing."""
    return pa.array(places, mask=places < 0)


def _in_words(evidence: str) -> str:
    said: dict[str, Any] = json.loads(evidence)
    return ", ".join(f"{name} {value}" for name, value in said.items() if value not in ("", None))


def _batch(arrays: Sequence[pa.Array], columns: Sequence[Column]) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays(list(arrays), names=[column.name for column in columns])
