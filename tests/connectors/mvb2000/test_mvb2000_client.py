"""Keys, errors, paging and secrets of the one call that runs every endpoint."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest

from connectors.errors import (
    CallRejectedError,
    MalformedReplyError,
    OutcomeUnknownError,
    PlatformAccountError,
    PlatformError,
    PlatformUnavailableError,
    RateLimitedError,
)
from connectors.mvb2000.client import Mvb2000Client
from connectors.mvb2000.endpoints import UnknownEndpointError
from connectors.mvb2000.webkey import write_webkey
from connectors.transport import Exchange
from tests.connectors.mvb2000.fake_platform import KEY, NOW, FakePlatform, Params, make_settings, reply

NUMBER = "13800138000"


def make_client(
    transport: httpx.AsyncBaseTransport,
    *,
    clock: Callable[[], datetime] = lambda: NOW,
    kept: list[Exchange] | None = None,
    **settings: object,
) -> Mvb2000Client:
    return Mvb2000Client(
        "main",
        make_settings(**settings),
        clock=clock,
        record=None if kept is None else kept.append,
        transport=transport,
    )


def answering(*responses: httpx.Response) -> tuple[httpx.MockTransport, list[httpx.Request]]:
    """A transport that gives the responses in turn, the last one for ever, and the requests it saw."""
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return responses[min(len(seen), len(responses)) - 1]

    return httpx.MockTransport(answer), seen


# -- the key of the day -----------------------------------------------------------------------------------------------


def test_webkey_is_the_one_of_the_manual() -> None:
    """The reference value of the manual comes out."""
    assert write_webkey("0866089e569bbd3d", date(2011, 6, 21)) == "ffccb30a388e48ade2d7ea56909cbabf"


async def test_key_changes_at_the_platforms_midnight() -> None:
    """A client that runs over midnight, Shanghai time, signs each request with the key of its own moment."""
    now = datetime(2026, 11, 21, 15, 59, 59, tzinfo=UTC)
    fake = FakePlatform(today=date(2026, 11, 21))
    client = make_client(fake.transport, clock=lambda: now)
    await client.call("about")
    now += timedelta(seconds=1)
    fake.today = date(2026, 11, 22)
    await client.call("about")
    assert len(fake.asked) == 2


@pytest.mark.parametrize("days", [-1, 1])
async def test_platform_whose_date_differs(days: int) -> None:
    """With the platform's date a day before or after ours the call succeeds, and the difference is remembered."""
    fake = FakePlatform(today=date(2026, 11, 21) + timedelta(days=days))
    client = make_client(fake.transport)
    await client.call("about")
    tries = len(fake.asked)
    await client.call("about")
    assert 2 <= tries <= 3
    assert len(fake.asked) == tries + 1


async def test_difference_that_was_learned_can_be_unlearned() -> None:
    """A platform that was a few minutes ahead at midnight is followed again when both have the same date."""
    now = datetime(2026, 11, 21, 15, 58, tzinfo=UTC)
    fake = FakePlatform(today=date(2026, 11, 22))
    client = make_client(fake.transport, clock=lambda: now)
    await client.call("about")
    now += timedelta(minutes=4)
    await client.call("about")
    fake.asked.clear()
    await client.call("about")
    assert len(fake.asked) == 1


async def test_change_is_repeated_after_a_refused_key_only() -> None:
    """A row is added once although the first key was refused: the platform did nothing then."""
    fake = FakePlatform(today=date(2026, 11, 20))
    task_id = fake.add_task()
    await make_client(fake.transport).call("addobdiallist", taskid=task_id, dialnumber=NUMBER)
    assert len(fake.rows) == 1


async def test_wrong_key_is_a_matter_of_the_account() -> None:
    """When no neighbouring date helps, a person must mend the account, and the tries end."""
    fake = FakePlatform(today=date(2020, 1, 1))
    with pytest.raises(PlatformAccountError, match="key"):
        await make_client(fake.transport).call("about")
    assert len(fake.asked) == 3


# -- what an error means ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("errcode", "to_change", "to_question"),
    [
        (9000, OutcomeUnknownError, PlatformUnavailableError),
        (9001, PlatformUnavailableError, PlatformUnavailableError),
        (9005, PlatformUnavailableError, PlatformUnavailableError),
        (9002, CallRejectedError, CallRejectedError),
        (9003, CallRejectedError, CallRejectedError),
        (1232, CallRejectedError, CallRejectedError),
        (7777, CallRejectedError, CallRejectedError),
    ],
)
async def test_error_codes(errcode: int, to_change: type[PlatformError], to_question: type[PlatformError]) -> None:
    """Each error code says whether to try again, to ask, or to give up, and stays readable."""
    transport, seen = answering(reply(errcode, message="x"))
    client = make_client(transport)
    with pytest.raises(to_change) as caught:
        await client.call("addobdiallist", taskid="1", dialnumber=NUMBER)
    assert (type(caught.value), caught.value.raw_code) == (to_change, str(errcode))
    with pytest.raises(to_question):
        await client.call("about")
    assert len(seen) == 2


async def test_missing_parameter_is_named() -> None:
    """When the platform says which variable it misses, the error says it too."""
    transport, _ = answering(reply(9002, message="need variable uniqueid."))
    with pytest.raises(CallRejectedError) as caught:
        await make_client(transport).call("about")
    assert caught.value.field == "uniqueid"


@pytest.mark.parametrize(
    "body",
    [b"", b"<html><body>502", b'{"errcode":0,"data":[', b'{"error":1}', b"[]", b"\xff\xfe", b'{"errcode":"x"}'],
)
async def test_reply_that_is_no_envelope(body: bytes) -> None:
    """What cannot be read is malformed for a question, and an unknown outcome for a change."""
    transport, seen = answering(httpx.Response(200, content=body))
    client = make_client(transport)
    with pytest.raises(MalformedReplyError):
        await client.call("about")
    with pytest.raises(OutcomeUnknownError):
        await client.call("addobdiallist", taskid="1", dialnumber=NUMBER)
    assert len(seen) == 2


async def test_rate_limit() -> None:
    """A web server that asks us to slow down is obeyed by the type of the error."""
    transport, _ = answering(httpx.Response(429, headers={"retry-after": "3"}))
    with pytest.raises(RateLimitedError):
        await make_client(transport).call("addobdiallist", taskid="1", dialnumber=NUMBER)


async def test_other_spelling_of_a_file_is_tried_and_remembered() -> None:
    """Where the server does not know a file, the manual's other spelling is tried, once for the account."""
    seen: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.url.path.rsplit("/", 1)[-1])
        return reply() if seen[-1] == "gettakreport.php" else httpx.Response(404)

    client = make_client(httpx.MockTransport(answer))
    await client.call("gettaskreport", id="1")
    await client.call("gettaskreport", id="1")
    assert seen == ["gettaskreport.php", "gettakreport.php", "gettakreport.php"]


async def test_file_that_does_not_exist_under_any_name() -> None:
    """A platform without the endpoint is a matter of the account."""
    transport, _ = answering(httpx.Response(404))
    client = make_client(transport)
    for name in ("gettaskreport", "about"):
        with pytest.raises(PlatformAccountError, match="base_url"):
            await client.call(name)


async def test_unknown_name_suggests_the_nearest() -> None:
    """A slip of the pen is answered with what was probably meant."""
    transport, seen = answering(reply())
    with pytest.raises(UnknownEndpointError, match="getobtasks"):
        await make_client(transport).call("getobtask")
    assert seen == []


# -- lists ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("gives_total", [True, False])
@pytest.mark.parametrize("max_rows", [1, 7, 1000])
async def test_reads_a_list_to_its_end(max_rows: int, gives_total: bool) -> None:
    """Every row comes once, in order, whatever cap the platform has and whether it tells a total."""
    fake = FakePlatform(max_rows=max_rows, gives_total=gives_total)
    task_id = fake.add_task()
    expected = [fake.add_row(task_id) for _ in range(20)]
    pages = make_client(fake.transport).fetch_pages("getobdiallist", page_size=10, taskid=task_id)
    assert [row["id"] async for page in pages for row in page] == expected
    asked = fake.sent("getobdiallist")[0]
    assert (asked["sort"], asked["sens"], asked["offset"], asked["rows"]) == ("id", "ASC", "0", "10")


async def test_list_that_does_not_page_ends() -> None:
    """A platform that ignores the offset is noticed instead of being asked for ever."""
    transport, seen = answering(reply(0, [{"id": "1"}, {"id": "2"}], total="5"))
    with pytest.raises(MalformedReplyError, match="offset"):
        _ = [page async for page in make_client(transport).fetch_pages("getobtasks")]
    assert len(seen) == 2


async def test_list_that_ends_before_its_total() -> None:
    """Fewer rows than counted is no complete answer; it may be asked again."""
    transport, _ = answering(reply(0, [{"id": "1"}], total="5"), reply(0, [], total="5"))
    with pytest.raises(PlatformUnavailableError, match="counts 5"):
        _ = [page async for page in make_client(transport).fetch_pages("getobtasks")]


# -- secrets ----------------------------------------------------------------------------------------------------------


async def test_nothing_secret_shows_anywhere(caplog: pytest.LogCaptureFixture) -> None:
    """No key, webkey or number stands in a log line, an error or a record, though the platform echoes them."""
    caplog.set_level(logging.DEBUG)
    kept: list[Exchange] = []
    told: list[str] = []
    webkeys = [write_webkey(KEY, date(2026, 11, day)) for day in (20, 21, 22)]

    def echo(request: httpx.Request) -> httpx.Response:
        params: Params = dict(request.url.params)
        return reply(int(params["taskid"]), message=f"WebKey {params['webkey']} of {KEY}, {params['dialnumber']} bad")

    client = make_client(httpx.MockTransport(echo), kept=kept)
    for errcode in (9999, 9002, 9000, 7777):
        with pytest.raises(PlatformError) as caught:
            await client.call("addobdiallist", taskid=errcode, dialnumber=NUMBER)
        told.append("".join(traceback.format_exception(caught.value)))
        assert caught.value.exchange_id == kept[-1].exchange_id
    with pytest.raises(CallRejectedError) as refused:
        await client.call("addspecialagent", groupid="1", agent=NUMBER, agentname=KEY, agentpassword=["hunter2"])  # type: ignore[arg-type]  # a mistake that a caller may make
    told.append(str(refused.value))
    shown = "\n".join([*told, caplog.text, *map(repr, kept), repr(make_settings())])
    for secret in (KEY, NUMBER, "hunter2", *webkeys):
        assert secret not in shown
