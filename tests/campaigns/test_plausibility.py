"""A campaign stops by itself when its outcomes cannot be true."""

from __future__ import annotations

import pytest

from campaigns.db.engine import Database
from campaigns.driving import DriveEnd, drive_campaign
from campaigns.planning import plan_campaign
from campaigns.plausibility import find_implausible
from campaigns.queries.campaigns import get_campaign_by_id
from campaigns.queries.progress import read_progress
from campaigns.statuses import CampaignStatus
from campaigns.submission import submit_staged_chunk
from connectors.contract import Outcome
from tests.builders import make_campaign, make_number
from tests.campaigns.conftest import OpenRun, serve_simulator


@pytest.mark.parametrize(
    ("outcomes", "is_implausible"),
    [
        ({Outcome.UNREACHABLE: 150, Outcome.REJECTED: 50}, True),
        ({Outcome.BUSY: 200}, True),
        ({Outcome.NO_ANSWER: 120, Outcome.BUSY: 80}, False),
        ({Outcome.UNREACHABLE: 199}, False),
        ({Outcome.UNREACHABLE: 5000, Outcome.ANSWERED: 1}, False),
        ({Outcome.ANSWERED: 200}, False),
        ({}, False),
    ],
)
def test_only_what_no_list_of_people_gives(outcomes: dict[Outcome, int], is_implausible: bool) -> None:
    """All failed or all alike without an answer, and enough of them to judge."""
    assert bool(find_implausible(outcomes, 200)) is is_implausible
    assert not find_implausible(outcomes, 0)


async def test_a_broken_trunk_pauses_the_campaign(sqlite: Database, open_run: OpenRun) -> None:
    """When every call of the first chunks fails, the rest is not put to the platform, and the reason is on record."""
    campaign = make_campaign(sqlite, [make_number(index, 6) for index in range(1200)])
    async with (
        serve_simulator() as (_, base_url),
        open_run(sqlite, campaign.id, base_url, max_calls_per_chunk=100, requests_per_second=2000) as run,
    ):
        plan_campaign(run)
        driven = await drive_campaign(run, submit=lambda chunk: submit_staged_chunk(run, chunk.id or 0))
    assert driven.end == DriveEnd.PAUSED_ITSELF
    with sqlite.reading() as db:
        paused = get_campaign_by_id(db, campaign.id or 0)
        progress = read_progress(db, campaign.id or 0)
    assert paused.status == CampaignStatus.PAUSED
    assert "unreachable" in paused.status_reason
    assert progress.accepted < 1200
