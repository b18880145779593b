"""Work off the callback inbox."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from prefect import flow, task

from campaigns.accounts import read_account
from campaigns.clock import now
from campaigns.db.engine import Database
from campaigns.inbox import apply_callbacks as apply_inbox
from campaigns.logs import install_masking
from campaigns.settings import load_settings
from flows.task_policies import flow_options, step_task_options


@flow(name="apply-callbacks", **flow_options("callbacks of {account}"))
async def apply_callbacks(account: str) -> dict[str, Any]:
    """Apply what an account's platform sent since the last time, for whichever campaigns; safe to repeat.

    A running campaign applies the callbacks of its account by itself. This is for those that come when none runs.
    """
    return await read_inbox(account)


@task(**step_task_options("inbox of {account}", time_limit=timedelta(hours=1)))
async def read_inbox(account: str) -> dict[str, Any]:
    """Settle what the inbox says; returns counts."""
    install_masking()
    settings = load_settings()
    database = Database(settings.database_url)
    try:
        async with read_account(settings, account).open(clock=now) as connector:
            counts = apply_inbox(database, connector, clock=now)
    finally:
        database.close()
    return {
        "messages": counts.messages,
        "not_understood": counts.not_understood,
        "settled": counts.evidence.settled,
        "differing": counts.evidence.differing,
    }
