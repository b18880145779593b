"""A chunk that goes out in one request goes out at most once, wherever it is cut off."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from campaigns.db.engine import Database
from campaigns.errors import LeaseLostError, NotAllowedNowError
from campaigns.inbox import apply_callbacks
from campaigns.lifecycle import move_campaign
from campaigns.models import Campaign, CampaignLease, Chunk, DoNotCallScope, Exclusion, StatusChange
from campaigns.queries.chunks import get_chunk
from campaigns.queries.do_not_call import NewEntry, record_do_not_call
from campaigns.queries.identity import compute_identity
from campaigns.settings import Settings
from campaigns.statuses import CampaignStatus, ChunkStatus
from campaigns.submission_at_once import confirm_or_doubt, submit_chunk_at_once
from connectors.errors import (
    CallRejectedError,
    MalformedReplyError,
    OutcomeUnknownError,
    PlatformAccountError,
    PlatformUnavailableError,
    RateLimitedError,
)
from tests.builders import NOON, make_campaign, make_chunk, make_number
from tests.told_platform import ToldPlatform, make_message, open_told_run, receive

WHERE = {"platform": "infin8linx", "operation": "submit"}


def make_running(database: Database, *, chunks: int = 1, each: int = 3) -> tuple[Campaign, list[Chunk]]:
    campaign = make_campaign(database, [make_number(index) for index in range(chunks * each)])
    assert campaign.id is not None
    with database.writing() as db:
        contacts = sorted(make_contact_ids(campaign, chunks * each))
        shares = [contacts[number * each : (number + 1) * each] for number in range(chunks)]
        made = [make_chunk(db, campaign, contacts=share) for share in shares]
        move_campaign(db, campaign.id, CampaignStatus.DRAFT, CampaignStatus.SCHEDULED, at=NOON, actor="test")
        move_campaign(db, campaign.id, CampaignStatus.SCHEDULED, CampaignStatus.RUNNING, at=NOON, actor="test")
    return campaign, made


def make_contact_ids(campaign: Campaign, count: int) -> list[int]:
    # the first list of the ledger holds them, in file order
    return [100_000_000 + ordinal for ordinal in range(1, count + 1)]


async def submit(
    database: Database, campaign: Campaign, chunk: Chunk, platform: ToldPlatform, at: datetime = NOON
) -> str:
    assert campaign.id is not None
    async with open_told_run(database, campaign.id, platform, Settings(), clock=lambda: at) as run:
        confirm_or_doubt(run)
        return (await submit_chunk_at_once(run, chunk.id or 0)).status


def look(database: Database, chunk: Chunk) -> Chunk:
    with database.reading() as db:
        return get_chunk(db, chunk.id or 0)


async def test_a_chunk_is_said_once_and_accepted(database: Database) -> None:
    """The platform takes the whole chunk under its name; handing it over again sends nothing."""
    campaign, (chunk,) = make_running(database)
    platform = ToldPlatform()
    assert await submit(database, campaign, chunk, platform) == ChunkStatus.ACCEPTED
    assert await submit(database, campaign, chunk, platform) == ChunkStatus.ACCEPTED
    ((name, numbers),) = platform.sent
    assert name.endswith(chunk.reference)
    assert numbers == tuple(make_number(index) for index in range(3))
    assert look(database, chunk).submitted_at == NOON


@pytest.mark.parametrize(
    "error",
    [OutcomeUnknownError("no reply", **WHERE), MalformedReplyError("garbage", **WHERE), RuntimeError("ours")],
    ids=lambda error: type(error).__name__,
)
async def test_whatever_is_not_clear_is_unconfirmed(database: Database, error: Exception) -> None:
    """A lost, garbled or otherwise unclear reply leaves the chunk unconfirmed, and it is never sent again."""
    campaign, (chunk,) = make_running(database)
    platform = ToldPlatform(after=[error])
    assert await submit(database, campaign, chunk, platform) == ChunkStatus.UNCONFIRMED
    assert await submit(database, campaign, chunk, platform) == ChunkStatus.UNCONFIRMED
    assert len(platform.sent) == 1
    with database.reading() as db:
        identity = compute_identity(db, campaign.id or 0)
    assert identity.holds
    assert identity.unconfirmed == 3


@pytest.mark.parametrize(
    "error",
    [
        PlatformUnavailableError("no connection", **WHERE),
        RateLimitedError("slower", platform="infin8linx", operation="submit"),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_a_chunk_that_never_left_is_sent_later(database: Database, error: Exception) -> None:
    """When nothing took effect the intent is taken back, and a later try hands the chunk over."""
    campaign, (chunk,) = make_running(database)
    platform = ToldPlatform(before=[error])
    with pytest.raises(type(error)):
        await submit(database, campaign, chunk, platform)
    assert look(database, chunk).submitted_at is None
    assert await submit(database, campaign, chunk, platform) == ChunkStatus.ACCEPTED
    assert len(platform.sent) == 1


async def test_an_account_that_is_refused_loses_no_chunk(sqlite: Database) -> None:
    """Credentials that the platform refuses are raised; the chunk goes out once they are mended."""
    campaign, (chunk,) = make_running(sqlite)
    platform = ToldPlatform(before=[PlatformAccountError("expired", **WHERE)])
    with pytest.raises(PlatformAccountError):
        await submit(sqlite, campaign, chunk, platform)
    assert await submit(sqlite, campaign, chunk, platform) == ChunkStatus.ACCEPTED


async def test_a_refused_chunk_is_refused_for_good(database: Database) -> None:
    """A documented refusal holds the chunk's contacts back; the first of a campaign is raised, a later one is not."""
    campaign, chunks = make_running(database, chunks=3)
    refusals: list[BaseException] = [CallRejectedError("bad parameter", **WHERE) for _ in range(2)]
    platform = ToldPlatform(before=refusals[:1])
    with pytest.raises(CallRejectedError):
        await submit(database, campaign, chunks[0], platform)
    assert await submit(database, campaign, chunks[1], platform) == ChunkStatus.ACCEPTED
    platform.before = refusals[1:]
    assert await submit(database, campaign, chunks[2], platform) == ChunkStatus.REFUSED
    assert await submit(database, campaign, chunks[0], platform) == ChunkStatus.REFUSED
    assert len(platform.sent) == 1
    with database.reading() as db:
        identity = compute_identity(db, campaign.id or 0)
        rules = set(db.execute(select(col(Exclusion.rule))).scalars())
    assert identity.holds
    assert (identity.suppressed, identity.submitted) == (6, 3)
    assert rules == {"platform_refused"}


async def test_cut_off_while_sending(database: Database) -> None:
    """A run that is cancelled while the request is out leaves the chunk unconfirmed at once."""
    campaign, (chunk,) = make_running(database)
    platform = ToldPlatform(after=[asyncio.CancelledError()])
    with pytest.raises(asyncio.CancelledError):
        await submit(database, campaign, chunk, platform)
    assert look(database, chunk).status == ChunkStatus.UNCONFIRMED


@pytest.mark.parametrize("has_left", [False, True])
async def test_killed_after_the_intent_was_committed(database: Database, has_left: bool) -> None:
    """A chunk found with a committed intent may have been sent: unconfirmed, and never sent again."""
    campaign, (chunk,) = make_running(database)

    def die(*_: object) -> None:
        # What a run writes after it lost its lease is refused, as if it had ended here.
        with database.writing() as db:
            db.execute(update(CampaignLease).values(owner="free"))
        raise OutcomeUnknownError("cut off", **WHERE)

    platform = ToldPlatform(on_sent=die) if has_left else ToldPlatform(on_asked=die)
    with pytest.raises(LeaseLostError):
        await submit(database, campaign, chunk, platform)
    assert look(database, chunk).status == ChunkStatus.SUBMITTING
    platform.on_sent, platform.on_asked = (lambda submission, calls: None), (lambda: None)
    assert await submit(database, campaign, chunk, platform) == ChunkStatus.UNCONFIRMED
    assert len(platform.sent) == int(has_left)


async def test_killed_between_the_reply_and_its_record(database: Database) -> None:
    """An acceptance that could not be written down is a doubt, until a record names the chunk."""
    campaign, (chunk,) = make_running(database)

    def lose_the_lease(*_: object) -> None:
        with database.writing() as db:
            db.execute(update(CampaignLease).values(owner="free"))

    platform = ToldPlatform(on_sent=lose_the_lease)
    with pytest.raises(LeaseLostError):
        await submit(database, campaign, chunk, platform)
    platform.on_sent = lambda submission, calls: None
    assert await submit(database, campaign, chunk, platform) == ChunkStatus.UNCONFIRMED
    receive(database, make_message(chunk.reference, make_number(1)))
    apply_callbacks(database, platform.connector(), clock=lambda: NOON)
    assert look(database, chunk).status == ChunkStatus.ACCEPTED
    assert len(platform.sent) == 1


async def test_a_callback_that_overtook_a_lost_reply_is_proof(database: Database) -> None:
    """A reply that is lost after the platform has reported a call leaves no doubt."""
    campaign, (chunk,) = make_running(database)

    def report(*_: object) -> None:
        receive(database, make_message(chunk.reference, make_number(0)))
        apply_callbacks(database, platform.connector(), clock=lambda: NOON)

    platform = ToldPlatform(on_sent=report, after=[OutcomeUnknownError("no reply", **WHERE)])
    assert await submit(database, campaign, chunk, platform) == ChunkStatus.ACCEPTED
    with database.reading() as db:
        moves = db.execute(select(col(StatusChange.to_status)).where(col(StatusChange.chunk_id) == chunk.id)).scalars()
        assert list(moves) == ["submitting", "unconfirmed", "accepted"]


async def test_the_last_look_is_at_the_moment_of_sending(database: Database) -> None:
    """A number that came onto the do-not-call list after planning is left out; a chunk of such numbers is withdrawn."""
    campaign, (first, second) = make_running(database, chunks=2, each=2)
    with database.writing() as db:
        entries = [NewEntry(make_number(index), "asked not to be called") for index in (0, 2, 3)]
        record_do_not_call(db, entries, scope=DoNotCallScope.EVERYWHERE, scope_name="", source="test", at=NOON)
    platform = ToldPlatform()
    assert await submit(database, campaign, first, platform) == ChunkStatus.ACCEPTED
    assert await submit(database, campaign, second, platform) == ChunkStatus.CANCELLED
    assert [numbers for _, numbers in platform.sent] == [(make_number(1),)]


async def test_rules_forbid_before_anything_is_written(sqlite: Database) -> None:
    """Outside the days, or while the campaign is paused, nothing is sent and the chunk stays planned."""
    campaign, (chunk,) = make_running(sqlite)
    platform = ToldPlatform()
    with pytest.raises(NotAllowedNowError):
        await submit(sqlite, campaign, chunk, platform, at=NOON + timedelta(days=60))
    with sqlite.writing() as db:
        move_campaign(db, campaign.id or 0, CampaignStatus.RUNNING, CampaignStatus.PAUSED, at=NOON, actor="test")
    with pytest.raises(NotAllowedNowError):
        await submit(sqlite, campaign, chunk, platform)
    assert platform.sent == []
    assert look(sqlite, chunk).status == ChunkStatus.PLANNED
