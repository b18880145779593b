"""Bills of a period, safe to repeat."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from prefect import flow, task

from campaigns.accounts import read_account
from campaigns.clock import now
from campaigns.db.engine import Database
from campaigns.evidence import pull_bills as settle_bills
from campaigns.exchanges import ExchangeKeeper
from campaigns.logs import install_masking
from campaigns.settings import load_settings
from flows.task_policies import chunk_task_options, flow_options


@flow(name="pull-bills", **flow_options("bills of {account}"))
async def pull_bills(account: str, since: datetime, until: datetime | None = None) -> dict[str, int]:
    """Settle calls by what the platform charges for a period (until now if left out), for whichever campaigns.

    A running campaign pulls the bills of its account by itself. This is for looking again later.
    """
    return await read_bills(account, since, until or now())


@task(**chunk_task_options("bills of {account} since {since}", time_limit=timedelta(hours=1)))
async def read_bills(account: str, since: datetime, until: datetime) -> dict[str, Any]:
    """Read the bills of a period and settle them; returns counts."""
    install_masking()
    settings = load_settings()
    database = Database(settings.database_url)
    try:
        with ExchangeKeeper(database, None) as keeper:
            async with read_account(settings, account).open(clock=now, record=keeper) as connector:
                counts = await settle_bills(database, connector, since, until, clock=now)
    finally:
        database.close()
    return {
        "reports": counts.reports,
        "settled": counts.settled,
        "differing": counts.differing,
        "not_ours": counts.unknown,
        "chunks_proven": counts.chunks_proven,
    }
