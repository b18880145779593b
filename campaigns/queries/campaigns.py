"""Campaigns: found by name, created once."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session, col

from campaigns.campaign_file import CampaignFile
from campaigns.errors import CampaignError
from campaigns.models import Campaign
from campaigns.statuses import CAMPAIGN_OPEN

_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
"""Without the ones that people confuse."""


def find_campaign(db: Session, name: str) -> Campaign | None:
    """Return the newest run of a campaign of this name; `name#2` names the second run."""
    plain, hash_sign, run = name.rpartition("#")
    if hash_sign and run.isdigit():
        statement = select(Campaign).where(col(Campaign.name) == plain, col(Campaign.run_number) == int(run))
    else:
        statement = select(Campaign).where(col(Campaign.name) == name).order_by(col(Campaign.run_number).desc())
    return db.execute(statement.limit(1)).scalar_one_or_none()


def get_campaign(db: Session, name: str) -> Campaign:
    """Return the newest run of this name; raises `CampaignError` that lists what there is."""
    campaign = find_campaign(db, name)
    if campaign is None:
        names = db.execute(select(col(Campaign.name)).distinct().order_by(col(Campaign.name)).limit(10)).scalars().all()
        known = "there are: " + ", ".join(names) if names else "there is none yet"
        raise CampaignError(f'no campaign is called "{name}"; {known}')
    return campaign


def get_campaign_by_id(db: Session, campaign_id: int) -> Campaign:
    campaign = db.get(Campaign, campaign_id)
    if campaign is None:
        raise CampaignError(f"campaign {campaign_id} does not exist")
    return campaign


def find_open_campaigns(db: Session) -> list[Campaign]:
    return list(db.execute(select(Campaign).where(col(Campaign.status).in_(CAMPAIGN_OPEN))).scalars())


def create_campaign(db: Session, definition: CampaignFile, *, platform: str, at: datetime) -> Campaign:
    """Write a draft campaign; the next run number if the name was used before. `definition` is complete."""
    last = db.execute(
        select(func.max(col(Campaign.run_number))).where(col(Campaign.name) == definition.name)
    ).scalar_one()
    campaign = Campaign(
        name=definition.name,
        run_number=(last or 0) + 1,
        reference="".join(secrets.choice(_LETTERS) for _ in range(8)),
        account=definition.account,
        platform=platform,
        timezone=definition.hours().timezone,
        definition=definition.to_json(),
        definition_hash=definition.content_hash(),
        created_at=at,
    )
    db.add(campaign)
    db.flush()
    return campaign
