"""How long a list takes from its file to planned chunks: contacts, refusals, duplicates, do-not-call, plan; SQLite.

    python -m benchmarks.import_dial_list [ROWS]

Makes the list once in the temporary directory (8 columns; 2 % of the rows refused, 5 % duplicates, 10 % on a
do-not-call list of as many numbers as rows), as csv and as xlsx, and imports and plans each in a fresh process, the
xlsx also on a PostgreSQL server of its own ("pg"). The floor is the insertion of as many bare rows into an indexed
SQLite table, in the same process.
"""

from __future__ import annotations

import asyncio
import csv
import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import click
import xlsxwriter

from campaigns.campaign_file import CampaignFile
from campaigns.clock import now
from campaigns.db.engine import Database
from campaigns.db.upgrading import upgrade
from campaigns.dial_lists.importer import ImportOptions, import_dial_list
from campaigns.leasing import hold_lease
from campaigns.models import DoNotCallScope
from campaigns.pacing import Pace
from campaigns.planning import PlanCounts, plan_campaign
from campaigns.queries.campaigns import create_campaign
from campaigns.queries.do_not_call import NewEntry, record_do_not_call
from campaigns.run import CampaignRun
from campaigns.settings import Settings
from connectors.mvb2000.connector import open_connector
from connectors.mvb2000.settings import Mvb2000Settings
from tests.postgresql import PostgresqlServer

HEADER = ("手机号", "姓名", "性别", "城市", "金额", "日期", "订单号", "备注")
BUDGET_SECONDS = {"csv": 12.0, "xlsx": 15.0, "pg": 18.0}
BUDGET_MEGABYTES = {"csv": 400, "xlsx": 1000, "pg": 1000}


def make_rows(count: int) -> Iterator[tuple[str, ...]]:
    """Rows of invented people."""
    chance = random.Random(count)
    for index in range(count):
        place = chance.random()
        number = invented_number(index if place > 0.05 else chance.randrange(index + 1))
        if place > 0.98:
            number = chance.choice([number[:-1], f"{number}/{number}", "无", "1.38E+10", ""])
        elif place > 0.93:
            number = f"+86 {number}"
        yield number, f"客户{index}", "女", "上海", f"{index % 997}.50", "2026-11-01", f"DD{index:010d}", "备注"


def invented_number(index: int) -> str:
    """Spread over the whole range, so that indexes fill in no order."""
    return f"13{index * 600_011 % 10**9:09d}"


def make_files(folder: Path, count: int) -> dict[str, Path]:
    files = {kind: folder / f"callsheet_list_{count}.{kind}" for kind in ("csv", "xlsx")}
    if not files["csv"].exists():
        with files["csv"].open("w", newline="", encoding="utf-8") as stream:
            writer = csv.writer(stream)
            writer.writerow(HEADER)
            writer.writerows(make_rows(count))
    if not files["xlsx"].exists():
        with xlsxwriter.Workbook(str(files["xlsx"]), {"constant_memory": True}) as book:
            sheet = book.add_worksheet("名单")
            for line, row in enumerate((HEADER, *make_rows(count))):
                for column, text in enumerate(row):
                    sheet.write_string(line, column, text)
    return files


def measure(path: Path, count: int, url: str | None) -> str:
    """Import and plan one file; return "seconds of import, of planning, of the floor, peak megabytes, sentence"."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(url or f"sqlite:///{folder}/ledger.db")
        upgrade(database)
        file = CampaignFile.model_validate(
            {
                "name": "Benchmark",
                "account": "main",
                "dial_list": {"file": path, "country": "CN"},
                "message": {"voice_file": "leavemsg"},
                "calling": {"timezone": "Asia/Shanghai", "begin": date(2026, 11, 20), "end": date(2026, 11, 30)},
            }
        ).complete(timezone="Asia/Shanghai", country="CN", today=date(2026, 11, 20))
        at = datetime(2026, 11, 21, tzinfo=UTC)
        with database.writing() as db:
            campaign = create_campaign(db, file, platform="mvb2000", at=at)
            assert campaign.id is not None
        for first in range(0, count, 50_000):
            step = range(first, min(first + 50_000, count))
            entries = [NewEntry("+86" + invented_number(index * 10), "asked") for index in step]
            with database.writing() as db:
                scope = DoNotCallScope.EVERYWHERE
                record_do_not_call(db, entries, scope=scope, scope_name="", source="file", at=at)
        begun = time.perf_counter()
        dial_list = import_dial_list(database, campaign.id, path, ImportOptions(country="CN"), at=at)
        imported = time.perf_counter()
        counts = asyncio.run(plan(database, campaign.id))
        planned = time.perf_counter()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        database.close()
        floor = insert_bare_rows(Path(folder) / "floor.db", count)
    what = (
        f"{dial_list.contact_count:,} contacts, {dial_list.refusal_count:,} refused, "
        f"{dial_list.duplicate_count:,} duplicates, {counts.suppressed:,} not to be called, {counts.chunks} chunks"
    )
    return f"{imported - begun:.2f}\t{planned - imported:.2f}\t{floor:.2f}\t{peak:.0f}\t{what}"


async def plan(database: Database, campaign_id: int) -> PlanCounts:
    settings = Mvb2000Settings.model_validate({"base_url": "http://127.0.0.1:9/webservice2/", "key": "benchmark"})
    async with (
        hold_lease(database, campaign_id, timedelta(minutes=5)) as lease,
        open_connector("main", settings, clock=now) as connector,
    ):
        pace = Pace(settings.requests_per_second, settings.requests_in_flight)
        return plan_campaign(CampaignRun(campaign_id, database, connector, lease, pace, now, Settings()))


def insert_bare_rows(path: Path, count: int) -> float:
    """Time what SQLite itself needs for as many rows with one unordered index."""
    rows = [(index, "+86" + invented_number(index), "x" * 90) for index in range(count)]
    begun = time.perf_counter()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE contact (id INTEGER PRIMARY KEY, phone_number TEXT, cells TEXT)")
        connection.execute("CREATE INDEX by_number ON contact (phone_number)")
        connection.executemany("INSERT INTO contact VALUES (?, ?, ?)", rows)
    connection.close()
    return time.perf_counter() - begun


def main(count: int) -> int:
    files = make_files(Path(tempfile.gettempdir()), count)
    click.echo(f"{'file':5} {'import s':>9} {'plan s':>7} {'total s':>8} {'floor s':>8} {'ratio':>6} {'peak MB':>8}")
    missed = 0
    server = PostgresqlServer.start()
    runs = [(kind, path, "") for kind, path in files.items()]
    runs.append(("pg", files["xlsx"], server.create_database()))
    for kind, path, url in runs:
        command = [sys.executable, "-m", "benchmarks.import_dial_list", str(count), str(path), *([url] if url else [])]
        figures = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip().split("\t")
        imported, planned, floor, peak = map(float, figures[:4])
        total = imported + planned
        kept = total <= BUDGET_SECONDS[kind] * count / 1_000_000 and peak <= BUDGET_MEGABYTES[kind]
        missed += not kept
        verdict = "ok" if kept else "MISSED"
        click.echo(
            f"{kind:5} {imported:9.2f} {planned:7.2f} {total:8.2f} {floor:8.2f} {total / floor:6.1f} {peak:8.0f}"
            f"  budget {BUDGET_SECONDS[kind]:g} s a million rows, {BUDGET_MEGABYTES[kind]} MB: {verdict}"
        )
        click.echo(f"      {figures[4]}")
    server.stop()
    return int(missed > 0)


if __name__ == "__main__":
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    if len(sys.argv) > 2:
        click.echo(measure(Path(sys.argv[2]), rows, sys.argv[3] if len(sys.argv) > 3 else None))
    else:
        sys.exit(main(rows))
