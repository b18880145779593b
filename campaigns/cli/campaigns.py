"""Commands about one campaign: run, plan, status, pause, resume, stop, results, why."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import click

from campaigns.campaign_file import load_definition
from campaigns.cli.context import App, command, person
from campaigns.cli.errors import ExitCode
from campaigns.cli.reports import plan_report, status_report, why_report
from campaigns.cli.running import Intended, display_name, intend, plan_now, run_to_end
from campaigns.clock import now
from campaigns.errors import CampaignError
from campaigns.holding import HoldReport, pause_campaign, resume_campaign, stop_campaign
from campaigns.models import Campaign
from campaigns.phone_numbers import NumberRefusal, read_number
from campaigns.queries.explanations import explain_number, find_do_not_call
from campaigns.queries.identity import compute_identity
from campaigns.results.exporting import export_results
from campaigns.statuses import CAMPAIGN_ENDED, CampaignStatus
from connectors.contract import Connector

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_OUT = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("file", metavar="CAMPAIGN.yaml", type=_FILE)
@click.option("--out", type=_OUT, help="Results file: .xlsx, .csv or .parquet. [default: beside the campaign file]")
@click.option("--again", is_flag=True, help="Call everybody again although a campaign of this name has ended.")
@click.option("--yes", is_flag=True, help="Do not ask before phones ring.")
@click.option("--dry-run", is_flag=True, help="Only plan: the same as `callsheet plan`.")
@command
def run(app: App, file: Path, out: Path | None, again: bool, yes: bool, dry_run: bool) -> None:
    """Import, plan, submit, watch, reconcile, export. Waits; RINGS PHONES.

    A campaign that was cut off is taken up where it stands. Exit code 0 only if it is finished and every row is
    explained.
    """
    intended = intend(app, file, again=again)
    campaign = intended.intake.campaign
    out = out or file.with_name(f"{file.stem}_results.xlsx")
    if campaign.status in CAMPAIGN_ENDED and not intended.intake.is_new and not _has_open_calls(app, campaign):
        _say_ended(app, campaign)
        return
    if dry_run:
        plan_report(app, plan_now(app, intended))
        return
    if not yes and sys.stdin.isatty() and not app.as_json:
        plan_report(app, plan_now(app, intended))
        click.confirm("Start calling?", abort=True, err=True)
    finish_run(app, intended, out)


def finish_run(app: App, intended: Intended, out: Path) -> None:
    """Run a campaign to its end, say where every row is, and leave with the exit code that tells how it ended."""
    ended = run_to_end(app, intended, out)
    report = status_report(app, ended)

    def text() -> None:
        report.print()
        click.echo(f"Results: {out}")

    app.show({**report.data, "results": str(out)}, text)
    code = _exit_code(ended, report.identity_holds)
    if code != ExitCode.DONE:
        app.leave(code)


@click.command()
@click.argument("file", metavar="CAMPAIGN.yaml", type=_FILE)
@command
def plan(app: App, file: Path) -> None:
    """Say who would be called, who not and why, in how many chunks; sends nothing."""
    intended = intend(app, file, again=False)
    if intended.intake.campaign.status in CAMPAIGN_ENDED:
        _say_ended(app, intended.intake.campaign)
        return
    plan_report(app, plan_now(app, intended))


@click.command()
@click.argument("campaign")
@command
def status(app: App, campaign: str) -> None:
    """Show where every row of a campaign is. CAMPAIGN is a name or a campaign file."""
    report = status_report(app, app.find(campaign))
    app.show(report.data, report.print)


@click.command()
@click.argument("campaign")
@click.option("--reason", default="", help="Why, for the record.")
@command
def pause(app: App, campaign: str, reason: str) -> None:
    """Hand nothing more over, and hold back what the platform can hold back."""
    found = app.find(campaign)

    async def act(connector: Connector) -> HoldReport:
        return await pause_campaign(
            app.database, connector, found.id or 0, clock=now, actor=person(), reason=reason or "paused by a person"
        )

    _hold(app, found, act, "paused")


@click.command()
@click.argument("campaign")
@command
def resume(app: App, campaign: str) -> None:
    """Go on with a paused campaign; its `callsheet run` continues, or start it again."""
    found = app.find(campaign)

    async def act(connector: Connector) -> HoldReport:
        return await resume_campaign(app.database, connector, found.id or 0, clock=now, actor=person())

    _hold(app, found, act, "resumed")


@click.command()
@click.argument("campaign")
@click.option("--reason", default="", help="Why, for the record.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@command
def stop(app: App, campaign: str, reason: str, yes: bool) -> None:
    """End a campaign for good; what was not handed over never will be."""
    found = app.find(campaign)
    if not yes and sys.stdin.isatty() and not app.as_json:
        click.confirm(f'Stop "{found.name}" for good?', abort=True, err=True)

    async def act(connector: Connector) -> HoldReport:
        return await stop_campaign(
            app.database, connector, found.id or 0, clock=now, actor=person(), reason=reason or "stopped by a person"
        )

    _hold(app, found, act, "stopped")


@click.command()
@click.argument("campaign")
@click.option("--out", type=_OUT, help="File to write: .xlsx, .csv or .parquet. [default: NAME_results.xlsx]")
@command
def results(app: App, campaign: str, out: Path | None) -> None:
    """Write the result sheet of a campaign, as it stands now."""
    found = app.find(campaign)
    out = out or Path(f"{found.name}_results.xlsx")
    export_results(app.database, found.id or 0, out, language=app.settings.language, clock=now)
    app.show({"campaign": display_name(found), "results": str(out)}, f"Results: {out}")


@click.command()
@click.argument("words", metavar="[CAMPAIGN] NUMBER", nargs=-1, required=True)
@click.option("--country", help="Country of a number written without country code. [default: the campaign's, or CN]")
@command
def why(app: App, words: tuple[str, ...], country: str | None) -> None:
    """Explain why a number was called, or was not: row, checks, plan, chunk, evidence, next step."""
    if len(words) > 2:
        raise click.UsageError("give a number, or a campaign and a number")
    campaign = app.find(words[0]) if len(words) == 2 else None
    if country is None:
        country = load_definition(campaign.definition).dial_list.country if campaign else "CN"
    number = read_number(words[-1], country)
    if isinstance(number, NumberRefusal):
        raise CampaignError(f"this is not a telephone number ({number.reason.replace('_', ' ')})")
    with app.database.reading() as db:
        explanations = explain_number(db, number.e164, campaign.id if campaign else None)
        do_not_call = find_do_not_call(db, number.e164)
    why_report(app, number.e164, explanations, do_not_call)


def _hold(app: App, campaign: Campaign, act: Any, done: str) -> None:
    async def ask() -> HoldReport:
        async with app.account(campaign.account).open(clock=now) as connector:
            report: HoldReport = await act(connector)
            return report

    held = asyncio.run(ask())
    data = {
        "campaign": display_name(campaign),
        "status": app.find(display_name(campaign)).status,
        "chunks_held": held.chunks_held,
        "calls_beyond_recall": held.calls_beyond_recall,
    }
    beyond = (
        f" {held.calls_beyond_recall:,} calls are with the platform already and cannot be held back."
        if held.calls_beyond_recall
        else ""
    )
    app.show(data, f'"{campaign.name}" is {done}; {held.chunks_held} chunks on the platform were told.{beyond}')


def _say_ended(app: App, campaign: Campaign) -> None:
    report = status_report(app, campaign)
    text = (
        f'"{campaign.name}" has ended ({campaign.status}); nothing was done. '
        "Use --again to call everybody again, or give the campaign a new name."
    )
    app.show(report.data, text)
    code = _exit_code(campaign, report.identity_holds)
    if code != ExitCode.DONE:
        app.leave(code)


def _has_open_calls(app: App, campaign: Campaign) -> bool:
    with app.database.reading() as db:
        return not compute_identity(db, campaign.id or 0).is_settled


def _exit_code(campaign: Campaign, identity_holds: bool) -> ExitCode:
    if not identity_holds:
        return ExitCode.UNEXPLAINED
    match campaign.status:
        case CampaignStatus.FINISHED:
            return ExitCode.DONE
        case CampaignStatus.CANCELLED:
            return ExitCode.CANCELLED
        case CampaignStatus.PAUSED:
            return ExitCode.PAUSED
        case _:
            return ExitCode.NOT_ALLOWED
