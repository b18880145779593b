"""What people are told about a chunk that may ring or not."""

from __future__ import annotations

from datetime import timedelta

from campaigns.db.engine import Database
from campaigns.models import ExchangeRecord
from campaigns.queries.explanations import explain_number
from campaigns.queries.unconfirmed import find_unconfirmed
from connectors.errors import OutcomeUnknownError
from tests.builders import NOON, make_number
from tests.campaigns.test_submission_at_once import make_running, submit
from tests.told_platform import ToldPlatform, make_message, receive


async def test_since_when_why_and_what_was_sought(database: Database) -> None:
    """Status and history name the moment, the reason, and the callbacks and requests since."""
    campaign, (chunk,) = make_running(database)
    platform = ToldPlatform(after=[OutcomeUnknownError("no reply came", platform="infin8linx", operation="submit")])
    await submit(database, campaign, chunk, platform)
    receive(database, make_message("somebody-else", "13800000000"), at=NOON + timedelta(minutes=5))
    receive(database, make_message("somebody-else", "13800000001"), at=NOON - timedelta(minutes=5))
    with database.writing() as db:
        for number, minutes in enumerate((-1, 1, 2)):
            db.add(
                ExchangeRecord(
                    id=str(number), platform="infin8linx", account="main", operation="GetBill", request="",
                    began_at=NOON + timedelta(minutes=minutes), seconds=0.1,
                )
            )  # fmt: skip
    with database.reading() as db:
        (doubt,) = find_unconfirmed(db, campaign.id or 0)
        (explanation,) = explain_number(db, make_number(0))
    assert (doubt.since, doubt.why, doubt.calls) == (NOON, "no reply came", 3)
    assert (doubt.callbacks, doubt.requests) == (1, {"GetBill": 2})
    assert "since 2026-11-23 04:00 UTC" in explanation.steps[-1].what
    assert "1 callbacks of the account and 2 × GetBill" in explanation.steps[-1].what
