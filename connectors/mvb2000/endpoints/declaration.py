"""The shape of an endpoint's declaration: what it is called, what it takes, what it does."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property


class Returns(StrEnum):
    ENVELOPE = "envelope"
    FILE = "file"
    """The file itself; the envelope only on failure."""


class Risk(StrEnum):
    """Why a person must be asked before an endpoint is called by hand."""

    RINGS = "makes phones ring or changes a call in progress"
    COMMANDS = "runs any command on the platform"
    SHOWS_SECRETS = "shows passwords"
    WHOLE_PLATFORM = "takes effect for the whole platform"


class Format(StrEnum):
    """How a value must be written; the value says it in words."""

    DATE = "a date, yyyy-mm-dd"
    DATE_TIME = "a time, yyyy-mm-dd hh:mm:ss"
    INTEGER = "a whole number, not negative"
    TIME_RANGE = "a stretch of a day, hh:mm-hh:mm on the 24-hour clock"
    TIME_RANGES = "stretches of a day, hh:mm-hh:mm, separated by commas"
    MONTHS = "months 1-12, separated by commas"
    WEEKDAYS = "weekdays 0-6, separated by commas"
    MONTH_DAYS = "days 1-31, separated by commas"
    KEYS = "single keys joined by hyphens, like 1-2-9"
    LIST = "values separated by commas, none of them empty"
    LETTER = "one of the letters N B S P C R F"


_CLOCK = r"(?:[01]?\d|2[0-3]):[0-5]\d"
_PATTERNS: Mapping[Format, str] = {
    Format.DATE: r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])",
    Format.DATE_TIME: r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?: (?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)?",
    Format.INTEGER: r"\d+",
    Format.TIME_RANGE: rf"{_CLOCK}-{_CLOCK}",
    Format.TIME_RANGES: rf"{_CLOCK}-{_CLOCK}(?:,{_CLOCK}-{_CLOCK})*",
    Format.MONTHS: r"(?:[1-9]|1[0-2])(?:,(?:[1-9]|1[0-2]))*",
    Format.WEEKDAYS: r"[0-6](?:,[0-6])*",
    Format.MONTH_DAYS: r"(?:[1-9]|[12]\d|3[01])(?:,(?:[1-9]|[12]\d|3[01]))*",
    Format.KEYS: r"[0-9*#](?:-[0-9*#])*",
    Format.LIST: r"[^,]+(?:,[^,]+)*",
    Format.LETTER: r"[NBSPCRFnbspcrf]",
}
PATTERNS: Mapping[Format, re.Pattern[str]] = {name: re.compile(text, re.ASCII) for name, text in _PATTERNS.items()}


@dataclass(frozen=True, slots=True)
class Condition:
    """Another parameter has, or lacks, one of certain values."""

    param: str
    values: frozenset[str]
    negated: bool = False

    def holds(self, params: Mapping[str, str]) -> bool:
        return (params.get(self.param, "") in self.values) is not self.negated

    def __str__(self) -> str:
        word = "is not" if self.negated else "is"
        return f"{self.param} {word} {' or '.join(sorted(self.values)) or 'given'}"


def when(param: str, *values: str) -> Condition:
    return Condition(param, frozenset(values))


def unless(param: str, *values: str) -> Condition:
    return Condition(param, frozenset(values), negated=True)


def without(param: str) -> Condition:
    return Condition(param, frozenset({""}))


def words(names: str) -> tuple[str, ...]:
    """Split names at blanks, for the long lists of result fields."""
    return tuple(names.split())


@dataclass(frozen=True, slots=True)
class Param:
    name: str
    what: str
    required: bool | Condition = False
    choices: tuple[str, ...] = ()
    format: Format | None = None
    maximum: int | None = None
    base64: bool = False
    """Sent as base64 of UTF-8; callers give plain text."""
    is_file: bool = False
    """A file to upload; sent as a part of a form, not in the address."""
    secret: bool = False
    default: str = ""
    """What the platform assumes when it is left out; empty: not stated, or nothing."""
    default_global: str = ""
    """The global outbound parameter that applies when it is left out."""

    @property
    def allowed(self) -> str:
        """What the value may be, in words; empty when anything goes."""
        if self.choices:
            return "one of " + ", ".join(choice or "(empty)" for choice in self.choices)
        words = str(self.format.value) if self.format else ""
        return f"{words}, at most {self.maximum}" if self.maximum is not None else words

    def accepts(self, value: str) -> bool:
        if self.choices:
            return value in self.choices
        if self.format is not None and not PATTERNS[self.format].fullmatch(value):
            return False
        return self.maximum is None or int(value) <= self.maximum


@dataclass(frozen=True)
class Endpoint:
    name: str
    path: str
    section: str
    what: str
    params: tuple[Param, ...] = ()
    changes: bool = False
    """It may change something on the platform; a lost reply leaves the outcome unknown."""
    fields: tuple[str, ...] = ()
    """Fields of a row of the reply."""
    has_total: bool = False
    returns: Returns = Returns.ENVELOPE
    name_variants: tuple[str, ...] = ()
    """Other spellings of the file name in the manual, to be tried when the server does not know this one."""
    dangerous_without: tuple[str, ...] = ()
    """Without any of these it changes or deletes everything; refused unless everything is meant."""
    risk: Risk | None = None
    blocks_seconds: int = 0
    """How long the platform may hold the request back by default; the parameter `timeout` overrides it."""
    timeouts_per_second: int = 1
    """1000 where `timeout` is given in milliseconds."""
    method: str = "GET"
    sections: tuple[str, ...] = field(default=())
    """Further sections of the manual that describe the same file."""

    @cached_property
    def params_by_name(self) -> Mapping[str, Param]:
        return {param.name: param for param in self.params}

    @cached_property
    def always_required(self) -> tuple[str, ...]:
        return tuple(param.name for param in self.params if param.required is True)

    @cached_property
    def conditional_params(self) -> tuple[Param, ...]:
        return tuple(param for param in self.params if isinstance(param.required, Condition))
