"""Statuses move through one door, by allowed moves only, and leave a trace."""

from __future__ import annotations

from itertools import pairwise

import pytest
from sqlalchemy import select

from campaigns.db.engine import Database
from campaigns.errors import InvalidTransitionError
from campaigns.lifecycle import move_campaign, move_chunk
from campaigns.models import Campaign, StatusChange
from campaigns.statuses import CAMPAIGN_ENDED, CAMPAIGN_MOVES, CHUNK_MOVES, CampaignStatus, ChunkStatus
from tests.builders import NOON, make_campaign, make_chunk, make_number


def test_a_move_leaves_a_trace(database: Database) -> None:
    """Who, why, from, to: each move of a campaign is written beside it."""
    campaign = make_campaign(database, [make_number(1)])
    with database.writing() as db:
        moved = move_campaign(
            db, campaign.id or 0, CampaignStatus.DRAFT, CampaignStatus.SCHEDULED, at=NOON, actor="Li", reason="planned"
        )
    assert moved
    with database.reading() as db:
        change = db.execute(select(StatusChange)).scalar_one()
        assert (change.from_status, change.to_status, change.actor, change.reason) == (
            "draft", "scheduled", "Li", "planned",
        )  # fmt: skip
        assert change.changed_at == NOON


def test_who_comes_second_is_told(database: Database) -> None:
    """A move from a status that is no longer true changes nothing and leaves no trace."""
    campaign = make_campaign(database, [make_number(1)])
    for expected in (True, False):
        with database.writing() as db:
            moved = move_campaign(
                db, campaign.id or 0, CampaignStatus.DRAFT, CampaignStatus.SCHEDULED, at=NOON, actor="Li"
            )
        assert moved is expected
    with database.reading() as db:
        assert len(db.execute(select(StatusChange)).all()) == 1


@pytest.mark.parametrize("from_status", list(CampaignStatus))
@pytest.mark.parametrize("to_status", list(CampaignStatus))
def test_campaigns_move_only_as_the_table_says(
    sqlite: Database, from_status: CampaignStatus, to_status: CampaignStatus
) -> None:
    """What is not in the table raises, whatever the row says."""
    if to_status in CAMPAIGN_MOVES[from_status]:
        return
    with pytest.raises(InvalidTransitionError), sqlite.writing() as db:
        move_campaign(db, 1, from_status, to_status, at=NOON, actor="test")


def test_ends_are_ends() -> None:
    """A campaign or chunk that has ended never moves again."""
    assert all(not CAMPAIGN_MOVES[status] for status in CAMPAIGN_ENDED)
    assert all(not CHUNK_MOVES[status] for status in (ChunkStatus.CLOSED, ChunkStatus.REFUSED, ChunkStatus.CANCELLED))


def test_an_unconfirmed_chunk_is_never_submitted_again() -> None:
    """From unconfirmed only evidence or a decision leads on, never another submission."""
    assert CHUNK_MOVES[ChunkStatus.UNCONFIRMED] == {ChunkStatus.ACCEPTED, ChunkStatus.REFUSED}


def test_times_of_a_campaign_follow_its_moves(database: Database) -> None:
    """Started and ended are written with the move, not by whoever remembers."""
    campaign = make_campaign(database, [make_number(1)])
    moves = [CampaignStatus.DRAFT, CampaignStatus.SCHEDULED, CampaignStatus.RUNNING, CampaignStatus.FINISHED]
    for before, after in pairwise(moves):
        with database.writing() as db:
            assert move_campaign(db, campaign.id or 0, before, after, at=NOON, actor="test")
    with database.reading() as db:
        found = db.get(Campaign, campaign.id)
        assert found is not None
        assert found.started_at == found.ended_at == NOON


def test_a_chunk_moves_with_its_columns(database: Database) -> None:
    """What changes with a move changes in the same statement, and the object shows it."""
    campaign = make_campaign(database, [make_number(1)])
    with database.writing() as db:
        chunk = make_chunk(db, campaign)
        assert move_chunk(db, chunk, ChunkStatus.SUBMITTING, at=NOON, actor="test", fence=3)
        assert (chunk.status, chunk.fence) == (ChunkStatus.SUBMITTING, 3)
