"""A campaign run against a simulated platform on a real port, without Prefect."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta

import pytest

from campaigns.clock import now
from campaigns.db.engine import Database
from campaigns.leasing import hold_lease
from campaigns.pacing import Pace
from campaigns.run import CampaignRun
from campaigns.settings import Settings, SubmissionSettings, WatchingSettings
from connectors.mvb2000.connector import open_connector
from connectors.mvb2000.settings import Mvb2000Settings
from connectors.mvb2000.simulator import DEFAULT_KEY, Simulator, SimulatorSettings, create_simulator
from connectors.simulation.server import SimulatorServer

OpenRun = Callable[..., AbstractAsyncContextManager[CampaignRun]]


@asynccontextmanager
async def serve_simulator(**settings: object) -> AsyncIterator[tuple[Simulator, str]]:
    """An MVB2000 whose calls take no time, on a port of its own."""
    simulator = create_simulator(SimulatorSettings.instant(**settings))
    async with SimulatorServer(simulator) as server:
        yield simulator, f"{server.base_url}/webservice2/"


@pytest.fixture
def quick_settings() -> Settings:
    """Settings whose pauses are as short as a test wants them."""
    return Settings(
        submission=SubmissionSettings(quiet_period=timedelta(milliseconds=50), lease=timedelta(seconds=30)),
        watching=WatchingSettings(shortest_pause=timedelta(milliseconds=10), longest_pause=timedelta(milliseconds=50)),
    )


@pytest.fixture
def open_run(quick_settings: Settings) -> OpenRun:
    """Opens a run of a campaign on the simulated platform at an address."""

    @asynccontextmanager
    async def opened(
        database: Database, campaign_id: int, base_url: str, **account: object
    ) -> AsyncIterator[CampaignRun]:
        values = {"base_url": base_url, "key": DEFAULT_KEY, "requests_per_second": 5000, **account}
        settings = Mvb2000Settings.model_validate(values)
        async with (
            hold_lease(database, campaign_id, quick_settings.submission.lease) as lease,
            open_connector("main", settings, clock=now) as connector,
        ):
            pace = Pace(settings.requests_per_second, settings.requests_in_flight)
            yield CampaignRun(campaign_id, database, connector, lease, pace, now, quick_settings)

    return opened
