"""One run of a campaign as `callsheet run` does it, without the engine: take up, import, plan, drive, close.

The engine adds ten seconds to a start and nothing to the promise, which is the ledger's; `test_real_runs` runs the
command itself.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import threading
import traceback
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine, event

import campaigns.dial_lists.opening  # noqa: F401 - imported before the fork, as everything here is
import connectors.registry  # noqa: F401
from campaigns.cli.context import App
from campaigns.cli.running import Intended, intend
from campaigns.driving import DriveEnd, drive_campaign
from campaigns.errors import LeaseLostError
from campaigns.holding import resume_campaign
from campaigns.importing import import_if_needed
from campaigns.models import Chunk
from campaigns.planning import plan_campaign
from campaigns.queries.campaigns import get_campaign_by_id
from campaigns.queries.chunks import find_chunks
from campaigns.statuses import CAMPAIGN_ENDED, CHUNK_OPEN, CampaignStatus
from campaigns.submission import SubmissionCounts, submit_staged_chunk
from tests.proof.safeguards import remove_safeguard

ENDED, PAUSED_ITSELF = 0, 4


@dataclass(frozen=True)
class Orders:
    """How one process is to lead the campaign of a folder."""

    folder: Path
    dies_before_commit: int = 0
    """SIGKILL to itself right before the n-th transaction of the main thread is committed; 0: not."""
    dies_after_commit: int = 0
    without: str = ""
    """The safeguard that is taken away, to see who notices."""
    resumes: bool = False
    """First continue a campaign that paused itself, as a person would."""
    environment: dict[str, str] = field(default_factory=dict)


def lead(orders: Orders) -> None:
    """Lead the campaign to its end; leaves with 0 when it has ended, 4 when it paused itself, 1 on trouble."""
    os.environ.update(orders.environment)
    logging.basicConfig(level=logging.WARNING, format=f"%(asctime)s {os.getpid()} %(levelname)s %(message)s")
    logging.getLogger("campaigns").setLevel(logging.INFO)
    for noisy in ("httpx", "aiohttp"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
    remove_safeguard(orders.without)
    code = 1
    try:
        if orders.dies_before_commit or orders.dies_after_commit:
            _die_at_commit(orders.dies_before_commit, orders.dies_after_commit)
        code = _lead(orders)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _lead(orders: Orders) -> int:
    app = App(orders.folder / "callsheet.toml")
    intended = intend(app, orders.folder / "campaign.yaml", again=False)
    while True:
        if _has_ended(app, intended):
            return ENDED
        try:
            return asyncio.run(_run(app, intended, resumes=orders.resumes))
        except LeaseLostError:
            threading.Event().wait(0.02)


async def _run(app: App, intended: Intended, *, resumes: bool) -> int:
    campaign = intended.intake.campaign
    async with app.open_run(campaign) as run:
        import_if_needed(run, intended.list_path, intended.do_not_call)
        with app.database.reading() as db:
            status = get_campaign_by_id(db, run.campaign_id).status
        if status == CampaignStatus.DRAFT:
            plan_campaign(run)
        elif status == CampaignStatus.PAUSED and resumes:
            await resume_campaign(
                run.database, run.connector, run.campaign_id, clock=run.clock, actor="a person of the proof"
            )

        async def submit(chunk: Chunk) -> SubmissionCounts:
            assert chunk.id is not None
            return await submit_staged_chunk(run, chunk.id)

        driven = await drive_campaign(run, submit=submit)
    return PAUSED_ITSELF if driven.end == DriveEnd.PAUSED_ITSELF else ENDED


def _has_ended(app: App, intended: Intended) -> bool:
    campaign_id = intended.intake.campaign.id
    assert campaign_id is not None
    with app.database.reading() as db:
        ended = get_campaign_by_id(db, campaign_id).status in CAMPAIGN_ENDED
        return ended and not find_chunks(db, campaign_id, CHUNK_OPEN)


def _die_at_commit(before: int, after: int) -> None:
    """Count the writing transactions of the main thread; the lease is prolonged and exchanges are kept in others."""
    commits = 0
    has_written = False

    def die() -> None:
        os.killpg(os.getpgid(0), signal.SIGKILL)

    def note(*args: object) -> None:
        nonlocal has_written
        statement = str(args[2]).lstrip().upper()
        if not statement.startswith(("SELECT", "PRAGMA", "BEGIN", "WITH")) and _is_main_thread():
            has_written = True

    def count(connection: object) -> None:
        nonlocal commits, has_written
        if _is_main_thread() and has_written:
            commits += 1
            has_written = False
            if commits == before:
                die()

    def begin(connection: object) -> None:
        if _is_main_thread() and after and commits >= after:
            die()

    event.listen(Engine, "before_cursor_execute", note)
    event.listen(Engine, "commit", count)
    event.listen(Engine, "begin", begin)


def _is_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()
