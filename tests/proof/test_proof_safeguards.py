"""Each safeguard matters: taken away, a named schedule or test fails, which passes with it."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace

import pytest

from tests.proof.playing import play
from tests.proof.schedules import Event, EventKind, Schedule
from tests.proof.world import CampaignShape

_ONE_BY_ONE = CampaignShape(contacts=24, chunk_size=12, chunks_in_flight=1, requests_in_flight=1, lease_ms=1000)
_MANY = CampaignShape(contacts=40, chunk_size=20, chunks_in_flight=2, requests_in_flight=4)
_ROWS = ["addobdiallist"]


_SLEEPER = Schedule(
    1,
    replace(_ONE_BY_ONE, read_timeout_seconds=10),
    (
        # the sleeper's sixth row is under way until another run has verified the task and waits for its start
        {"kind": "delay", "operations": _ROWS, "nth": [6], "seconds": 4},
        {"kind": "delay", "operations": ["setobtaskstatus"], "nth": [1], "seconds": 4},
    ),
    (Event(EventKind.SLEEP, "addobdiallist", 6),),
    name="a sleeper's row lands late",
)

SCHEDULES: dict[str, tuple[Schedule, ...]] = {
    "verify": (
        Schedule(1, _MANY, ({"kind": "drop_before", "operations": _ROWS, "probability": 0.2},), name="rows get lost"),
    ),
    "surplus_removal": (
        Schedule(
            1, _MANY, ({"kind": "doubled", "operations": _ROWS, "probability": 0.2},), name="rows are taken twice"
        ),
    ),
    "quiet_period": (
        Schedule(
            1,
            _MANY,
            ({"kind": "late_apply", "operations": _ROWS, "probability": 0.3, "seconds": 0.06},),
            name="rows appear after their connection was cut",
        ),
    ),
    "find_before_open": (
        Schedule(
            1,
            _ONE_BY_ONE,
            ({"kind": "late_reply", "operations": ["setobtaskstatus"], "nth": [1], "seconds": 1.0},),
            (Event(EventKind.KILL, "setobtaskstatus", 1),),
            name="killed while the task is started",
        ),
    ),
    "discard_of_a_sleepers_stage": (_SLEEPER,),
    "commit_before_send": (_SLEEPER,),
    "exclusive_lease": (
        Schedule(
            1, _MANY, (), (Event(EventKind.START_MORE, "addobtask", 1, count=4),), name="started five times at once"
        ),
    ),
}

TESTS: dict[str, str] = {
    "lease_check": "tests/campaigns/test_leasing.py",
    "require_held": "tests/campaigns/test_submission_kills.py",
}


@pytest.mark.parametrize("safeguard", SCHEDULES)
def test_the_promise_needs_each_safeguard(safeguard: str) -> None:
    """The schedule is survived with the safeguard, and is not survived without it."""
    kept = play(SCHEDULES[safeguard][0])
    assert kept.verdict.is_kept, kept.explain()
    unsafe = [
        replace(schedule, shape=replace(schedule.shape, without=safeguard)) for schedule in SCHEDULES[safeguard] * 2
    ]
    assert any(not play(schedule, deadline_seconds=12).verdict.is_kept for schedule in unsafe), (
        f"nobody noticed that {safeguard} was missing"
    )


@pytest.mark.slow
@pytest.mark.parametrize("safeguard", TESTS)
def test_a_test_fails_without_each_safeguard_of_one_process(safeguard: str) -> None:
    """Without the safeguard the named tests fail: what they show is not shown by something else."""
    command = [
        sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-p", "tests.proof.without",
        "-k", "not postgresql", TESTS[safeguard],
    ]  # fmt: skip
    environment = {**os.environ, "PROOF_WITHOUT": safeguard}
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == 1, ended.stdout[-2000:]
    assert "1 failed" in ended.stdout
