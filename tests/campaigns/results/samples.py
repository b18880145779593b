"""A small campaign as the writers are given it; every number and name is invented."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa

from campaigns.queries.identity import Identity
from campaigns.results.cell_text import text_array
from campaigns.results.columns import differences_columns, not_called_columns, refused_columns, results_columns
from campaigns.results.model import (
    CampaignSummary,
    Column,
    ColumnKind,
    Evidence,
    EvidenceChunk,
    EvidenceFile,
    EvidenceMove,
    HourTally,
    KeyTally,
    Language,
    Report,
    RowStream,
)

BEGAN_AT = datetime(2026, 11, 21, 1, 59, 58, tzinfo=UTC)
TITLES = ("手机号", "姓名", "备注")

_TYPES = {ColumnKind.INTEGER: pa.int64(), ColumnKind.MOMENT: pa.timestamp("us", "UTC")}


def stream(columns: Sequence[Column], rows: Sequence[Sequence[Any]], *, batch_rows: int = 7) -> RowStream:
    """Return rows as a stream of small batches."""
    batches = [
        pa.RecordBatch.from_arrays(
            [
                text_array([row[i] for row in rows[start : start + batch_rows]])
                if column.kind is ColumnKind.TEXT
                else pa.array([row[i] for row in rows[start : start + batch_rows]], _TYPES[column.kind])
                for i, column in enumerate(columns)
            ],
            names=[column.name for column in columns],
        )
        for start in range(0, len(rows), batch_rows)
    ]
    return RowStream(columns, len(rows), batches)


def texts_stream(titles: Sequence[str], rows: Sequence[Sequence[str | None]]) -> RowStream:
    """Return rows of nothing but text."""
    return stream([Column(f"original_{i}", t, is_original=True) for i, t in enumerate(titles, 1)], rows)


def identity(**counts: int) -> Identity:
    nothing = dict.fromkeys((field.name for field in fields(Identity)), 0)
    return Identity(**{**nothing, **counts})


def summary(language: Language = Language.ENGLISH, **changes: Any) -> CampaignSummary:
    values: dict[str, Any] = {
        "campaign": "October balance reminder",
        "status": "finished",
        "status_reason": "",
        "accounts": ["main"],
        "platforms": ["mvb2000"],
        "timezone": "Asia/Shanghai",
        "language": language,
        "created_at": BEGAN_AT,
        "started_at": BEGAN_AT,
        "ended_at": BEGAN_AT + timedelta(hours=3),
        "written_at": BEGAN_AT + timedelta(hours=4),
        "identity": identity(rows=10, refused=1, duplicate=1, suppressed=1, submitted=7, outcomes=6, lost=1),
        "outcomes": {"answered": 4, "no_answer": 1, "busy": 1, "lost": 1},
        "dispositions": {"done": 4, "give_up": 2, "not_known": 1},
        "hours": [HourTally(9, 3, 1), HourTally(10, 6, 3)],
        "keys": [KeyTally("1", "yes", 2), KeyTally("2", "no", 1)],
        "attempts": 9,
        "talk_seconds": 4_321,
    }
    return CampaignSummary(**{**values, **changes})


def results_rows() -> list[tuple[Any, ...]]:
    """Ten rows, one for each way a row can end."""
    nothing = (None,) * 11
    called = BEGAN_AT + timedelta(minutes=5)
    rows: list[tuple[Any, ...]] = [
        (f"1380013800{i}", f"客户{i}", None, "called", f"+861380013800{i}", "answered", "done", 1, called, called,
         called + timedelta(seconds=7), called + timedelta(seconds=30), 7, 23, "1", "yes", "16", f"rec{i}.wav",
         f"c{i}", None, None)
        for i in range(4)
    ]  # fmt: skip
    rows += [
        ("13800138004", "客户4", "=1+1", "called", "+8613800138004", "no_answer", "give_up", 2, called, called, None,
         called, 30, 0, None, None, "19", None, "c4", None, None),
        ("13800138005", "客户5", "007", "called", "+8613800138005", "busy", "give_up", 1, called, called, None, called,
         0, 0, None, None, "17", None, "c5", None, None),
        ("13800138006", "客户6", " x ", "lost", "+8613800138006", "lost", "not_known", 1, *nothing, None, "deadline"),
        ("13800138000", "客户7", "", "duplicate", "+8613800138000", None, None, 0, *nothing, "duplicate",
         "row 2 has this number"),
        ("13800138008", "客户8", None, "suppressed", "+8613800138008", None, None, 0, *nothing, "do_not_call",
         "on the list"),
        ("1.38E+10", "客户9", None, "refused", None, None, None, 0, *nothing, "digits_lost", None),
    ]  # fmt: skip
    return rows


def report(language: Language = Language.ENGLISH, **changes: Any) -> Report:
    values: dict[str, Any] = {
        "summary": summary(language),
        "results": stream(results_columns(TITLES, language), results_rows()),
        "not_called": stream(
            not_called_columns(TITLES, language),
            [("c.xlsx", "Sheet1", 9, "+8613800138000", "duplicate", "duplicate", "row 2", "13800138000", "客户7", "")],
        ),
        "refused": stream(
            refused_columns(TITLES, language),
            [("c.xlsx", "Sheet1", 11, "手机号", "1.38E+10", "digits_lost", "", "1.38E+10", "客户9", None)],
        ),
        "differences": stream(
            differences_columns(language),
            [(BEGAN_AT, "contradicting_report", "CS1", 3, "+8613800138001", "busy after answered", '{"code": "17"}')],
        ),
        "evidence": Evidence(
            campaign_reference="k3f9qa",
            definition_hash="ab" * 32,
            plan_hash="cd" * 32,
            files=[EvidenceFile("c.xlsx", "ef" * 32, 12_345, ["Sheet1"], "phone = 手机号", 10, BEGAN_AT)],
            versions={"callsheet": "0.1.0", "python": "3.11"},
            run_ids=["0f9d"],
            moves=[EvidenceMove(BEGAN_AT, "draft", "scheduled", "planning", "")],
            chunks=[
                EvidenceChunk(1, "CS1", "77", "main", "closed", 7, 1, BEGAN_AT, BEGAN_AT, BEGAN_AT + timedelta(hours=3))
            ],
        ),
    }
    return Report(**{**values, **changes})
