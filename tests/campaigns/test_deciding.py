"""A person's word about an unconfirmed chunk: recorded with who and why, and never against evidence."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from campaigns.db.engine import Database
from campaigns.deciding import Decision, Verdict, decide, find_chunk
from campaigns.errors import CampaignError, NotAllowedNowError
from campaigns.inbox import apply_callbacks
from campaigns.lifecycle import move_campaign
from campaigns.models import Attempt, Campaign, Chunk, Difference, DoNotCallScope, StatusChange
from campaigns.planning import compute_plan_hash
from campaigns.queries.campaigns import get_campaign_by_id
from campaigns.queries.chunks import get_chunk
from campaigns.queries.do_not_call import NewEntry, record_do_not_call
from campaigns.queries.identity import Identity, compute_identity
from campaigns.statuses import CampaignStatus, ChunkStatus
from connectors.errors import OutcomeUnknownError
from tests.builders import NOON, make_number
from tests.campaigns.test_submission_at_once import make_running, submit
from tests.told_platform import ToldPlatform, make_message, receive

WAIT = timedelta(hours=2)
LATER = NOON + timedelta(hours=3)


async def make_doubtful(database: Database) -> tuple[Campaign, Chunk, ToldPlatform]:
    campaign, (chunk,) = make_running(database)
    platform = ToldPlatform(after=[OutcomeUnknownError("no reply", platform="infin8linx", operation="submit")])
    assert await submit(database, campaign, chunk, platform) == ChunkStatus.UNCONFIRMED
    return campaign, chunk, platform


def say(database: Database, chunk: Chunk, verdict: Verdict, at: datetime = LATER) -> Decision:
    return decide(
        database,
        chunk.campaign_id,
        chunk.id or 0,
        verdict,
        actor="Wang Min",
        reason="the vendor looked",
        clock=lambda: at,
        evidence_wait=WAIT,
    )


def identity_of(database: Database, campaign: Campaign) -> Identity:
    with database.reading() as db:
        return compute_identity(db, campaign.id or 0)


async def test_accepting_watches_the_chunk_on(database: Database) -> None:
    """An accepted chunk is pending again, and who decided and why stands with the move."""
    campaign, chunk, _ = await make_doubtful(database)
    assert say(database, chunk, Verdict.ACCEPT).status == ChunkStatus.ACCEPTED
    with database.reading() as db:
        change = db.execute(select(StatusChange).order_by(col(StatusChange.id).desc()).limit(1)).scalar_one()
    assert (change.from_status, change.to_status) == ("unconfirmed", "accepted")
    assert (change.actor, change.reason) == ("Wang Min", "the vendor looked")
    assert identity_of(database, campaign).pending == 3


async def test_giving_up_explains_every_contact(database: Database) -> None:
    """Contacts of a chunk that was given up are held back, with the decision as the rule."""
    campaign, chunk, _ = await make_doubtful(database)
    say(database, chunk, Verdict.GIVE_UP)
    identity = identity_of(database, campaign)
    assert identity.holds
    assert identity.is_settled
    assert identity.suppressed == 3


async def test_resubmitting_plans_the_next_attempts(database: Database) -> None:
    """Each contact gets its next attempt in a new chunk, which is handed over once; the plan's hash tells it."""
    campaign, chunk, platform = await make_doubtful(database)
    decision = say(database, chunk, Verdict.RESUBMIT)
    with database.reading() as db:
        new = find_chunk(db, campaign, decision.new_chunk)
        numbers = set(db.execute(select(col(Attempt.attempt_number)).where(col(Attempt.chunk_id) == new.id)).scalars())
        stored = get_campaign_by_id(db, campaign.id or 0)
        assert compute_plan_hash(db, stored) == stored.plan_hash
    assert (new.status, new.size, numbers) == (ChunkStatus.PLANNED, 3, {2})
    identity = identity_of(database, campaign)
    assert identity.holds
    assert identity.planned == 3
    assert await submit(database, campaign, new, platform, at=LATER) == ChunkStatus.ACCEPTED
    assert await submit(database, campaign, chunk, platform, at=LATER) == ChunkStatus.REFUSED
    assert len(platform.sent) == 2
    assert platform.sent[0][0] != platform.sent[1][0]
    assert identity_of(database, campaign).pending == 3


async def test_who_may_not_be_called_any_more_is_not_planned_again(database: Database) -> None:
    """A contact that came onto the do-not-call list meanwhile is left out of what is sent anew."""
    campaign, chunk, platform = await make_doubtful(database)
    decision = say(database, chunk, Verdict.RESUBMIT)
    with database.writing() as db:
        entry = NewEntry(make_number(0), "asked not to be called")
        record_do_not_call(db, [entry], scope=DoNotCallScope.EVERYWHERE, scope_name="", source="test", at=NOON)
        new = find_chunk(db, campaign, decision.new_chunk)
    await submit(database, campaign, new, platform, at=LATER)
    assert platform.sent[-1][1] == (make_number(1), make_number(2))
    assert identity_of(database, campaign).holds


async def test_a_report_that_comes_after_the_decision_is_named(database: Database) -> None:
    """A call that rang although its chunk was put to the platform anew is a difference that the results show."""
    campaign, chunk, _ = await make_doubtful(database)
    say(database, chunk, Verdict.RESUBMIT)
    receive(database, make_message(chunk.reference, make_number(0)))
    apply_callbacks(database, ToldPlatform().connector(), clock=lambda: LATER)
    with database.reading() as db:
        assert list(db.execute(select(col(Difference.kind))).scalars()) == ["contradicting_report"]
    assert identity_of(database, campaign).planned == 3


@pytest.mark.parametrize("verdict", list(Verdict))
async def test_evidence_outranks_opinion(database: Database, verdict: Verdict) -> None:
    """A chunk that a report has named is not to be decided any more, nor one that never was in doubt."""
    _, chunk, _ = await make_doubtful(database)
    receive(database, make_message(chunk.reference, make_number(0)))
    apply_callbacks(database, ToldPlatform().connector(), clock=lambda: NOON)
    with pytest.raises(CampaignError, match="only an unconfirmed chunk"):
        say(database, chunk, verdict)


@pytest.mark.parametrize("verdict", [Verdict.RESUBMIT, Verdict.GIVE_UP])
async def test_nothing_is_sent_again_while_evidence_may_still_come(sqlite: Database, verdict: Verdict) -> None:
    """Before the waiting period is over a chunk can only be accepted."""
    campaign, chunk, _ = await make_doubtful(sqlite)
    with pytest.raises(NotAllowedNowError, match="evidence_wait"):
        say(sqlite, chunk, verdict, at=NOON + timedelta(hours=1))
    assert identity_of(sqlite, campaign).unconfirmed == 3


async def test_deciding_twice_is_refused(database: Database) -> None:
    """The second of two decisions is told that there is nothing to decide, and plans nothing."""
    _, chunk, _ = await make_doubtful(database)
    say(database, chunk, Verdict.RESUBMIT)
    with pytest.raises(CampaignError, match="refused"):
        say(database, chunk, Verdict.RESUBMIT)
    with database.reading() as db:
        assert len(db.execute(select(Chunk)).all()) == 2


async def test_a_stopped_campaign_calls_nobody_anew(sqlite: Database) -> None:
    """After a campaign was stopped its unconfirmed chunks can be accepted or given up, not resubmitted."""
    campaign, chunk, _ = await make_doubtful(sqlite)
    with sqlite.writing() as db:
        move_campaign(db, campaign.id or 0, CampaignStatus.RUNNING, CampaignStatus.CANCELLED, at=NOON, actor="test")
    with pytest.raises(CampaignError, match="nothing more is handed over"):
        say(sqlite, chunk, Verdict.RESUBMIT)
    with sqlite.reading() as db:
        assert get_chunk(db, chunk.id or 0).status == ChunkStatus.UNCONFIRMED
    say(sqlite, chunk, Verdict.GIVE_UP)


async def test_chunks_are_named_by_number_or_reference(sqlite: Database) -> None:
    """Both names that people see lead to the chunk; any other is an error that says what to give."""
    campaign, chunk, _ = await make_doubtful(sqlite)
    with sqlite.reading() as db:
        assert find_chunk(db, campaign, "1").id == find_chunk(db, campaign, chunk.reference).id == chunk.id
        with pytest.raises(CampaignError, match="no chunk"):
            find_chunk(db, campaign, "2")
