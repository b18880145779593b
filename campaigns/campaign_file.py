"""The campaign file: what a manager writes, checked and complete with defaults."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Hashable
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, available_timezones

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from campaigns.calling_hours import read_window, write_window
from campaigns.errors import SettingsError
from campaigns.phone_numbers.words import NumberKind
from campaigns.validation import Duration, check
from connectors.contract import CallingHours, Message, MessageKind, Outcome


def _as_text(value: object) -> object:
    """YAML reads 8001 and yes as a number and a truth; here they are text."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


Text = Annotated[str, BeforeValidator(_as_text)]

DEFAULT_WINDOWS = ("08:00-21:00",)
"""Decent hours, where a campaign file names none."""
DEFAULT_DAYS = 7


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DialListPart(_Part):
    file: Path = Field(description="the spreadsheet, relative to the campaign file")
    country: str | None = Field(default=None, description="country of numbers written without a country code, like CN")
    columns: dict[str, Text] = Field(
        default_factory=dict,
        description="field → name of its column; `phone` is needed only where it cannot be guessed",
    )
    sheet: str | None = Field(default=None, description='sheet to read; "*" reads every visible one')
    hidden_rows: Literal["take", "skip"] = Field(default="take", description="what to do with hidden rows")

    kinds: tuple[NumberKind, ...] = Field(
        default=tuple(NumberKind), description="kinds of numbers that may be called: mobile, fixed, …"
    )

    @field_validator("country")
    @classmethod
    def _country(cls, value: str | None) -> str | None:
        if value is None:
            return None
        if len(value) != 2 or not value.isalpha():
            raise ValueError("a country is written with two letters, like CN")
        return value.upper()


class SurveyPart(_Part):
    voice_file: Text = Field(description="question, by its name on the platform")
    thanks_voice_file: Text = Field(description="thanks, by its name on the platform")
    keys: dict[Text, Text] = Field(description="key → what it means")

    @field_validator("keys")
    @classmethod
    def _keys(cls, value: dict[str, str]) -> dict[str, str]:
        for key in value:
            if len(key) != 1 or key not in "0123456789*#":
                raise ValueError(f'"{key}" is not a key of a telephone')
        return value


class MessagePart(_Part):
    """What people hear: a recording, a text with the row's own fields, or a survey."""

    voice_file: Text | None = Field(default=None, description="recording, by its name on the platform")
    tts: str | None = Field(default=None, description="text to be spoken; {name} stands for the column mapped to name")
    survey: SurveyPart | None = Field(default=None, description="a question answered by key")
    options: dict[str, Text] = Field(default_factory=dict, description="settings that only this platform knows")

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self.voice_file or self.tts or self.survey):
            raise ValueError("a message needs one of `voice_file`, `tts` or `survey`")
        if self.survey and (self.voice_file or self.tts):
            raise ValueError("`survey` names its own voice files; leave `voice_file` and `tts` out")
        return self

    @property
    def kind(self) -> MessageKind:
        if self.survey:
            return MessageKind.SURVEY
        return MessageKind.TEXT if self.tts else MessageKind.VOICE

    def for_platform(self) -> Message:
        """Return the message in the contract's words."""
        return Message(
            kind=self.kind,
            voice_file=self.survey.voice_file if self.survey else self.voice_file,
            thanks_voice_file=self.survey.thanks_voice_file if self.survey else None,
            keys=tuple(self.survey.keys) if self.survey else (),
            options=self.options,
        )


class CallingPart(_Part):
    timezone: str | None = Field(default=None, description="IANA zone of the windows; the account's if left out")
    begin: date | None = Field(default=None, description="first day; today if left out")
    end: date | None = Field(default=None, description="last day; a week after the first if left out")
    windows: tuple[str, ...] = Field(default=DEFAULT_WINDOWS, description='hours of the day, like "08:00-12:30"')

    @field_validator("timezone")
    @classmethod
    def _timezone(cls, value: str | None) -> str | None:
        if value is not None and value not in available_timezones():
            raise ValueError(f'"{value}" is not a time zone; write it like Asia/Shanghai')
        return value

    @field_validator("windows")
    @classmethod
    def _windows(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value:
            raise ValueError("at least one window is needed, or nobody may be called")
        windows = sorted((read_window(text) for text in value), key=lambda window: window.opens)
        for earlier, later in pairwise(windows):
            if later.opens < earlier.closes:
                raise ValueError(f"{write_window(earlier)} and {write_window(later)} overlap")
        return tuple(write_window(window) for window in windows)

    @model_validator(mode="after")
    def _days(self) -> Self:
        if self.begin and self.end and self.end < self.begin:
            raise ValueError("`end` lies before `begin`")
        return self


class RetryRule(_Part):
    attempts: int = Field(ge=1, le=20, description="calls in all, the first included")
    after: Duration = Field(description="how long after a call ended the next may start")


class CampaignFile(_Part):
    """Everything a campaign needs to know. `complete` fills in what depends on account and day."""

    name: Text = Field(min_length=1, max_length=100, description="unique; a running campaign is found by it")
    account: str = Field(description="an account of the settings file")
    dial_list: DialListPart
    message: MessagePart
    calling: CallingPart = Field(default_factory=CallingPart)
    retry: dict[Outcome, RetryRule] = Field(default_factory=dict, description="outcome → how often and when again")
    do_not_call: tuple[Path, ...] = Field(default=(), description="files of numbers that this campaign must not call")
    caller_id: Text | None = Field(default=None, description="number shown to the called person")
    ring_seconds: int | None = Field(default=None, ge=5, le=180, description="how long it may ring")
    concurrent_calls: int | None = Field(default=None, ge=1, description="calls of this campaign at the same time")

    @field_validator("name")
    @classmethod
    def _name(cls, value: str) -> str:
        if value != value.strip() or any(character in value for character in "\n\r\t/\\#"):
            raise ValueError("a name has no line breaks, slashes, # or blanks at its ends")
        return value

    @field_validator("retry")
    @classmethod
    def _retry(cls, value: dict[Outcome, RetryRule]) -> dict[Outcome, RetryRule]:
        for outcome in value:
            if outcome not in RETRIABLE:
                raise ValueError(f'"{outcome}" is not called again; retries are for {", ".join(sorted(RETRIABLE))}')
        return value

    def complete(self, *, timezone: str, country: str | None, today: date) -> CampaignFile:
        """Fill in what the account and the day decide, so that a later run of the same file means the same."""
        zone = self.calling.timezone or timezone
        begin = self.calling.begin or today
        end = self.calling.end or begin + timedelta(days=DEFAULT_DAYS - 1)
        if end < begin:
            raise SettingsError("`calling.end` lies before the first day")
        calling = self.calling.model_copy(update={"timezone": zone, "begin": begin, "end": end})
        dial_list = self.dial_list.model_copy(update={"country": self.dial_list.country or country})
        return self.model_copy(update={"calling": calling, "dial_list": dial_list})

    def hours(self) -> CallingHours:
        """Return the calling hours of a completed file."""
        calling = self.calling
        if not (calling.timezone and calling.begin and calling.end):
            raise ValueError("a campaign file has hours only once it was completed")
        return CallingHours(
            timezone=ZoneInfo(calling.timezone).key,
            begin=calling.begin,
            end=calling.end,
            windows=tuple(read_window(text) for text in calling.windows),
        )

    def to_json(self) -> str:
        return json.dumps(self.model_dump(mode="json"), ensure_ascii=False, sort_keys=True)

    def content_hash(self) -> str:
        return hashlib.sha256(self.to_json().encode()).hexdigest()


RETRIABLE = frozenset(
    {
        Outcome.NO_ANSWER,
        Outcome.BUSY,
        Outcome.REJECTED,
        Outcome.UNREACHABLE,
        Outcome.SWITCHED_OFF,
        Outcome.NETWORK_CONGESTION,
        Outcome.EXPIRED,
    }
)
"""Outcomes after which somebody may be called again. Not among them: what settled the matter, what nobody knows."""


class _StrictLoader(yaml.SafeLoader):
    """Refuses a key that stands twice, which YAML would silently let the last one win."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.MarkedYAMLError(problem=f"the key {key!r} stands twice", problem_mark=key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep=deep)


def read_campaign_file(path: Path) -> CampaignFile:
    """Read and check a campaign file; raises `SettingsError` that names file and key."""
    try:
        data = yaml.load(path.read_text(encoding="utf-8-sig"), Loader=_StrictLoader)
    except FileNotFoundError:
        raise SettingsError(f"{path}: there is no such campaign file") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: not valid YAML: {error}") from None
    if not isinstance(data, dict):
        raise SettingsError(f"{path}: a campaign file is a list of keys like `name: October balance reminder`")
    return check(CampaignFile, data, where=str(path))


def load_definition(text: str) -> CampaignFile:
    """Read a definition that `CampaignFile.to_json` wrote."""
    return CampaignFile.model_validate_json(text)
