"""Settings of an account, and what a look at it finds."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import httpx
import pytest
from pydantic import ValidationError

from connectors.contract import HandOver, Message, MessageKind
from connectors.mvb2000.connector import open_connector
from connectors.mvb2000.settings import Mvb2000Settings
from tests.connectors.mvb2000.fake_platform import NOW, FakePlatform, make_settings

VOICE = Message(MessageKind.VOICE, voice_file="leavemsg")


async def check(platform: FakePlatform, message: Message | None = VOICE, **settings: object) -> tuple[list[str], str]:
    """Return the problems, and everything that was said."""
    async with open_connector(
        "main", make_settings(**settings), clock=lambda: NOW, transport=platform.transport
    ) as connector:
        assert connector.checking is not None
        findings = await connector.checking.check_account(message=message)
    return [finding.what for finding in findings if finding.is_problem], "\n".join(f.what for f in findings)


async def test_account_in_order() -> None:
    """An account in order has no problems, and its platform introduces itself."""
    problems, said = await check(FakePlatform())
    assert problems == []
    assert "version 2.0.0.0" in said
    assert "90" in said


@pytest.mark.parametrize(
    ("change", "message", "settings", "problem"),
    [
        ({"today": date(2020, 1, 1)}, VOICE, {}, "key was refused"),
        ({"platform_time": "2026-11-22 11:00:00"}, VOICE, {}, "wrong day"),
        ({"platform_time": ""}, VOICE, {}, "does not tell its time"),
        ({"recordings": []}, VOICE, {}, "no voice file leavemsg"),
        ({}, Message(MessageKind.SURVEY, "leavemsg", "gone"), {}, "no voice file gone"),
        ({}, Message(MessageKind.TEXT), {}, "own text"),
        ({}, Message(MessageKind.TEXT), {"tts_voice_file": "gone"}, "no voice file gone"),
        ({}, None, {"outgoing_trunk": "SIP/other"}, "no trunk SIP/other"),
    ],
)
async def test_problems(
    change: dict[str, object], message: Message | None, settings: dict[str, object], problem: str
) -> None:
    """What would spoil a campaign is a problem, and says what."""
    problems, _ = await check(FakePlatform(**change), message, **settings)  # type: ignore[arg-type]  # fields by name
    assert len(problems) == 1
    assert problem in problems[0]


@pytest.mark.parametrize(
    ("change", "settings", "remark"),
    [
        ({"platform_time": "2026-11-21 11:05:00"}, {}, "5 minutes ahead of ours"),
        ({"parameters": {"outtrunk": "SIP/toIMS"}}, {}, "no call records"),
        ({"parameters": {"maxcalls": "10"}}, {"concurrent_calls": 50}, "allows 10"),
        ({}, {"outgoing_trunk": "SIP/toIMS"}, "no call records"),
    ],
)
async def test_remarks(change: dict[str, object], settings: dict[str, object], remark: str) -> None:
    """What a person should know without it being a fault is said as such."""
    problems, said = await check(FakePlatform(**change), **settings)  # type: ignore[arg-type]  # fields by name
    assert problems == []
    assert remark in said


async def test_voice_file_in_a_folder_is_known_by_its_name() -> None:
    """The manual names voice files with and without their folder."""
    problems, _ = await check(FakePlatform(), Message(MessageKind.SURVEY, "leavemsg", "thanks"))
    assert problems == []


async def test_platform_that_is_down_is_a_finding() -> None:
    """A look at an account ends with findings, not with an exception."""
    platform = FakePlatform(before=lambda *_: httpx.Response(503))
    problems, _ = await check(platform)
    assert len(problems) == 1


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"key": None}, "key"),
        ({"key": "  "}, "key"),
        ({"key_file": "x"}, "key_file"),
        ({"base_url": "platform.test"}, "base_url"),
        ({"timezone": "Asia/Shanghia"}, "timezone"),
        ({"country": "cn"}, "country"),
        ({"max_calls_per_chunk": 5001}, "max_calls_per_chunk"),
        ({"read_timeout": 0}, "read_timeout"),
        ({"pagesize": 10}, "pagesize"),
    ],
)
def test_wrong_settings_are_named(change: dict[str, object], named: str) -> None:
    """A setting that cannot work is refused at the start, by its name and without showing the key."""
    with pytest.raises(ValidationError, match=named) as caught:
        make_settings(**change)
    assert "0866089e569bbd3d" not in str(caught.value)


def test_key_from_a_file(tmp_path: Path) -> None:
    """The key may lie in a file, with a line end; an empty file is refused."""
    path = tmp_path / "key"
    path.write_text("secret77\n")
    settings = make_settings(key=None, key_file=path)
    assert settings.read_key() == "secret77"
    path.write_text("\n")
    with pytest.raises(ValueError, match="empty"):
        settings.read_key()


def test_every_setting_is_described() -> None:
    """A person can learn what each setting means."""
    assert all(field.description for field in Mvb2000Settings.model_fields.values())


async def test_connector_says_what_it_can() -> None:
    """Limits follow the settings; the parts are there."""
    async with open_connector("main", make_settings(concurrent_calls=7), clock=lambda: NOW) as connector:
        assert (connector.account, connector.platform) == ("main", "mvb2000")
        assert connector.abilities.hand_over is HandOver.STAGED
        assert (connector.limits.calls_per_submission, connector.limits.concurrent_calls) == (5000, 7)
        assert connector.submitting is None
