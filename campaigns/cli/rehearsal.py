"""`callsheet rehearse` and `callsheet simulate`: a whole campaign without ringing a single telephone."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import click

from campaigns.campaign_file import read_campaign_file
from campaigns.cli.campaigns import finish_run
from campaigns.cli.context import App, command
from campaigns.cli.running import intend
from campaigns.clock import real_now
from campaigns.rehearsal.folder import prepare_own_campaign, prepare_sample
from campaigns.rehearsal.platform import running_simulator
from connectors.simulation.scenarios import SCENARIOS
from connectors.simulation.server import serve
from connectors.simulators import SIMULATORS

_SCENARIO = click.Choice(list(SCENARIOS))
_PLATFORM = click.Choice(sorted(SIMULATORS))
_REHEARSED = click.Choice(["mvb2000"])
"""Platforms for which a rehearsal writes settings and a sample."""


@click.command()
@click.argument("file", metavar="[CAMPAIGN.yaml]", required=False, type=click.Path(exists=True, path_type=Path))
@click.option("--platform", type=_REHEARSED, default="mvb2000", show_default=True, help="Platform to stand in for.")
@click.option("--scenario", type=_SCENARIO, default="calm", show_default=True, help="What goes wrong.")
@click.option(
    "--rows", type=click.IntRange(1, 1_000_000), default=10_000, show_default=True, help="Rows of the sample."
)
@click.option("--seed", type=int, default=1, show_default=True, help="Other people and other accidents.")
@click.option(
    "--folder", type=click.Path(file_okay=False, path_type=Path), help="Where to work. [default: var/rehearsals/TIME]"
)
@command
def rehearse(
    app: App, file: Path | None, platform: str, scenario: str, rows: int, seed: int, folder: Path | None
) -> None:
    """Run a whole campaign against a simulated platform: your own campaign file, or a sample with the everyday mess."""
    folder = folder or app.settings.data_directory / "rehearsals" / f"{real_now().astimezone():%Y%m%d-%H%M%S}"
    folder.mkdir(parents=True, exist_ok=True)
    if not app.as_json:
        click.echo(f"Rehearsal in {folder}: {SCENARIOS[scenario].description}", err=True)
    with running_simulator(platform, scenario=scenario, seed=seed, folder=folder) as simulator:
        if file is None:
            campaign_file = prepare_sample(folder, simulator, rows=rows, seed=seed)
        else:
            campaign_file = prepare_own_campaign(folder, simulator, file, account=read_campaign_file(file).account)
        rehearsal = App(folder / "callsheet.toml", data_directory=app.settings.data_directory)
        rehearsal.as_json = app.as_json
        finish_run(
            rehearsal, intend(rehearsal, campaign_file, again=False), folder / f"{campaign_file.stem}_results.xlsx"
        )


@click.command()
@click.argument("platform", type=_PLATFORM)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=int, default=9100, show_default=True, help="0 takes a free one and prints it.")
@click.option(
    "--scenario", type=_SCENARIO, default="lifelike", show_default=True, help="How people answer, what goes wrong."
)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--key", help="Key that callers must know. [default: the one of the manual's example]")
@click.option("--speed", type=float, help="Platform seconds per real second. [default: by the scenario]")
@click.option(
    "--state", type=click.Path(dir_okay=False, path_type=Path), help="File that outlives a stop of the platform."
)
@click.option(
    "--journal", type=click.Path(dir_okay=False, path_type=Path), help="File of every dialled call, a line each."
)
@click.option("--callback-url", help="Where call records are pushed, on a platform that calls back.")
def simulate(platform: str, host: str, port: int, scenario: str, seed: int, **dials: Any) -> None:
    """Stand in for a platform on a port of this machine, until stopped. What it did is told under /_simulator/state."""
    chosen = {name: value for name, value in dials.items() if value is not None}
    if unknown := chosen.keys() - inspect.signature(SIMULATORS[platform]).parameters:
        raise click.UsageError(f"the simulated {platform} has no --{min(unknown).replace('_', '-')}")
    app = SIMULATORS[platform](SCENARIOS[scenario].with_seed(seed), **chosen)
    serve(app, host=host, port=port, on_started=lambda address: click.echo(f"{platform} is simulated at {address}"))
