"""Measure how many callbacks a second one core stores and answers, over real connections.

    python benchmarks/receive_callbacks.py --messages 30000 --connections 64

The app runs in a process of its own, kept to one core where the system allows it; the load comes from another.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
from sqlalchemy import func, select

from campaigns.db.engine import Database
from campaigns.models import Callback

SECRET = "benchmark-secret"
PATH = f"/callbacks/infin8linx/manila/{SECRET}"


def make_body(number: int) -> bytes:
    """A call record of the size of the platform's own sample."""
    record = {
        "id": number, "uuid": f"{number:032x}", "companycode": "1000", "customuuid": "k7f3qd9x-0001", "callmethod": 6,
        "callnumber": "02100000000", "destnumber": f"8120{number:07d}", "disnumber": "02100000000", "billsec": 12,
        "starttime": "2026-11-23 12:00:00", "answertime": "2026-11-23 12:00:09", "endtime": "2026-11-23 12:00:21",
        "duration": 9, "hangupcause": "10001", "hangupdirection": "callee", "userkey": "1", "filename": "",
        "chengshudu": "0", "ext": "0", "userid": "0", "memberid": "0", "round": 1, "province": "", "city": "",
    }  # fmt: skip
    return json.dumps(record).encode()


async def push_all(host: str, port: int, *, messages: int, connections: int, path: str) -> tuple[float, list[float]]:
    """Send every message, each connection one at a time; return the seconds taken, and those of each message."""
    numbers = iter(range(messages))
    seconds: list[float] = []

    async def push() -> None:
        reader, writer = await asyncio.open_connection(host, port)
        for number in numbers:
            body = make_body(number)
            head = (
                f"POST {path} HTTP/1.1\r\nHost: x\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            )
            asked = time.perf_counter()
            writer.write(head.encode() + body)
            status = await reader.readline()
            assert b" 200 " in status, status
            length = 0
            while (line := await reader.readline()) != b"\r\n":
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            await reader.readexactly(length)
            seconds.append(time.perf_counter() - asked)
        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(push() for _ in range(connections)))
    return time.perf_counter() - began, seconds


def write_settings(folder: Path, database_url: str) -> Path:
    config = folder / "callsheet.toml"
    config.write_text(
        f'database_url = "{database_url}"\n[accounts.manila]\nplatform = "infin8linx"\n'
        f'base_url = "http://127.0.0.1:9/api/yunhu"\nappid = "none"\naccesskey = "none"\ncallback_secret = "{SECRET}"\n'
        "[platform_facing]\nport = 0\nmessages_per_second = 1000000\n",
        encoding="utf-8",
    )
    return config


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=30_000)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--database-url", help="[default: SQLite in a temporary folder]")
    parser.add_argument("--folder", type=Path, help="where the temporary folder is made: the disk that is measured")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder and options.folder.resolve()) as name:
        url = options.database_url or f"sqlite:///{name}/ledger.db"
        command = [
            sys.executable,
            "-m",
            "campaigns",
            "--config",
            str(write_settings(Path(name), url)),
            "serve",
            "--json",
        ]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdout is not None
            said = json.loads(process.stdout.readline())
            if hasattr(os, "sched_setaffinity"):
                os.sched_setaffinity(process.pid, {min(os.sched_getaffinity(0))})
            before = _cpu_seconds(process.pid)
            taken, seconds = asyncio.run(
                push_all(
                    said["host"], said["port"], messages=options.messages, connections=options.connections, path=PATH
                )
            )
            spent = _cpu_seconds(process.pid) - before
        finally:
            process.terminate()
            process.wait()
        database = Database(url)
        with database.reading() as db:
            stored = db.execute(select(func.count()).select_from(Callback)).scalar_one()
    seconds.sort()
    sys.stdout.write(
        f"{options.messages:,} callbacks over {options.connections} connections in {taken:.1f} s: "
        f"{options.messages / taken:,.0f}/s, {options.messages / spent:,.0f} per CPU second of the app, "
        f"median {seconds[len(seconds) // 2] * 1000:.1f} ms, "
        f"99% within {seconds[len(seconds) * 99 // 100] * 1000:.1f} ms, stored {stored:,}\n"
    )


def _cpu_seconds(pid: int) -> float:
    times = psutil.Process(pid).cpu_times()
    return times.user + times.system


if __name__ == "__main__":
    main()
