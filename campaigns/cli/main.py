"""`callsheet`: the nouns."""

from __future__ import annotations

import logging
from pathlib import Path

import click

from campaigns.cli.accounts import accounts
from campaigns.cli.campaigns import pause, plan, results, resume, run, status, stop, why
from campaigns.cli.context import App
from campaigns.cli.db import db
from campaigns.cli.deciding import decide
from campaigns.cli.dial_lists import lists
from campaigns.cli.do_not_call import dnc
from campaigns.cli.engine import doctor
from campaigns.cli.rehearsal import rehearse, simulate
from campaigns.cli.serving import callbacks, serve
from campaigns.cli.verifying import verify
from campaigns.logs import set_up_logging


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--config",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Settings file; else CALLSHEET_CONFIG, else callsheet.toml here.",
)
@click.option("-v", "--verbose", is_flag=True, help="Show what happens, line by line, on standard error.")
@click.version_option(package_name="callsheet")
@click.pass_context
def main(context: click.Context, config: Path | None, verbose: bool) -> None:
    """Turn a sheet of telephone numbers into calls, and the calls back into a sheet.

    \b
    Exit codes: 0 done · 1 an error in Callsheet · 2 wrong command, settings, campaign file or dial list
    3 campaign was stopped · 4 campaign paused itself · 5 platform, database or engine out of reach
    6 rows not explained · 7 not allowed now
    """
    set_up_logging(logging.INFO if verbose else logging.ERROR)
    context.obj = App(config)


_ABOUT_CAMPAIGNS = (run, plan, status, pause, resume, stop, results, why, verify, decide)
_AROUND_THEM = (lists, dnc, accounts, doctor, rehearse, simulate, serve, callbacks, db)
for part in _ABOUT_CAMPAIGNS + _AROUND_THEM:
    main.add_command(part)
