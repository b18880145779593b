"""Everything around one campaign of the proof: folder, list, ledger, platform, and the processes that lead it."""

from __future__ import annotations

import csv
import os
import shutil
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import yaml
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col

from campaigns.clock import now
from campaigns.db.engine import Database
from campaigns.db.upgrading import upgrade
from campaigns.models import Campaign, Chunk
from campaigns.statuses import CAMPAIGN_ENDED
from tests.proof.leading import Orders, lead
from tests.proof.platform import KEY, PlatformProcess
from tests.proof.processes import GroupProcess
from tests.proof.verdict import Verdict, judge

NAME = "Proof"
_one_upgrade_at_a_time = threading.Lock()
"""Alembic keeps its context in a module."""

_SETTINGS = """\
database_url = "{database_url}"

[accounts.main]
platform = "mvb2000"
base_url = "{address}"
key = "{key}"
requests_per_second = 5000
requests_in_flight = {requests_in_flight}
page_size = {page_size}
max_calls_per_chunk = {chunk_size}
read_timeout = {read_timeout_seconds}
timezone = "Asia/Shanghai"

[submission]
chunks_in_flight = {chunks_in_flight}
quiet_period = "{quiet_period_ms}ms"
lease = "{lease_ms}ms"

[watching]
shortest_pause = "5ms"
longest_pause = "40ms"
"""


@dataclass(frozen=True)
class CampaignShape:
    """How large a campaign is and how it is handed over."""

    contacts: int = 40
    refused_rows: int = 0
    """Rows at the end of the list from which no number can be read."""
    chunk_size: int = 15
    chunks_in_flight: int = 2
    requests_in_flight: int = 4
    page_size: int = 20
    quiet_period_ms: int = 100
    lease_ms: int = 1500
    read_timeout_seconds: float = 1.0
    platform: dict[str, Any] = field(default_factory=dict)
    """Settings of the simulated platform."""
    without: str = ""
    """A safeguard that all processes go without."""


class World:
    """A campaign and its surroundings; leaves no process and no file behind when the block ends."""

    def __init__(
        self, shape: CampaignShape, *, database_url: str | None = None, faults: Mapping[str, Any] | None = None
    ) -> None:
        self.shape = shape
        memory = Path("/dev/shm")
        self.folder = Path(tempfile.mkdtemp(prefix="callsheet-proof-", dir=memory if memory.is_dir() else None))
        self.runs: list[GroupProcess] = []
        self.starts = self.kills = self.crashes = self.pauses = 0
        self.wanted = _write_list(self.folder, shape)
        self.platform = PlatformProcess(self.folder, {**shape.platform, "faults": faults or {}})
        self.database = Database(database_url or f"sqlite:///{self.folder / 'ledger.db'}")
        self._write_files(database_url or "sqlite:///ledger.db")

    def __enter__(self) -> Self:
        try:
            with _one_upgrade_at_a_time:
                upgrade(self.database)
            self.platform.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        try:
            for run in self.runs:
                run.close()
        finally:
            self.platform.kill()
            self.database.close()
            shutil.rmtree(self.folder, ignore_errors=True)

    def start_run(self, **orders: Any) -> GroupProcess:
        """Start one more process that leads the campaign."""
        given = Orders(self.folder, **{"without": self.shape.without, **orders})
        run = GroupProcess(lead, given, log=self.folder / "runs.log")
        self.runs.append(run)
        self.starts += 1
        return run

    def kill_runs(self) -> None:
        for run in self.living():
            run.kill()
            self.kills += 1

    def living(self) -> list[GroupProcess]:
        return [run for run in self.runs if run.is_alive]

    def keep_running(self) -> None:
        """Start a run again when none is left, as whoever looks after the machine would."""
        if any(not run.is_stopped for run in self.living()) or self.has_ended():
            return
        last = self.runs[-1].exit_code if self.runs else None
        self.pauses += last == 4
        self.crashes += last == 1
        self.start_run(resumes=last == 4)

    def campaign(self) -> Campaign | None:
        try:
            with self.database.reading() as db:
                return db.execute(select(Campaign).limit(1)).scalar_one_or_none()
        except SQLAlchemyError:
            return None

    def has_ended(self) -> bool:
        campaign = self.campaign()
        return campaign is not None and campaign.status in CAMPAIGN_ENDED

    def chunk_statuses(self) -> list[str]:
        with self.database.reading() as db:
            return list(db.execute(select(col(Chunk.status)).order_by(col(Chunk.number))).scalars())

    def judge(self) -> Verdict:
        return judge(self.database, self.wanted, self.platform.calls())

    def log(self) -> str:
        path = self.folder / "runs.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def _write_files(self, database_url: str) -> None:
        shape = self.shape
        settings = _SETTINGS.format(
            database_url=database_url, address=self.platform.address, key=KEY, **{
                name: getattr(shape, name)
                for name in (
                    "requests_in_flight", "page_size", "chunk_size", "chunks_in_flight", "quiet_period_ms", "lease_ms",
                    "read_timeout_seconds",
                )
            },
        )  # fmt: skip
        (self.folder / "callsheet.toml").write_text(settings)
        today = now().date()
        campaign = {
            "name": NAME,
            "account": "main",
            "dial_list": {"file": "contacts.csv", "country": "CN"},
            "message": {"voice_file": "leavemsg"},
            "calling": {
                "timezone": "Asia/Shanghai",
                "begin": today - timedelta(days=2),
                "end": today + timedelta(days=6),
                "windows": ["00:00-24:00"],
            },
            "do_not_call": ["do_not_call.csv"],
        }
        (self.folder / "campaign.yaml").write_text(yaml.safe_dump(campaign, allow_unicode=True))


def _write_list(folder: Path, shape: CampaignShape) -> set[str]:
    """Write a list with a few rows that are not to be called, and return the numbers that are. All are invented."""
    numbers = [f"138{index:06d}{index % 14:02d}" for index in range(1, shape.contacts + 1)]
    forbidden = [f"139{index:06d}00" for index in range(1, 3)]
    rows = [(f"Person {index}", number) for index, number in enumerate([*numbers, *forbidden, numbers[0], "12"])]
    rows += [("Nobody", "12")] * shape.refused_rows
    with (folder / "contacts.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("姓名", "手机号"), *rows])
    with (folder / "do_not_call.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("号码",), *((number,) for number in forbidden)])
    return set(numbers)


def cores() -> int:
    return len(os.sched_getaffinity(0))
