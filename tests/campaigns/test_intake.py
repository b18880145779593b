"""Which campaign a file means: a new one, the one that is unfinished, or the one that has ended."""

from __future__ import annotations

import pytest

from campaigns.db.engine import Database
from campaigns.errors import CampaignError
from campaigns.intake import Intake, take_up
from campaigns.lifecycle import move_campaign
from campaigns.models import Campaign
from campaigns.queries.campaigns import get_campaign_by_id
from campaigns.queries.identity import compute_identity
from campaigns.statuses import CampaignStatus
from tests.builders import NOON, make_campaign, make_chunk, make_file, make_number


def take(database: Database, *, again: bool = False, sha256: str = "0" * 64, **changes: object) -> Intake:
    with database.writing() as db:
        return take_up(
            db,
            make_file(**changes),  # type: ignore[arg-type]
            platform="mvb2000",
            timezone="Asia/Shanghai",
            country="CN",
            at=NOON,
            again=again,
            list_sha256=sha256,
        )


def move(database: Database, campaign: Campaign, *statuses: CampaignStatus) -> None:
    before = CampaignStatus.DRAFT
    for status in statuses:
        with database.writing() as db:
            assert move_campaign(db, campaign.id or 0, before, status, at=NOON, actor="test")
        before = status


def test_the_same_file_is_the_same_campaign(database: Database) -> None:
    """Taken up twice, there is one campaign."""
    first, second = take(database), take(database)
    assert first.is_new
    assert not second.is_new
    assert first.campaign.id == second.campaign.id


def test_an_ended_campaign_is_left_alone_unless_asked(database: Database) -> None:
    """A finished campaign does nothing; `again` makes the next run of the same name."""
    first = take(database).campaign
    move(database, first, CampaignStatus.SCHEDULED, CampaignStatus.RUNNING, CampaignStatus.FINISHED)
    assert take(database).campaign.id == first.id
    again = take(database, again=True)
    assert again.is_new
    assert again.campaign.run_number == 2
    assert again.campaign.reference != first.reference


def test_a_started_campaign_refuses_another_file(database: Database) -> None:
    """What is running cannot become something else: the changed keys are named."""
    first = make_campaign(database, [make_number(1)])
    move(database, first, CampaignStatus.SCHEDULED, CampaignStatus.RUNNING)
    with pytest.raises(CampaignError, match="`message` changed"):
        take(database, message={"voice_file": "another"})
    with pytest.raises(CampaignError, match="content of the dial list"):
        take(database, sha256="1" * 64)


def test_a_plan_that_was_never_started_is_replaced(database: Database) -> None:
    """A changed file before the start makes a new campaign, and the old one explains its rows."""
    first = make_campaign(database, [make_number(1), make_number(2)])
    with database.writing() as db:
        make_chunk(db, first)
    move(database, first, CampaignStatus.SCHEDULED)
    taken = take(database, message={"voice_file": "another"})
    assert taken.is_new
    with database.reading() as db:
        old = get_campaign_by_id(db, first.id or 0)
        assert old.status == CampaignStatus.CANCELLED
        assert "`message`" in old.status_reason
        assert compute_identity(db, first.id or 0).is_settled
