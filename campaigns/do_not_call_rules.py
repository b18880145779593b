"""Hold contacts back whose number is on the do-not-call list: by set, in the caller's transaction."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import TextClause, bindparam, text
from sqlmodel import Session

from campaigns.models import Campaign
from campaigns.models.types import UtcDateTime

# The narrowest entry that forbids the call is named as the reason; a contact is held back once.
_SUPPRESS = """
    INSERT INTO exclusion (contact_id, campaign_id, rule, detail, excluded_at)
    SELECT k.id, k.campaign_id, 'do_not_call', MIN(d.scope || ': ' || d.reason), :at
    FROM contact k JOIN do_not_call d ON d.phone_number = k.phone_number
    WHERE k.campaign_id = :campaign_id {among}
      AND (d.scope = 'everywhere' OR (d.scope = 'account' AND d.scope_name = :account)
           OR (d.scope = 'campaign' AND d.scope_name = :campaign_name))
      AND (d.expires_at IS NULL OR d.expires_at > :at)
      AND NOT EXISTS (SELECT 1 FROM exclusion e WHERE e.contact_id = k.id)
    GROUP BY k.id, k.campaign_id
"""
_AT = bindparam("at", type_=UtcDateTime())
_SUPPRESS_UNPLANNED = text(
    _SUPPRESS.format(among="AND NOT EXISTS (SELECT 1 FROM attempt a WHERE a.contact_id = k.id)")
).bindparams(_AT)
_SUPPRESS_CHUNK = text(
    _SUPPRESS.format(among="AND k.id IN (SELECT a.contact_id FROM attempt a WHERE a.chunk_id = :chunk_id)")
).bindparams(_AT)


def suppress_unplanned(db: Session, campaign: Campaign, *, at: datetime) -> int:
    """Exclude every contact that is not planned yet and must not be called; return how many. Effect: writes."""
    return _run(db, _SUPPRESS_UNPLANNED, campaign, at=at)


def suppress_in_chunk(db: Session, campaign: Campaign, chunk_id: int, *, at: datetime) -> int:
    """Exclude contacts of a chunk that came onto the list since it was planned; return how many. Effect: writes.

    Only for a chunk that does not ring yet: the caller leaves the excluded calls out, or takes them out again.
    """
    return _run(db, _SUPPRESS_CHUNK, campaign, at=at, chunk_id=chunk_id)


def _run(db: Session, statement: TextClause, campaign: Campaign, *, at: datetime, **parameters: object) -> int:
    result = db.connection().execute(
        statement,
        {"campaign_id": campaign.id, "account": campaign.account, "campaign_name": campaign.name, "at": at}
        | parameters,
    )
    return result.rowcount
