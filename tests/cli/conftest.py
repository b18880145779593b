"""The real command in a process of its own, on a simulated platform in another, on one Prefect server for all."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from openpyxl import Workbook

from campaigns.prefect_server import ServerHandle, ensure_server, stop_server
from campaigns.rehearsal.platform import RunningSimulator, running_simulator
from tests.builders import make_number

TIMEOUT_SECONDS = 120


@dataclass
class Desk:
    """A folder with settings, campaign file and list, as a manager has it, and the command to use on it."""

    folder: Path
    environment: dict[str, str]
    config: Path = field(init=False)
    campaign: Path = field(init=False)

    def __post_init__(self) -> None:
        self.config = self.folder / "callsheet.toml"
        self.campaign = self.folder / "reminder.yaml"

    def command(self, *words: str | Path) -> list[str]:
        return [sys.executable, "-m", "campaigns", "--config", str(self.config), *map(str, words)]

    def start(self, *words: str | Path) -> subprocess.Popen[str]:
        """Start the command in a process group of its own, to be killed whole."""
        return subprocess.Popen(
            self.command(*words),
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def call(self, *words: str | Path, expect: int = 0) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            self.command(*words),
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_SECONDS,
            check=False,
        )
        assert done.returncode == expect, f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def json(self, *words: str | Path, expect: int = 0) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.call(*words, "--json", expect=expect).stdout)
        return found

    def write_campaign(self, **changes: Any) -> None:
        values: dict[str, Any] = {
            "name": "Balance reminder",
            "account": "main",
            "dial_list": {"file": "contacts.xlsx", "country": "CN", "columns": {"phone": "手机号", "name": "姓名"}},
            "message": {"voice_file": "leavemsg"},
            "calling": {"timezone": "Asia/Shanghai", "windows": ["00:00-24:00"]},
            **changes,
        }
        self.campaign.write_text(yaml.safe_dump(values, allow_unicode=True), encoding="utf-8")

    def write_list(self, numbers: list[str]) -> None:
        book = Workbook()
        sheet = book.active
        assert sheet is not None
        sheet.append(["姓名", "手机号"])
        for index, number in enumerate(numbers, start=1):
            sheet.append([f"虚构{index}", number])
        book.save(self.folder / "contacts.xlsx")


@pytest.fixture(scope="session")
def prefect_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerHandle]:
    """One embedded Prefect server for all commands of the session."""
    data = tmp_path_factory.mktemp("prefect")
    yield ensure_server(data, linger=timedelta(seconds=5))
    stop_server(data)


@pytest.fixture
def simulator(tmp_path: Path) -> Iterator[RunningSimulator]:
    """A simulated MVB2000 in a process of its own; calls take no time."""
    with running_simulator("mvb2000", scenario="calm", seed=1, folder=tmp_path) as running:
        yield running


@pytest.fixture
def make_desk(tmp_path: Path, prefect_server: ServerHandle) -> Callable[[RunningSimulator], Desk]:
    """Sets a desk up for a platform at an address."""

    def made(simulator: RunningSimulator, *, numbers: int = 120, max_calls_per_chunk: int = 50) -> Desk:
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("CALLSHEET", "PREFECT"))
        }
        environment |= {"PREFECT_API_URL": prefect_server.url, "PYTHONWARNINGS": "default"}
        desk = Desk(tmp_path, environment)
        desk.config.write_text(
            f'[accounts.main]\nplatform = "mvb2000"\nbase_url = "{simulator.address}/webservice2/"\n'
            f'key = "{simulator.key}"\nmax_calls_per_chunk = {max_calls_per_chunk}\n'
            '[watching]\nshortest_pause = "50ms"\nlongest_pause = "200ms"\n'
            '[submission]\nquiet_period = "100ms"\n'
        )
        desk.write_campaign()
        desk.write_list([make_number(index, index % 14)[3:] for index in range(numbers)])
        return desk

    return made


@pytest.fixture
def desk(make_desk: Callable[[RunningSimulator], Desk], simulator: RunningSimulator) -> Desk:
    """A manager's desk with a list of 120 people, on a simulated platform."""
    return make_desk(simulator)
