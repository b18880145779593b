"""Files fetched from the platform and sent to it."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from connectors import transport as transport_module
from connectors.errors import (
    CallRejectedError,
    MalformedReplyError,
    OutcomeUnknownError,
    PlatformAccountError,
    PlatformUnavailableError,
)
from connectors.mvb2000 import client as client_module
from connectors.mvb2000.client import Mvb2000Client
from connectors.mvb2000.webkey import write_webkey
from connectors.transport import Exchange
from tests.connectors.mvb2000.fake_platform import KEY, NOW, make_settings, reply

WAVE = b"RIFF\x00\x01" * 100_000


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def make_client(*responses: httpx.Response | Exception, kept: list[Exchange] | None = None) -> Mvb2000Client:
    """A client of a platform that gives the responses in turn."""
    waiting = list(responses)

    def answer(_: httpx.Request) -> httpx.Response:
        response = waiting.pop(0)
        if isinstance(response, Exception):
            raise response
        return response

    return Mvb2000Client(
        "main",
        make_settings(),
        clock=lambda: NOW,
        record=None if kept is None else kept.append,
        transport=httpx.MockTransport(answer),
    )


@pytest.mark.parametrize("content", [WAVE, b"RIFF\x00", b"{"], ids=["long", "short", "odd"])
async def test_file_is_saved_whole(tmp_path: Path, content: bytes) -> None:
    """What is no envelope is the file, byte for byte, and nothing else is left behind."""
    path = tmp_path / "call.wav"
    kept: list[Exchange] = []
    client = make_client(httpx.Response(200, content=content), kept=kept)
    assert await client.download("getmonitor", path, filename="a") is None
    assert path.read_bytes() == content
    assert names_in(tmp_path) == [path.name]
    assert len(kept[0].reply_text or "") < 100


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        (reply(9003, message='file "a" not exists.'), CallRejectedError),
        (httpx.Response(200, content=b""), MalformedReplyError),
        (httpx.Response(503), PlatformUnavailableError),
        (httpx.Response(404), PlatformAccountError),
        (httpx.ReadError("gone"), PlatformUnavailableError),
    ],
)
async def test_failure_leaves_no_file(
    tmp_path: Path, response: httpx.Response | Exception, expected: type[Exception]
) -> None:
    """A file that could not be fetched leaves nothing behind, and an older copy untouched."""
    path = tmp_path / "call.wav"
    path.write_bytes(b"older")
    with pytest.raises(expected):
        await make_client(response).download("getmonitor", path, filename="a")
    assert path.read_bytes() == b"older"
    assert names_in(tmp_path) == [path.name]


async def test_file_after_a_refused_key(tmp_path: Path) -> None:
    """A refusal of the key is no file; the next key fetches it."""
    path = tmp_path / "call.wav"
    await make_client(reply(9999), httpx.Response(200, content=WAVE)).download("getmonitor", path, filename="a")
    assert path.read_bytes() == WAVE


async def test_envelope_in_place_of_a_file(tmp_path: Path) -> None:
    """Where the platform was only asked whether a file exists, its envelope comes back."""
    told = await make_client(reply()).download("getmonitor", tmp_path / "x", filename="a", checkonly=1)
    assert told is not None
    assert told.errcode == 0
    assert names_in(tmp_path) == []


async def test_file_over_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A platform cannot fill our disk."""
    monkeypatch.setattr(transport_module, "MAX_FILE_BYTES", 1000)
    with pytest.raises(MalformedReplyError):
        await make_client(httpx.Response(200, content=WAVE)).download("getmonitor", tmp_path / "x", filename="a")
    assert names_in(tmp_path) == []


async def test_upload_is_a_form_without_secrets_in_the_address(tmp_path: Path) -> None:
    """A voice file goes as a form with key, parameters and content; the record keeps only its length."""
    path = tmp_path / "欢迎.wav"
    path.write_bytes(WAVE)
    seen: list[httpx.Request] = []
    kept: list[Exchange] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return reply()

    client = Mvb2000Client(
        "main", make_settings(), clock=lambda: NOW, record=kept.append, transport=httpx.MockTransport(answer)
    )
    await client.upload("putrecordings", path, filename="welcome", description="欢迎")
    (request,) = seen
    assert (request.method, request.url.query) == ("POST", b"")
    body = request.content
    webkey = write_webkey(KEY, NOW.astimezone(make_settings().zone).date())
    for part in (webkey.encode(), b'name="json"\r\n\r\n2', "欢迎".encode(), b'name="filename"\r\n\r\nwelcome', WAVE):
        assert part in body
    assert request.headers["content-type"].startswith("multipart/form-data; boundary=")
    assert webkey not in kept[0].request_text
    assert len(kept[0].request_text) < 200


async def test_upload_that_is_lost_or_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An upload is a change: a lost reply is unknown. One that is too large is refused before it is sent."""
    path = tmp_path / "a.wav"
    path.write_bytes(WAVE)
    with pytest.raises(OutcomeUnknownError):
        await make_client(httpx.ReadError("gone")).upload("putrecordings", path)
    with pytest.raises(CallRejectedError):
        await make_client(reply(1473, message="exists")).upload("putrecordings", path)
    monkeypatch.setattr(client_module, "MAX_UPLOAD_BYTES", 10)
    with pytest.raises(CallRejectedError, match="larger"):
        await make_client().upload("putrecordings", path)


@pytest.mark.parametrize(
    ("name", "params", "seconds"),
    [
        ("about", {}, 30),
        ("ctiwaitauth", {"channel": "SIP/1", "code": "1"}, 150),
        ("ctiwaitauth", {"channel": "SIP/1", "code": "1", "timeout": "10"}, 40),
        (
            "ctioriginate",
            {
                "channel": "SIP/1",
                "context": "x",
                "exten": "1",
                "priority": "1",
                "callerid": "1",
                "variable": "MVB_CALLER=1",
                "timeout": "5000",
            },
            35,
        ),
    ],
)
async def test_patience_with_endpoints_that_block(name: str, params: dict[str, str], seconds: float) -> None:
    """Where the platform holds its reply back on purpose we wait that much longer."""
    waited: list[float] = []

    def answer(request: httpx.Request) -> httpx.Response:
        waited.append(request.extensions["timeout"]["read"])
        return reply()

    client = Mvb2000Client("main", make_settings(), clock=lambda: NOW, transport=httpx.MockTransport(answer))
    await client.call(name, allow_all=False, **params)
    assert waited == [seconds]
