"""What an operator sees in the Prefect UI: a progress bar while the campaign runs, its identity at the end."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Self
from uuid import UUID

from prefect.artifacts import acreate_markdown_artifact, acreate_progress_artifact, aupdate_progress_artifact

from campaigns.driving import DriveEnd, Look
from campaigns.queries.campaigns import get_campaign_by_id
from campaigns.queries.identity import compute_identity
from campaigns.queries.progress import read_progress
from campaigns.run import CampaignRun

_SECONDS_BETWEEN_UPDATES = 5.0


class ProgressArtifact:
    """A progress bar that is brought up to date every few seconds, however fast the campaign loops."""

    def __init__(self, run: CampaignRun, artifact_id: UUID) -> None:
        self._run = run
        self._artifact_id = artifact_id
        self._waits_for = ""
        self._updating = asyncio.create_task(self._update_for_ever())

    @classmethod
    async def start(cls, run: CampaignRun) -> Self:
        artifact_id = await acreate_progress_artifact(
            progress=0.0, key=_key("progress", run), description="Calls settled"
        )
        return cls(run, artifact_id)

    def note(self, look: Look) -> None:
        self._waits_for = look.waits_for

    async def stop(self) -> None:
        self._updating.cancel()
        with suppress(asyncio.CancelledError):
            await self._updating
        await self._update()

    async def _update_for_ever(self) -> None:
        while True:
            await asyncio.sleep(_SECONDS_BETWEEN_UPDATES)
            await self._update()

    async def _update(self) -> None:
        with self._run.database.reading() as db:
            progress = read_progress(db, self._run.campaign_id)
        waits = f"; {self._waits_for}" if self._waits_for else ""
        await aupdate_progress_artifact(
            artifact_id=self._artifact_id,
            progress=round(100 * progress.share, 1),
            description=f"{progress.settled:,} of {progress.calls:,} calls settled{waits}",
        )


async def record_end(run: CampaignRun, end: DriveEnd) -> None:
    """Leave a table of where every row is, with the identity."""
    with run.database.reading() as db:
        campaign = get_campaign_by_id(db, run.campaign_id)
        identity = compute_identity(db, run.campaign_id)
        progress = read_progress(db, run.campaign_id)
    rows = "\n".join(
        f"| {name.replace('_', ' ')} | {value:,} |" for name, value in identity.to_json().items() if name != "holds"
    )
    outcomes = "\n".join(f"| {name.replace('_', ' ')} | {count:,} |" for name, count in progress.outcomes.items())
    verdict = (
        "Every row is explained." if identity.holds else "**The rows do not add up: this is an error in Callsheet.**"
    )
    await acreate_markdown_artifact(
        key=_key("summary", run),
        description=f"{campaign.name}: {campaign.status}",
        markdown=(
            f"## {campaign.name}: {campaign.status}\n\n{campaign.status_reason}\n\n{verdict}\n\n"
            f"| where the rows are | rows |\n| --- | ---: |\n{rows}\n\n"
            f"| outcome | calls |\n| --- | ---: |\n{outcomes}\n"
        ),
    )


def _table_rows(counts: Mapping[str, int]) -> str:
    return "\n".join(f"| {name.replace('_', ' ')} | {count:,} |" for name, count in counts.items())


def _key(what: str, run: CampaignRun) -> str:
    return f"{what}-campaign-{run.campaign_id}"
