"""Every command and every setting is documented."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest

from campaigns.campaign_file import CampaignFile
from campaigns.cli.main import main
from campaigns.settings import Settings
from connectors.registry import PLATFORMS
from tests.documented import TARGET, render, rows

_PLAIN = {"host", "seed", "limit", "version"}
"""Options whose name says it all."""


def commands(group: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    yield " ".join(path) or "callsheet", group
    if isinstance(group, click.Group):
        for name, command in group.commands.items():
            yield from commands(command, (*path, name))


@pytest.mark.parametrize(("name", "command"), list(commands(main)), ids=lambda value: str(value))
def test_every_command_says_what_it_does(name: str, command: click.Command) -> None:
    """A command has a sentence of help, and so has each of its options."""
    assert command.help or name in {"accounts", "db", "dnc", "lists"}
    undocumented = [
        option.name
        for option in command.params
        if isinstance(option, click.Option) and not option.help and option.name not in _PLAIN
    ]
    assert not undocumented, f"{name}: {undocumented}"


@pytest.mark.parametrize("model", [Settings, CampaignFile, *(platform.settings for platform in PLATFORMS.values())])
def test_every_setting_is_described(model: type) -> None:
    """No key without a sentence of what it means."""
    assert [key for key, _, description in rows(model) if not description] == []


def test_the_settings_page_is_up_to_date() -> None:
    """docs/settings.md says what the program reads; `python -m tests.documented` writes it anew."""
    assert TARGET.read_text(encoding="utf-8") == render()
