"""The lives of a campaign and of a chunk: their statuses, and the moves that are allowed.

    campaign  draft → scheduled → running ⇄ paused → finished | cancelled
    chunk     planned → submitting → accepted | refused | unconfirmed
              unconfirmed → accepted | refused ;  accepted → closed

`campaigns.lifecycle` is the only door through which a status moves.
"""

from __future__ import annotations

from enum import StrEnum


class CampaignStatus(StrEnum):
    DRAFT = "draft"
    """Its list may be incomplete; nothing is planned."""
    SCHEDULED = "scheduled"
    """Planned, and waiting to be started."""
    RUNNING = "running"
    PAUSED = "paused"
    """Nothing more is handed over, and what the platform can hold back is held back."""
    FINISHED = "finished"
    """Every row is explained."""
    CANCELLED = "cancelled"
    """Stopped by a person; what was not handed over never will be."""


class ChunkStatus(StrEnum):
    PLANNED = "planned"
    SUBMITTING = "submitting"
    """Being handed over, or cut off while it was. Nothing rings yet as far as we know."""
    ACCEPTED = "accepted"
    REFUSED = "refused"
    """Never rang: the platform said no, or gave up by a person's decision."""
    UNCONFIRMED = "unconfirmed"
    """May ring or not, and the platform gives no evidence; never sent again without evidence or a decision."""
    CLOSED = "closed"
    """Every attempt has an outcome."""
    CANCELLED = "cancelled"
    """Never handed over, because the campaign was stopped or its last day passed."""


CAMPAIGN_MOVES: dict[CampaignStatus, frozenset[CampaignStatus]] = {
    CampaignStatus.DRAFT: frozenset({CampaignStatus.SCHEDULED, CampaignStatus.CANCELLED}),
    CampaignStatus.SCHEDULED: frozenset({CampaignStatus.DRAFT, CampaignStatus.RUNNING, CampaignStatus.CANCELLED}),
    CampaignStatus.RUNNING: frozenset({CampaignStatus.PAUSED, CampaignStatus.FINISHED, CampaignStatus.CANCELLED}),
    CampaignStatus.PAUSED: frozenset({CampaignStatus.RUNNING, CampaignStatus.CANCELLED}),
    CampaignStatus.FINISHED: frozenset(),
    CampaignStatus.CANCELLED: frozenset(),
}

CHUNK_MOVES: dict[ChunkStatus, frozenset[ChunkStatus]] = {
    ChunkStatus.PLANNED: frozenset({ChunkStatus.SUBMITTING, ChunkStatus.CANCELLED}),
    ChunkStatus.SUBMITTING: frozenset(
        # cancelled only after the platform showed that nothing of it will ring
        {ChunkStatus.ACCEPTED, ChunkStatus.REFUSED, ChunkStatus.UNCONFIRMED, ChunkStatus.CANCELLED}
    ),
    ChunkStatus.UNCONFIRMED: frozenset({ChunkStatus.ACCEPTED, ChunkStatus.REFUSED}),
    ChunkStatus.ACCEPTED: frozenset({ChunkStatus.CLOSED}),
    ChunkStatus.REFUSED: frozenset(),
    ChunkStatus.CLOSED: frozenset(),
    ChunkStatus.CANCELLED: frozenset(),
}

CAMPAIGN_OPEN = frozenset(
    {CampaignStatus.DRAFT, CampaignStatus.SCHEDULED, CampaignStatus.RUNNING, CampaignStatus.PAUSED}
)
CAMPAIGN_ENDED = frozenset({CampaignStatus.FINISHED, CampaignStatus.CANCELLED})

CHUNK_TO_SUBMIT = frozenset({ChunkStatus.PLANNED, ChunkStatus.SUBMITTING})
"""Work for the submitting flow; a chunk found submitting was cut off."""
CHUNK_HANDED_OVER = frozenset(
    {ChunkStatus.SUBMITTING, ChunkStatus.ACCEPTED, ChunkStatus.UNCONFIRMED, ChunkStatus.CLOSED}
)
"""Its calls may have rung: they count as submitted."""
CHUNK_ACCEPTED_EVER = frozenset({ChunkStatus.ACCEPTED, ChunkStatus.CLOSED})
CHUNK_OPEN = frozenset({ChunkStatus.PLANNED, ChunkStatus.SUBMITTING, ChunkStatus.ACCEPTED, ChunkStatus.UNCONFIRMED})
CHUNK_NEVER_RANG = frozenset({ChunkStatus.REFUSED, ChunkStatus.CANCELLED})
