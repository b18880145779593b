"""Platforms that are not polled: every call is settled from callbacks, from bills, or by the end of the waiting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from campaigns.db.engine import Database
from campaigns.driving import DriveEnd, Driven, drive_campaign
from campaigns.models import AttemptOutcome, Chunk, Difference
from campaigns.planning import plan_campaign
from campaigns.queries.campaigns import get_campaign_by_id
from campaigns.queries.chunks import get_chunk
from campaigns.queries.identity import compute_identity
from campaigns.settings import Settings, WatchingSettings
from campaigns.statuses import CampaignStatus, ChunkStatus
from campaigns.submission import SubmissionCounts
from campaigns.submission_at_once import submit_chunk_at_once
from campaigns.watching_told import ToldWatch
from connectors.contract import CallReport, CallRequest, Outcome, Submission
from connectors.errors import MalformedReplyError, OutcomeUnknownError, PlatformAccountError, PlatformUnavailableError
from tests.builders import NOON, make_campaign, make_number
from tests.campaigns.test_submission_at_once import make_running, submit
from tests.told_platform import ToldPlatform, make_message, open_told_run, receive

WHERE = {"platform": "infin8linx", "operation": "bills"}
HOUR = timedelta(hours=1)
SETTINGS = Settings(
    watching=WatchingSettings(
        shortest_pause=timedelta(milliseconds=5),
        longest_pause=timedelta(milliseconds=20),
        bills_interval=timedelta(minutes=1),
        evidence_wait=2 * HOUR,
        lost_after=24 * HOUR,
    )
)


@dataclass
class Clock:
    """Stands still until a test moves it; each look at it takes a second."""

    at: datetime = NOON

    def __call__(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at


def make_bill(name: str, number: str, outcome: Outcome = Outcome.ANSWERED, key: str = "") -> CallReport:
    return CallReport(None, name, number.removeprefix("+86"), outcome, key or f"key-{number}")


def status_of(database: Database, chunk: Chunk) -> str:
    with database.reading() as db:
        return get_chunk(db, chunk.id or 0).status


def outcomes(database: Database) -> list[tuple[str, str]]:
    with database.reading() as db:
        rows = db.execute(
            select(col(AttemptOutcome.outcome), col(AttemptOutcome.source)).order_by(col(AttemptOutcome.attempt_id))
        )
        return [(outcome, source) for outcome, source in rows]


async def look(database: Database, chunk: Chunk, platform: ToldPlatform, *times: datetime) -> None:
    """Look at these moments, with the memory of one run."""
    clock = Clock()
    async with open_told_run(database, chunk.campaign_id, platform, SETTINGS, clock=clock) as run:
        watch = ToldWatch(run)
        for at in times:
            clock.at = at
            await watch.look()


@pytest.mark.parametrize(
    "error",
    [
        PlatformAccountError("refused", **WHERE),
        PlatformUnavailableError("away", **WHERE),
        MalformedReplyError("garbage", **WHERE),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_callbacks_alone_settle_a_chunk(database: Database, error: PlatformAccountError) -> None:
    """Bills that are refused, away or garbled do not matter when every call is called back."""
    campaign, (chunk,) = make_running(database)
    platform = ToldPlatform(bills_error=error)
    await submit(database, campaign, chunk, platform)
    receive(database, *(make_message(chunk.reference, make_number(index)) for index in range(3)))
    await look(database, chunk, platform, NOON)
    assert outcomes(database) == [("answered", "callback")] * 3
    assert status_of(database, chunk) == ChunkStatus.CLOSED


async def test_bills_alone_settle_a_chunk(database: Database) -> None:
    """When no callback arrives, the bills of the time since the submission settle everything."""
    campaign, (chunk,) = make_running(database)
    platform = ToldPlatform()
    await submit(database, campaign, chunk, platform)
    platform.bills = [make_bill(chunk.reference, make_number(index)) for index in range(3)]
    platform.bills.append(make_bill("somebody-else", "+8613900000000"))
    await look(database, chunk, platform, NOON + HOUR)
    assert outcomes(database) == [("answered", "bill")] * 3
    assert status_of(database, chunk) == ChunkStatus.CLOSED
    assert platform.bills_asked[0][0] == NOON


async def test_bills_and_callbacks_that_agree_are_one_truth(sqlite: Database) -> None:
    """The same record by both ways is nothing new; one that tells otherwise is a difference."""
    campaign, (chunk,) = make_running(sqlite)
    platform = ToldPlatform()
    await submit(sqlite, campaign, chunk, platform)
    receive(sqlite, *(make_message(chunk.reference, make_number(index), key=f"uuid-{index}") for index in range(2)))
    platform.bills = [
        make_bill(chunk.reference, make_number(0), key="uuid-0"),
        make_bill(chunk.reference, make_number(1), Outcome.BUSY, key="uuid-1"),
    ]
    await look(sqlite, chunk, platform, NOON)
    with sqlite.reading() as db:
        found = db.execute(select(Difference)).scalars().all()
    assert [(difference.kind, difference.attempt_id % 100) for difference in found if difference.attempt_id] == [
        ("contradicting_report", 1)
    ]


async def test_bills_are_not_pulled_at_every_look(sqlite: Database) -> None:
    """Pulls grow apart while they bring nothing, and each begins where the one before ended."""
    campaign, (chunk,) = make_running(sqlite)
    platform = ToldPlatform()
    await submit(sqlite, campaign, chunk, platform)
    await look(sqlite, chunk, platform, *(NOON + timedelta(seconds=second) for second in range(0, 600, 5)))
    assert 8 < len(platform.bills_asked) < 30
    for (_, until), (since, _) in zip(platform.bills_asked, platform.bills_asked[1:], strict=False):
        assert since == until


async def test_silence_after_the_platform_gave_up_is_expired(database: Database) -> None:
    """Once the platform's day is over and its bills name a call nowhere, the call counts as not made."""
    campaign, (chunk,) = make_running(database)
    platform = ToldPlatform(ends_at=NOON + 8 * HOUR)
    await submit(database, campaign, chunk, platform)
    receive(database, make_message(chunk.reference, make_number(1)))
    await look(database, chunk, platform, NOON + 9 * HOUR)
    assert len(outcomes(database)) == 1
    await look(database, chunk, platform, NOON + 11 * HOUR)
    assert outcomes(database) == [("expired", "deadline"), ("answered", "callback"), ("expired", "deadline")]
    assert status_of(database, chunk) == ChunkStatus.CLOSED
    with database.reading() as db:
        assert set(db.execute(select(col(Difference.kind))).scalars()) == {"missing_row"}


async def test_silence_that_could_not_be_checked_is_lost(database: Database) -> None:
    """Without readable bills nobody can say that a silent call was not made: it is lost, and never called again."""
    campaign, (chunk,) = make_running(database)
    platform = ToldPlatform(ends_at=NOON + 8 * HOUR, bills_error=PlatformAccountError("refused", **WHERE))
    await submit(database, campaign, chunk, platform)
    await look(database, chunk, platform, NOON + 11 * HOUR)
    assert outcomes(database) == []
    await look(database, chunk, platform, NOON + 13 * HOUR)
    assert outcomes(database) == [("lost", "deadline")] * 3


async def test_silence_of_a_platform_that_goes_on_trying_is_lost_at_last(sqlite: Database) -> None:
    """Where the platform never gives up by itself, we stop waiting after a day."""
    campaign, (chunk,) = make_running(sqlite)
    platform = ToldPlatform()
    await submit(sqlite, campaign, chunk, platform)
    await look(sqlite, chunk, platform, NOON + 23 * HOUR)
    assert outcomes(sqlite) == []
    await look(sqlite, chunk, platform, NOON + 25 * HOUR)
    assert outcomes(sqlite) == [("lost", "deadline")] * 3


async def test_a_late_report_stands_beside_what_was_given_up(sqlite: Database) -> None:
    """A call that was declared expired and is reported after all becomes a difference, not a second truth."""
    campaign, (chunk,) = make_running(sqlite, each=1)
    platform = ToldPlatform(ends_at=NOON)
    await submit(sqlite, campaign, chunk, platform)
    await look(sqlite, chunk, platform, NOON + 3 * HOUR)
    receive(sqlite, make_message(chunk.reference, make_number(0)))
    await look(sqlite, chunk, platform, NOON + 4 * HOUR)
    assert outcomes(sqlite) == [("expired", "deadline")]
    with sqlite.reading() as db:
        assert set(db.execute(select(col(Difference.kind))).scalars()) == {"missing_row", "contradicting_report"}


async def test_unconfirmed_is_proven_by_a_bill(database: Database) -> None:
    """Evidence for a chunk without a reply is sought in the bills; one record is enough to watch it on."""
    campaign, (chunk,) = make_running(database)
    platform = ToldPlatform(after=[OutcomeUnknownError("no reply", **WHERE)])
    assert await submit(database, campaign, chunk, platform) == ChunkStatus.UNCONFIRMED
    platform.bills = [make_bill(chunk.reference, make_number(2))]
    await look(database, chunk, platform, NOON + HOUR)
    assert status_of(database, chunk) == ChunkStatus.ACCEPTED
    assert outcomes(database) == [("answered", "bill")]


async def drive(database: Database, campaign_id: int, platform: ToldPlatform, clock: Clock) -> Driven:
    async with open_told_run(database, campaign_id, platform, SETTINGS, clock=clock, calls_per_submission=100) as run:

        async def hand_over(chunk: Chunk) -> SubmissionCounts:
            return await submit_chunk_at_once(run, chunk.id or 0)

        with database.reading() as db:
            is_draft = get_campaign_by_id(db, campaign_id).status == CampaignStatus.DRAFT
        if is_draft:
            plan_campaign(run)
        return await drive_campaign(run, submit=hand_over)


async def test_a_whole_campaign_ends_with_every_row_explained(database: Database) -> None:
    """Callbacks for odd numbers, bills for even ones: finished, everybody said once, the identity holds."""
    numbers = [make_number(index) for index in range(250)]
    campaign = make_campaign(database, numbers)
    platform = ToldPlatform()

    def report(submission: Submission, calls: list[CallRequest]) -> None:
        for call in calls:
            if int(call.phone_number) % 200:
                receive(database, make_message(submission.name, call.national_number))
            else:
                platform.bills.append(make_bill(submission.name, call.phone_number))

    platform.on_sent = report  # type: ignore[assignment]  # a sequence is given as a list
    driven = await drive(database, campaign.id or 0, platform, Clock())
    assert driven.end == DriveEnd.ENDED
    with database.reading() as db:
        identity = compute_identity(db, campaign.id or 0)
    assert identity.holds
    assert identity.outcomes == 250
    assert sorted(number for _, sent in platform.sent for number in sent) == sorted(numbers)


async def test_a_campaign_with_a_doubt_pauses_itself_and_says_what_to_do(sqlite: Database) -> None:
    """When only unconfirmed chunks are left and the search was long enough, a person is asked; nothing is resent."""
    campaign = make_campaign(sqlite, [make_number(index) for index in range(3)])
    platform = ToldPlatform(after=[OutcomeUnknownError("no reply", **WHERE)])

    @dataclass
    class QuickClock(Clock):
        def __call__(self) -> datetime:
            self.at += timedelta(minutes=5)
            return self.at

    driven = await drive(sqlite, campaign.id or 0, platform, QuickClock())
    assert driven.end == DriveEnd.PAUSED_ITSELF
    with sqlite.reading() as db:
        paused = get_campaign_by_id(db, campaign.id or 0)
    assert "callsheet decide" in paused.status_reason
    assert len(platform.sent) == 1
    assert platform.bills_asked
