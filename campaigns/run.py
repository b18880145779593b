"""What one run of a campaign works with."""

from __future__ import annotations

from dataclasses import dataclass

from campaigns.clock import Clock
from campaigns.db.engine import Database
from campaigns.leasing import Lease
from campaigns.pacing import Pace
from campaigns.settings import Settings
from connectors.contract import Connector


@dataclass(frozen=True)
class CampaignRun:
    """The campaign, the right to work on it, and the means: ledger, platform account and its pace, clock, settings."""

    campaign_id: int
    database: Database
    connector: Connector
    lease: Lease
    pace: Pace
    clock: Clock
    settings: Settings
