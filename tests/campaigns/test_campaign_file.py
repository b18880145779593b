"""Campaign and settings files: what people write is checked, and what is wrong is said in their words."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.calling_hours import is_open, is_over, next_opening, read_window, write_window
from campaigns.campaign_file import load_definition, read_campaign_file
from campaigns.errors import SettingsError
from campaigns.settings import load_settings
from campaigns.validation import read_duration, write_duration
from connectors.contract import CallingHours, Outcome

WHOLE = """\
name: October balance reminder
account: main
dial_list: {file: contacts.xlsx, country: CN, columns: {phone: 手机号, name: 姓名}}
message: {voice_file: leavemsg}
calling: {timezone: Asia/Shanghai, begin: 2026-11-21, end: 2026-11-30, windows: ["08:00-12:30", "13:15-20:30"]}
retry: {no_answer: {attempts: 3, after: 2h}, busy: {attempts: 3, after: 15m}}
"""


def read(tmp_path: Path, text: str) -> str:
    """Return the sentence with which a campaign file is refused."""
    path = tmp_path / "campaign.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as error:
        read_campaign_file(path)
    return str(error.value)


def test_a_whole_file_is_read_and_kept(tmp_path: Path) -> None:
    """Every key of the documented file is understood, and the stored definition says the same."""
    path = tmp_path / "campaign.yaml"
    path.write_text(WHOLE, encoding="utf-8")
    file = read_campaign_file(path).complete(timezone="UTC", country=None, today=date(2026, 1, 1))
    assert file.retry[Outcome.NO_ANSWER].after == timedelta(hours=2)
    assert file.hours().timezone == "Asia/Shanghai"
    assert load_definition(file.to_json()) == file


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("account: main", "acount: main"), "did you mean `account`?"),
        (("file: contacts.xlsx", "fiel: contacts.xlsx"), "did you mean `file`?"),
        (("after: 2h", "after: 2"), 'a duration is written like "90s"'),
        (("08:00-12:30", "8 to 12"), "is not a window"),
        (("08:00-12:30", "08:00-14:00"), "overlap"),
        (("08:00-12:30", "22:00-06:00"), "past midnight is written as two"),
        (("Asia/Shanghai", "Shanghai"), "is not a time zone"),
        (("end: 2026-11-30", "end: 2026-11-01"), "lies before"),
        (("{voice_file: leavemsg}", "{}"), "a message needs one of"),
        (("no_answer:", "answered:"), "is not called again"),
        (("country: CN", "country: China"), "two letters"),
        (("account: main", "account: main\naccount: other"), "stands twice"),
        (("name: October balance reminder", "name: [1"), "not valid YAML"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    """A wrong key, value or form is refused with the key and what to do, before anything is done."""
    assert said in read(tmp_path, WHOLE.replace(*change))


def test_an_unfinished_day_plan_gets_defaults(tmp_path: Path) -> None:
    """Without `calling`, decent hours of the account's zone for a week from today."""
    path = tmp_path / "campaign.yaml"
    path.write_text("name: x\naccount: main\ndial_list: {file: a.csv}\nmessage: {voice_file: hello}\n")
    file = read_campaign_file(path).complete(timezone="Asia/Manila", country="PH", today=date(2026, 3, 1))
    assert (file.calling.begin, file.calling.end) == (date(2026, 3, 1), date(2026, 3, 7))
    assert file.calling.windows == ("08:00-21:00",)
    assert file.dial_list.country == "PH"


def test_settings_come_from_file_and_variables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable overrides the file, one account's key does not hide its others, and paths follow the file."""
    path = tmp_path / "callsheet.toml"
    path.write_text(
        'database_url = "sqlite:///var/x.db"\n[accounts.main]\nplatform = "mvb2000"\nkey_file = "key.txt"\n'
    )
    monkeypatch.setenv("CALLSHEET_ACCOUNTS__MAIN__TIMEZONE", "Asia/Jakarta")
    monkeypatch.setenv("CALLSHEET_LANGUAGE", "zh")
    settings = load_settings(path)
    assert settings.language == "zh"
    assert settings.accounts["main"]["timezone"] == "Asia/Jakarta"
    assert settings.accounts["main"]["key_file"] == str(tmp_path / "key.txt")
    assert settings.database_url == f"sqlite:///{tmp_path}/var/x.db"


def test_an_unknown_setting_is_named_without_its_value(tmp_path: Path) -> None:
    """A typing error in settings names the nearest known key, and never quotes what may be a secret."""
    path = tmp_path / "callsheet.toml"
    path.write_text('[watching]\nlost_afte = "hunter2"\n')
    with pytest.raises(SettingsError) as error:
        load_settings(path)
    assert "did you mean `lost_after`?" in str(error.value)
    assert "hunter2" not in str(error.value)


@given(st.integers(min_value=1, max_value=10**6))
def test_durations_are_read_as_they_are_written(seconds: int) -> None:
    """Any whole number of seconds survives being written and read."""
    assert read_duration(write_duration(timedelta(seconds=seconds))) == timedelta(seconds=seconds)


HOURS = CallingHours(
    timezone="Asia/Shanghai",
    begin=date(2026, 11, 21),
    end=date(2026, 11, 22),
    windows=(read_window("08:00-12:30"), read_window("13:15-24:00")),
)


@pytest.mark.parametrize(
    ("utc", "open_", "opening"),
    [
        ("2026-11-20T23:59", False, "2026-11-21T00:00"),
        ("2026-11-21T00:00", True, "2026-11-21T00:00"),
        ("2026-11-21T04:30", False, "2026-11-21T05:15"),
        ("2026-11-21T15:59", True, "2026-11-21T15:59"),
        ("2026-11-21T16:00", False, "2026-11-22T00:00"),
        ("2026-11-22T16:00", False, None),
    ],
)
def test_hours_are_local_and_closed_at_the_end(utc: str, open_: bool, opening: str | None) -> None:
    """Windows open at their first minute, are closed at their last, and end with the last day."""
    now = datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert is_open(HOURS, now) is open_
    found = next_opening(HOURS, now)
    assert (found is None) == (opening is None) == is_over(HOURS, now)
    if opening is not None:
        assert found == datetime.fromisoformat(opening).replace(tzinfo=UTC)


@given(st.times(), st.times())
def test_windows_are_read_as_they_are_written(first: object, second: object) -> None:
    """A window survives being written and read, and one that never opens is refused."""
    text = f"{first:%H:%M}-{second:%H:%M}"
    if f"{first:%H:%M}" < f"{second:%H:%M}":
        assert write_window(read_window(text)) == text
    else:
        with pytest.raises(ValueError, match="closes before"):
            read_window(text)
