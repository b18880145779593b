"""What becomes of a request: taken, refused, not sent, or nobody knows; and nothing secret gets out."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from connectors.errors import (
    CallRejectedError,
    MalformedReplyError,
    OutcomeUnknownError,
    PlatformAccountError,
    PlatformError,
    PlatformUnavailableError,
)
from connectors.infin8linx.wire import GET_BILL, Reply, WireError, read_reply
from connectors.transport import Exchange
from tests.connectors.infin8linx.fake_platform import FakePlatform, Told, make_client
from tests.connectors.infin8linx.vectors import ACCESSKEY, EXAMPLES, NOW, example_body, make_settings

FIELDS = {"nationcode": "id", "destnumber": "81200000001,81200000002", "customuuid": "k7f3qd9x-0001"}
TOKEN = "00112233445566778899aabbccddeeff"


def ret(code: int, message: str = "") -> dict[str, Any]:
    return {"ret": code, "data": [], "msg": message}


def failed(code: object) -> dict[str, Any]:
    errors = {"code": code, "codemsg": "failed"}
    return {"ret": 200, "data": {"status": 1, "desc": "failed", "errors": errors}, "msg": ""}


async def play(told: Told) -> PlatformError | None:
    """Send one batch to a platform that answers so; return the error. It must have been sent exactly once."""
    platform = FakePlatform(PlayVoice=told)
    try:
        await make_client(platform).play_voice(FIELDS)
    except PlatformError as error:
        return error
    finally:
        assert len(platform.sent) == 1
    return None


REQUEST = httpx.Request("POST", "http://platform.test/api/yunhu")


@pytest.mark.parametrize(
    "told",
    [
        b"",
        b"<html><body>It works!</body></html>",
        b'{"code": 200, "msg": "succ',
        b"{}",
        b"[]",
        b'{"code": "yes"}',
        b'{"code": true}',
        b'{"ret": 200, "data": []}',
        b'{"ret": 200}',
        ret(500),
        {"code": 500, "msg": "server error"},
        failed("1001"),
        failed("1003"),
        failed(200),
        httpx.Response(500, text="oops"),
        httpx.Response(503, json={"code": 400, "msg": "behind a gateway"}),
        httpx.Response(502, json={"code": 200}),
        httpx.Response(404, text="<html>not found</html>"),
        httpx.Response(429, text="slow down"),
        httpx.Response(302, headers={"location": "http://elsewhere.test/"}),
        httpx.ReadTimeout("timed out", request=REQUEST),
        httpx.ReadError("reset", request=REQUEST),
        httpx.WriteError("broken pipe", request=REQUEST),
        httpx.RemoteProtocolError("cut", request=REQUEST),
    ],
)
async def test_a_reply_that_settles_nothing(told: Told) -> None:
    """Unless the platform clearly took a batch or clearly refused it, nobody knows, and it is sent once only."""
    error = await play(told)
    assert type(error) is OutcomeUnknownError


@pytest.mark.parametrize(
    ("told", "code"),
    [
        (EXAMPLES["refusal_ret_envelope"]["body"], "400"),
        ({"code": 400, "msg": "bad parameter"}, "400"),
        ({"code": "400", "msg": "bad parameter"}, "400"),
        (httpx.Response(400, json=ret(400)), "400"),
        (failed("1002"), "1002"),
        (failed(""), "1002"),
        (failed(1029), "1029"),
        ({"code": 77, "msg": "in no table"}, "77"),
    ],
)
async def test_a_clear_refusal(told: Told, code: str) -> None:
    """A refusal in either envelope, with any HTTP status below 500, is final."""
    error = await play(told)
    assert type(error) is CallRejectedError
    assert error.raw_code == code


@pytest.mark.parametrize("code", [601, 602, 603, 604])
async def test_an_account_that_is_not_let_in(code: int) -> None:
    """What concerns the account, in either envelope, is for a person to mend."""
    assert type(await play(ret(code))) is PlatformAccountError
    assert type(await play({"code": code, "msg": ""})) is PlatformAccountError


async def test_nothing_was_sent() -> None:
    """Without a connection nothing happened, and trying later is safe."""
    assert type(await play(httpx.ConnectError("refused", request=REQUEST))) is PlatformUnavailableError
    assert type(await play(httpx.ConnectTimeout("timed out", request=REQUEST))) is PlatformUnavailableError


@pytest.mark.parametrize(
    "told",
    [
        EXAMPLES["playvoice_reply_success"]["body"],
        {"code": "200", "msg": ""},
        b'\xef\xbb\xbf {"code":200}',
        {"ret": 200, "data": {"status": 0, "desc": "sent"}, "msg": ""},
        {"ret": "200", "data": {"status": "0"}},
        httpx.Response(201, json={"code": 200}),
    ],
)
async def test_a_batch_that_was_taken(told: Told) -> None:
    """Success is understood in both envelopes, with codes as text or numbers."""
    assert await play(told) is None


async def test_nothing_secret_is_recorded() -> None:
    """Records and errors show neither access key nor token nor a whole number, only how many numbers there were."""
    exchanges: list[Exchange] = []
    echo = f"appid EXAMPLEAPPID accesskey {ACCESSKEY} number 81200000001 token short-token"
    login = json.loads(example_body("login_reply_success"))
    login["data"]["result"]["token"] = "short-token"
    platform = FakePlatform(Login=login, PlayVoice=[{"code": 400, "msg": echo}, {"code": 200}], GetBill=ret(400, echo))
    client = make_client(platform, record=exchanges.append)
    with pytest.raises(PlatformError) as asked:
        await client.ask(GET_BILL, destnumber="81200000001")
    with pytest.raises(PlatformError) as caught:
        await client.play_voice(FIELDS)
    await client.play_voice(FIELDS)
    shown = f"{exchanges} {caught.value} {asked.value}"
    assert len(exchanges) == 3
    for secret in (ACCESSKEY, "short-token", "81200000001", "81200000002"):
        assert secret not in shown
    assert "(2 numbers)" in exchanges[1].request_text
    assert "k7f3qd9x-0001" in exchanges[1].request_text
    assert [exchange.error for exchange in exchanges] == ["code 400", "code 400", None]
    assert caught.value.exchange_id == exchanges[1].exchange_id


async def test_unreadable_reply_is_kept() -> None:
    """A reply that cannot be read is kept under the id that the error names."""
    exchanges: list[Exchange] = []
    client = make_client(FakePlatform(PlayVoice=b"<html>81200000001"), record=exchanges.append)
    with pytest.raises(OutcomeUnknownError) as caught:
        await client.play_voice(FIELDS)
    assert [exchange.exchange_id for exchange in exchanges] == [caught.value.exchange_id]
    assert "81200000001" not in f"{exchanges} {caught.value}"


async def test_one_login_serves_all() -> None:
    """Questions asked at once log in once, and bear the token and no appid."""
    platform = FakePlatform()
    client = make_client(platform)
    await asyncio.gather(*(client.ask(GET_BILL, currentpage=str(n)) for n in range(5)))
    assert len(platform.forms("Login")) == 1
    assert platform.forms("Login") == [EXAMPLES["login_request"]["form"]]
    assert {form["token"] for form in platform.forms("GetBill")} == {TOKEN}
    assert not any("appid" in form for form in platform.forms("GetBill"))
    await client.log_out()
    assert platform.forms("Logout") == [EXAMPLES["logout_request"]["form"]]


async def test_refused_token_is_renewed_once() -> None:
    """A refused token leads to one login and one repetition, and then to a person."""
    refusal, bill = EXAMPLES["refusal_token_invalid"]["body"], EXAMPLES["getbill_reply_success"]["body"]
    platform = FakePlatform(GetBill=[refusal, bill])
    await make_client(platform).ask(GET_BILL)
    assert [name for name, _ in platform.sent] == ["Login", "GetBill", "Login", "GetBill"]
    platform = FakePlatform(GetBill=refusal)
    with pytest.raises(PlatformAccountError):
        await make_client(platform).ask(GET_BILL)
    assert [name for name, _ in platform.sent] == ["Login", "GetBill", "Login", "GetBill"]


async def test_token_is_renewed_before_it_ends() -> None:
    """A token lives twelve hours, and is renewed a little before."""
    time = NOW
    platform = FakePlatform()
    client = make_client(platform, clock=lambda: time)
    for hours, logins in ((0, 1), (11, 1), (12, 2), (13, 2)):
        time = NOW + timedelta(hours=hours)
        await client.ask(GET_BILL)
        assert len(platform.forms("Login")) == logins


@pytest.mark.parametrize(
    ("login", "expected"),
    [
        (ret(601), PlatformAccountError),
        (EXAMPLES["failure_inside_ret_200"]["body"], PlatformAccountError),
        (ret(500), PlatformUnavailableError),
        (failed("1001"), PlatformUnavailableError),
        (httpx.Response(503), PlatformUnavailableError),
        (httpx.Response(403, text="<html>forbidden</html>"), PlatformAccountError),
        (httpx.Response(404, text="<html>not found</html>"), PlatformAccountError),
        ({"ret": 200, "data": {"status": 0, "result": {}}}, MalformedReplyError),
        (b"<html>", MalformedReplyError),
        (httpx.ReadTimeout("timed out", request=REQUEST), PlatformUnavailableError),
    ],
)
async def test_login_fails(login: Told, expected: type[PlatformError]) -> None:
    """A login that fails says whether to try later, to mend the account or to look."""
    with pytest.raises(PlatformError) as caught:
        await make_client(FakePlatform(Login=login)).log_in()
    assert type(caught.value) is expected


async def test_each_service_has_its_address() -> None:
    """Batches, logins and bills go to the addresses of the settings."""
    platform = FakePlatform()
    client = make_client(platform, login_url="http://login.test/x", bills_url="https://bills.test")
    await client.play_voice(FIELDS)
    await client.ask(GET_BILL)
    assert platform.urls == ["http://platform.test/api/yunhu", "http://login.test/x", "https://bills.test/api/yunhu"]


@pytest.mark.parametrize(
    "name", [name for name in EXAMPLES if "reply" in name and isinstance(EXAMPLES[name].get("body"), dict)]
)
def test_documented_replies_are_successes(name: str) -> None:
    """Every successful reply of the examples reads as success."""
    assert read_reply(example_body(name)).is_success


def test_documented_failures() -> None:
    """Both documented failures read with their codes."""
    assert read_reply(example_body("failure_inside_ret_200")) == Reply(1003, "xxxfail Authorization failed")
    assert read_reply(example_body("refusal_ip_not_authorised")).code == 604
    with pytest.raises(WireError):
        read_reply(b"[" * 100_000)


def test_settings(tmp_path: Path) -> None:
    """A bare host gets the usual path; the access key comes from one place; secrets are not shown."""
    assert make_settings(base_url="http://h.test:81/").base_url == "http://h.test:81/api/yunhu"
    assert make_settings(base_url="http://h.test/yunhu").base_url == "http://h.test/yunhu"
    file = tmp_path / "key"
    file.write_text(f"{ACCESSKEY}\n")
    assert make_settings(accesskey=None, accesskey_file=file).read_accesskey() == ACCESSKEY
    file.write_text("\n")
    with pytest.raises(ValueError, match="is empty"):
        make_settings(accesskey=None, accesskey_file=file).read_accesskey()
    assert ACCESSKEY not in repr(make_settings())


@pytest.mark.parametrize(
    "changes",
    [
        {"accesskey": None},
        {"accesskey": " "},
        {"accesskey_file": "a"},
        {"appid": ""},
        {"base_url": "platform.test"},
        {"max_calls_per_chunk": 5001},
        {"timezone": "Beijing"},
        {"enabled_countries": ["CN"]},
        {"disnumbers": ["1，2"]},
        {"surprise": 1},
    ],
)
def test_settings_refused(changes: dict[str, object]) -> None:
    """Settings that cannot be meant are refused at once."""
    with pytest.raises(ValidationError) as caught:
        make_settings(**changes)
    assert ACCESSKEY not in str(caught.value)
