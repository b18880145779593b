"""Laying calls out, starting them and holding them, with every reply that can be lost."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, time

import httpx
import pytest

from connectors.contract import (
    CallingHours,
    CallingWindow,
    CallRequest,
    Connector,
    Message,
    MessageKind,
    StagesCalls,
    StageState,
    Submission,
)
from connectors.errors import CallRejectedError, OutcomeUnknownError, PlatformUnavailableError
from connectors.mvb2000.connector import open_connector
from tests.connectors.mvb2000.fake_platform import NASTY, NOW, FakePlatform, Params, make_settings, reply

HOURS = CallingHours(
    "Asia/Shanghai",
    date(2026, 11, 21),
    date(2026, 11, 30),
    (CallingWindow(time(8), time(12, 30)), CallingWindow(time(13, 15), time(20, 30))),
)
VOICE = Message(MessageKind.VOICE, voice_file="leavemsg")


@pytest.fixture
def platform() -> FakePlatform:
    return FakePlatform()


@pytest.fixture
async def connector(platform: FakePlatform) -> AsyncIterator[Connector]:
    async with open_connector("main", make_settings(), clock=lambda: NOW, transport=platform.transport) as opened:
        yield opened


@pytest.fixture
def staging(connector: Connector) -> StagesCalls:
    assert connector.staging is not None
    return connector.staging


def call(ref: str = "c-1", *texts: str, country: str = "CN") -> CallRequest:
    return CallRequest(ref, "+8613800138000", country, "13800138000", texts)


def unavailable(*names: str, after: int = 0) -> object:
    """Make the named files answer 503 once they were asked `after` times."""

    def fault(platform: FakePlatform, name: str, params: Params) -> httpx.Response | None:
        return httpx.Response(503) if name in names and len(platform.sent(name)) > after else None

    return fault


# -- lost replies -----------------------------------------------------------------------------------------------------


async def test_lost_reply_to_creating_a_task(platform: FakePlatform, staging: StagesCalls) -> None:
    """A task that was created behind a lost reply is reported as unknown, and is found by its name."""
    platform.lose = {"addobtask"}
    with pytest.raises(OutcomeUnknownError):
        await staging.open_stage(Submission("chunk-1", VOICE, HOURS))
    assert [stage.state for stage in await staging.find_stages("chunk-1")] == [StageState.OPEN]


async def test_created_task_that_cannot_be_read_back(platform: FakePlatform, staging: StagesCalls) -> None:
    """When only the reading back fails the task may exist, so the error must not invite a second creation."""
    platform.before = unavailable("getobtasks")  # type: ignore[assignment]  # object stands for a Fault
    with pytest.raises(OutcomeUnknownError):
        await staging.open_stage(Submission("chunk-1", VOICE, HOURS))


async def test_created_task_that_is_not_listed(platform: FakePlatform, staging: StagesCalls) -> None:
    """A platform that says yes and lists nothing is not believed."""
    platform.ignore = {"addobtask"}
    with pytest.raises(OutcomeUnknownError, match="lists no task"):
        await staging.open_stage(Submission("chunk-1", VOICE, HOURS))


async def test_lost_reply_to_adding_a_call(platform: FakePlatform, staging: StagesCalls) -> None:
    """A call whose reply was lost is sent once, reported as unknown, and seen when the rows are read back."""
    task_id = platform.add_task()
    platform.lose = {"addobdiallist"}
    with pytest.raises(OutcomeUnknownError):
        await staging.stage_call(task_id, call("c-7"))
    assert len(platform.sent("addobdiallist")) == 1
    assert [row.call_ref async for page in staging.fetch_staged(task_id) for row in page] == ["c-7"]


async def test_lost_reply_to_removing_calls(platform: FakePlatform, staging: StagesCalls) -> None:
    """A removal whose reply was lost is unknown; reading shows what is left."""
    task_id = platform.add_task()
    row_id = platform.add_row(task_id)
    platform.lose = {"delobdiallist"}
    with pytest.raises(OutcomeUnknownError):
        await staging.unstage_calls(task_id, [row_id])
    assert platform.rows == {}


async def test_lost_reply_to_emptying_a_deleted_task(platform: FakePlatform, staging: StagesCalls) -> None:
    """Once its task is gone a row cannot be dialled: that the reply was lost is no reason to stop."""
    task_id = platform.add_task()
    platform.add_row(task_id)
    platform.lose = {"delobdiallist"}
    await staging.discard_stage(task_id)
    assert platform.tasks == {}


async def test_lost_reply_to_discarding(platform: FakePlatform, staging: StagesCalls) -> None:
    """Discarding may be said again after a lost reply, and ends with nothing left."""
    task_id = platform.add_task()
    platform.add_row(task_id)
    platform.lose = {"delobtask"}
    with pytest.raises(OutcomeUnknownError):
        await staging.discard_stage(task_id)
    platform.lose = set()
    await staging.discard_stage(task_id)
    assert (platform.tasks, platform.rows) == ({}, {})


@pytest.mark.parametrize(
    ("verb", "before", "after"),
    [("start_stage", "N", "B"), ("pause_stage", "R", "P"), ("resume_stage", "P", "C"), ("stop_stage", "R", "S")],
)
async def test_lost_reply_to_a_status_is_settled_by_reading(
    platform: FakePlatform, connector: Connector, verb: str, before: str, after: str
) -> None:
    """A status that was set behind a lost reply counts as set."""
    task_id = platform.add_task(before)
    platform.lose = {"setobtaskstatus"}
    await getattr(connector.staging, verb)(task_id)
    assert platform.tasks[task_id]["status"] == after
    assert len(platform.sent("setobtaskstatus")) == 1


async def test_start_that_was_lost_without_effect(platform: FakePlatform, staging: StagesCalls) -> None:
    """A start that is lost and did not happen is unknown: it may still be on its way."""
    task_id = platform.add_task()
    platform.ignore = platform.lose = {"setobtaskstatus"}
    with pytest.raises(OutcomeUnknownError):
        await staging.start_stage(task_id)


async def test_start_that_cannot_be_read_back(platform: FakePlatform, staging: StagesCalls) -> None:
    """A start that was taken and cannot be confirmed must not look as if nothing had happened."""
    task_id = platform.add_task()
    platform.before = unavailable("getobtasks", after=1)  # type: ignore[assignment]  # object stands for a Fault
    with pytest.raises(OutcomeUnknownError):
        await staging.start_stage(task_id)


async def test_start_that_was_never_sent(platform: FakePlatform, staging: StagesCalls) -> None:
    """A platform that says it is not up did nothing, so the start may be tried again."""
    task_id = platform.add_task()

    def not_up(_: FakePlatform, name: str, __: Params) -> httpx.Response | None:
        return reply(9001, message="not started") if name == "setobtaskstatus" else None

    platform.before = not_up
    with pytest.raises(PlatformUnavailableError):
        await staging.start_stage(task_id)


# -- moves that are refused or already made ---------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["B", "R", "C", "F", "b", "r"])
async def test_start_of_a_started_task_sends_nothing(platform: FakePlatform, staging: StagesCalls, status: str) -> None:
    """Starting twice is success and rings nobody twice."""
    task_id = platform.add_task(status)
    await staging.start_stage(task_id)
    assert platform.sent("setobtaskstatus") == []


@pytest.mark.parametrize(
    ("verb", "status"),
    [
        ("start_stage", "P"),
        ("start_stage", "S"),
        ("pause_stage", "N"),
        ("resume_stage", "N"),
        ("resume_stage", "S"),
        ("stop_stage", "N"),
        ("discard_stage", "B"),
        ("discard_stage", "P"),
        ("discard_stage", "F"),
    ],
)
async def test_moves_that_are_refused(platform: FakePlatform, staging: StagesCalls, verb: str, status: str) -> None:
    """What a task's state does not allow is refused before anything is changed."""
    task_id = platform.add_task(status)
    row_id = platform.add_row(task_id)
    with pytest.raises(CallRejectedError):
        await getattr(staging, verb)(task_id)
    assert platform.tasks[task_id]["status"] == status
    assert row_id in platform.rows


async def test_start_of_a_task_that_is_gone(staging: StagesCalls) -> None:
    """A task that does not exist cannot be started."""
    with pytest.raises(CallRejectedError, match="does not exist"):
        await staging.start_stage("99")


async def test_platform_that_wants_small_letters(platform: FakePlatform, staging: StagesCalls) -> None:
    """A capital letter that is taken without effect is sent once more in lower case."""
    task_id = platform.add_task()

    def heed_small_letters(_: FakePlatform, name: str, params: Params) -> httpx.Response | None:
        return reply() if name == "setobtaskstatus" and params["status"].isupper() else None

    platform.before = heed_small_letters
    await staging.start_stage(task_id)
    assert [params["status"] for params in platform.sent("setobtaskstatus")] == ["B", "b"]


async def test_platform_that_never_starts(platform: FakePlatform, staging: StagesCalls) -> None:
    """A start that is said to be done and cannot be seen is unknown, and is not repeated for ever."""
    task_id = platform.add_task()
    platform.ignore = {"setobtaskstatus"}
    with pytest.raises(OutcomeUnknownError, match="reads open"):
        await staging.start_stage(task_id)
    assert len(platform.sent("setobtaskstatus")) == 2


@pytest.mark.parametrize("row_ids", [[], [""], ["100", " "], ["100,101"]])
async def test_removal_without_ids_is_refused(platform: FakePlatform, staging: StagesCalls, row_ids: list[str]) -> None:
    """An empty id would delete every row of the task, so it never leaves."""
    task_id = platform.add_task()
    platform.add_row(task_id)
    with pytest.raises(CallRejectedError):
        await staging.unstage_calls(task_id, row_ids)
    assert platform.sent("delobdiallist") == []


async def test_removal_keeps_addresses_short(platform: FakePlatform, staging: StagesCalls) -> None:
    """Thousands of ids go in groups that a web server's limit on addresses allows, each id once."""
    task_id = platform.add_task()
    row_ids = [str(10_000_000 + n) for n in range(1000)]
    await staging.unstage_calls(task_id, row_ids)
    groups = [params["id"].split(",") for params in platform.sent("delobdiallist")]
    assert [row_id for group in groups for row_id in group] == row_ids
    assert max(len("%2C".join(group)) for group in groups) < 3500


# -- the happy path ---------------------------------------------------------------------------------------------------


async def test_opens_a_task_as_the_manual_wants_it(platform: FakePlatform, connector: Connector) -> None:
    """A voice message becomes an ordinary task of type 1 with both windows and the fewest retries."""
    assert connector.staging is not None
    stage = await connector.staging.open_stage(
        Submission("chunk-1", VOICE, HOURS, caller_id="02100000000", ring_seconds=25, concurrent_calls=7)
    )
    assert (stage.stage_id, stage.name, stage.state) == ("1", "chunk-1", StageState.OPEN)
    assert platform.sent("addobtask") == [
        {
            "name": "chunk-1",
            "runtype": "0",
            "actiontype": "1",
            "voicefile1": "leavemsg",
            "begindate": "2026-11-21",
            "enddate": "2026-11-30",
            "amrange": "08:00-12:30",
            "pmrange": "13:15-20:30",
            "maxretries": "1",
            "maxcalls": "7",
            "timeout": "25",
            "callerid": "02100000000",
        }
    ]


async def test_opens_a_survey(platform: FakePlatform, staging: StagesCalls) -> None:
    """A survey becomes a task of type 2 with its thanks and its keys."""
    survey = Message(MessageKind.SURVEY, "question", "thanks", ("1", "2", "9"), {"inputtimeout": "5"})
    await staging.open_stage(Submission("chunk-1", survey, HOURS))
    (task,) = platform.sent("addobtask")
    assert (task["actiontype"], task["voicefile1"], task["voicefile2"]) == ("2", "question", "thanks")
    assert (task["validkey"], task["inputtimeout"]) == ("1-2-9", "5")


@pytest.mark.parametrize(
    ("message", "field"),
    [
        (Message(MessageKind.VOICE), "voicefile1"),
        (Message(MessageKind.SURVEY, "question"), "voicefile2"),
        (Message(MessageKind.TEXT), "message"),
        (Message(MessageKind.VOICE, "leavemsg", options={"maxretries": "9"}), "message.options"),
        (Message(MessageKind.SURVEY, "a", "b", ("12",)), "validkey"),
    ],
)
async def test_message_the_platform_cannot_play(
    platform: FakePlatform, staging: StagesCalls, message: Message, field: str
) -> None:
    """A message that lacks what its type needs is refused before anything is sent, naming the field."""
    with pytest.raises(CallRejectedError) as caught:
        await staging.open_stage(Submission("chunk-1", message, HOURS))
    assert caught.value.field == field
    assert platform.asked == []


async def test_new_task_without_id_is_found_by_name(platform: FakePlatform, staging: StagesCalls) -> None:
    """Where the reply to a creation holds no id, the task is found by its name."""
    platform.gives_new_id = False
    assert (await staging.open_stage(Submission("chunk-1", VOICE, HOURS))).stage_id == "1"


async def test_new_task_with_a_wrong_id_is_found_by_name(platform: FakePlatform, staging: StagesCalls) -> None:
    """An id that belongs to another task is not believed: `total` may be a count after all."""
    platform.add_task(name="somebody's task")

    def count_instead_of_id(fake: FakePlatform, name: str, params: Params) -> httpx.Response | None:
        if name != "addobtask":
            return None
        fake.add_task(name=params["name"])
        return reply(total="1")

    platform.before = count_instead_of_id
    assert (await staging.open_stage(Submission("chunk-1", VOICE, HOURS))).stage_id == "2"


@pytest.mark.parametrize("filters_names", [True, False])
async def test_finds_tasks_of_exactly_one_name(
    platform: FakePlatform, staging: StagesCalls, filters_names: bool
) -> None:
    """Whether the platform matches parts of a name or ignores it, only exact matches count, oldest first."""
    platform.filters_names = filters_names
    platform.max_rows = 2
    for name in ("chunk-10", "chunk-1", "other", "chunk-1", "CHUNK-1"):
        platform.add_task(name=name)
    assert [stage.stage_id for stage in await staging.find_stages("chunk-1")] == ["2", "4"]


@pytest.mark.parametrize(
    ("settings", "country", "dialled"),
    [({}, "CN", "13800138000"), ({"country": "PH"}, "CN", "008613800138000"), ({}, "HK", "008613800138000")],
)
async def test_dials_at_home_nationally_and_abroad_with_prefix(
    platform: FakePlatform, settings: dict[str, object], country: str, dialled: str
) -> None:
    """Numbers of the platform's own country go as dialled there, all others with prefix and country code."""
    task_id = platform.add_task()
    async with open_connector(
        "main", make_settings(**settings), clock=lambda: NOW, transport=platform.transport
    ) as opened:
        assert opened.staging is not None
        await opened.staging.stage_call(task_id, call(country=country))
    assert platform.sent("addobdiallist") == [{"taskid": "1", "dialnumber": dialled, "extrefid": "c-1"}]


async def test_texts_arrive_as_they_are(platform: FakePlatform, staging: StagesCalls) -> None:
    """Whatever stands in a text, it arrives unchanged and cannot become a parameter of its own."""
    task_id = platform.add_task()
    await staging.stage_call(task_id, call("c-1", NASTY, "再见"))
    (row,) = platform.sent("addobdiallist")
    assert (row["taskid"], row["ttstext1"], row["ttstext2"]) == (task_id, NASTY, "再见")


@pytest.mark.parametrize("texts", [("a", "b", "c"), ("\ud83d",)])
async def test_texts_that_cannot_be_sent(platform: FakePlatform, staging: StagesCalls, texts: tuple[str, ...]) -> None:
    """Three texts, or half a character, are refused before anything is sent."""
    with pytest.raises(CallRejectedError):
        await staging.stage_call("1", call("c-1", *texts))
    assert platform.asked == []


async def test_reads_back_more_rows_than_a_page_holds(platform: FakePlatform, staging: StagesCalls) -> None:
    """All rows come, however few the platform gives at once, with what tells ours from others'."""
    platform.max_rows = 30
    task_id = platform.add_task()
    for n in range(100):
        platform.add_row(task_id, extrefid=f"c-{n}", status="N" if n else "S")
    rows = [row async for page in staging.fetch_staged(task_id) for row in page]
    assert [row.call_ref for row in rows] == [f"c-{n}" for n in range(100)]
    assert [row.is_untouched for row in rows] == [False] + [True] * 99


async def test_discards_an_open_task_with_its_rows(platform: FakePlatform, staging: StagesCalls) -> None:
    """The rows of the task go before the task, and nobody else's."""
    task_id, other_id = platform.add_task(), platform.add_task()
    platform.add_row(task_id)
    kept = platform.add_row(other_id)
    await staging.discard_stage(task_id)
    assert (list(platform.tasks), list(platform.rows)) == ([other_id], [kept])
    await staging.discard_stage(task_id)
