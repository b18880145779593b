"""A campaign from plan to end on a simulated Infin8linx: real requests, real callbacks, real bills."""

from __future__ import annotations

import socket
from collections import Counter
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import pytest

from campaigns.accounts import read_account
from campaigns.clock import now
from campaigns.db.engine import Database
from campaigns.driving import DriveEnd, drive_campaign
from campaigns.leasing import hold_lease
from campaigns.models import Chunk
from campaigns.pacing import Pace
from campaigns.planning import plan_campaign
from campaigns.platform_facing.serving import platform_facing_open
from campaigns.queries.chunks import count_chunks
from campaigns.queries.identity import Identity, compute_identity
from campaigns.run import CampaignRun
from campaigns.settings import Settings
from campaigns.submission import SubmissionCounts
from campaigns.submission_at_once import submit_chunk_at_once
from connectors.infin8linx.simulator import (
    DEFAULT_ACCESSKEY,
    DEFAULT_APPID,
    Simulator,
    SimulatorSettings,
    create_simulator,
)
from connectors.simulation.server import SimulatorServer
from tests.builders import make_campaign, make_file

SECRET = "unguessable-in-tests"
CALLS = 120


def make_indonesian(index: int) -> str:
    """An invented Indonesian mobile number."""
    return f"+62812000{index:05d}"


def make_settings(base_url: str, port: int, *, with_callbacks: bool, evidence_wait: str) -> Settings:
    account: dict[str, Any] = {
        "platform": "infin8linx",
        "base_url": base_url,
        "appid": DEFAULT_APPID,
        "accesskey": DEFAULT_ACCESSKEY,
        "max_calls_per_chunk": 50,
        "requests_per_second": 200,
        "read_timeout": timedelta(seconds=2),
    }
    if with_callbacks:
        account["callback_secret"] = SECRET
    return Settings.model_validate(
        {
            "accounts": {"main": account},
            "platform_facing": {"port": port},
            "watching": {
                "shortest_pause": "20ms", "longest_pause": "50ms", "bills_interval": "1s",
                "evidence_wait": evidence_wait,
            },
        }
    )  # fmt: skip


async def run_whole(
    database: Database, *, with_callbacks: bool = True, evidence_wait: str = "1h", **simulated: Any
) -> tuple[DriveEnd, Identity, dict[str, int], Simulator]:
    """Plan and drive a campaign of 120 Indonesian numbers against a platform of its own."""
    file = make_file(calling={"timezone": "Asia/Jakarta", "begin": now().date() - timedelta(days=1)})
    numbers = [make_indonesian(index) for index in range(CALLS)]
    campaign = make_campaign(database, numbers, file=file, country="ID", platform="infin8linx")
    assert campaign.id is not None
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    callbacks = dict(simulated.pop("callbacks", {}))
    if with_callbacks:
        callbacks["url"] = f"http://127.0.0.1:{port}/callbacks/infin8linx/main/{SECRET}"
    simulator = create_simulator(SimulatorSettings.instant(callbacks=callbacks, **simulated))
    async with SimulatorServer(simulator) as server:
        settings = make_settings(
            f"{server.base_url}/api/yunhu", port, with_callbacks=with_callbacks, evidence_wait=evidence_wait
        )
        with ExitStack() as stack:
            stack.enter_context(platform_facing_open(settings, database))
            async with (
                hold_lease(database, campaign.id, timedelta(seconds=30)) as lease,
                read_account(settings, "main").open(clock=now) as connector,
            ):
                run = CampaignRun(campaign.id, database, connector, lease, Pace(200, 4), now, settings)

                async def hand_over(chunk: Chunk) -> SubmissionCounts:
                    return await submit_chunk_at_once(run, chunk.id or 0)

                plan_campaign(run)
                driven = await drive_campaign(run, submit=hand_over)
    with database.reading() as db:
        return driven.end, compute_identity(db, campaign.id), count_chunks(db, campaign.id), simulator


def most_calls_of_a_number(simulator: Simulator) -> int:
    """The platform's own count."""
    return max(Counter(call.number for call in simulator.journal.calls).values())


@pytest.mark.parametrize(
    "callbacks",
    [
        {"form": "v2"},
        {"form": "v1"},
        {"form": "camel", "doubled": 0.3, "reordered": 0.3, "late": 0.2, "late_seconds": 0.3},
        {"lost": 0.3, "garbled": 0.2, "strangers": 0.2},
    ],
    ids=["v2", "v1", "camel, doubled, reordered, late", "lost, garbled, strangers"],
)
async def test_every_row_is_settled_whatever_becomes_of_callbacks(sqlite: Database, callbacks: dict[str, Any]) -> None:
    """Callbacks of any generation and with any fault, with bills behind them, settle every call once."""
    end, identity, chunks, simulator = await run_whole(sqlite, callbacks=callbacks)
    assert end == DriveEnd.ENDED
    assert identity.holds
    assert identity.outcomes == CALLS
    assert chunks == {"closed": 3}
    assert most_calls_of_a_number(simulator) == 1


async def test_bills_alone_are_enough(database: Database) -> None:
    """An account without callbacks is settled from its bills."""
    end, identity, _, simulator = await run_whole(database, with_callbacks=False)
    assert (end, identity.outcomes, identity.holds) == (DriveEnd.ENDED, CALLS, True)
    assert most_calls_of_a_number(simulator) == 1


async def test_callbacks_alone_are_enough(database: Database) -> None:
    """Where bills are refused, callbacks settle everything."""
    end, identity, _, simulator = await run_whole(database, bills_refused=True)
    assert (end, identity.outcomes, identity.holds) == (DriveEnd.ENDED, CALLS, True)
    assert most_calls_of_a_number(simulator) == 1


@pytest.mark.parametrize("kind", ["drop_after", "error_after", "garble", "half_body"])
async def test_a_lost_reply_is_settled_by_evidence(sqlite: Database, kind: str) -> None:
    """Every submission loses its reply after it took effect: records prove the chunks, and nothing is sent twice."""
    faults = {"seed": 3, "dials": [{"kind": kind, "probability": 1.0, "operations": ["PlayVoice"]}]}
    end, identity, _, simulator = await run_whole(sqlite, faults=faults)
    assert (end, identity.outcomes, identity.holds) == (DriveEnd.ENDED, CALLS, True)
    assert most_calls_of_a_number(simulator) == 1


async def test_what_has_no_evidence_is_unconfirmed_not_guessed(sqlite: Database) -> None:
    """Submissions that vanish without a reply are shown as unconfirmed, and a person is asked."""
    faults = {"seed": 3, "dials": [{"kind": "drop_before", "probability": 1.0, "operations": ["PlayVoice"]}]}
    end, identity, chunks, simulator = await run_whole(sqlite, faults=faults, evidence_wait="1s")
    assert end == DriveEnd.PAUSED_ITSELF
    assert identity.holds
    assert identity.unconfirmed == CALLS
    assert chunks == {"unconfirmed": 3}
    assert list(simulator.journal.calls) == []
