"""Filter, sort and page lists the way the platform's database would."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import TypeVar

import msgspec

from connectors.mvb2000.simulator.settings import SimulatorSettings

T = TypeVar("T", bound=msgspec.Struct)
Given = Mapping[str, str]
"""Parameters of a request; a parameter sent empty counts as left out."""

_NUMBERS = frozenset(
    {
        *("id", "taskid", "dialid", "runtype", "actiontype", "maxcalls", "maxretries", "timeout", "retrytimes"),
        *("duration", "cause", "responsekey", "curdialid", "penalty", "groupid", "campaignid"),
    }
)


def keep_equal(items: Iterable[T], given: Given, names: Mapping[str, str] | Sequence[str]) -> list[T]:
    """Keep items whose fields equal the parameters that were given; a mapping goes from parameter to field."""
    pairs = names.items() if isinstance(names, Mapping) else ((name, name) for name in names)
    wanted = [(field, given[parameter]) for parameter, field in pairs if given.get(parameter)]
    if not wanted:
        return list(items)
    return [item for item in items if all(getattr(item, field) == value for field, value in wanted)]


def keep_between(items: list[T], given: Given, names: Iterable[str]) -> list[T]:
    """Keep items whose times lie between `…1` and `…2`, both included.

    Times are compared as text, as a database compares them: a time that has not come is before every other.
    """
    for name in names:
        earliest, latest = given.get(name + "1"), given.get(name + "2")
        if earliest:
            items = [item for item in items if getattr(item, name) >= earliest]
        if latest:
            items = [item for item in items if getattr(item, name) <= latest]
    return items


def arrange(items: list[T], given: Given) -> list[T]:
    """Sort by `sort` and `sens`; a field that is not there is ignored, and without `sort` the order stays."""
    name = given.get("sort", "")
    is_descending = given.get("sens", "").upper() == "DESC"
    if not items:
        return items
    if name not in items[0].__struct_fields__:
        return items[::-1] if is_descending else items
    return sorted(items, key=_sort_key(name), reverse=is_descending)


def cut_page(items: Iterable[T], given: Given, settings: SimulatorSettings) -> list[T]:
    """Cut the page that `offset` and `rows` ask for, never longer than the platform's maximum."""
    offset = _whole(given.get("offset"))
    length = _whole(given.get("rows")) or settings.default_page_rows or settings.max_page_rows
    return list(islice(items, offset, offset + min(length, settings.max_page_rows)))


def _sort_key(name: str) -> Callable[[msgspec.Struct], tuple[int, str]]:
    is_number = name in _NUMBERS

    def key(item: msgspec.Struct) -> tuple[int, str]:
        text = str(getattr(item, name))
        return (_signed(text), text) if is_number else (0, text)

    return key


def _signed(text: str) -> int:
    return int(text) if text.removeprefix("-").isdecimal() else 0


def _whole(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 0
