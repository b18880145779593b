"""What a plan means: how many calls, how many chunks, and how long that takes, with the assumptions said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select
from sqlmodel import Session, col

from campaigns.calling_hours import is_open, next_opening
from campaigns.campaign_file import load_definition
from campaigns.clock import Clock
from campaigns.models import Campaign, Chunk
from campaigns.queries.identity import Identity, compute_identity
from campaigns.statuses import ChunkStatus
from connectors.contract import Abilities, Limits

SECONDS_A_CALL = 35.0
"""Ringing and talking of an average call, answered or not; only used to guess an end."""


@dataclass(frozen=True, slots=True)
class Forecast:
    campaign_id: int
    campaign: str
    account: str
    platform: str
    calls: int
    chunks: int
    plan_hash: str
    identity: Identity
    sentences: tuple[str, ...]


def forecast_campaign(
    db: Session, campaign: Campaign, *, abilities: Abilities, limits: Limits, clock: Clock
) -> Forecast:
    """Describe what the plan of a campaign will do; reads only."""
    chunks, calls = db.execute(
        select(func.count(), func.coalesce(func.sum(col(Chunk.size)), 0)).where(
            col(Chunk.campaign_id) == campaign.id, col(Chunk.status) == ChunkStatus.PLANNED
        )
    ).one()
    definition = load_definition(campaign.definition)
    hours = definition.hours()
    now = clock()
    sentences = [
        f"Calls may ring from {hours.begin} to {hours.end}, {', '.join(definition.calling.windows)} ({hours.timezone})."
    ]
    opening = next_opening(hours, now)
    if opening is None:
        sentences.append("The last calling day has passed: nobody would be called.")
    elif not is_open(hours, now):
        sentences.append(f"The window is closed now; it opens at {opening:%Y-%m-%d %H:%M} UTC.")
    loading = timedelta(seconds=round(calls / limits.requests_per_second))
    sentences.append(f"Handing over takes about {loading} at {limits.requests_per_second:g} requests a second.")
    concurrent = definition.concurrent_calls or limits.concurrent_calls
    if concurrent:
        calling = timedelta(seconds=round(calls * SECONDS_A_CALL / concurrent))
        sentences.append(
            f"Calling takes about {calling} of open window, if a call lasts {SECONDS_A_CALL:g} s on average "
            f"and {concurrent} are made at once."
        )
    else:
        sentences.append("How long the calling takes depends on how many calls the platform makes at once.")
    if not abilities.can_recall:
        sentences.append("Calls that were handed over cannot be taken back.")
    return Forecast(
        campaign_id=campaign.id or 0,
        campaign=campaign.name,
        account=campaign.account,
        platform=campaign.platform,
        calls=int(calls),
        chunks=chunks,
        plan_hash=campaign.plan_hash,
        identity=compute_identity(db, campaign.id or 0),
        sentences=tuple(sentences),
    )
