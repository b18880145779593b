"""Lay calls out as a task with a dial list, read them back, start it, hold it (manual, chapter 8)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence

from connectors.contract import CallRequest, Message, MessageKind, Stage, StagedCall, StageState, Submission
from connectors.errors import CallRejectedError, MalformedReplyError, OutcomeUnknownError, TransientPlatformError
from connectors.mvb2000.calling_hours import write_hours
from connectors.mvb2000.checks import PLATFORM
from connectors.mvb2000.client import Mvb2000Client
from connectors.mvb2000.envelope import Reply
from connectors.mvb2000.reports import read_staged_call, require_rows
from connectors.mvb2000.settings import Mvb2000Settings
from connectors.mvb2000.stages import Stages, unknown_after_change

MAX_TEXTS = 2
_ID_CHARACTERS = 3000
"""Row ids sent in one deletion, encoded; keeps the address below the 4 kB that any web server takes."""

_OPTIONS = frozenset(
    {"inputtimeout", "inputerrorcount", "inputtimeoutcount", "account", "createbyapp", "creater", "needqs"}
)
"""What a campaign may set in a task by the platform's own names; the rest is ours to set."""


class Staging:
    """Tasks of one account. Only `start_stage` and `resume_stage` make phones ring."""

    def __init__(self, client: Mvb2000Client, settings: Mvb2000Settings) -> None:
        self._client = client
        self._settings = settings
        self._stages = Stages(client)

    async def find_stages(self, name: str) -> list[Stage]:
        return await self._stages.find(name)

    async def fetch_stage(self, stage_id: str) -> Stage | None:
        return await self._stages.fetch(stage_id)

    async def open_stage(self, submission: Submission) -> Stage:
        """Create a task, which does not dial, and read it back.

        The id comes in `total` by the manual's words, whose example is broken: when it is not there, or is not the id
        of a task of this name, the task is found by its name.
        """
        params = write_task(submission, self._settings)
        reply = await self._client.call("addobtask", allow_all=False, **params)
        try:
            return await self._read_back(submission.name, _read_new_id(reply))
        except (TransientPlatformError, MalformedReplyError) as error:
            raise unknown_after_change("addobtask", error) from None

    async def stage_call(self, stage_id: str, call: CallRequest) -> None:
        texts = call.texts
        if len(texts) > MAX_TEXTS:
            raise _refuse("addobdiallist", "texts", f"a row takes {MAX_TEXTS} texts, not {len(texts)}")
        await self._client.call(
            "addobdiallist",
            taskid=stage_id,
            dialnumber=write_number(call, self._settings),
            extrefid=call.call_ref,
            ttstext1=texts[0] if texts else None,
            ttstext2=texts[1] if len(texts) > 1 else None,
        )

    async def fetch_staged(self, stage_id: str) -> AsyncIterator[Sequence[StagedCall]]:
        async for page in self._client.fetch_pages("getobdiallist", taskid=stage_id):
            yield [read_staged_call(row) for row in require_rows(page, stage_id)]

    async def unstage_calls(self, stage_id: str, row_ids: Sequence[str]) -> None:
        """Delete rows by id. An empty list is refused: without ids the platform deletes every row."""
        if not row_ids or any(not row_id.strip() or "," in row_id for row_id in row_ids):
            raise _refuse("delobdiallist", "row_ids", "rows can only be removed by their ids, and one is missing")
        for group in _group_ids(row_ids):
            await self._client.call("delobdiallist", taskid=stage_id, id=group)

    async def discard_stage(self, stage_id: str) -> None:
        """Delete a task that was never started, then its rows, which would outlive it; absent is success.

        The task goes first: were it started in this moment, the platform would refuse to delete it and nothing would
        be lost, whereas its rows can be taken out of a task that dials.
        """
        stage = await self._stages.fetch(stage_id)
        if stage is not None:
            await self._delete_task(stage)
        try:
            await self._client.call("delobdiallist", allow_all=True, taskid=stage_id)
        except (CallRejectedError, OutcomeUnknownError):
            return  # rows of a task that no longer exists are never dialled

    async def _delete_task(self, stage: Stage) -> None:
        if stage.state is not StageState.OPEN:
            raise _refuse("delobtask", "stage_id", f"task {stage.stage_id} is {stage.state.value}, not open")
        await self._client.call("delobtask", id=stage.stage_id)
        try:
            left = await self._stages.fetch(stage.stage_id)
        except (TransientPlatformError, MalformedReplyError) as error:
            raise unknown_after_change("delobtask", error) from None
        if left is not None:
            raise OutcomeUnknownError(
                f"MVB2000 took the deletion of task {stage.stage_id} and still lists it",
                platform=PLATFORM,
                operation="delobtask",
            )

    async def start_stage(self, stage_id: str) -> None:
        """RINGS PHONES. A task that runs or has run is left alone; one that was held is not started again by this."""
        await self._stages.move(
            stage_id, "B", allowed=(StageState.OPEN,), reached=(StageState.STARTED, StageState.FINISHED)
        )

    async def pause_stage(self, stage_id: str) -> None:
        await self._stages.move(
            stage_id, "P", allowed=(StageState.STARTED,), reached=(StageState.PAUSED, StageState.FINISHED)
        )

    async def resume_stage(self, stage_id: str) -> None:
        """RINGS PHONES."""
        await self._stages.move(
            stage_id, "C", allowed=(StageState.PAUSED,), reached=(StageState.STARTED, StageState.FINISHED)
        )

    async def stop_stage(self, stage_id: str) -> None:
        await self._stages.move(
            stage_id,
            "S",
            allowed=(StageState.STARTED, StageState.PAUSED),
            reached=(StageState.STOPPED, StageState.FINISHED),
        )

    async def _read_back(self, name: str, stage_id: str) -> Stage:
        stage = await self._stages.fetch(stage_id) if stage_id else None
        if stage is not None and stage.name == name:
            return stage
        named = await self._stages.find(name)
        if not named:
            raise OutcomeUnknownError(
                "MVB2000 took addobtask and lists no task of that name", platform=PLATFORM, operation="addobtask"
            )
        return named[-1]


def write_task(submission: Submission, settings: Mvb2000Settings) -> dict[str, str | int | None]:
    """Return the parameters of addobtask for an ordinary task.

    `maxretries` is 1, the least that can be asked for, since 0 stands for the platform's global setting; whom to call
    again is the campaign's business.
    """
    return {
        "name": submission.name,
        "runtype": "0",
        **_write_message(submission.message, settings),
        **write_hours(submission.hours, settings.zone),
        "maxretries": 1,
        "maxcalls": submission.concurrent_calls or settings.concurrent_calls,
        "timeout": submission.ring_seconds or settings.ring_seconds,
        "callerid": submission.caller_id or settings.caller_id,
        "outtrunk": settings.outgoing_trunk,
    }


def _write_message(message: Message, settings: Mvb2000Settings) -> dict[str, str | int | None]:
    foreign = sorted(set(message.options) - _OPTIONS)
    if foreign:
        raise _refuse(
            "addobtask",
            "message.options",
            f"it knows no option {', '.join(foreign)}, only {', '.join(sorted(_OPTIONS))}",
        )
    keys = "-".join(message.keys) or None
    match message.kind:
        case MessageKind.VOICE:
            voice, thanks, action = message.voice_file, None, "1"
        case MessageKind.TEXT:
            voice, thanks, action = message.voice_file or settings.tts_voice_file, None, "1"
            if not voice:
                raise _refuse(
                    "addobtask",
                    "message",
                    "a spoken text needs a voice file beside it; set tts_voice_file",
                )
        case MessageKind.SURVEY:
            voice, thanks, action = message.voice_file, message.thanks_voice_file, "2"
    return {"actiontype": action, "voicefile1": voice, "voicefile2": thanks, "validkey": keys, **message.options}


def write_number(call: CallRequest, settings: Mvb2000Settings) -> str:
    """Write a number as the platform dials it: nationally at home, else prefix, country code and number."""
    if call.country == settings.country:
        return call.national_number
    return settings.international_prefix + call.phone_number.removeprefix("+")


def _read_new_id(reply: Reply) -> str:
    if reply.total:
        return str(reply.total)
    return reply.data[0].get("id", "") if reply.data else ""


def _group_ids(row_ids: Sequence[str]) -> Iterator[str]:
    group: list[str] = []
    length = 0
    for row_id in row_ids:
        # a comma takes three characters once it is encoded
        if group and length + len(row_id) + 3 > _ID_CHARACTERS:
            yield ",".join(group)
            group, length = [], 0
        group.append(row_id)
        length += len(row_id) + 3
    yield ",".join(group)


def _refuse(operation: str, field: str, what: str) -> CallRejectedError:
    return CallRejectedError(f"MVB2000 {operation}: {what}", platform=PLATFORM, operation=operation, field=field)
