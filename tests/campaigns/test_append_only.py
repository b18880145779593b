"""Evidence stays: the database itself refuses to change or delete it, whoever asks."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from campaigns.db.engine import Database
from campaigns.differences import record_difference
from campaigns.exclusions import exclude_contact
from campaigns.lifecycle import move_campaign
from campaigns.models import Campaign, DifferenceKind, EvidenceSource, ExclusionRule
from campaigns.models.types import attempt_id
from campaigns.settling import settle_unreported
from campaigns.statuses import CampaignStatus, ChunkStatus
from connectors.contract import Outcome
from tests.builders import NOON, make_campaign, make_chunk, make_number


@pytest.fixture
def called(database: Database) -> Campaign:
    """A campaign with one settled call, one contact held back, one difference."""
    campaign = make_campaign(database, [make_number(1), make_number(2)])
    with database.writing() as db:
        first, second = db.execute(text("SELECT id FROM contact ORDER BY id")).scalars().all()
        chunk = make_chunk(db, campaign, status=ChunkStatus.CLOSED, contacts=[first])
        settle_unreported(
            db, campaign, chunk, {attempt_id(first, 1): Outcome.BUSY}, source=EvidenceSource.POLL, at=NOON
        )
        exclude_contact(db, campaign, second, ExclusionRule.DO_NOT_CALL, detail="asked", at=NOON)
        record_difference(db, campaign, DifferenceKind.FOREIGN_ROW, evidence_key="1", detail="strange", at=NOON)
        move_campaign(
            db, campaign.id or 0, CampaignStatus.DRAFT, CampaignStatus.SCHEDULED, at=NOON, actor="test", reason="test"
        )
    return campaign


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE contact SET phone_number = '+10000000000'",
        "UPDATE attempt SET chunk_id = 99",
        "UPDATE outcome SET outcome = 'answered'",
        "UPDATE exclusion SET rule = 'duplicate'",
        "UPDATE status_change SET actor = 'nobody'",
        "UPDATE difference SET detail = ''",
        "DELETE FROM contact",
        "DELETE FROM attempt",
        "DELETE FROM outcome",
        "DELETE FROM exclusion",
        "DELETE FROM status_change",
        "DELETE FROM difference",
    ],
)
def test_evidence_cannot_be_changed(database: Database, called: Campaign, statement: str) -> None:
    """Once calls were planned, no statement changes or removes what the identity relies on."""
    with pytest.raises(DBAPIError), database.writing() as db:
        db.execute(text(statement))


def test_a_list_can_go_while_nobody_is_planned(database: Database) -> None:
    """An import that is taken back removes its rows; that is not evidence yet."""
    make_campaign(database, [make_number(1)])
    with database.writing() as db:
        db.execute(text("DELETE FROM contact"))
        assert db.execute(text("SELECT COUNT(*) FROM contact")).scalar_one() == 0
