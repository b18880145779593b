"""`callsheet doctor`"""

from __future__ import annotations

import asyncio
from dataclasses import asdict

import click

from campaigns.cli.context import App, command
from campaigns.cli.errors import ExitCode
from campaigns.db.upgrading import current_revision, newest_revision
from campaigns.prefect_server import ensure_server
from campaigns.prefect_server.self_check import Finding, check_engine


@click.command()
@command
def doctor(app: App) -> None:
    """Check that the engine runs flows and fires schedules, and that the ledger is of this version."""
    engine = ensure_server(app.settings.data_directory, linger=app.settings.prefect.linger)
    findings = list(asyncio.run(check_engine(engine)))
    revision = current_revision(app.database)
    findings.append(Finding("ledger", revision == newest_revision(), f"The ledger is at revision {revision}."))

    def text() -> None:
        for finding in findings:
            mark = click.style("✓", fg="green") if finding.is_well else click.style("✗", fg="red")
            click.echo(f"{mark} {finding.check}: {finding.message}")

    app.show({"findings": [asdict(finding) for finding in findings], "prefect_ui": engine.ui_url}, text)
    if not all(finding.is_well for finding in findings):
        app.leave(ExitCode.UNAVAILABLE)
