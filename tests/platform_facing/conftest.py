"""The platform-facing app in a process of its own, on a real port, to be killed when a test wants it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

SECRET = "unguessable-in-tests"
PATH = f"/callbacks/infin8linx/manila/{SECRET}"


@dataclass
class ServingProcess:
    process: subprocess.Popen[str]
    address: str
    """`http://host:port`"""

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


def write_settings(folder: Path, database_url: str, *, more: str = "", port: int = 0) -> Path:
    """A settings file with one account that is called back."""
    config = folder / "callsheet.toml"
    config.write_text(
        f"""
database_url = "{database_url}"
[accounts.manila]
platform = "infin8linx"
base_url = "http://127.0.0.1:9/api/yunhu"
appid = "invented"
accesskey = "invented"
callback_secret = "{SECRET}"
[platform_facing]
port = {port}
{more}
""",
        encoding="utf-8",
    )
    return config


Serves = Callable[..., ServingProcess]


@pytest.fixture
def serve() -> Iterator[Serves]:
    """Starts `callsheet serve` on a free port."""
    started: list[subprocess.Popen[str]] = []

    def start(config: Path) -> ServingProcess:
        command = [sys.executable, "-m", "campaigns", "--config", str(config), "serve", "--json"]
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=dict(os.environ)
        )
        started.append(process)
        assert process.stdout is not None
        said = json.loads(process.stdout.readline())
        return ServingProcess(process, f"http://{said['host']}:{said['port']}")

    yield start
    for process in started:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()
