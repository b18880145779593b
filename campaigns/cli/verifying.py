"""`callsheet verify`"""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from pathlib import Path

import click

from campaigns.campaign_file import read_campaign_file
from campaigns.cli.context import App, command
from campaigns.cli.errors import ExitCode
from campaigns.cli.running import display_name
from campaigns.clock import now
from campaigns.verifying import Check, verify_file, verify_ledger, verify_platform


@click.command()
@click.argument("campaign")
@click.option(
    "--list",
    "list_path",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The imported file. [default: the one of the campaign file, where that is given]",
)
@click.option("--platform/--no-platform", default=True, help="Compare with what the platform holds as well.")
@command
def verify(app: App, campaign: str, list_path: Path | None, platform: bool) -> None:
    """Compute a campaign anew from file, plan and evidence, and name every difference; changes nothing."""
    found = app.find(campaign)
    file = Path(campaign)
    if list_path is None and file.is_file():
        beside = file.resolve().parent / read_campaign_file(file).dial_list.file
        list_path = beside if beside.is_file() else None
    checks = verify_ledger(app.database, found.id or 0)
    if list_path is not None:
        checks += verify_file(app.database, found.id or 0, list_path, clock=now)

    async def ask() -> list[Check]:
        async with app.account(found.account).open(clock=now) as connector:
            return await verify_platform(app.database, connector, found.id or 0)

    if platform:
        checks += asyncio.run(ask())

    def text() -> None:
        for check in checks:
            mark = click.style("✓", fg="green") if check.is_well else click.style("✗", fg="red")
            click.echo(f"{mark} {check.what}: {check.message}")

    is_well = all(check.is_well for check in checks)
    app.show({"campaign": display_name(found), "holds": is_well, "checks": [asdict(check) for check in checks]}, text)
    if not is_well:
        app.leave(ExitCode.UNEXPLAINED)
