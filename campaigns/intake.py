"""From a campaign file to a campaign in the ledger."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlmodel import Session, col

from campaigns.campaign_file import CampaignFile, load_definition
from campaigns.errors import CampaignError
from campaigns.exclusions import exclude_chunk
from campaigns.lifecycle import move_campaign, move_chunk
from campaigns.models import Campaign, DialList, DialListStatus, ExclusionRule
from campaigns.queries.campaigns import create_campaign, find_campaign
from campaigns.queries.chunks import find_chunks
from campaigns.statuses import CAMPAIGN_ENDED, CampaignStatus, ChunkStatus


@dataclass(frozen=True, slots=True)
class Intake:
    campaign: Campaign
    is_new: bool


def take_up(
    db: Session,
    file: CampaignFile,
    *,
    platform: str,
    timezone: str,
    country: str | None,
    at: datetime,
    again: bool,
    list_sha256: str,
) -> Intake:
    """Find the campaign that this file means, or create it. Effect: writes.

    - none of this name, or `again` after it ended: a new draft;
    - ended: that one, and nothing is done;
    - unfinished: that one, if file and dial list still say the same; a campaign that was never started is replaced
      by what they say now, a started one refuses.
    """
    found = find_campaign(db, file.name)
    today = at.astimezone(ZoneInfo(file.calling.timezone or timezone)).date()
    if found is None or (again and found.status in CAMPAIGN_ENDED):
        complete = file.complete(timezone=timezone, country=country, today=today)
        return Intake(create_campaign(db, complete, platform=platform, at=at), is_new=True)
    if found.status in CAMPAIGN_ENDED:
        return Intake(found, is_new=False)
    changes = _changes(db, found, file, timezone=timezone, country=country, list_sha256=list_sha256)
    if not changes:
        return Intake(found, is_new=False)
    if found.status not in (CampaignStatus.DRAFT, CampaignStatus.SCHEDULED):
        raise CampaignError(
            f'campaign "{file.name}" is {found.status}, and {", ".join(changes)} changed since it was started; '
            "put it back as it was, or give the campaign a new name"
        )
    assert found.id is not None
    reason = f"replaced, because {', '.join(changes)} changed before it was started"
    status = CampaignStatus(found.status)
    move_campaign(db, found.id, status, CampaignStatus.CANCELLED, at=at, actor="intake", reason=reason)
    for chunk in find_chunks(db, found.id, {ChunkStatus.PLANNED}):
        move_chunk(db, chunk, ChunkStatus.CANCELLED, at=at, actor="intake", reason=reason)
        exclude_chunk(db, chunk, ExclusionRule.STOPPED, detail=reason, at=at)
    complete = file.complete(timezone=timezone, country=country, today=today)
    return Intake(create_campaign(db, complete, platform=platform, at=at), is_new=True)


def _changes(
    db: Session, campaign: Campaign, file: CampaignFile, *, timezone: str, country: str | None, list_sha256: str
) -> list[str]:
    """Return the keys of the file that no longer say what the campaign was created with."""
    stored = load_definition(campaign.definition)
    begin = stored.calling.begin
    assert isinstance(begin, date)
    now = json.loads(file.complete(timezone=timezone, country=country, today=begin).to_json())
    before = json.loads(stored.to_json())
    changes = [f"`{key}`" for key in now if now[key] != before[key]]
    imported = (
        db.execute(
            select(col(DialList.file_sha256)).where(
                col(DialList.campaign_id) == campaign.id, col(DialList.status) == DialListStatus.READY
            )
        )
        .scalars()
        .all()
    )
    if imported and list_sha256 not in imported:
        changes.append("the content of the dial list")
    return changes
