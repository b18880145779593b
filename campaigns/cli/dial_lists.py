"""`callsheet lists`"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from sqlalchemy import select
from sqlmodel import col

from campaigns.cli.context import App, command
from campaigns.cli.running import display_name, intend
from campaigns.dial_lists.refused_workbook import refused_workbook_name, write_refused_workbook
from campaigns.errors import CampaignError
from campaigns.importing import find_ready_list, import_if_needed, import_mended, undo_import
from campaigns.models import Campaign, DialList
from campaigns.queries.tallies import count_exclusions, count_refusals


@click.group()
def lists() -> None:
    """Dial lists: what was read from a spreadsheet, and what was refused."""


@lists.command("import")
@click.argument("file", metavar="CAMPAIGN.yaml", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@command
def import_command(app: App, file: Path) -> None:
    """Read the dial list of a campaign file and say what is wrong with it; sends nothing."""
    intended = intend(app, file, again=False)

    async def read() -> None:
        async with app.open_run(intended.intake.campaign) as run:
            import_if_needed(run, intended.list_path, intended.do_not_call)

    asyncio.run(read())
    _show(app, intended.intake.campaign)


@lists.command()
@click.argument("campaign")
@command
def show(app: App, campaign: str) -> None:
    """Show what was read from a campaign's list: counts, columns, refusals by reason."""
    _show(app, app.find(campaign))


@lists.command()
@click.argument("campaign")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="File to write. [default: LIST_refused.xlsx]"
)
@command
def refused(app: App, campaign: str, out: Path | None) -> None:
    """Write the refused rows in the file's own columns, with reason and suggestion, to be mended."""
    found = app.find(campaign)
    with app.database.reading() as db:
        dial_list = find_ready_list(db, found.id or 0)
        if dial_list is None:
            raise CampaignError(f'"{found.name}" has no list yet')
        out = out or Path(refused_workbook_name(dial_list.file_name))
        rows = write_refused_workbook(db, dial_list, out)
    app.show({"campaign": display_name(found), "rows": rows, "file": str(out)}, f"{rows:,} refused rows: {out}")


@lists.command()
@click.argument("campaign")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@command
def mend(app: App, campaign: str, file: Path) -> None:
    """Import refused rows that were mended; they join the campaign before it is started."""
    found = app.find(campaign)

    async def read() -> DialList:
        async with app.open_run(found) as run:
            return import_mended(run, file)

    asyncio.run(read())
    _show(app, found)


@lists.command()
@click.argument("campaign")
@command
def undo(app: App, campaign: str) -> None:
    """Take the imported list of a campaign back, while nobody of it was planned."""
    found = app.find(campaign)

    async def take_back() -> None:
        async with app.open_run(found) as run:
            undo_import(run)

    asyncio.run(take_back())
    app.show({"campaign": display_name(found), "undone": True}, f'The list of "{found.name}" was taken back.')


def _show(app: App, campaign: Campaign) -> None:
    with app.database.reading() as db:
        found = list(
            db.execute(
                select(DialList).where(col(DialList.campaign_id) == campaign.id).order_by(col(DialList.id))
            ).scalars()
        )
        refusals = count_refusals(db, campaign.id or 0)
        exclusions = count_exclusions(db, campaign.id or 0)
    data = {
        "campaign": display_name(campaign),
        "lists": [_describe(dial_list) for dial_list in found],
        "refused_by_reason": refusals,
        "held_back_by_rule": exclusions,
    }

    def text() -> None:
        console = Console(highlight=False)
        if not found:
            console.print(f'"{campaign.name}" has no list yet.')
        for dial_list in found:
            described = _describe(dial_list)
            console.print(f"[bold]{dial_list.file_name}[/bold] ({dial_list.status})")
            if any(described["sheets"]):
                console.print(f"  sheets: {', '.join(described['sheets'])}")
            console.print(f"  rows {dial_list.row_count:,}")
            console.print(
                f"  accepted {dial_list.contact_count:,}, duplicates among them {dial_list.duplicate_count:,}"
            )
            console.print(f"  refused {dial_list.refusal_count:,}")
            for field, column in described["columns"].items():
                console.print(f"  {field} is read from column {column}")
            for notice in described["notices"]:
                console.print(f"  • {notice}")
            for kind, count in described["repairs"].items():
                console.print(f"  repaired {kind.replace('_', ' ')}: {count:,}")
        for reason, count in sorted(refusals.items(), key=lambda item: -item[1]):
            console.print(f"  refused, {reason.replace('_', ' ')}: {count:,}")

    app.show(data, text)


def _describe(dial_list: DialList) -> dict[str, Any]:
    columns = json.loads(dial_list.columns)
    return {
        "file": dial_list.file_name,
        "sha256": dial_list.file_sha256,
        "status": dial_list.status,
        "sheets": json.loads(dial_list.sheets),
        "header_row": dial_list.header_row,
        "columns": {field: columns[index] for field, index in json.loads(dial_list.column_mapping).items()},
        "rows": dial_list.row_count,
        "accepted": dial_list.contact_count,
        "duplicates": dial_list.duplicate_count,
        "refused": dial_list.refusal_count,
        "repairs": json.loads(dial_list.repair_counts),
        "notices": json.loads(dial_list.notices),
    }
