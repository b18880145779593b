"""`callsheet accounts`"""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from pathlib import Path

import click

from campaigns.campaign_file import read_campaign_file
from campaigns.cli.context import App, command
from campaigns.cli.errors import ExitCode
from campaigns.clock import now
from connectors.contract import AccountFinding


@click.group()
def accounts() -> None:
    """Platform accounts of the settings file."""


@accounts.command()
@click.argument("names", nargs=-1)
@click.option(
    "--campaign", type=click.Path(exists=True, path_type=Path), help="Check also what this campaign file needs."
)
@command
def check(app: App, names: tuple[str, ...], campaign: Path | None) -> None:
    """Ask platforms for clock, voice files, trunks and settings; changes nothing."""
    file = read_campaign_file(campaign) if campaign else None
    chosen = names or ((file.account,) if file else tuple(sorted(app.settings.accounts)))
    found: dict[str, list[AccountFinding]] = {}

    async def ask(name: str) -> list[AccountFinding]:
        async with app.account(name).open(clock=now) as connector:
            if connector.checking is None:
                return [AccountFinding(False, f"{connector.platform} offers nothing to check")]
            return list(await connector.checking.check_account(message=file.message.for_platform() if file else None))

    for name in chosen:
        found[name] = asyncio.run(ask(name))

    def text() -> None:
        if not found:
            click.echo("The settings file names no account.")
        for name, findings in found.items():
            click.secho(name, bold=True)
            for finding in findings:
                mark = click.style("✗", fg="red") if finding.is_problem else click.style("✓", fg="green")
                click.echo(f"  {mark} {finding.what}")
                if finding.advice:
                    click.echo(f"    → {finding.advice}")

    app.show({"accounts": {name: [asdict(f) for f in findings] for name, findings in found.items()}}, text)
    if any(finding.is_problem for findings in found.values() for finding in findings):
        app.leave(ExitCode.UNAVAILABLE)
