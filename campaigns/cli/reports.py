"""What commands say about a campaign: the same figures as data and as text for 80 columns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table

from campaigns.campaign_file import load_definition
from campaigns.cli.context import App
from campaigns.dispositions import decide_disposition
from campaigns.forecast import Forecast
from campaigns.models import Campaign, DoNotCall
from campaigns.phone_numbers import mask_number
from campaigns.queries.chunks import count_chunks
from campaigns.queries.explanations import Explanation
from campaigns.queries.identity import Identity, compute_identity
from campaigns.queries.tallies import count_exclusions, count_last_outcomes, count_refusals
from campaigns.queries.unconfirmed import find_unconfirmed

_PLACES = {
    "refused": "refused rows",
    "duplicate": "duplicates",
    "suppressed": "held back",
    "not_yet_planned": "not yet planned",
    "planned": "planned",
    "submitted": "submitted",
}
_SUBMITTED = {"outcomes": "with outcome", "pending": "pending", "unconfirmed": "unconfirmed", "lost": "lost"}


@dataclass(frozen=True, slots=True)
class StatusReport:
    data: dict[str, Any]
    identity_holds: bool
    print: Callable[[], None]


def status_report(app: App, campaign: Campaign) -> StatusReport:
    """Collect where every row of a campaign is. The keys of `data` are stable."""
    campaign_id = campaign.id or 0
    with app.database.reading() as db:
        identity = compute_identity(db, campaign_id)
        chunks = count_chunks(db, campaign_id)
        outcomes = count_last_outcomes(db, campaign_id)
        unconfirmed = find_unconfirmed(db, campaign_id)
    retry = load_definition(campaign.definition).retry
    dispositions: dict[str, int] = {}
    by_outcome: dict[str, int] = {}
    for outcome, attempt_number, count in outcomes:
        disposition = decide_disposition(outcome, attempt_number, retry)
        dispositions[disposition] = dispositions.get(disposition, 0) + count
        by_outcome[outcome] = by_outcome.get(outcome, 0) + count
    data = {
        "campaign": campaign.name,
        "run_number": campaign.run_number,
        "status": campaign.status,
        "reason": campaign.status_reason,
        "account": campaign.account,
        "platform": campaign.platform,
        "created_at": campaign.created_at,
        "started_at": campaign.started_at,
        "ended_at": campaign.ended_at,
        "identity": identity.to_json(),
        "chunks": chunks,
        "outcomes": by_outcome,
        "dispositions": dispositions,
        "unconfirmed_chunks": [asdict(chunk) for chunk in unconfirmed],
    }

    def text() -> None:
        console = Console(highlight=False)
        console.print(_headline(campaign))
        console.print(_identity_table(identity))
        if by_outcome:
            console.print(_count_table("outcome", by_outcome, identity.submitted))
        if chunks:
            console.print("chunks: " + ", ".join(f"{count} {status}" for status, count in chunks.items()))
        for chunk in unconfirmed:
            console.print(
                f"[yellow]chunk {chunk.number} ({chunk.reference}, {chunk.calls:,} calls) is unconfirmed since "
                f"{_local(chunk.since, campaign)}[/yellow]: {chunk.why}; {chunk.describe_search()}"
            )

    return StatusReport(data, identity.holds, text)


def plan_report(app: App, forecast: Forecast) -> None:
    """Print who would be called, who not and why, and when."""
    with app.database.reading() as db:
        refusals = count_refusals(db, forecast.campaign_id)
        exclusions = count_exclusions(db, forecast.campaign_id)
    data = {**asdict(forecast), "refused_by_reason": refusals, "held_back_by_rule": exclusions}
    data["identity"] = forecast.identity.to_json()

    def text() -> None:
        console = Console(highlight=False)
        console.print(
            f"[bold]{forecast.campaign}[/bold]: {forecast.calls:,} calls in {forecast.chunks} chunks "
            f"through {forecast.account} ({forecast.platform})"
        )
        console.print(_identity_table(forecast.identity))
        for title, counts in (("refused because", refusals), ("not called because", exclusions)):
            if counts:
                console.print(_count_table(title, counts, None))
        for sentence in forecast.sentences:
            console.print(f"• {sentence}")
        console.print("Nothing was sent.")

    app.show(data, text)


def why_report(app: App, e164: str, explanations: list[Explanation], do_not_call: list[DoNotCall]) -> None:
    data = {
        "number": mask_number(e164),
        "do_not_call": [
            {"scope": entry.scope, "name": entry.scope_name, "reason": entry.reason} for entry in do_not_call
        ],
        "campaigns": [asdict(explanation) for explanation in explanations],
    }

    def text() -> None:
        console = Console(highlight=False)
        for entry in do_not_call:
            scope = f"{entry.scope} {entry.scope_name}".strip()
            console.print(f"[yellow]{mask_number(e164)} is on the do-not-call list ({scope}): {entry.reason}[/yellow]")
        if not explanations:
            console.print(f"No dial list holds {mask_number(e164)}.")
        for explanation in explanations:
            console.print(f"[bold]{explanation.campaign}[/bold] ({explanation.campaign_status}): {explanation.number}")
            table = Table(box=None, pad_edge=False, show_header=False)
            table.add_column(no_wrap=True)
            table.add_column(overflow="fold")
            table.add_column(style="dim", overflow="fold")
            for step in explanation.steps:
                at = f"{step.at.astimezone(ZoneInfo(explanation.timezone)):%m-%d %H:%M:%S}" if step.at else "next"
                table.add_row(at, step.what, step.rule)
            console.print(table)

    app.show(data, text)


def _headline(campaign: Campaign) -> str:
    colours = {"finished": "green", "paused": "yellow", "cancelled": "red"}
    colour = colours.get(campaign.status, "cyan")
    reason = f": {campaign.status_reason}" if campaign.status_reason else ""
    times = f"  {_local(campaign.started_at, campaign)} → {_local(campaign.ended_at, campaign)}".replace("→ …", "→")
    status = f"[{colour}]{campaign.status}[/{colour}]"
    return f"[bold]{campaign.name}[/bold] is {status}{reason}\n{times.strip()} ({campaign.timezone})"


def _local(moment: datetime | None, campaign: Campaign) -> str:
    return f"{moment.astimezone(ZoneInfo(campaign.timezone)):%Y-%m-%d %H:%M:%S}" if moment else "…"


def _identity_table(identity: Identity) -> Table:
    figures = asdict(identity)
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column()
    table.add_column(justify="right")
    table.add_row("rows", f"{identity.rows:,}", style="bold")
    for key, words in _PLACES.items():
        if figures[key] or key == "submitted":
            table.add_row(f"  {words}", f"{figures[key]:,}")
    for key, words in _SUBMITTED.items():
        if figures[key]:
            table.add_row(f"    {words}", f"{figures[key]:,}")
    mark = "[green]every row is explained ✓[/green]" if identity.holds else "[red]rows do NOT add up ✗[/red]"
    table.add_row(mark, "")
    return table


def _count_table(title: str, counts: dict[str, int], whole: int | None) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(title)
    table.add_column("", justify="right")
    table.add_column("", justify="right")
    for name, count in sorted(counts.items(), key=lambda item: -item[1]):
        share = f"{count / whole:.1%}" if whole else ""
        table.add_row(name.replace("_", " "), f"{count:,}", share)
    return table
