"""What the ledger knows comes out: every row once, in the list's order, as the identity counts it."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet
from sqlalchemy import select, update
from sqlmodel import col

from campaigns.db.bulk import driver_time, insert_rows
from campaigns.db.engine import Database
from campaigns.dial_lists.importer import ImportOptions, import_dial_list
from campaigns.differences import record_difference
from campaigns.errors import CampaignError
from campaigns.models import (
    Attempt,
    AttemptOutcome,
    Campaign,
    Contact,
    DialList,
    DialListStatus,
    DifferenceKind,
    Exclusion,
    ExclusionRule,
    RowRefusal,
)
from campaigns.models.types import attempt_id, row_id
from campaigns.queries.campaigns import create_campaign
from campaigns.queries.identity import compute_identity
from campaigns.results.exporting import export_results
from campaigns.results.model import RowStatus
from campaigns.statuses import ChunkStatus
from connectors.contract import Outcome
from tests.builders import NOON, make_campaign, make_chunk, make_file, make_number

SURVEY = {"survey": {"voice_file": "ask", "thanks_voice_file": "thanks", "keys": {"1": "yes", "2": "no"}}}


def settle(database: Database, campaign: Campaign, chunk_id: int, outcomes: dict[int, Outcome], **more: Any) -> None:
    """Write outcomes of attempts by id, in the ledger's own form."""
    with database.writing() as db:
        at = driver_time(db, NOON)
        values = {"report_key": "k", "dtmf_digits": "", "hangup_cause": "", "recording": "", "platform_call_id": "",
                  "platform_attempts": 1, "raw_codes": "{}", "settled_at": at, "source": "poll", **more}  # fmt: skip
        values = {name: driver_time(db, v) if isinstance(v, datetime) else v for name, v in values.items()}
        columns = ("attempt_id", "campaign_id", "chunk_id", "outcome", *values)
        rows = [(a, campaign.id, chunk_id, outcome.value, *values.values()) for a, outcome in outcomes.items()]
        insert_rows(db, AttemptOutcome, columns, rows)


def exclude(database: Database, campaign: Campaign, contact: int, rule: ExclusionRule, detail: str = "") -> None:
    with database.writing() as db:
        columns = ("contact_id", "campaign_id", "rule", "detail", "excluded_at")
        insert_rows(db, Exclusion, columns, [(contact, campaign.id, rule.value, detail, driver_time(db, NOON))])


def refuse(database: Database, campaign: Campaign, ordinals: Sequence[int]) -> None:
    """Add refused rows at places of the list that hold no contact."""
    with database.writing() as db:
        dial_list = db.execute(select(DialList).where(col(DialList.campaign_id) == campaign.id)).scalar_one()
        assert dial_list.id is not None
        columns = ("id", "campaign_id", "dial_list_id", "sheet", "row_number", "column", "value", "reason",
                   "suggestion", "cells")  # fmt: skip
        rows = [
            (row_id(dial_list.id, n), campaign.id, dial_list.id, "Sheet1", n + 1, "手机号", "1.38E+10",
             "digits_lost", "", json.dumps(["1.38E+10", None]))
            for n in ordinals
        ]  # fmt: skip
        insert_rows(db, RowRefusal, columns, rows)
        changes = {"row_count": dial_list.row_count + len(rows), "refusal_count": len(rows)}
        db.execute(update(DialList).where(col(DialList.id) == dial_list.id).values(**changes))


def contact_ids(database: Database, campaign: Campaign) -> list[int]:
    with database.reading() as db:
        mine = select(col(Contact.id)).where(col(Contact.campaign_id) == campaign.id).order_by(col(Contact.id))
        return list(db.execute(mine).scalars())


def exported(database: Database, campaign: Campaign, folder: Path) -> list[dict[str, Any]]:
    path = folder / "r.parquet"
    export_results(database, campaign.id or 0, path, language="en", clock=lambda: NOON)
    rows: list[dict[str, Any]] = parquet.read_table(path).to_pylist()
    return rows


def test_every_end_of_a_row(database: Database, tmp_path: Path) -> None:
    """Each row says where it stands and why, refused rows stand in their places, and the identity agrees."""
    campaign = make_campaign(database, [make_number(n) for n in range(7)], file=make_file(message=SURVEY))
    refuse(database, campaign, [8, 9])
    ids = contact_ids(database, campaign)
    with database.writing() as db:
        accepted = make_chunk(db, campaign, status=ChunkStatus.ACCEPTED, contacts=ids[:3]).id or 0
        make_chunk(db, campaign, status=ChunkStatus.UNCONFIRMED, contacts=ids[3:4])
        make_chunk(db, campaign, status=ChunkStatus.PLANNED, contacts=ids[4:5])
    settle(
        database, campaign, accepted, {attempt_id(ids[0], 1): Outcome.ANSWERED},
        dialled_at=NOON, answered_at=NOON + timedelta(seconds=8), ended_at=NOON + timedelta(seconds=38),
        ring_seconds=8, talk_seconds=30, dtmf_digits="1", hangup_cause="16", recording="a.wav", platform_call_id="77",
    )  # fmt: skip
    settle(database, campaign, accepted, {attempt_id(ids[1], 1): Outcome.LOST})
    exclude(database, campaign, ids[5], ExclusionRule.DUPLICATE, "same number as row 2")
    rows = exported(database, campaign, tmp_path)
    assert [row["row_status"] for row in rows] == [
        "called", "lost", "pending", "unconfirmed", "planned", "duplicate", "not_yet_planned", "refused", "refused",
    ]  # fmt: skip
    assert [row["姓名"] for row in rows] == [*(f"Person {n}" for n in range(1, 8)), None, None]
    first = rows[0]
    assert (first["outcome"], first["disposition"], first["attempts"]) == ("answered", "done", 1)
    assert first["first_called_at"] == first["last_called_at"] == NOON
    assert (first["dtmf_digits"], first["key_label"]) == ("1", "yes")
    assert (first["ring_seconds"], first["talk_seconds"], first["hangup_cause"]) == (8, 30, "16")
    assert first["ended_at"] - first["answered_at"] == timedelta(seconds=30)
    assert (rows[5]["why"], rows[5]["why_detail"]) == ("duplicate", "same number as row 2")
    assert rows[7]["why"] == "digits_lost"
    assert_identity_agrees(database, campaign, rows)


def test_an_imported_file_comes_back_as_it_was(sqlite: Database, tmp_path: Path) -> None:
    """Rows of a real import come back in the file's order with every cell's text, refused and doubled ones too."""
    good = [make_number(n)[3:] for n in range(3)]
    rows = [
        [good[0], " 张三 ", "007"],
        ["1.38E+10", "=1+1", ""],
        [f"+86 {good[1]}", 'say "hi", \n twice', "1.50"],
        ["", "nobody", "-5"],
        [good[0], "again", "２０２６"],
        [good[2], "李四", "0"],
    ]
    path = tmp_path / "list.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["手机号", "姓名", "备注"], *rows])
    with sqlite.writing() as db:
        campaign = create_campaign(db, make_file(), platform="mvb2000", at=NOON)
    import_dial_list(sqlite, campaign.id or 0, path, ImportOptions(country="CN"), at=NOON)
    found = exported(sqlite, campaign, tmp_path)
    assert [[row[title] or "" for title in ("手机号", "姓名", "备注")] for row in found] == rows
    assert [row["row_status"] for row in found] == [
        "not_yet_planned", "refused", "not_yet_planned", "refused", "duplicate", "not_yet_planned",
    ]  # fmt: skip
    assert_identity_agrees(sqlite, campaign, found)


def test_a_second_attempt_tells_the_last_outcome(database: Database, tmp_path: Path) -> None:
    """Of several attempts the first and last call and the last outcome are told; nobody held back is redialled."""
    retry = {"no_answer": {"attempts": 3, "after": "1h"}}
    campaign = make_campaign(database, [make_number(n) for n in range(3)], file=make_file(retry=retry))
    ids = contact_ids(database, campaign)
    with database.writing() as db:
        chunk = make_chunk(db, campaign, status=ChunkStatus.ACCEPTED).id or 0
        insert_rows(
            db, Attempt, ("id", "campaign_id", "contact_id", "attempt_number", "chunk_id"),
            [(attempt_id(ids[0], 2), campaign.id, ids[0], 2, chunk)],
        )  # fmt: skip
    later = NOON + timedelta(hours=2)
    settle(database, campaign, chunk, {attempt_id(i, 1): Outcome.NO_ANSWER for i in ids}, dialled_at=NOON)
    settle(database, campaign, chunk, {attempt_id(ids[0], 2): Outcome.ANSWERED}, dialled_at=later)
    exclude(database, campaign, ids[2], ExclusionRule.DO_NOT_CALL)
    rows = exported(database, campaign, tmp_path)
    assert [row["outcome"] for row in rows] == ["answered", "no_answer", "no_answer"]
    assert [row["disposition"] for row in rows] == ["done", "call_again", "give_up"]
    assert [row["attempts"] for row in rows] == [2, 1, 1]
    assert (rows[0]["first_called_at"], rows[0]["last_called_at"]) == (NOON, later)
    assert_identity_agrees(database, campaign, rows)


EVENTS = st.lists(
    st.tuples(
        st.sampled_from([None, *ChunkStatus]),
        st.sampled_from([None, *Outcome]),
        st.sampled_from([None, *ExclusionRule]),
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=EVENTS)
def test_rows_are_counted_as_the_identity_counts_them(sqlite: Database, tmp_path: Path, events: list[Any]) -> None:
    """Whatever happened to whom, the status column and the identity, which count independently, agree."""
    campaign = make_campaign(sqlite, [make_number(n) for n in range(len(events))])
    for contact, (chunk_status, outcome, rule) in zip(contact_ids(sqlite, campaign), events, strict=True):
        if chunk_status is not None:
            with sqlite.writing() as db:
                chunk = make_chunk(db, campaign, status=chunk_status, contacts=[contact]).id or 0
            if outcome is not None:
                settle(sqlite, campaign, chunk, {attempt_id(contact, 1): outcome})
        if rule is not None:
            exclude(sqlite, campaign, contact, rule)
    assert_identity_agrees(sqlite, campaign, exported(sqlite, campaign, tmp_path))


def test_workbook_and_csv_from_the_ledger(database: Database, tmp_path: Path) -> None:
    """The workbook has its sheets filled from the ledger, and CSV has the same rows."""
    campaign = make_campaign(database, [make_number(n) for n in range(5)])
    refuse(database, campaign, [6])
    ids = contact_ids(database, campaign)
    exclude(database, campaign, ids[4], ExclusionRule.DO_NOT_CALL, "on the list of 2026-11-01")
    with database.writing() as db:
        chunk = make_chunk(db, campaign, status=ChunkStatus.CLOSED, contacts=ids[:4])
        record_difference(
            db, campaign, DifferenceKind.DOUBLED_ROW, evidence_key="x", detail="dialled twice", at=NOON,
            chunk_id=chunk.id, attempt_id=attempt_id(ids[1], 1), evidence={"outcome": "busy", "code": ""},
        )  # fmt: skip
    outcomes = dict(zip((attempt_id(i, 1) for i in ids[:4]), [Outcome.ANSWERED, Outcome.BUSY] * 2, strict=True))
    settle(database, campaign, chunk.id or 0, outcomes, dialled_at=NOON, talk_seconds=30)
    path = tmp_path / "r.xlsx"
    export_results(database, campaign.id or 0, path, language="en", clock=lambda: NOON)
    workbook = openpyxl.load_workbook(path, data_only=True)
    cells = {name: list(workbook[name].iter_rows(min_row=2, values_only=True)) for name in workbook.sheetnames}
    assert len(cells["Results"]) == 6
    assert cells["Not called"][0][:7] == (
        "contacts.xlsx", "Sheet1", 6, make_number(4), "Not to be called", "On the do-not-call list",
        "on the list of 2026-11-01",
    )  # fmt: skip
    assert cells["Refused rows"][0][2:6] == (
        7, "手机号", "1.38E+10", "The spreadsheet rounded the number; its last digits are lost",
    )  # fmt: skip
    assert cells["Differences"][0][1:] == (
        "Doubled row", chunk.reference, 3, make_number(1), "dialled twice", "outcome busy",
    )  # fmt: skip
    summary = [cell for row in cells["Summary"] for cell in row]
    assert "✓ Every row is explained" in summary
    assert "12:00–13:00" in summary
    evidence = [cell for row in cells["Evidence"] for cell in row]
    assert {"0" * 64, "phone = 手机号, name = 姓名", campaign.reference, chunk.reference} <= set(evidence)
    export_results(database, campaign.id or 0, tmp_path / "r.csv", language="zh", clock=lambda: NOON)
    lines = (tmp_path / "r.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == 7
    assert lines[0].startswith('"手机号","姓名","状态"')


def test_lists_with_other_columns_stand_side_by_side(sqlite: Database, tmp_path: Path) -> None:
    """A second list brings its further columns; a heading that a list has twice stays two columns."""
    campaign = make_campaign(sqlite, [make_number(1)])
    with sqlite.writing() as db:
        second = DialList(
            campaign_id=campaign.id or 0, status=DialListStatus.READY, file_name="b.csv", file_sha256="1" * 64,
            file_bytes=1, columns=json.dumps(["姓名", "姓名", "手机号"]), row_count=1, contact_count=1,
            imported_at=NOON,
        )  # fmt: skip
        db.add(second)
        db.flush()
        columns = ("id", "campaign_id", "dial_list_id", "sheet", "row_number", "phone_number", "country", "cells")
        row = (row_id(second.id or 0, 1), campaign.id, second.id, "", 2, make_number(2), "CN", '["A", "B"]')
        insert_rows(db, Contact, columns, [row])
    rows = exported(sqlite, campaign, tmp_path)
    assert [list(row.values())[:3] for row in rows] == [[make_number(1), "Person 1", None], [None, "A", "B"]]
    assert list(rows[0])[:3] == ["手机号", "姓名", "姓名 (2)"]


def test_calls_that_go_on_do_not_disturb_an_export(database: Database, tmp_path: Path) -> None:
    """What is written to the ledger while the file is being written is not in it, not even by half."""
    campaign = make_campaign(database, [make_number(n) for n in range(4)])
    with database.writing() as db:
        chunk = make_chunk(db, campaign, status=ChunkStatus.ACCEPTED).id or 0
    ids = contact_ids(database, campaign)

    def meanwhile(done: int, total: int) -> None:
        if done == len(ids):
            settle(database, campaign, chunk, {attempt_id(ids[0], 1): Outcome.BUSY})
            exclude(database, campaign, ids[1], ExclusionRule.OPT_OUT)
            refuse(database, campaign, [9])

    path = tmp_path / "r.xlsx"
    export_results(database, campaign.id or 0, path, language="en", clock=lambda: NOON, progress=meanwhile)
    workbook = openpyxl.load_workbook(path)
    assert [row[2] for row in workbook["Results"].iter_rows(min_row=2, values_only=True)] == [
        "Waiting for a result"
    ] * 4
    assert workbook["Not called"].max_row == workbook["Refused rows"].max_row == 1
    assert {row["row_status"] for row in exported(database, campaign, tmp_path)} == {
        "called", "suppressed", "pending", "refused",
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["xlsx", "csv", "parquet"])
def test_a_campaign_without_rows(sqlite: Database, tmp_path: Path, kind: str) -> None:
    """Nothing imported is no obstacle to a file."""
    campaign = make_campaign(sqlite, [])
    export_results(sqlite, campaign.id or 0, tmp_path / f"r.{kind}", language="zh", clock=lambda: NOON)
    assert (tmp_path / f"r.{kind}").exists()


def test_a_wrong_name_is_told(sqlite: Database, tmp_path: Path) -> None:
    """An ending that we cannot write, or a folder that is not there, gets a sentence."""
    campaign = make_campaign(sqlite, [])
    for name, told in (("r.pdf", ".xlsx, .csv, .parquet"), ("no/r.csv", "there is no folder")):
        with pytest.raises(CampaignError, match=told):
            export_results(sqlite, campaign.id or 0, tmp_path / name, language="en", clock=lambda: NOON)


def assert_identity_agrees(database: Database, campaign: Campaign, rows: list[dict[str, Any]]) -> None:
    with database.reading() as db:
        identity = compute_identity(db, campaign.id or 0)
    counts = Counter(row["row_status"] for row in rows)
    assert len(rows) == identity.rows
    assert counts[RowStatus.CALLED] == identity.outcomes
    for status in (
        RowStatus.PENDING, RowStatus.UNCONFIRMED, RowStatus.LOST, RowStatus.PLANNED, RowStatus.NOT_YET_PLANNED,
        RowStatus.SUPPRESSED, RowStatus.DUPLICATE, RowStatus.REFUSED,
    ):  # fmt: skip
        assert counts[status] == getattr(identity, status.value)
    assert (counts[RowStatus.UNEXPLAINED] == 0) == identity.holds
