"""Spreadsheet → dial list, contacts, and refused rows."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from prefect import flow, task
from prefect.artifacts import acreate_table_artifact

from campaigns.importing import import_if_needed
from campaigns.queries.tallies import count_refusals
from flows.opening import current_run, open_run
from flows.task_policies import flow_options, step_task_options


@flow(name="load-dial-list", **flow_options("list of {campaign}"))
async def load_dial_list(campaign: str, file: str, do_not_call: list[str]) -> dict[str, Any]:
    """Read the campaign's list and do-not-call files into the ledger; importing twice is importing once."""
    async with open_run(campaign) as run:
        counts = await read_list(file, do_not_call)
        with run.database.reading() as db:
            refusals = count_refusals(db, run.campaign_id)
        table = [{"": name.replace("_", " "), "rows": count} for name, count in counts.items()]
        table += [{"": f"refused, {reason.replace('_', ' ')}", "rows": count} for reason, count in refusals.items()]
        key = f"list-campaign-{run.campaign_id}"
        await acreate_table_artifact(key=key, table=table, description=f"Dial list of {campaign}")
        return counts


@task(**step_task_options("read {file}", time_limit=timedelta(hours=1)))
async def read_list(file: str, do_not_call: list[str]) -> dict[str, int]:
    """Import the files named by their paths; returns counts."""
    dial_list = import_if_needed(current_run(), Path(file), [Path(path) for path in do_not_call])
    return {
        "rows": dial_list.row_count,
        "accepted": dial_list.contact_count,
        "duplicates": dial_list.duplicate_count,
        "refused": dial_list.refusal_count,
    }
