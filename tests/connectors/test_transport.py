"""What becomes of an exchange when the network, the libraries or the platform misbehave."""

import asyncio
import logging
import socket
import struct
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx
import pytest

from connectors import transport as transport_module
from connectors.errors import (
    CallRejectedError,
    MalformedReplyError,
    OutcomeUnknownError,
    PlatformAccountError,
    PlatformError,
    PlatformUnavailableError,
    RateLimitedError,
)
from connectors.transport import Exchange, HttpTransport, Request, classify_failure

NUMBER = "13800138000"
WEBKEY = "ffccb30a388e48ade2d7ea56909cbabf"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

Behaviour = Callable[[int, asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def serving(behave: Behaviour) -> AsyncIterator[tuple[str, list[bytes]]]:
    """Serve on a real port; `behave` is called with the number of each request once its head was read."""
    heads: list[bytes] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                heads.append(await reader.readuntil(b"\r\n\r\n"))
                await behave(len(heads), reader, writer)
                if writer.is_closing():
                    return
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", heads
    finally:
        server.close()


@asynccontextmanager
async def connected(
    kept: list[Exchange] | None = None, *, transport: httpx.AsyncBaseTransport | None = None, **limits: float
) -> AsyncIterator[HttpTransport]:
    http = HttpTransport(
        platform="mvb2000",
        account="main",
        requests_in_flight=int(limits.get("in_flight", 4)),
        connect_timeout=timedelta(seconds=limits.get("connect", 1)),
        read_timeout=timedelta(seconds=limits.get("read", 5)),
        record=None if kept is None else kept.append,
        secrets=["keystring77"],
        transport=transport,
    )
    try:
        yield http
    finally:
        await http.aclose()


def request(url: str, *, changes: bool) -> Request:
    return Request("addobdiallist", f"{url}/a.php?webkey={WEBKEY}&dialnumber={NUMBER}", changes=changes)


def reply_with(status: int, *, headers: dict[str, str] | None = None, body: bytes = b"x") -> httpx.MockTransport:
    return httpx.MockTransport(lambda _: httpx.Response(status, headers=headers, content=body))


async def answer(_: int, __: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(OK)


async def drop(_: int, __: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def reset(_: int, __: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    sock: socket.socket = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def answer_then_drop(count: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await (answer if count == 1 else drop)(count, reader, writer)


async def answer_then_reset(count: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await (answer if count == 1 else reset)(count, reader, writer)


async def cut_short(_: int, __: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\nhalf")
    writer.close()


async def talk_nonsense(_: int, __: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")
    writer.close()


async def send_broken_gzip(_: int, __: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nok")


async def stay_silent(_: int, reader: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
    await reader.read()


async def dribble(_: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n")
    while not reader.at_eof() and not writer.is_closing():
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.02)


LOSSES = [drop, reset, cut_short, talk_nonsense, stay_silent, dribble]


@pytest.mark.parametrize("behave", LOSSES, ids=lambda behave: behave.__name__)
async def test_lost_reply_to_a_change_is_an_unknown_outcome(behave: Behaviour) -> None:
    """A change whose reply is lost, however it is lost, is reported as unknown and sent only once."""
    async with serving(behave) as (url, heads), connected(read=0.2, connect=0.2) as http:
        with pytest.raises(OutcomeUnknownError):
            await http.send(request(url, changes=True))
        assert len(heads) == 1


@pytest.mark.parametrize("behave", LOSSES, ids=lambda behave: behave.__name__)
async def test_lost_reply_to_a_question_may_be_asked_again(behave: Behaviour) -> None:
    """A question that got no reply can be asked again later; we do not repeat it ourselves."""
    async with serving(behave) as (url, heads), connected(read=0.2, connect=0.2) as http:
        with pytest.raises(PlatformUnavailableError):
            await http.send(request(url, changes=False))
        assert len(heads) == 1


@pytest.mark.parametrize("behave", [answer_then_drop, answer_then_reset], ids=lambda behave: behave.__name__)
async def test_broken_kept_alive_connection_does_not_repeat_a_change(behave: Behaviour) -> None:
    """A GET that dies on a reused connection is not resent by the library below us: it might add a row twice."""
    async with serving(behave) as (url, heads), connected() as http:
        assert (await http.send(request(url, changes=True))).body == b"ok"
        with pytest.raises(OutcomeUnknownError):
            await http.send(request(url, changes=True))
        assert len(heads) == 2


@pytest.mark.parametrize("changes", [True, False])
async def test_refused_connection_took_no_effect(changes: bool) -> None:
    """Where nobody listens nothing was sent, so even a change may be tried again."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        async with connected() as http:
            with pytest.raises(PlatformUnavailableError, match="was not sent"):
                await http.send(request(url, changes=changes))


async def test_waiting_in_vain_for_a_connection_took_no_effect() -> None:
    """A change that never got one of the account's connections was not sent."""
    arrived = asyncio.Event()

    async def hold(_: int, reader: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
        arrived.set()
        await reader.read()

    async with (
        serving(hold) as (url, heads),
        connected(in_flight=1, connect=0.2, read=3) as http,
        asyncio.TaskGroup() as group,
    ):
        first = group.create_task(http.send(request(url, changes=False)))
        await arrived.wait()
        with pytest.raises(PlatformUnavailableError, match="was not sent"):
            await http.send(request(url, changes=True))
        assert len(heads) == 1
        first.cancel()


@pytest.mark.parametrize(("changes", "expected"), [(True, OutcomeUnknownError), (False, MalformedReplyError)])
async def test_reply_that_cannot_be_unpacked(changes: bool, expected: type[PlatformError]) -> None:
    """A reply whose encoding is broken is malformed for a question and unknown for a change."""
    async with serving(send_broken_gzip) as (url, _), connected() as http:
        with pytest.raises(expected):
            await http.send(request(url, changes=changes))


@pytest.mark.parametrize(("changes", "expected"), [(True, OutcomeUnknownError), (False, MalformedReplyError)])
async def test_endless_reply_is_cut_off(
    changes: bool, expected: type[PlatformError], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A platform cannot fill our memory."""
    monkeypatch.setattr(transport_module, "MAX_REPLY_BYTES", 10)
    async with connected(transport=reply_with(200, body=b"x" * 11)) as http:
        with pytest.raises(expected):
            await http.send(request("http://platform.test", changes=changes))


def httpx_errors() -> list[type[Exception]]:
    """Every exception that httpx defines and can raise."""
    found: list[type[Exception]] = []
    waiting: list[type[Exception]] = [httpx.HTTPError, httpx.InvalidURL, httpx.CookieConflict, httpx.StreamError]
    while waiting:
        error_type = waiting.pop()
        found.append(error_type)
        waiting.extend(error_type.__subclasses__())
    return found


MEND_SETTINGS = {httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError}
NOT_SENT = {httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError}


@pytest.mark.parametrize("error_type", httpx_errors(), ids=lambda error_type: error_type.__name__)
@pytest.mark.parametrize("changes", [True, False])
async def test_no_httpx_error_is_left_out(error_type: type[Exception], changes: bool) -> None:
    """Each exception of httpx becomes the one of ours that says what to do next."""
    error = error_type.__new__(error_type)
    Exception.__init__(error, f"broke at ?webkey={WEBKEY}&dialnumber={NUMBER}")

    def fail(_: httpx.Request) -> httpx.Response:
        raise error

    expected: type[PlatformError]
    if error_type in MEND_SETTINGS:
        expected = PlatformAccountError
    elif error_type in NOT_SENT:
        expected = PlatformUnavailableError
    elif changes:
        expected = OutcomeUnknownError
    else:
        expected = MalformedReplyError if error_type is httpx.DecodingError else PlatformUnavailableError
    async with connected(transport=httpx.MockTransport(fail)) as http:
        with pytest.raises(expected) as caught:
            await http.send(request("http://platform.test", changes=changes))
    assert type(caught.value) is expected
    assert_no_leak("".join(traceback.format_exception(caught.value)))


@pytest.mark.parametrize("error", [OSError("x"), ValueError("x"), RuntimeError("Session is closed"), TimeoutError()])
def test_unforeseen_errors_count_as_possibly_sent(error: Exception) -> None:
    """What we did not foresee must not make a change look harmless."""
    assert classify_failure(error, changes=True)[0] is OutcomeUnknownError
    assert classify_failure(error, changes=False)[0] is PlatformUnavailableError


@pytest.mark.parametrize(
    ("status", "to_change", "to_question"),
    [
        (500, OutcomeUnknownError, PlatformUnavailableError),
        (502, OutcomeUnknownError, PlatformUnavailableError),
        (504, OutcomeUnknownError, PlatformUnavailableError),
        (408, OutcomeUnknownError, PlatformUnavailableError),
        (429, RateLimitedError, RateLimitedError),
        (302, PlatformAccountError, PlatformAccountError),
        (401, PlatformAccountError, PlatformAccountError),
        (404, PlatformAccountError, PlatformAccountError),
        (414, CallRejectedError, MalformedReplyError),
    ],
)
async def test_http_statuses_say_what_to_do_next(
    status: int, to_change: type[PlatformError], to_question: type[PlatformError]
) -> None:
    """A status outside 2xx becomes an error by what was asked, and quotes the status."""
    for changes, expected in ((True, to_change), (False, to_question)):
        async with connected(transport=reply_with(status)) as http:
            with pytest.raises(expected) as caught:
                await http.send(request("http://platform.test", changes=changes))
        assert caught.value.raw_code == str(status)


async def test_platform_says_when_to_come_back() -> None:
    """The pause that a platform asks for is passed on in seconds."""
    async with connected(transport=reply_with(429, headers={"Retry-After": "7"})) as http:
        with pytest.raises(RateLimitedError) as caught:
            await http.send(request("http://platform.test", changes=True))
    assert caught.value.retry_after_seconds == 7.0


async def test_caller_may_read_a_status_itself() -> None:
    """An expected 404 comes back as an answer."""
    async with connected(transport=reply_with(404)) as http:
        assert (await http.send(Request("x", "http://platform.test/", changes=False, accepts={404}))).status == 404


async def test_recorded_exchange_holds_no_secret_and_no_number() -> None:
    """A record has what is needed to understand an exchange, and nothing that must not be kept."""
    kept: list[Exchange] = []
    body = f'{{"message":"WebKey {WEBKEY} of keystring77 is invalid","dialnumber":"{NUMBER}","id":"12"}}'.encode()
    async with connected(kept, transport=reply_with(200, body=body)) as http:
        answered = await http.send(request("http://platform.test", changes=False))
    (exchange,) = kept
    assert answered.exchange_id == exchange.exchange_id
    assert (exchange.platform, exchange.account, exchange.operation) == ("mvb2000", "main", "addobdiallist")
    assert exchange.http_status == 200
    assert exchange.error is None
    assert exchange.request_text == "GET http://platform.test/a.php?webkey=***&dialnumber=138******00"
    assert exchange.reply_text == '{"message":"WebKey *** of *** is invalid","dialnumber":"138******00","id":"12"}'


async def test_frequent_request_is_recorded_only_when_it_fails() -> None:
    """Thousands of good additions leave no record; a lost one does, and its error says where to find it."""
    kept: list[Exchange] = []
    quiet = Request("addobdiallist", "http://platform.test/", changes=True, is_recorded=False)
    async with connected(kept, transport=reply_with(200)) as http:
        answered = await http.send(quiet)
        assert kept == []
        error = http.malformed(answered, "not JSON")
    assert isinstance(error, OutcomeUnknownError)
    async with connected(kept, transport=reply_with(500)) as http:
        with pytest.raises(OutcomeUnknownError) as caught:
            await http.send(quiet)
    assert [exchange.exchange_id for exchange in kept] == [error.exchange_id, caught.value.exchange_id]


async def test_nothing_leaks_into_logs(caplog: pytest.LogCaptureFixture) -> None:
    """With every logger open to DEBUG, no log line holds a key or a number, in success or failure."""
    caplog.set_level(logging.DEBUG)
    async with serving(answer_then_drop) as (url, _), connected() as http:
        await http.send(request(url, changes=True))
        with pytest.raises(OutcomeUnknownError):
            await http.send(request(url, changes=True))
        async with httpx.AsyncClient(trust_env=False) as stray:
            with pytest.raises(httpx.HTTPError):
                await stray.get(f"{url}/?webkey={WEBKEY}&dialnumber={NUMBER}")
    assert_no_leak(caplog.text)


def assert_no_leak(text: str) -> None:
    assert WEBKEY not in text
    assert NUMBER not in text
    assert "keystring77" not in text
