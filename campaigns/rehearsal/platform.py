"""The simulated platform of a rehearsal, in a process of its own, on a real port."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from campaigns.errors import CampaignError


@dataclass(frozen=True, slots=True)
class RunningSimulator:
    platform: str
    address: str
    """`http://host:port`, without a path."""
    key: str


_KEY = "rehearsal-key"
_STOP_SECONDS = 10


@contextmanager
def running_simulator(platform: str, *, scenario: str, seed: int, folder: Path) -> Iterator[RunningSimulator]:
    """Start a simulator and stop it at the end; what it dialled is in `folder`/dialled.jsonl."""
    command = [
        sys.executable, "-m", "campaigns", "simulate", platform, "--port", "0", "--scenario", scenario,
        "--seed", str(seed), "--key", _KEY, "--journal", str(folder / "dialled.jsonl"),
    ]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        address = line.rpartition(" ")[2].strip()
        if not address.startswith("http"):
            raise CampaignError(f"the simulated {platform} did not start")
        yield RunningSimulator(platform, address, _KEY)
    finally:
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        assert process.stdout is not None
        process.stdout.close()
