"""Nobody is called too soon after another campaign, or too often over all of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from campaigns.caps import suppress_capped
from campaigns.db.engine import Database
from campaigns.models import Campaign, Contact, Exclusion
from campaigns.settings import CapsSettings
from campaigns.statuses import ChunkStatus
from tests.builders import NOON, make_campaign, make_chunk, make_file, make_number

ONE_DAY = CapsSettings()


def make_called(
    database: Database, name: str, numbers: list[str], status: ChunkStatus = ChunkStatus.CLOSED
) -> Campaign:
    """A campaign whose people were put to the platform at noon."""
    campaign = make_campaign(database, numbers, file=make_file(name))
    with database.writing() as db:
        make_chunk(db, campaign, status=status)
    return campaign


def held_back(database: Database, campaign: Campaign) -> dict[str, str]:
    """Return number → rule of the contacts of a campaign that are held back."""
    with database.reading() as db:
        rows = db.execute(
            select(Contact.phone_number, Exclusion.rule)
            .join(Exclusion, Exclusion.contact_id == Contact.id)
            .where(Contact.campaign_id == campaign.id)
        )
        return dict(rows.tuples().all())


def test_who_was_just_called_by_another_campaign_is_held_back(database: Database) -> None:
    """The next day everybody may be called again; the same day only who was not."""
    make_called(database, "First", [make_number(1), make_number(2)])
    second = make_campaign(database, [make_number(2), make_number(3)], file=make_file("Second"))
    with database.writing() as db:
        assert suppress_capped(db, second, ONE_DAY, at=NOON + timedelta(days=2)) == 0
        assert suppress_capped(db, second, ONE_DAY, at=NOON + timedelta(hours=3)) == 1
        assert suppress_capped(db, second, ONE_DAY, at=NOON + timedelta(hours=3)) == 0
    assert held_back(database, second) == {make_number(2): "recently_called"}


@pytest.mark.parametrize("status", [ChunkStatus.PLANNED, ChunkStatus.CANCELLED, ChunkStatus.REFUSED])
def test_what_never_rang_does_not_count(sqlite: Database, status: ChunkStatus) -> None:
    """A plan, or a chunk that was refused, called nobody."""
    make_called(sqlite, "First", [make_number(1)], status)
    second = make_campaign(sqlite, [make_number(1)], file=make_file("Second"))
    with sqlite.writing() as db:
        assert suppress_capped(db, second, ONE_DAY, at=NOON + timedelta(hours=3)) == 0


def test_a_campaign_that_is_asked_for_again_calls_again(sqlite: Database) -> None:
    """The second run of the same campaign is wanted, whatever the first did an hour ago."""
    make_called(sqlite, "First", [make_number(1)])
    again = make_campaign(sqlite, [make_number(1)], file=make_file("First"))
    with sqlite.writing() as db:
        assert suppress_capped(db, again, ONE_DAY, at=NOON + timedelta(hours=1)) == 0


def test_nobody_is_called_more_often_than_the_cap(database: Database) -> None:
    """Two calls in a week, whichever campaigns made them, and the third is held back with the rule."""
    caps = CapsSettings(recent=timedelta(0), attempts=2, within=timedelta(days=7))
    for name in ("First", "Second"):
        make_called(database, name, [make_number(1), make_number(2 if name == "First" else 3)])
    third = make_campaign(database, [make_number(1), make_number(2)], file=make_file("Third"))
    with database.writing() as db:
        assert suppress_capped(db, third, caps, at=NOON + timedelta(days=1)) == 1
    assert held_back(database, third) == {make_number(1): "frequency_cap"}
