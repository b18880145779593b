"""Open what a run of a campaign works with: lease, platform account, its pace."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from campaigns.account_sharing import share_account
from campaigns.accounts import read_account
from campaigns.clock import now
from campaigns.db.engine import Database
from campaigns.exchanges import ExchangeKeeper
from campaigns.leasing import hold_lease
from campaigns.models import Campaign
from campaigns.pacing import Pace
from campaigns.run import CampaignRun
from campaigns.settings import Settings


@asynccontextmanager
async def open_campaign_run(settings: Settings, database: Database, campaign: Campaign) -> AsyncIterator[CampaignRun]:
    """Take the campaign's lease and open its account, for the time of the block.

    Raises `LeaseLostError` when another run is at work on the campaign.
    """
    assert campaign.id is not None
    account = read_account(settings, campaign.account)
    async with hold_lease(database, campaign.id, settings.submission.lease) as lease:
        with ExchangeKeeper(database, campaign.id) as keeper:
            async with account.open(clock=now, record=keeper) as connector:
                pace = Pace(connector.limits.requests_per_second, connector.limits.requests_in_flight)
                async with share_account(database, campaign.account, lease.owner, pace):
                    yield CampaignRun(campaign.id, database, connector, lease, pace, now, settings)
