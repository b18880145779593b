"""What every command has: settings, ledger, accounts, and a way to print."""

from __future__ import annotations

import getpass
import json
import os
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from functools import cached_property, wraps
from pathlib import Path
from typing import Any, NoReturn

import click

from campaigns.accounts import Account, read_account
from campaigns.campaign_file import read_campaign_file
from campaigns.cli.errors import ExitCode, exit_code_of, report_error
from campaigns.db.engine import Database
from campaigns.db.upgrading import upgrade
from campaigns.models import Campaign
from campaigns.opening import open_campaign_run
from campaigns.queries.campaigns import get_campaign
from campaigns.run import CampaignRun
from campaigns.settings import Settings, load_settings


class App:
    """Settings and ledger, opened when first needed."""

    def __init__(self, config: Path | None, *, data_directory: Path | None = None) -> None:
        self._config = config
        self._data_directory = data_directory
        self.as_json = False

    @cached_property
    def settings(self) -> Settings:
        if self._config is not None:
            # flows read the settings by themselves, from here
            os.environ["CALLSHEET_CONFIG"] = str(self._config.resolve())
        settings = load_settings(self._config)
        if self._data_directory is not None:
            return settings.model_copy(update={"data_directory": self._data_directory})
        return settings

    @cached_property
    def database(self) -> Database:
        """The ledger, brought up to this version first: one command works on a laptop."""
        database = Database(self.settings.database_url)
        upgrade(database)
        return database

    def account(self, name: str) -> Account:
        return read_account(self.settings, name)

    def open_run(self, campaign: Campaign) -> AbstractAsyncContextManager[CampaignRun]:
        return open_campaign_run(self.settings, self.database, campaign)

    def find(self, campaign: str) -> Campaign:
        """Return the campaign of this name, or of this campaign file."""
        name = read_campaign_file(Path(campaign)).name if _is_file(campaign) else campaign
        with self.database.reading() as db:
            return get_campaign(db, name)

    def show(self, data: dict[str, Any], text: str | Callable[[], None]) -> None:
        """Print the result: `data` with `--json`, else the text (or whatever the function prints)."""
        if self.as_json:
            click.echo(json.dumps(data, ensure_ascii=False, default=str))
        elif isinstance(text, str):
            click.echo(text)
        else:
            text()

    def leave(self, code: ExitCode) -> NoReturn:
        raise click.exceptions.Exit(int(code))


def person() -> str:
    """Return who is at the keyboard, for `status_change`."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"


def command(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command its `App`, the `--json` option, and errors as sentences with exit codes."""

    @click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text.")
    @wraps(function)
    def wrapped(*args: Any, as_json: bool, **kwargs: Any) -> None:
        app = click.get_current_context().find_object(App)
        assert app is not None
        app.as_json = as_json
        try:
            function(app, *args, **kwargs)
        except click.exceptions.Exit:
            raise
        except Exception as error:
            code = exit_code_of(error)
            if code is None:
                raise
            report_error(error, code, as_json=as_json)
            app.leave(code)

    return wrapped


def _is_file(name: str) -> bool:
    return name.endswith((".yaml", ".yml")) and Path(name).is_file()
