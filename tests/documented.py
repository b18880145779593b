"""Write docs/settings.md from the settings classes: `python -m tests.documented`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from campaigns.campaign_file import CampaignFile
from campaigns.settings import Settings
from connectors.registry import PLATFORMS

TARGET = Path(__file__).parent.parent / "docs" / "settings.md"


def rows(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, str, str]]:
    """Yield (key, default, description) of every setting, nested ones under their full key."""
    for name, field in model.model_fields.items():
        key = f"{prefix}{name}"
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from rows(kind, f"{key}.")
            continue
        default = field.get_default(call_default_factory=True, validated_data={})
        shown = "required" if default is PydanticUndefined else _show(default)
        yield key, shown, field.description or ""


def render() -> str:
    """Return the page that lists every setting and every key of a campaign file."""
    parts = [
        "# Settings\n\nMade by `python -m tests.documented`; a test says when it is out of date.\n\n"
        "Settings come from `callsheet.toml` (`--config`, `CALLSHEET_CONFIG`), overridden by variables: `a.b` is\n"
        "`CALLSHEET_A__B`. Durations are written like `90s`, `15m`, `2h`, `1d`. Paths are relative to the file.\n",
        _table("callsheet.toml", Settings),
    ]
    parts += [_table(f"[accounts.NAME] on {name}", platform.settings) for name, platform in sorted(PLATFORMS.items())]
    parts.append(_table("The campaign file", CampaignFile))
    return "\n".join(parts)


def _table(title: str, model: type[BaseModel]) -> str:
    lines = [f"| `{key}` | {default} | {description} |" for key, default, description in rows(model)]
    return "\n".join([f"## {title}\n", "| key | default | meaning |", "| --- | --- | --- |", *lines, ""])


def _show(value: object) -> str:
    if value is None or value == {} or value == ():
        return ""
    if hasattr(value, "total_seconds"):
        from campaigns.validation import write_duration

        return f"`{write_duration(value)}`"
    if isinstance(value, frozenset):
        value = sorted(value)
    if isinstance(value, tuple | list):
        return ", ".join(f"`{getattr(item, 'value', item)}`" for item in value)
    return f"`{getattr(value, 'value', value)}`"


if __name__ == "__main__":
    TARGET.write_text(render(), encoding="utf-8")
