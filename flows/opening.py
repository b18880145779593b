"""Open what a flow works with, and hand it to tasks, whose parameters are only ids."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar

from campaigns.db.engine import Database
from campaigns.logs import install_masking
from campaigns.opening import open_campaign_run
from campaigns.queries.campaigns import get_campaign
from campaigns.run import CampaignRun
from campaigns.settings import load_settings

_current: ContextVar[CampaignRun] = ContextVar("current campaign run")


@asynccontextmanager
async def open_run(campaign: str) -> AsyncIterator[CampaignRun]:
    """Open a run of the campaign of this name, with the settings of this process; see `current_run`."""
    install_masking()
    settings = load_settings()
    database = Database(settings.database_url)
    try:
        with database.reading() as db:
            found = get_campaign(db, campaign)
        async with open_campaign_run(settings, database, found) as run:
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
