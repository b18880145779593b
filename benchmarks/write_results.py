"""How long results take to be written: workbook with charts, CSV and Parquet.

    python -m benchmarks.write_results [ROWS]

Two sources, each file in a fresh process. `rows`: 15 columns that stand ready in memory, which measures the writers
alone. `ledger`: a finished campaign of as many contacts on SQLite (8 columns in the list, 26 in the results), which
measures the whole export with its counting. The floor of a workbook is zlib alone at work on the XML of its Results,
that of the other files the same 15 columns written by Arrow as CSV. The time it takes to invent rows is taken off.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zipfile import ZipFile

import click
import numpy as np
import pyarrow as pa
from pyarrow import csv

from campaigns.campaign_file import CampaignFile
from campaigns.db.bulk import driver_time, insert_rows
from campaigns.db.engine import Database
from campaigns.db.upgrading import upgrade
from campaigns.models import Attempt, AttemptOutcome, Chunk, Contact, DialList, DialListStatus
from campaigns.models.types import attempt_id, row_id
from campaigns.queries.campaigns import create_campaign
from campaigns.queries.identity import Identity
from campaigns.results.columns import differences_columns
from campaigns.results.delimited import write_csv
from campaigns.results.exporting import export_results
from campaigns.results.model import (
    CampaignSummary,
    Column,
    ColumnKind,
    Evidence,
    HourTally,
    Language,
    Report,
    RowStream,
)
from campaigns.results.parquet import write_parquet
from campaigns.results.styles import OUTCOME_CHART_COLOURS
from campaigns.results.workbook import write_workbook
from campaigns.statuses import ChunkStatus

BUDGET_SECONDS = {"xlsx": 20.0, "csv": 5.0, "parquet": 5.0}
BUDGET_MEGABYTES = 400
AT = datetime(2026, 11, 21, 2, tzinfo=UTC)
ZONE = "Asia/Shanghai"
TITLES = ("手机号", "姓名", "性别", "城市", "金额", "日期", "订单号", "备注")
CHUNK = 5000
_BATCH = 16_384


def main(count: int) -> int:
    folder = Path(tempfile.gettempdir())
    ledger = folder / f"callsheet_results_{count}.db"
    if not ledger.exists():
        make_ledger(ledger, count)
    click.echo(f"{'source':7} {'file':8} {'seconds':>8} {'floor s':>8} {'ratio':>6} {'peak MB':>8} {'file MB':>8}")
    missed = 0
    for source in ("rows", "ledger"):
        for kind in BUDGET_SECONDS:
            command = [sys.executable, "-m", "benchmarks.write_results", str(count), source, kind]
            figures = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
            seconds, floor, peak, size = map(float, figures)
            budget = BUDGET_SECONDS[kind] * count / 1_000_000
            kept = source == "ledger" or (seconds <= budget and peak <= BUDGET_MEGABYTES)
            missed += not kept
            told = f"budget {budget:g} s, {BUDGET_MEGABYTES} MB: {'ok' if kept else 'MISSED'}"
            click.echo(
                f"{source:7} {kind:8} {seconds:8.2f} {floor:8.2f} {seconds / floor:6.1f} {peak:8.0f} {size:8.1f}"
                f"  {told if source == 'rows' else ''}"
            )
    return int(missed > 0)


def measure(count: int, source: str, kind: str) -> str:
    """Write one file; return "seconds, seconds of the floor, peak megabytes, megabytes of the file"."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / f"results.{kind}"
        begun = time.perf_counter()
        if source == "rows":
            write_rows(out, count)
        else:
            database = Database(f"sqlite:///{tempfile.gettempdir()}/callsheet_results_{count}.db")
            export_results(database, 1, out, language="en", clock=lambda: AT)
            database.close()
        seconds = time.perf_counter() - begun - (inventing_seconds(count) if source == "rows" else 0)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        size = out.stat().st_size / 1e6
        floor = compression_seconds(out) if kind == "xlsx" else plain_csv_seconds(count)
    return f"{seconds:.2f} {floor:.2f} {peak:.0f} {size:.1f}"


def write_rows(out: Path, count: int) -> None:
    columns = ready_columns()
    rows = RowStream(columns, count, ready_batches(columns, count))
    match out.suffix:
        case ".csv":
            write_csv(out, rows, timezone=ZONE)
        case ".parquet":
            write_parquet(out, rows, timezone=ZONE)
        case _:
            nothing = RowStream(differences_columns(Language.ENGLISH), 0, [])
            write_workbook(out, Report(make_summary(count), rows, nothing, nothing, nothing, Evidence()))


def plain_csv_seconds(count: int) -> float:
    seconds = 0.0
    with tempfile.TemporaryFile() as file:
        for batch in ready_batches(ready_columns(), count):
            times = [batch.column(i).cast(pa.timestamp("s"), safe=False) for i in (9, 10)]
            arrays = [*batch.columns[:9], *times, *batch.columns[11:]]
            plain = pa.RecordBatch.from_arrays(arrays, names=batch.schema.names)
            begun = time.perf_counter()
            csv.write_csv(plain, file, csv.WriteOptions(include_header=False))
            seconds += time.perf_counter() - begun
    return seconds


def compression_seconds(workbook: Path) -> float:
    compressor, seconds = zlib.compressobj(1), 0.0
    with ZipFile(workbook) as package, package.open("xl/worksheets/sheet2.xml") as sheet:
        while some := sheet.read(1 << 20):
            begun = time.perf_counter()
            compressor.compress(some)
            seconds += time.perf_counter() - begun
    return seconds


def inventing_seconds(count: int) -> float:
    begun = time.perf_counter()
    for _ in ready_batches(ready_columns(), count):
        pass
    return time.perf_counter() - begun


def ready_columns() -> list[Column]:
    kinds = [ColumnKind.TEXT] * 9 + [ColumnKind.MOMENT] * 2 + [ColumnKind.INTEGER] * 3 + [ColumnKind.TEXT]
    titles = [*TITLES, "outcome", "first_called_at", "ended_at", "attempts", "ring_seconds", "talk_seconds", "cause"]
    return [Column(title, title, kind) for title, kind in zip(titles, kinds, strict=True)]


def ready_batches(columns: list[Column], count: int) -> Iterator[pa.RecordBatch]:
    """Yield batches of 15 columns: 10 of text, 2 of times, 3 of integers; as varied as a real list."""
    outcomes = list(OUTCOME_CHART_COLOURS)
    for start in range(0, count, _BATCH):
        numbers = range(start, min(start + _BATCH, count))
        seconds = np.array(numbers, np.int64) * 1_000_000 // 50
        arrays = [
            pa.array([f"138{n % 10**8:08d}" for n in numbers]),
            pa.array([f"客户{n}" for n in numbers]),
            pa.array(["女" if n % 2 else "男" for n in numbers]),
            pa.array(["上海"] * len(numbers)),
            pa.array([f"{n % 997}.50" for n in numbers]),
            pa.array(["2026-11-01"] * len(numbers)),
            pa.array([f"DD{n:010d}" for n in numbers]),
            pa.array(["请在下午联系 & 核对" if n % 7 == 0 else None for n in numbers], pa.string()),
            pa.array([outcomes[n % len(outcomes)] for n in numbers]),
            pa.array(seconds + int(AT.timestamp()) * 1_000_000).cast(pa.timestamp("us", "UTC")),
            pa.array(seconds + int(AT.timestamp() + 40) * 1_000_000).cast(pa.timestamp("us", "UTC")),
            pa.array([1] * len(numbers), pa.int64()),
            pa.array([n % 40 for n in numbers], pa.int64()),
            pa.array([n % 120 for n in numbers], pa.int64()),
            pa.array(["16" if n % 2 else "19" for n in numbers]),
        ]
        yield pa.RecordBatch.from_arrays(arrays, names=[column.name for column in columns])


def make_summary(count: int) -> CampaignSummary:
    return CampaignSummary(
        campaign="Benchmark",
        status="finished",
        status_reason="",
        accounts=["main"],
        platforms=["mvb2000"],
        timezone=ZONE,
        language=Language.ENGLISH,
        created_at=AT,
        started_at=AT,
        ended_at=AT + timedelta(hours=8),
        written_at=AT + timedelta(hours=9),
        identity=Identity(count, 0, 0, 0, 0, 0, count, count, 0, 0, 0),
        outcomes={"answered": count // 2, "no_answer": count - count // 2},
        dispositions={"done": count // 2, "give_up": count - count // 2},
        hours=[HourTally(hour, 100, 50) for hour in range(9, 18)],
    )


def make_ledger(path: Path, count: int) -> None:
    """Write a campaign of `count` contacts that were all called, as the product writes it."""
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    database = Database(f"sqlite:///{part}")
    upgrade(database)
    file = CampaignFile.model_validate(
        {
            "name": "Benchmark",
            "account": "main",
            "dial_list": {"file": "list.xlsx", "country": "CN"},
            "message": {"voice_file": "leavemsg"},
            "calling": {"timezone": ZONE, "begin": date(2026, 11, 20), "end": date(2026, 11, 30)},
        }
    ).complete(timezone=ZONE, country="CN", today=AT.date())
    with database.writing() as db:
        campaign = create_campaign(db, file, platform="mvb2000", at=AT)
        dial_list = DialList(
            campaign_id=campaign.id or 0, status=DialListStatus.READY, file_name="list.xlsx", file_sha256="0" * 64,
            file_bytes=1, columns=str(list(TITLES)).replace("'", '"'), row_count=count, contact_count=count,
            imported_at=AT,
        )  # fmt: skip
        db.add(dial_list)
        db.flush()
        for start in range(0, count, CHUNK):
            _write_chunk(db, campaign.id or 0, dial_list.id or 0, start, min(start + CHUNK, count))
    database.close()
    part.rename(path)


def _write_chunk(db, campaign: int, dial_list: int, start: int, end: int) -> None:  # type: ignore[no-untyped-def]
    chunk = Chunk(
        campaign_id=campaign, number=start // CHUNK + 1, attempt_number=1, account="main", platform="mvb2000",
        size=end - start, content_hash="", reference=f"bench-{start}", status=ChunkStatus.CLOSED, planned_at=AT,
        submitted_at=AT,
    )  # fmt: skip
    db.add(chunk)
    db.flush()
    outcomes = list(OUTCOME_CHART_COLOURS)
    contacts = [(row_id(dial_list, n + 1), n) for n in range(start, end)]
    insert_rows(
        db, Contact, ("id", "campaign_id", "dial_list_id", "sheet", "row_number", "phone_number", "country", "cells"),
        (
            (i, campaign, dial_list, "S", n + 2, f"+86138{n % 10**8:08d}", "CN",
             f'["138{n % 10**8:08d}", "客户{n}", "女", "上海", "{n % 997}.50", "2026-11-01", "DD{n:010d}", null]')
            for i, n in contacts
        ),
    )  # fmt: skip
    insert_rows(
        db, Attempt, ("id", "campaign_id", "contact_id", "attempt_number", "chunk_id"),
        ((attempt_id(i, 1), campaign, i, 1, chunk.id) for i, _ in contacts),
    )  # fmt: skip
    insert_rows(
        db, AttemptOutcome,
        ("attempt_id", "campaign_id", "chunk_id", "outcome", "source", "report_key", "dialled_at", "answered_at",
         "ended_at", "ring_seconds", "talk_seconds", "dtmf_digits", "hangup_cause", "recording", "platform_call_id",
         "platform_attempts", "raw_codes", "settled_at"),
        (
            (attempt_id(i, 1), campaign, chunk.id, outcomes[n % len(outcomes)], "poll", f"k{n}",
             driver_time(db, AT + timedelta(seconds=n // 50)), None, driver_time(db, AT + timedelta(seconds=n // 50)),
             n % 40, n % 120, "", "16", "", f"c{n}", 1, "{}", driver_time(db, AT))
            for i, n in contacts
        ),
    )  # fmt: skip


if __name__ == "__main__":
    row_count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    if len(sys.argv) > 2:
        click.echo(measure(row_count, sys.argv[2], sys.argv[3]))
    else:
        sys.exit(main(row_count))
