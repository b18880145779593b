"""Whatever a list holds, no row of it is lost, changed or moved."""

from __future__ import annotations

import csv
import json
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlmodel import col

from campaigns.db.engine import Database
from campaigns.db.upgrading import upgrade
from campaigns.dial_lists.cells_json import write_cells_json
from campaigns.dial_lists.importer import ImportOptions, import_dial_list
from campaigns.dial_lists.seen_numbers import SeenNumbers
from campaigns.models import Contact, Exclusion, RowRefusal
from campaigns.queries.campaigns import create_campaign
from tests.builders import NOON, make_file

numbers = st.one_of(
    st.integers(0, 30).map(lambda n: f"138001380{n:02d}"),
    st.integers(0, 30).map(lambda n: f"+86 138-0013-80{n:02d}"),
    st.text(alphabet="0123456789 -+/转x.E", max_size=20),
    st.sampled_from(["", "无", "合计", "1.38E+10", "2024-01-01"]),
)
texts = st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=12).filter(
    lambda text: text.strip() != ""
)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(numbers, texts), min_size=1, max_size=40))
def test_rows_are_contacts_and_refusals_in_order(rows: list[tuple[str, str]]) -> None:
    """refused + accepted = rows, in order, cells kept, each number called once; a second import changes nothing."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.csv"
        with path.open("w", newline="", encoding="utf-8-sig") as stream:
            csv.writer(stream, quoting=csv.QUOTE_ALL).writerows([("手机号", "姓名"), *rows])
        database = Database(f"sqlite:///{folder}/ledger.db")
        upgrade(database)
        with database.writing() as db:
            campaign = create_campaign(db, make_file(), platform="mvb2000", at=NOON)
            assert campaign.id is not None
        options = ImportOptions(country="CN", columns={"phone": "手机号"})
        for _ in range(2):
            dial_list = import_dial_list(database, campaign.id, path, options, at=NOON)
            with database.reading() as db:
                contacts = db.execute(select(Contact)).scalars().all()
                refusals = db.execute(select(RowRefusal)).scalars().all()
                excluded = set(db.execute(select(col(Exclusion.contact_id))).scalars())
            assert dial_list.row_count == len(rows) == len(contacts) + len(refusals)
            in_order = sorted([*contacts, *refusals], key=lambda row: row.id)
            assert [tuple(json.loads(row.cells)) for row in in_order] == [
                (number or None, name) for number, name in rows
            ]
            called = [contact.phone_number for contact in contacts if contact.id not in excluded]
            assert sorted(called) == sorted({contact.phone_number for contact in contacts})
        database.close()


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(*[st.none() | st.text(max_size=10)] * 3), max_size=20))
def test_cells_are_written_as_json_that_reads_back(rows: list[tuple[str | None, ...]]) -> None:
    """Quotes, backslashes and control characters survive."""
    table = pa.RecordBatch.from_arrays(
        [pa.array([row[column] for row in rows], pa.string()) for column in range(3)], names=["c0", "c1", "c2"]
    )
    assert [tuple(json.loads(text)) for text in write_cells_json(table).to_pylist()] == rows


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(st.integers(1, 30), max_size=20), max_size=12))
def test_the_first_place_of_each_number_is_remembered(batches: list[list[int]]) -> None:
    """In any cut into batches, each number after the first is traced to the first."""
    seen, first, place = SeenNumbers(), dict[int, int](), 0
    for batch in batches:
        places = list(range(place, place + len(batch)))
        expected = []
        for number, here in zip(batch, places, strict=True):
            expected.append(first.get(number, -1))
            first.setdefault(number, here)
        found = seen.add(np.array(batch, dtype=np.int64), np.array(places, dtype=np.int64))
        assert found.tolist() == expected
        place += len(batch)
