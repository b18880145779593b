"""End a campaign: only when every row is explained and nothing waits any more."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from campaigns.lifecycle import move_campaign
from campaigns.queries.campaigns import get_campaign_by_id
from campaigns.queries.chunks import find_chunks
from campaigns.queries.identity import Identity, compute_identity
from campaigns.run import CampaignRun
from campaigns.statuses import CHUNK_OPEN, CampaignStatus

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Closing:
    """Whether the campaign could be ended, and where its rows are."""

    is_ended: bool
    identity: Identity


def close_campaign(run: CampaignRun) -> Closing:
    """Finish a running campaign whose every attempt is settled and whose identity holds.

    A cancelled campaign stays cancelled and is ended once its calls are settled. A campaign whose identity does not
    hold is never ended: that is an error in this program, and it is said loudly.
    """
    with run.database.writing() as db:
        run.lease.check(db)
        campaign = get_campaign_by_id(db, run.campaign_id)
        is_open = bool(find_chunks(db, run.campaign_id, CHUNK_OPEN))
        identity = compute_identity(db, run.campaign_id)
        if not identity.holds:
            logger.error("identity does not hold campaign=%s %s", run.campaign_id, identity.to_json())
            return Closing(False, identity)
        if is_open or not identity.is_settled:
            return Closing(False, identity)
        if campaign.status == CampaignStatus.RUNNING:
            move_campaign(
                db, run.campaign_id, CampaignStatus.RUNNING, CampaignStatus.FINISHED, at=run.clock(), actor="closing"
            )
            logger.info("campaign finished campaign=%s %s", run.campaign_id, identity.to_json())
    return Closing(campaign.status != CampaignStatus.PAUSED, identity)
