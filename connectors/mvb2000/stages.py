"""Tasks as stages: find them, read their state, move it and make sure that it moved (manual, 8.3 and 8.14)."""

from __future__ import annotations

from collections.abc import Collection

from connectors.contract import Stage, StageState
from connectors.errors import (
    CallRejectedError,
    MalformedReplyError,
    OutcomeUnknownError,
    TransientPlatformError,
)
from connectors.mvb2000.checks import PLATFORM
from connectors.mvb2000.client import Mvb2000Client
from connectors.mvb2000.codes import read_stage_state
from connectors.mvb2000.envelope import Row


class Stages:
    """The tasks of an account."""

    def __init__(self, client: Mvb2000Client) -> None:
        self._client = client

    async def find(self, name: str) -> list[Stage]:
        """Every task of exactly this name, oldest first; the platform's own filter may match parts or nothing."""
        found = [
            row
            async for page in self._client.fetch_pages("getobtasks", name=name)
            for row in page
            if row.get("name") == name
        ]
        # a row may come twice when the list grows while it is read
        stages = {row.get("id", ""): read_stage(row) for row in found}
        return sorted(stages.values(), key=lambda stage: (len(stage.stage_id), stage.stage_id))

    async def fetch(self, stage_id: str) -> Stage | None:
        async for page in self._client.fetch_pages("getobtasks", id=stage_id):
            for row in page:
                if row.get("id") == stage_id:
                    return read_stage(row)
        return None

    async def move(
        self, stage_id: str, letter: str, *, allowed: Collection[StageState], reached: Collection[StageState]
    ) -> None:
        """Set a task's status and read it back.

        1. Read the state: one of `reached` is success, one that is not `allowed` is refused.
        2. Set the letter. When the reply is lost, go on: the reading decides.
        3. Read the state. `OutcomeUnknownError` when it has not been reached, or cannot be read.

        Which case the platform wants its letters in is not documented, so a letter that was taken without effect is
        sent once more in lower case. Setting a status twice does no harm.
        """
        stage = await self.fetch(stage_id)
        if stage is None:
            raise _refuse(stage_id, "does not exist")
        if stage.state in reached:
            return
        if stage.state not in allowed:
            raise _refuse(stage_id, f"is {stage.state.value} and cannot be set to {letter}")
        for spelling in (letter, letter.lower()):
            lost: OutcomeUnknownError | None = None
            try:
                await self._client.call("setobtaskstatus", id=stage_id, status=spelling)
            except OutcomeUnknownError as error:
                lost = error
            stage = await self._read_back(stage_id, lost)
            if stage is not None and stage.state in reached:
                return
            if lost is not None:
                raise lost
        raise OutcomeUnknownError(
            f"MVB2000 task {stage_id} was set to {letter} and reads {stage.state.value if stage else 'as absent'}",
            platform=PLATFORM,
            operation="setobtaskstatus",
        )

    async def _read_back(self, stage_id: str, lost: OutcomeUnknownError | None) -> Stage | None:
        try:
            return await self.fetch(stage_id)
        except (TransientPlatformError, MalformedReplyError) as error:
            # the status may have been set; asked again, the caller must not take this for "nothing happened"
            raise lost or unknown_after_change("setobtaskstatus", error) from None


def unknown_after_change(operation: str, error: TransientPlatformError | MalformedReplyError) -> OutcomeUnknownError:
    """Say that a change was taken and its effect could not be read back."""
    return OutcomeUnknownError(
        f"MVB2000 took {operation}, and reading it back failed: {error}",
        platform=PLATFORM,
        operation=operation,
        raw_code=error.raw_code,
        exchange_id=error.exchange_id,
    )


def read_stage(row: Row) -> Stage:
    state = read_stage_state(row.get("status", ""))
    stage_id = row.get("id", "")
    if state is None or not stage_id:
        raise MalformedReplyError(
            f"MVB2000 task {stage_id or 'without id'} has a status that the manual does not list",
            platform=PLATFORM,
            operation="getobtasks",
            raw_code=row.get("status", "")[:20],
        )
    return Stage(stage_id=stage_id, name=row.get("name", ""), state=state)


def _refuse(stage_id: str, what: str) -> CallRejectedError:
    return CallRejectedError(f"MVB2000 task {stage_id} {what}", platform=PLATFORM, operation="setobtaskstatus")
