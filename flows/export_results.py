"""Results workbook and campaign summary."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from prefect import flow, task
from prefect.artifacts import acreate_link_artifact

from campaigns.clock import now
from campaigns.db.engine import Database
from campaigns.queries.campaigns import get_campaign
from campaigns.results.exporting import export_results as write_results
from campaigns.settings import load_settings
from flows.task_policies import flow_options, step_task_options


@flow(name="export-results", **flow_options("results of {campaign}"))
async def export_results(campaign: str, out: str) -> dict[str, Any]:
    """Write the results file (.xlsx, .csv, .parquet; an absolute path) as the ledger stands now; changes nothing."""
    await write_file(campaign, out)
    await acreate_link_artifact(link=f"file://{out}", link_text=Path(out).name, description=f"Results of {campaign}")
    return {"out": out}


@task(**step_task_options("write {out}", time_limit=timedelta(hours=1)))
async def write_file(campaign: str, out: str) -> None:
    """Collect and write; an interrupted export leaves no half file."""
    settings = load_settings()
    database = Database(settings.database_url)
    try:
        with database.reading() as db:
            found = get_campaign(db, campaign)
        write_results(database, found.id or 0, Path(out), language=settings.language, clock=now)
    finally:
        database.close()
