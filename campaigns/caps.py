"""Hold back who was called too recently, or too often, by any campaign: by set, in the caller's transaction.

Earlier runs of the same campaign do not count as recent: who asks for a campaign again means it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, TextClause, bindparam, text
from sqlmodel import Session

from campaigns.models import Campaign
from campaigns.models.types import UtcDateTime
from campaigns.settings import CapsSettings
from campaigns.statuses import CHUNK_HANDED_OVER

# Calls of a number are found over the index of numbers, and the attempts of a contact by their ids, which begin with
# the contact's.
_CALLS = """
    FROM contact k
    JOIN contact earlier ON earlier.phone_number = k.phone_number AND earlier.id <> k.id
    JOIN attempt a ON a.id > earlier.id * 100 AND a.id < earlier.id * 100 + 100
    JOIN chunk c ON c.id = a.chunk_id AND c.status IN :handed_over AND c.submitted_at > :since
    JOIN campaign m ON m.id = earlier.campaign_id
    WHERE k.campaign_id = :campaign_id
      AND NOT EXISTS (SELECT 1 FROM exclusion e WHERE e.contact_id = k.id)
      AND NOT EXISTS (SELECT 1 FROM attempt mine WHERE mine.id = k.id * 100 + 1)
"""
_TYPES: tuple[BindParameter[Any], ...] = (
    bindparam("handed_over", expanding=True),
    bindparam("since", type_=UtcDateTime()),
    bindparam("at", type_=UtcDateTime()),
)
_RECENT = text(
    "INSERT INTO exclusion (contact_id, campaign_id, rule, detail, excluded_at) "
    f"SELECT k.id, k.campaign_id, 'recently_called', MAX(m.name), :at {_CALLS} AND m.name <> :name "
    "GROUP BY k.id, k.campaign_id"
).bindparams(*_TYPES)
_TOO_OFTEN = text(
    "INSERT INTO exclusion (contact_id, campaign_id, rule, detail, excluded_at) "
    f"SELECT k.id, k.campaign_id, 'frequency_cap', :detail, :at {_CALLS} "
    "GROUP BY k.id, k.campaign_id HAVING COUNT(*) >= :attempts"
).bindparams(*_TYPES)
_ANY_OTHER = text(
    "SELECT EXISTS (SELECT 1 FROM chunk WHERE campaign_id <> :campaign_id AND submitted_at > :since)"
).bindparams(bindparam("since", type_=UtcDateTime()))


def suppress_capped(db: Session, campaign: Campaign, caps: CapsSettings, *, at: datetime) -> int:
    """Exclude unplanned contacts that another campaign called recently, or all together too often; return how many.

    Effect: writes.
    """
    held_back = 0
    if caps.recent and _others_called(db, campaign, at - caps.recent):
        held_back += _run(db, _RECENT, campaign, since=at - caps.recent, at=at, name=campaign.name)
    if caps.attempts and _others_called(db, campaign, at - caps.within):
        detail = f"{caps.attempts} calls in {caps.within / timedelta(days=1):g} days"
        held_back += _run(
            db, _TOO_OFTEN, campaign, since=at - caps.within, at=at, attempts=caps.attempts, detail=detail
        )
    return held_back


def _others_called(db: Session, campaign: Campaign, since: datetime) -> bool:
    return bool(db.connection().execute(_ANY_OTHER, {"campaign_id": campaign.id, "since": since}).scalar_one())


def _run(db: Session, statement: TextClause, campaign: Campaign, **parameters: object) -> int:
    values = {"campaign_id": campaign.id, "handed_over": sorted(CHUNK_HANDED_OVER), **parameters}
    return db.connection().execute(statement, values).rowcount
