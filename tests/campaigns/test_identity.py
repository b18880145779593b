"""Every row of a campaign is in exactly one place, counted and not derived."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from campaigns.db.bulk import driver_time, insert_rows
from campaigns.db.engine import Database
from campaigns.models import Campaign, EvidenceSource, Exclusion, ExclusionRule
from campaigns.models.types import attempt_id
from campaigns.queries.identity import compute_identity
from campaigns.settling import settle_unreported
from campaigns.statuses import ChunkStatus
from connectors.contract import Outcome
from tests.builders import NOON, make_campaign, make_chunk, make_number


def exclude(database: Database, campaign: Campaign, contact_id: int, rule: ExclusionRule) -> None:
    with database.writing() as db:
        columns = ("contact_id", "campaign_id", "rule", "detail", "excluded_at")
        insert_rows(db, Exclusion, columns, [(contact_id, campaign.id, rule.value, "", driver_time(db, NOON))])


def contact_ids(database: Database, campaign: Campaign) -> list[int]:
    with database.reading() as db:
        found = db.execute(text("SELECT id FROM contact WHERE campaign_id = :id ORDER BY id"), {"id": campaign.id})
        return list(found.scalars())


def test_a_fresh_list_waits_to_be_planned(database: Database) -> None:
    """Before planning every contact is in one place: not yet planned."""
    campaign = make_campaign(database, [make_number(index) for index in range(5)])
    with database.reading() as db:
        identity = compute_identity(db, campaign.id or 0)
    assert identity.holds
    assert identity.rows == identity.not_yet_planned == 5
    assert not identity.is_settled


@pytest.mark.parametrize(
    ("status", "place"),
    [
        (ChunkStatus.PLANNED, "planned"),
        (ChunkStatus.SUBMITTING, "pending"),
        (ChunkStatus.ACCEPTED, "pending"),
        (ChunkStatus.UNCONFIRMED, "unconfirmed"),
    ],
)
def test_an_attempt_is_where_its_chunk_is(database: Database, status: ChunkStatus, place: str) -> None:
    """Where an attempt stands follows from its chunk."""
    campaign = make_campaign(database, [make_number(index) for index in range(3)])
    with database.writing() as db:
        make_chunk(db, campaign, status=status)
        identity = compute_identity(db, campaign.id or 0)
    assert identity.holds
    assert getattr(identity, place) == 3


@pytest.mark.parametrize("status", [ChunkStatus.REFUSED, ChunkStatus.CANCELLED, ChunkStatus.CLOSED])
def test_a_forgotten_contact_is_noticed(database: Database, status: ChunkStatus) -> None:
    """A chunk that ended without an exclusion or an outcome for each contact breaks the identity."""
    campaign = make_campaign(database, [make_number(index) for index in range(3)])
    with database.writing() as db:
        make_chunk(db, campaign, status=status)
        assert not compute_identity(db, campaign.id or 0).holds


def test_a_lost_row_is_noticed(database: Database) -> None:
    """A contact that vanished from the ledger breaks the identity: rows were counted while the file was read."""
    campaign = make_campaign(database, [make_number(index) for index in range(3)])
    with database.writing() as db:
        db.execute(text("DELETE FROM contact WHERE row_number = 2"))
        assert not compute_identity(db, campaign.id or 0).holds


def test_a_contact_held_back_from_a_retry_stays_submitted(database: Database) -> None:
    """Who was called once and then came onto the do-not-call list counts by the outcome of that call."""
    campaign = make_campaign(database, [make_number(1)])
    (contact,) = contact_ids(database, campaign)
    with database.writing() as db:
        chunk = make_chunk(db, campaign, status=ChunkStatus.CLOSED)
        settle_unreported(
            db, campaign, chunk, {attempt_id(contact, 1): Outcome.BUSY}, source=EvidenceSource.POLL, at=NOON
        )
    exclude(database, campaign, contact, ExclusionRule.DO_NOT_CALL)
    with database.reading() as db:
        identity = compute_identity(db, campaign.id or 0)
    assert identity.holds
    assert (identity.outcomes, identity.suppressed) == (1, 0)


def test_a_contact_taken_out_of_a_loaded_chunk_is_suppressed(database: Database) -> None:
    """Who came onto the do-not-call list while the chunk was loaded was never called."""
    campaign = make_campaign(database, [make_number(1), make_number(2)])
    first, _ = contact_ids(database, campaign)
    with database.writing() as db:
        make_chunk(db, campaign, status=ChunkStatus.ACCEPTED)
    exclude(database, campaign, first, ExclusionRule.DO_NOT_CALL)
    with database.reading() as db:
        identity = compute_identity(db, campaign.id or 0)
    assert identity.holds
    assert (identity.pending, identity.suppressed) == (1, 1)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    places=st.lists(
        st.sampled_from(
            ["duplicate", "suppressed", "planned", "pending", "outcomes", "lost", "unconfirmed", "not_yet_planned"]
        ),
        max_size=12,
    )
)
def test_any_mixture_adds_up(sqlite: Database, places: list[str]) -> None:
    """However the contacts of a campaign are spread, each is counted exactly once, where it is."""
    campaign = make_campaign(sqlite, [make_number(index) for index in range(len(places))])
    ids = dict(zip(contact_ids(sqlite, campaign), places, strict=True))
    by_place = {place: [contact for contact, its in ids.items() if its == place] for place in set(places)}
    statuses = {
        "planned": ChunkStatus.PLANNED, "pending": ChunkStatus.ACCEPTED, "outcomes": ChunkStatus.CLOSED,
        "lost": ChunkStatus.CLOSED, "unconfirmed": ChunkStatus.UNCONFIRMED,
    }  # fmt: skip
    for place, contacts in by_place.items():
        if place in statuses:
            with sqlite.writing() as db:
                chunk = make_chunk(db, campaign, status=statuses[place], contacts=contacts)
                if place in ("outcomes", "lost"):
                    outcome = Outcome.LOST if place == "lost" else Outcome.ANSWERED
                    attempts = {attempt_id(contact, 1): outcome for contact in contacts}
                    settle_unreported(db, campaign, chunk, attempts, source=EvidenceSource.POLL, at=NOON)
        elif place != "not_yet_planned":
            rule = ExclusionRule.DUPLICATE if place == "duplicate" else ExclusionRule.DO_NOT_CALL
            for contact in contacts:
                exclude(sqlite, campaign, contact, rule)
    with sqlite.reading() as db:
        identity = compute_identity(db, campaign.id or 0)
    assert identity.holds
    assert {place: getattr(identity, place) for place in by_place} == {p: len(c) for p, c in by_place.items()}
