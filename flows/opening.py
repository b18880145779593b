"""Open what a flow works with: settings, ledger, lease, platform account."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar

from campaigns.accounts import read_account
from campaigns.clock import now
from campaigns.db.engine import Database
from campaigns.exchanges import ExchangeKeeper
from campaigns.leasing import hold_lease
from campaigns.logs import install_masking
from campaigns.pacing import Pace
from campaigns.queries.campaigns import get_campaign
from campaigns.run import CampaignRun
from campaigns.settings import load_settings

_current: ContextVar[CampaignRun] = ContextVar("current campaign run")


@asynccontextmanager
async def open_run(campaign: str) -> AsyncIterator[CampaignRun]:
    """Take the campaign's lease and open its account; `current_run` gives it to tasks, whose parameters are ids.

    Raises `LeaseLostError` when another run is at work on the campaign.
    """
    install_masking()
    settings = load_settings()
    database = Database(settings.database_url)
    try:
        with database.reading() as db:
            found = get_campaign(db, campaign)
        assert found.id is not None
        account = read_account(settings, found.account)
        async with hold_lease(database, found.id, settings.submission.lease) as lease:
            with ExchangeKeeper(database, found.id) as keeper:
                async with account.open(clock=now, record=keeper) as connector:
                    limits = connector.limits
                    pace = Pace(limits.requests_per_second, limits.requests_in_flight)
                    run = CampaignRun(found.id, database, connector, lease, pace, now, settings)
                    token = _current.set(run)
                    try:
                        yield run
                    finally:
                        _current.reset(token)
    finally:
        database.close()


def current_run() -> CampaignRun:
    """Return the run that the flow opened."""
    return _current.get()
