"""`callsheet run`: from a settings file and a campaign file to a finished campaign and its sheet."""

from __future__ import annotations

import json
import os
import signal
import time
import urllib.request
from typing import Any

import pytest
from openpyxl import load_workbook

from campaigns.rehearsal.platform import RunningSimulator
from tests.cli.conftest import Desk

pytestmark = pytest.mark.prefect


def platform_state(simulator: RunningSimulator) -> dict[str, Any]:
    """The platform's own count, which our code has no part in."""
    with urllib.request.urlopen(f"{simulator.address}/_simulator/state") as reply:
        found: dict[str, Any] = json.load(reply)
    return found


def test_run_ends_finished_with_every_row_explained(desk: Desk, simulator: RunningSimulator) -> None:
    """Exit code 0, the identity holds, one row on the platform per contact, the input's rows in order in the sheet."""
    out = desk.folder / "results.xlsx"
    status = desk.json("run", desk.campaign, "--out", out)
    assert status["status"] == "finished"
    identity = status["identity"]
    assert identity["holds"]
    assert identity["rows"] == identity["submitted"] == identity["outcomes"] == 120
    assert set(identity) == {
        "holds", "rows", "refused", "duplicate", "suppressed", "not_yet_planned", "planned", "submitted", "outcomes",
        "pending", "unconfirmed", "lost",
    }  # fmt: skip
    assert status["chunks"] == {"closed": 3}
    assert sum(status["dispositions"].values()) == 120
    state = platform_state(simulator)
    assert state["refs_dialled_from_several_rows"] == []
    assert state["dialled_refs"] == 120
    book = load_workbook(out, read_only=True)
    names = [row[0] for row in book["Results"].iter_rows(min_row=2, max_col=1, values_only=True)]
    book.close()
    assert names == [f"虚构{index}" for index in range(1, 121)]


def test_a_finished_campaign_is_not_run_again(desk: Desk, simulator: RunningSimulator) -> None:
    """A second run of the same file says that it has ended, sends nothing, and is still a success."""
    desk.json("run", desk.campaign)
    before = platform_state(simulator)
    second = desk.call("run", desk.campaign)
    assert "has ended" in second.stdout
    after = platform_state(simulator)
    assert {**after, "time": ""} == {**before, "time": ""}


def test_a_killed_run_is_taken_up(desk: Desk, simulator: RunningSimulator) -> None:
    """Killed with SIGKILL in the middle and run again, nobody is called twice and nobody is forgotten."""
    desk.config.write_text(desk.config.read_text().replace("[watching]", "requests_per_second = 60\n[watching]"))
    first = desk.start("run", desk.campaign)
    deadline = time.monotonic() + 60
    while platform_state(simulator).get("rows", 0) < 30:
        assert time.monotonic() < deadline, "nothing was loaded"
        time.sleep(0.05)
    os.killpg(first.pid, signal.SIGKILL)
    first.communicate()
    status = desk.json("run", desk.campaign)
    assert status["status"] == "finished"
    assert status["identity"]["outcomes"] == 120
    state = platform_state(simulator)
    assert state["refs_dialled_from_several_rows"] == []
    assert state["dialled_refs"] == 120


def test_two_runs_at_once_submit_once(desk: Desk, simulator: RunningSimulator) -> None:
    """Started twice at the same moment, both end well and every contact is put to the platform once."""
    runs = [desk.start("run", desk.campaign, "--out", desk.folder / f"{number}.xlsx") for number in range(2)]
    for run in runs:
        output, errors = run.communicate(timeout=120)
        assert run.returncode == 0, output + errors
    state = platform_state(simulator)
    assert state["refs_dialled_from_several_rows"] == []
    assert state["dialled_refs"] == 120


def test_a_wrong_key_pauses_the_campaign(desk: Desk, simulator: RunningSimulator) -> None:
    """The campaign pauses itself, says why without the key, and goes on once the key is right."""
    right = desk.config.read_text()
    desk.config.write_text(right.replace(simulator.key, "a-wrong-key"))
    paused = desk.call("run", desk.campaign, expect=4)
    assert "a-wrong-key" not in paused.stdout + paused.stderr
    desk.config.write_text(right)
    desk.call("resume", desk.campaign)
    assert desk.json("run", desk.campaign)["status"] == "finished"


def test_no_number_and_no_key_reaches_the_terminal(desk: Desk, simulator: RunningSimulator) -> None:
    """Even with every log line shown, no key, webkey or whole number is printed."""
    done = desk.call("run", desk.campaign)
    text = done.stdout + done.stderr
    assert simulator.key not in text
    assert "1380000" not in text
