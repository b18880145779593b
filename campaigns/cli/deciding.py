"""`callsheet decide`"""

from __future__ import annotations

import asyncio
from dataclasses import asdict

import click

from campaigns.cli.context import App, command, person
from campaigns.cli.running import display_name
from campaigns.clock import now
from campaigns.deciding import Verdict, find_chunk
from campaigns.deciding import decide as decide_chunk
from campaigns.inbox import apply_callbacks
from campaigns.models import Campaign

_SAYS = {
    Verdict.ACCEPT: "counts as accepted and is watched to its end",
    Verdict.RESUBMIT: "counts as refused; its people are called by a new chunk",
    Verdict.GIVE_UP: "counts as refused; its people are not called",
}


@click.command()
@click.argument("campaign")
@click.argument("chunk")
@click.option("--accept", "verdict", flag_value=Verdict.ACCEPT.value, help="The platform has it: watch it to its end.")
@click.option(
    "--resubmit",
    "verdict",
    flag_value=Verdict.RESUBMIT.value,
    help="The platform does not have it: call by a new chunk.",
)
@click.option("--give-up", "verdict", flag_value=Verdict.GIVE_UP.value, help="Do not call these people.")
@click.option("--reason", required=True, help="How you know, for the record.")
@command
def decide(app: App, campaign: str, chunk: str, verdict: str | None, reason: str) -> None:
    """Settle an unconfirmed chunk: one of which nobody knows whether the platform has it.

    CAMPAIGN is a name or a campaign file, CHUNK a number or reference as `callsheet status` shows it.
    """
    if verdict is None:
        raise click.UsageError("say --accept, --resubmit or --give-up")
    found = app.find(campaign)
    with app.database.reading() as db:
        chunk_id = find_chunk(db, found, chunk).id or 0
    asyncio.run(_apply_what_came(app, found))
    decision = decide_chunk(
        app.database,
        found.id or 0,
        chunk_id,
        Verdict(verdict),
        actor=person(),
        reason=reason,
        clock=now,
        evidence_wait=app.settings.watching.evidence_wait,
    )
    new = f" The new chunk is {decision.new_chunk}." if decision.new_chunk else ""
    go_on = f' Go on with: callsheet resume "{display_name(found)}"' if found.status == "paused" else ""
    app.show(
        {"campaign": display_name(found), **asdict(decision)},
        f"Chunk {decision.chunk} ({decision.calls:,} calls) {_SAYS[decision.verdict]}.{new}{go_on}",
    )


async def _apply_what_came(app: App, campaign: Campaign) -> None:
    """Read the inbox first: a report that is there already is worth more than an opinion."""
    async with app.account(campaign.account).open(clock=now) as connector:
        apply_callbacks(app.database, connector, clock=now)
