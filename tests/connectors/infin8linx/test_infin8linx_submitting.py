"""A chunk becomes one request, or a refusal before anything is sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from connectors.contract import CallingHours, CallingWindow, CallRequest, Message, MessageKind
from connectors.errors import CallRejectedError
from connectors.infin8linx.submitting import Submitting, choose_caller_id, choose_todayonly, write_batch
from tests.connectors.infin8linx.fake_platform import FakePlatform, make_client
from tests.connectors.infin8linx.vectors import (
    ACCESSKEY,
    EXAMPLES,
    NOW,
    VOICE,
    make_call,
    make_settings,
    make_submission,
)


def write(
    *calls: CallRequest, settings: Mapping[str, object] | None = None, message: Message = VOICE, **submission: Any
) -> dict[str, str]:
    return write_batch(
        make_submission(message=message, **submission),
        calls or (make_call(1),),
        make_settings(**(settings or {})),
        now=NOW,
    )


def refused_field(*calls: CallRequest, **changes: Any) -> str | None:
    with pytest.raises(CallRejectedError) as caught:
        write(*calls, **changes)
    assert "812000000" not in str(caught.value)
    return caught.value.field


async def test_full_example_is_what_goes_out() -> None:
    """The request with all parameters, built from our words, is the example's form field for field, as multipart."""
    expected: dict[str, str] = EXAMPLES["playvoice_request_full"]["form"]
    platform = FakePlatform()
    client = make_client(platform)
    submission = make_submission(
        "October reminder b-20251016-0001-a1",
        message=Message(
            MessageKind.SURVEY,
            voice_file="http://media.example.com/payment_reminder_v2.mp3",
            keys=("1",),
            options={"chengshudu": "D3"},
        ),
        ring_seconds=60,
    )
    settings = make_settings(conntime=60)
    receipt = await Submitting(client, settings, clock=lambda: NOW).submit_calls(
        submission, [make_call(1), make_call(2), make_call(3)]
    )
    assert platform.forms("PlayVoice") == [expected]
    assert platform.urls == [
        EXAMPLES["playvoice_request_full"]["url"].replace("platform.infin8linx.com", "platform.test")
    ]
    assert (receipt.reference, receipt.accepted_at) == ("b-20251016-0001-a1", NOW)


async def test_no_token_beside_the_appid() -> None:
    """A batch never bears a token, which would make it another service of the same name."""
    platform = FakePlatform()
    client = make_client(platform)
    await client.log_in()
    await Submitting(client, make_settings(), clock=lambda: NOW).submit_calls(make_submission(), [make_call(1)])
    (form,) = platform.forms("PlayVoice")
    assert "token" not in form
    assert (form["appid"], form["accesskey"]) == ("EXAMPLEAPPID", ACCESSKEY)


def test_minimum() -> None:
    """What nobody chose is left to the platform, but for the caller number and the end of the day, which are said."""
    assert write() == {
        "nationcode": "id",
        "destnumber": "81200000001",
        "voicetype": "1",
        "voicefile": "payment_reminder_v2",
        "userkey": "0",
        "customuuid": "k7f3qd9x-0001",
        "disnumber": "",
        "todayonly": "1",
    }


@pytest.mark.parametrize(
    ("country", "calling_code", "nation_code"),
    [
        ("IN", "91", "in"),
        ("ID", "62", "id"),
        ("PH", "63", "ph"),
        ("MX", "52", "mx"),
        ("CO", "57", "co"),
        ("TH", "66", "tha"),
    ],
)
def test_nation_codes(country: str, calling_code: str, nation_code: str) -> None:
    """Each country goes by the platform's own code, and its numbers without country code and trunk prefix."""
    fields = write(make_call(7, country, calling_code))
    assert (fields["nationcode"], fields["destnumber"]) == (nation_code, "81200000007")


def test_countries_not_dialled() -> None:
    """Two countries in one chunk, an unknown country, and Vietnam before it is enabled, are refused."""
    assert refused_field(make_call(1), make_call(2, "PH", "63")) == "country"
    assert refused_field(make_call(1, "CN", "86")) == "country"
    assert refused_field(make_call(1, "VN", "84")) == "country"
    assert write(make_call(1, "VN", "84"), settings={"enabled_countries": ["VN"]})["nationcode"] == "vn"


def test_numbers_refused() -> None:
    """Doubled numbers, numbers of another country, full-width commas and digits, and too many numbers are refused."""
    good = make_call(1)
    assert refused_field(good, make_call(2), good) == "phone_number"
    for number in ("+6381200000001", "81200000001", "+62812，813", "+62812,813", "+62８１２０００", "+62", ""):
        assert refused_field(CallRequest("c", number, "ID", "0812")) == "phone_number"
    assert refused_field(*(make_call(n) for n in range(5001))) == "calls"
    assert write(*(make_call(n) for n in range(5000)))["destnumber"].count(",") == 4999
    assert refused_field(make_call(1), make_call(2), settings={"max_calls_per_chunk": 1}) == "calls"
    with pytest.raises(CallRejectedError, match="no calls"):
        write_batch(make_submission(), (), make_settings(), now=NOW)


def test_number_forms() -> None:
    """The form of numbers is the account's, with exceptions by country."""
    settings = {"number_form": "international", "number_forms": {"ID": "national"}}
    assert write(settings=settings)["destnumber"] == "081200000001"
    assert write(make_call(1, "PH", "63"), settings=settings)["destnumber"] == "6381200000001"


@pytest.mark.parametrize(
    "name", ["", "   ", "reminder ,", "reminder 你好", "reminder 0", "reminder a&b", "r " + "a" * 65, "r a，b", "r -x"]
)
def test_names_that_would_not_come_back(name: str) -> None:
    """A submission whose reference could be changed on its way, or come back as unset, is refused."""
    assert refused_field(name=name) == "name"


def test_messages_refused() -> None:
    """Texts, a missing voice file, a voice file after a key, and file names the platform forbids are refused."""
    assert refused_field(message=Message(MessageKind.TEXT, voice_file="a")) == "voice_file"
    assert refused_field(message=Message(MessageKind.VOICE)) == "voice_file"
    assert refused_field(message=Message(MessageKind.VOICE, voice_file="通知")) == "voice_file"
    assert refused_field(message=Message(MessageKind.VOICE, voice_file="a b.mp3")) == "voice_file"
    survey = Message(MessageKind.SURVEY, voice_file="a", thanks_voice_file="b", keys=("1",))
    assert refused_field(message=survey) == "thanks_voice_file"
    assert refused_field(CallRequest("c", "+6281200000001", "ID", "081200000001", ("Dear A",))) == "texts"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("todayonly", "0"),
        ("voicetype", "3"),
        ("token", "a"),
        ("destnumber", "1"),
        ("chengshudu", "1"),
        ("waittime", "x"),
    ],
)
def test_options_refused(name: str, value: str) -> None:
    """Only what a campaign may choose can be set, and only to values that exist; the transfer switch cannot."""
    assert refused_field(message=Message(MessageKind.VOICE, voice_file="a", options={name: value})) == name


def test_options_win() -> None:
    """What a campaign chose wins over what follows from its hours and the account."""
    chosen = {"todayonly": "2", "waittime": "45", "userkey": "1"}
    fields = write(message=Message(MessageKind.VOICE, voice_file="a", options=chosen), settings={"waittime": 30})
    assert {name: fields[name] for name in chosen} == chosen


def test_caller_numbers_take_turns() -> None:
    """Chunk after chunk takes the next caller number, the same chunk always the same; a campaign's own wins."""
    listed = ("02130000001", "02130000002", "02130000003")
    assert [choose_caller_id(f"k-{n:04}", listed) for n in range(4)] == [*listed, listed[0]]
    assert choose_caller_id("no-digits", listed) == choose_caller_id("no-digits", listed)
    assert write(settings={"disnumbers": listed})["disnumber"] == listed[1]
    assert write(settings={"disnumbers": listed}, caller_id="02139999999")["disnumber"] == "02139999999"
    assert refused_field(caller_id="1，2") == "caller_id"


@pytest.mark.parametrize(
    ("opens", "closes", "end_day", "expected"),
    [
        (time(9), time(20), 30, "1"),
        (time.min, time.max, 30, "2"),
        (time.min, time.max, 21, "1"),
        (time.min, time(23, 59), 30, "1"),
    ],
)
def test_what_may_be_carried_over_midnight(opens: time, closes: time, end_day: int, expected: str) -> None:
    """Only where calls may ring around the clock, today and tomorrow, may the platform go on tomorrow."""
    hours = CallingHours("Asia/Jakarta", date(2026, 11, 21), date(2026, 11, end_day), (CallingWindow(opens, closes),))
    assert choose_todayonly(hours, datetime(2026, 11, 21, 3, tzinfo=UTC)) == expected
