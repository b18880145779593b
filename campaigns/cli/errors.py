"""Errors → one sentence on standard error and a documented exit code. The one place for it."""

from __future__ import annotations

import json
import sys
from enum import IntEnum

import click
from sqlalchemy.exc import SQLAlchemyError

from campaigns.errors import CampaignError, DialListError, LeaseLostError, SettingsError
from campaigns.prefect_server import EngineUnavailableError
from connectors.errors import PlatformError


class ExitCode(IntEnum):
    """What `callsheet` returns."""

    DONE = 0
    """It was done; a campaign is finished and every row is explained."""
    INTERNAL_ERROR = 1
    """An error in Callsheet itself."""
    WRONG_INPUT = 2
    """The command, a settings, campaign or dial list file is wrong; nothing was sent because of it."""
    CANCELLED = 3
    """The campaign was stopped by a person."""
    PAUSED = 4
    """The campaign paused itself and says why; mend that and resume it."""
    UNAVAILABLE = 5
    """The platform, the database or the engine cannot be reached; run the same command again later."""
    UNEXPLAINED = 6
    """Rows are not explained; nothing more is done until a person has looked."""
    NOT_ALLOWED = 7
    """The campaign's status, or another run, does not allow it now."""


def exit_code_of(error: Exception) -> ExitCode | None:
    """Return the exit code of an error that people can do something about, None for one of our own making."""
    if isinstance(error, SettingsError | DialListError):
        return ExitCode.WRONG_INPUT
    if isinstance(error, EngineUnavailableError | PlatformError | SQLAlchemyError):
        return ExitCode.UNAVAILABLE
    if isinstance(error, LeaseLostError | CampaignError):
        return ExitCode.NOT_ALLOWED
    return None


def report_error(error: Exception, code: ExitCode, *, as_json: bool) -> None:
    """Say what went wrong: on standard error, and with `--json` as an object on standard output."""
    message = _first_line(error) if isinstance(error, SQLAlchemyError) else str(error)
    if as_json:
        click.echo(json.dumps({"error": {"kind": type(error).__name__, "message": message}, "exit_code": int(code)}))
    else:
        click.secho(f"Error: {message}", fg="red" if sys.stderr.isatty() else None, err=True)


def _first_line(error: SQLAlchemyError) -> str:
    """A database error quotes its statement and parameters, which may hold numbers: its first line does not."""
    return f"the database says: {str(error.__cause__ or type(error).__name__).splitlines()[0]}"
