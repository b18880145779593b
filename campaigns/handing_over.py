"""What every way of handing a chunk over asks first, and says to the platform."""

from __future__ import annotations

from datetime import datetime

from campaigns.calling_hours import is_open
from campaigns.campaign_file import CampaignFile
from campaigns.errors import NotAllowedNowError
from campaigns.models import Campaign, Chunk
from campaigns.references import submission_name
from campaigns.statuses import CampaignStatus
from connectors.contract import Submission


def require_allowed(campaign: Campaign, chunk: Chunk, definition: CampaignFile, now: datetime) -> None:
    """Raise `NotAllowedNowError` unless phones may ring for this chunk at this moment."""
    if campaign.status != CampaignStatus.RUNNING:
        raise NotAllowedNowError(f"campaign {campaign.name} is {campaign.status}", rule="campaign")
    if not is_open(definition.hours(), now):
        raise NotAllowedNowError("the calling window is closed", rule="window")
    if chunk.not_before is not None and now < chunk.not_before:
        raise NotAllowedNowError("the pause before the retry is not over", rule="retry")


def describe_submission(campaign: Campaign, chunk: Chunk, definition: CampaignFile) -> Submission:
    """Return the chunk as the platform needs to know it; the same for as long as the campaign lives."""
    return Submission(
        name=submission_name(campaign.name, chunk.reference),
        message=definition.message.for_platform(),
        hours=definition.hours(),
        caller_id=definition.caller_id,
        ring_seconds=definition.ring_seconds,
        concurrent_calls=definition.concurrent_calls,
    )
