"""Run a campaign to its end from the command line: engine, flows, and what to do when one of them goes away."""

from __future__ import annotations

import asyncio
import hashlib
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import click
from sqlalchemy.exc import IntegrityError

from campaigns.campaign_file import CampaignFile, read_campaign_file
from campaigns.cli.context import App
from campaigns.cli.progress import LiveProgress
from campaigns.clock import now
from campaigns.errors import CampaignError, DialListError, LeaseLostError
from campaigns.forecast import Forecast, forecast_campaign
from campaigns.importing import import_if_needed
from campaigns.intake import Intake, take_up
from campaigns.models import Campaign
from campaigns.orchestrator import run_flow
from campaigns.planning import check_abilities, plan_campaign
from campaigns.platform_facing.serving import platform_facing_open
from campaigns.prefect_server import EngineUnavailableError, ServerHandle, ensure_server
from campaigns.queries.campaigns import get_campaign_by_id
from campaigns.queries.chunks import find_chunks
from campaigns.statuses import CAMPAIGN_ENDED, CHUNK_OPEN, CampaignStatus

_ENGINE_TRIES = 5


@dataclass(frozen=True, slots=True)
class Intended:
    """A campaign file, checked against its account and its list, with its campaign in the ledger."""

    file: CampaignFile
    list_path: Path
    do_not_call: tuple[Path, ...]
    intake: Intake


def intend(app: App, path: Path, *, again: bool) -> Intended:
    """Read a campaign file and find or create its campaign; nothing is imported or sent."""
    file = read_campaign_file(path)
    account = app.account(file.account)
    list_path = path.resolve().parent / file.dial_list.file
    if not list_path.is_file():
        raise DialListError(what=str(file.dial_list.file), why="there is no such file beside the campaign file")
    check_abilities(file, account.platform.abilities, platform=account.platform.name)
    sha256 = hash_file(list_path)
    for _ in range(3):
        try:
            with app.database.writing() as db:
                intake = take_up(
                    db,
                    file,
                    platform=account.platform.name,
                    timezone=account.timezone,
                    country=account.country,
                    at=now(),
                    again=again,
                    list_sha256=sha256,
                )
            do_not_call = tuple(path.resolve().parent / name for name in file.do_not_call)
            return Intended(file, list_path, do_not_call, intake)
        except IntegrityError:
            continue  # another command created it in this moment
    raise CampaignError(f'campaign "{file.name}" could not be created')


def plan_now(app: App, intended: Intended) -> Forecast:
    """Import the list and plan the campaign if that was not done yet, and say what would happen; sends nothing."""
    campaign = intended.intake.campaign
    assert campaign.id is not None
    campaign_id = campaign.id

    async def plan() -> Forecast:
        async with app.open_run(campaign) as run:
            import_if_needed(run, intended.list_path, intended.do_not_call)
            if _get(app, campaign_id).status in (CampaignStatus.DRAFT, CampaignStatus.SCHEDULED):
                plan_campaign(run)
            with app.database.reading() as db:
                return forecast_campaign(
                    db,
                    get_campaign_by_id(db, campaign_id),
                    abilities=run.connector.abilities,
                    limits=run.connector.limits,
                    clock=now,
                )

    return asyncio.run(plan())


def hash_file(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def run_to_end(app: App, intended: Intended, out: Path) -> Campaign:
    """Import, plan, submit, watch, close and export; wait for the end. RINGS PHONES. Returns the campaign as it is.

    Another run at work on the same campaign is followed, and replaced should it die.
    """
    campaign = intended.intake.campaign
    assert campaign.id is not None
    campaign_id = campaign.id
    name = display_name(campaign)
    files = {"file": str(intended.list_path), "do_not_call": [str(path) for path in intended.do_not_call]}
    engine = ensure_server(app.settings.data_directory, linger=app.settings.prefect.linger)
    if not app.as_json:
        click.echo(f"Prefect UI: {engine.ui_url}", err=True)
    steps: list[tuple[str, dict[str, object]]] = [
        ("flows.load_dial_list:load_dial_list", {"campaign": name, **files}),
        ("flows.run_campaign:run_campaign", {"campaign": name}),
    ]
    with _door_for(app, campaign), LiveProgress(app, campaign_id):
        for entrypoint, parameters in steps:
            if _has_ended(app, campaign_id):
                break
            asyncio.run(_run_step(app, engine, campaign_id, entrypoint, parameters))
    export: dict[str, object] = {"campaign": name, "out": str(out.resolve())}
    asyncio.run(_run_step(app, engine, campaign_id, "flows.export_results:export_results", export))
    return _get(app, campaign_id)


def _door_for(app: App, campaign: Campaign) -> AbstractContextManager[None]:
    """Take the platform's callbacks for the time of the campaign, where it calls back."""
    if app.account(campaign.account).callback_secret is None:
        return nullcontext()
    return platform_facing_open(app.settings, app.database)


async def _run_step(
    app: App, engine: ServerHandle, campaign_id: int, entrypoint: str, parameters: dict[str, object]
) -> None:
    engine_failures = 0
    while True:
        try:
            await run_flow(engine, entrypoint, parameters)
            return
        except LeaseLostError:
            await asyncio.sleep(0.5)
            if _has_ended(app, campaign_id):
                return
        except EngineUnavailableError:
            engine_failures += 1
            if engine_failures >= _ENGINE_TRIES:
                raise
            engine = await asyncio.to_thread(
                ensure_server, app.settings.data_directory, linger=app.settings.prefect.linger
            )


def display_name(campaign: Campaign) -> str:
    return campaign.name if campaign.run_number == 1 else f"{campaign.name}#{campaign.run_number}"


def _get(app: App, campaign_id: int) -> Campaign:
    with app.database.reading() as db:
        return get_campaign_by_id(db, campaign_id)


def _has_ended(app: App, campaign_id: int) -> bool:
    """A stopped campaign has ended only once the calls that were already out are settled."""
    with app.database.reading() as db:
        campaign = get_campaign_by_id(db, campaign_id)
        return campaign.status in CAMPAIGN_ENDED and not find_chunks(db, campaign_id, CHUNK_OPEN)
