"""How fast calls are handed over and settled.

    python -m benchmarks.hand_over [CALLS]

A simulated MVB2000 in a process of its own takes the calls over real HTTP. Loading is one request a call; the floor
is requests sent by aiohttp alone, in the same run.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import aiohttp
import click

from campaigns.clock import now
from campaigns.db.engine import Database
from campaigns.db.upgrading import upgrade
from campaigns.driving import drive_campaign
from campaigns.leasing import hold_lease
from campaigns.models import Chunk
from campaigns.pacing import Pace
from campaigns.planning import plan_campaign
from campaigns.rehearsal.platform import RunningSimulator, running_simulator
from campaigns.run import CampaignRun
from campaigns.settings import Settings, WatchingSettings
from campaigns.submission import SubmissionCounts, submit_staged_chunk
from connectors.mvb2000.connector import open_connector
from connectors.mvb2000.settings import Mvb2000Settings
from tests.builders import make_campaign, make_number

IN_FLIGHT = 32


async def send_bare(simulator: RunningSimulator, requests: int) -> float:
    """Return the requests a second of a client that does nothing but send and read."""
    left = iter(range(requests))
    url = f"{simulator.address}/webservice2/about.php?webkey=x&json=2"

    async def worker(session: aiohttp.ClientSession) -> None:
        for _ in left:
            async with session.get(url) as reply:
                await reply.read()

    connector = aiohttp.TCPConnector(limit=IN_FLIGHT)
    async with aiohttp.ClientSession(connector=connector) as session:
        began = time.perf_counter()
        await asyncio.gather(*(worker(session) for _ in range(IN_FLIGHT)))
        return requests / (time.perf_counter() - began)


async def hand_over(
    simulator: RunningSimulator, folder: Path, calls: int
) -> tuple[list[SubmissionCounts], float, float]:
    """Return what each chunk took, and the seconds of loading alone and of everything."""
    database = Database(f"sqlite:///{folder / 'ledger.db'}")
    upgrade(database)
    campaign = make_campaign(database, [make_number(index) for index in range(calls)])
    account = Mvb2000Settings.model_validate(
        {"base_url": f"{simulator.address}/webservice2/", "key": simulator.key, "requests_per_second": 100_000}
    )
    settings = Settings(watching=WatchingSettings(shortest_pause=timedelta(milliseconds=200)))
    counts: list[SubmissionCounts] = []
    async with (
        hold_lease(database, campaign.id or 0, settings.submission.lease) as lease,
        open_connector("main", account, clock=now) as connector,
    ):
        pace = Pace(account.requests_per_second, IN_FLIGHT)
        run = CampaignRun(campaign.id or 0, database, connector, lease, pace, now, settings)
        plan_campaign(run)
        began = time.perf_counter()
        loaded = began

        async def submit(chunk: Chunk) -> SubmissionCounts:
            nonlocal loaded
            counts.append(await submit_staged_chunk(run, chunk.id or 0))
            loaded = time.perf_counter()
            return counts[-1]

        await drive_campaign(run, submit=submit)
        ended = time.perf_counter()
    database.close()
    return counts, loaded - began, ended - began


def main(calls: int) -> int:
    with (
        tempfile.TemporaryDirectory() as name,
        running_simulator("mvb2000", scenario="calm", seed=1, folder=Path(name)) as simulator,
    ):
        floor = asyncio.run(send_bare(simulator, min(calls, 20_000)))
        counts, loading, whole = asyncio.run(hand_over(simulator, Path(name), calls))
    rate = calls / loading
    click.echo(f"loaded, verified and started: {rate:,.0f} calls/s ({calls:,} calls, {len(counts)} chunks)")
    click.echo(f"aiohttp alone: {floor:,.0f} requests/s; ratio {floor / rate:.1f}")
    click.echo(f"from the first request to the last outcome: {whole:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000))
