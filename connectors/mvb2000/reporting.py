"""Ask how the calls of a task went (manual, 8.8 and 8.27)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime

from connectors.contract import CallReport, StagedCall, StageProgress
from connectors.mvb2000.client import Mvb2000Client
from connectors.mvb2000.codes import SETTLED_ROWS, UNSETTLED_ROWS, read_stage_state
from connectors.mvb2000.envelope import read_number
from connectors.mvb2000.reports import read_call_report, read_staged_call, require_rows
from connectors.mvb2000.settings import Mvb2000Settings
from connectors.mvb2000.stages import Stages


class Reporting:
    def __init__(self, client: Mvb2000Client, settings: Mvb2000Settings) -> None:
        self._client = client
        self._zone = settings.zone
        self._stages = Stages(client)

    async def fetch_progress(self, stage_id: str) -> StageProgress | None:
        """Read a task's figures. Its counts are null until it has rows; its rates are not used (8.27 mislabels one)."""
        reply = await self._client.call("gettaskreport", id=stage_id)
        row = next((row for row in reply.data if row.get("id") == stage_id), None)
        state = read_stage_state(row.get("status", "")) if row else None
        if state is None:
            stage = await self._stages.fetch(stage_id)
            if stage is None:
                return None
            state = stage.state
        counts = row or {}
        return StageProgress(
            state=state,
            calls=read_number(counts, "total") or 0,
            settled=(read_number(counts, "succcount") or 0) + (read_number(counts, "failcount") or 0),
        )

    async def fetch_reports(
        self, stage_id: str, *, settled_since: datetime | None = None
    ) -> AsyncIterator[Sequence[CallReport]]:
        since = None if settled_since is None else f"{settled_since.astimezone(self._zone):%Y-%m-%d %H:%M:%S}"
        for status in SETTLED_ROWS:
            async for page in self._client.fetch_pages("getobdiallist", taskid=stage_id, status=status, endtime1=since):
                reports = [
                    read_call_report(row, stage_id, self._zone)
                    for row in require_rows(page, stage_id)
                    if row.get("status", "").upper() == status
                ]
                if reports:
                    yield reports

    async def fetch_unsettled(self, stage_id: str) -> AsyncIterator[Sequence[StagedCall]]:
        for status in UNSETTLED_ROWS:
            async for page in self._client.fetch_pages("getobdiallist", taskid=stage_id, status=status):
                rows = [
                    read_staged_call(row)
                    for row in require_rows(page, stage_id)
                    if row.get("status", "").upper() == status
                ]
                if rows:
                    yield rows
