"""Read what results are made of from the ledger, one range of rows after the other.

Ids are made of list, row and attempt (`campaigns.models.types`), so that everything about a range of rows of a list
lies in one range of each table's primary key. Nothing is joined and nothing is sorted by the database; memory holds
one range at a time.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from sqlalchemy import Select, func, select, type_coerce
from sqlalchemy.types import NullType
from sqlmodel import Session, col

from campaigns.db.bulk import table_of
from campaigns.models import Attempt, AttemptOutcome, Chunk, Contact, DialList, DialListStatus, Exclusion, RowRefusal
from campaigns.models.types import ATTEMPTS_PER_CONTACT, ROWS_PER_LIST
from campaigns.results.row_states import Attempts, Excluded, Ids, Settled, States, find_states
from campaigns.statuses import CHUNK_HANDED_OVER, ChunkStatus
from connectors.contract import Outcome

ROWS_PER_RANGE = 8_192

_OPEN = frozenset({ChunkStatus.PLANNED, ChunkStatus.SUBMITTING, ChunkStatus.ACCEPTED})

Columns = dict[str, list[Any]]
"""Column name → values as the driver gives them."""


@dataclass(frozen=True, slots=True)
class RowRange:
    """Rows of one list whose ids lie in `first_id … last_id`."""

    dial_list: DialList
    first_id: int
    last_id: int

    @property
    def attempts(self) -> tuple[int, int]:
        return self.first_id * ATTEMPTS_PER_CONTACT, (self.last_id + 1) * ATTEMPTS_PER_CONTACT - 1


class ChunkStates:
    """Where every chunk of a campaign stands."""

    def __init__(self, chunks: Sequence[Chunk]) -> None:
        self.by_id: Mapping[int, Chunk] = {chunk.id: chunk for chunk in chunks if chunk.id is not None}
        self._ids = np.array(sorted(self.by_id), np.int64)
        statuses = [self.by_id[chunk_id].status for chunk_id in self._ids.tolist()]
        self._flags = {
            name: np.array([status in those for status in statuses], np.bool_)
            for name, those in (
                ("is_handed_over", CHUNK_HANDED_OVER),
                ("is_planned", {ChunkStatus.PLANNED}),
                ("is_unconfirmed", {ChunkStatus.UNCONFIRMED}),
                ("is_open", _OPEN),
            )
        }

    def attempts(self, ids: Ids, chunk_ids: Ids) -> Attempts:
        places = np.searchsorted(self._ids, chunk_ids)
        return Attempts(ids, **{name: flags[places] for name, flags in self._flags.items()})


def find_ready_lists(db: Session, campaign_id: int) -> list[DialList]:
    """Return the lists whose rows belong to the campaign, in the order of their import."""
    statement = select(DialList).where(
        col(DialList.campaign_id) == campaign_id, col(DialList.status) == DialListStatus.READY
    )
    return list(db.execute(statement.order_by(col(DialList.id))).scalars())


def find_ranges(db: Session, lists: Sequence[DialList]) -> list[RowRange]:
    """Return the rows of the lists as ranges of ids, in order."""
    ranges = []
    for dial_list in lists:
        first, end = _ends(dial_list)
        last = max(_last_id(db, model, first, end) for model in (Contact, RowRefusal))
        ranges += [
            RowRange(dial_list, start, min(start + ROWS_PER_RANGE - 1, last))
            for start in range(first + 1, last + 1, ROWS_PER_RANGE)
        ]
    return ranges


def read_columns(db: Session, statement: Select[Any]) -> Columns:
    """Run a query and return its columns; times come as the driver gives them."""
    result = db.connection().execute(statement)
    names = list(result.keys())
    # From the driver's own cursor: making SQLAlchemy's row objects costs more than reading.
    rows = result.cursor.fetchall()
    result.close()
    # Not zip(*rows): it makes an iterator a row.
    return {name: [row[place] for row in rows] for place, name in enumerate(names)}


def read_contacts(db: Session, rows: RowRange, *names: str) -> Columns:
    return read_columns(db, _between(Contact, "id", rows.first_id, rows.last_id, names))


def read_refusals(db: Session, rows: RowRange, *names: str) -> Columns:
    return read_columns(db, _between(RowRefusal, "id", rows.first_id, rows.last_id, names))


@dataclass(frozen=True, slots=True)
class Happenings:
    """What happened to the contacts of a range, in the order of ids."""

    attempts: Attempts
    attempt_chunk_ids: Ids
    settled: Settled
    outcomes: Columns
    exclusions: Columns
    states: States


def read_happenings(
    db: Session, rows: RowRange, contact_ids: Ids, chunks: ChunkStates, outcome_columns: Sequence[str] = ()
) -> Happenings:
    """Read attempts, outcomes (`attempt_id`, `outcome` and the columns asked for) and exclusions of a range."""
    attempts = read_columns(db, _between(Attempt, "id", *rows.attempts, ("id", "chunk_id")))
    names = ("attempt_id", "outcome", *outcome_columns)
    outcomes = read_columns(db, _between(AttemptOutcome, "attempt_id", *rows.attempts, names))
    exclusions = read_columns(
        db, _between(Exclusion, "contact_id", rows.first_id, rows.last_id, ("contact_id", "rule", "detail"))
    )
    chunk_ids = np.array(attempts["chunk_id"], np.int64)
    placed = chunks.attempts(np.array(attempts["id"], np.int64), chunk_ids)
    settled = Settled(
        np.array(outcomes["attempt_id"], np.int64),
        np.array([outcome == Outcome.LOST for outcome in outcomes["outcome"]], np.bool_),
    )
    excluded = Excluded(
        np.array(exclusions["contact_id"], np.int64),
        np.array([rule == "duplicate" for rule in exclusions["rule"]], np.bool_),
    )
    states = find_states(contact_ids, placed, settled, excluded)
    return Happenings(placed, chunk_ids, settled, outcomes, exclusions, states)


def moments(values: Sequence[Any]) -> pa.Array:
    """Return times as a driver gives them (text in UTC on SQLite) as UTC timestamps."""
    given = pa.array(values)
    if pa.types.is_string(given.type):
        given = given.cast(pa.timestamp("us"))
    return given.cast(pa.timestamp("us", "UTC"))


def iterate_pages(db: Session, statement: Select[Any], key: Any, *, size: int = ROWS_PER_RANGE) -> Iterator[Columns]:
    """Yield the rows of a query page by page in the order of `key`, its first column, which is unique."""
    last = None
    while True:
        page = statement.order_by(key).limit(size)
        columns = read_columns(db, page if last is None else page.where(key > last))
        keys = next(iter(columns.values()))
        if not keys:
            return
        yield columns
        last = keys[-1]


def count_refusals(db: Session, lists: Sequence[DialList]) -> int:
    """Return how many refused rows the lists have."""
    table = table_of(RowRefusal)
    return sum(
        int(db.execute(select(func.count()).where(table.c.id.between(first, last))).scalar_one())
        for first, last in map(_ends, lists)
    )


def read_list_columns(dial_list: DialList) -> list[str]:
    """Return the headings of a list in the order of its cells."""
    return [str(name) for name in json.loads(dial_list.columns)]


def _ends(dial_list: DialList) -> tuple[int, int]:
    assert dial_list.id is not None
    return dial_list.id * ROWS_PER_LIST, (dial_list.id + 1) * ROWS_PER_LIST - 1


def _last_id(db: Session, model: type[Contact] | type[RowRefusal], first: int, last: int) -> int:
    table = table_of(model)
    found = db.execute(select(func.max(table.c.id)).where(table.c.id.between(first, last))).scalar_one()
    return first if found is None else int(found)


def _between(model: Any, key: str, first: int, last: int, names: Sequence[str]) -> Select[Any]:
    # Plain columns without the model's types: a time stays what the driver gives, and is converted a column at a time.
    table = table_of(model)
    return (
        select(*(plain(table.c[name]) for name in names))
        .where(table.c[key].between(first, last))
        .order_by(table.c[key])
    )


def plain(column: Any) -> Any:
    return type_coerce(column, NullType()).label(column.name)
