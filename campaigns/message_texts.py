"""Texts for each person: {name} stands for a field of the contact's row."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from campaigns.errors import SettingsError

_FIELD = re.compile(r"\{([^{}]*)\}")


def fields_of(template: str) -> list[str]:
    return [name.strip() for name in _FIELD.findall(template)]


def check_template(template: str, known: Collection[str]) -> None:
    """Raise `SettingsError` for a field that no column fills, naming those there are."""
    for name in fields_of(template):
        if name not in known:
            raise SettingsError(
                f"`message.tts` speaks of {{{name}}}, and the dial list has no such column or field; "
                f"it has {', '.join(sorted(known))}"
            )


def render_text(template: str, values: Mapping[str, str]) -> str:
    """Fill a template in; nothing but plain fields is understood, so that a cell cannot do harm."""
    return _FIELD.sub(lambda match: values[match[1].strip()], template)
