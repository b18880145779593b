"""A platform of the contract alone that takes chunks at once and tells results by callbacks and bills.

It remembers what it was sent, so that a test can count what would have rung.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from campaigns.db.engine import Database
from campaigns.leasing import hold_lease
from campaigns.pacing import Pace
from campaigns.queries.callbacks import NewCallback, store_callbacks
from campaigns.run import CampaignRun
from campaigns.settings import Settings
from connectors.contract import (
    Abilities,
    CallReport,
    CallRequest,
    Connector,
    HandOver,
    Limits,
    MessageKind,
    Outcome,
    Receipt,
    Submission,
    TextAbility,
)
from connectors.errors import MalformedReplyError, PlatformError

ABILITIES = Abilities(
    hand_over=HandOver.AT_ONCE,
    message_kinds=frozenset({MessageKind.VOICE}),
    texts=TextAbility.NONE,
    gives_evidence=False,
    enforces_windows=False,
    max_windows_a_day=None,
    can_pause=False,
    can_recall=False,
    countries_per_submission=1,
)


@dataclass
class ToldPlatform:
    """Its dials: what a submission raises before or after it took effect, which bills there are or what they raise."""

    before: list[BaseException] = field(default_factory=list)
    after: list[BaseException] = field(default_factory=list)
    bills: list[CallReport] = field(default_factory=list)
    bills_error: PlatformError | None = None
    bills_asked: list[tuple[datetime, datetime]] = field(default_factory=list)
    sent: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    """(submission name, numbers) of everything that took effect."""
    on_sent: Callable[[Submission, Sequence[CallRequest]], None] = lambda submission, calls: None
    on_asked: Callable[[], None] = lambda: None
    """Runs before anything took effect, `on_sent` after."""
    ends_at: datetime | None = None

    async def submit_calls(self, submission: Submission, calls: Sequence[CallRequest]) -> Receipt:
        self.on_asked()
        if self.before:
            raise self.before.pop(0)
        self.sent.append((submission.name, tuple(call.phone_number for call in calls)))
        self.on_sent(submission, calls)
        if self.after:
            raise self.after.pop(0)
        return Receipt(submission.name, datetime.now(UTC))

    def read_callback(self, body: bytes, content_type: str) -> Sequence[CallReport]:
        try:
            said = json.loads(body)
        except ValueError:
            raise MalformedReplyError("not JSON", platform="infin8linx", operation="callback") from None
        return [
            CallReport(
                call_ref=None,
                submission_name=said["name"],
                dialled_number=said["number"],
                outcome=Outcome(said["outcome"]),
                report_key=said["key"],
            )
        ]

    async def fetch_bills(self, since: datetime, until: datetime) -> AsyncIterator[Sequence[CallReport]]:
        self.bills_asked.append((since, until))
        if self.bills_error is not None:
            raise self.bills_error
        if self.bills:
            yield list(self.bills)

    def dropped_after(self, submission: Submission, submitted_at: datetime) -> datetime | None:
        return self.ends_at

    def connector(self, *, calls_per_submission: int = 5000) -> Connector:
        return Connector(
            account="main",
            platform="infin8linx",
            abilities=ABILITIES,
            limits=Limits(calls_per_submission, requests_per_second=1000, requests_in_flight=4),
            submitting=self,
            callbacks=self,
            bills=self,
            dropping=self,
        )


def make_message(name: str, number: str, outcome: str = "answered", key: str = "") -> bytes:
    """A callback as this platform writes it."""
    return json.dumps({"name": name, "number": number, "outcome": outcome, "key": key or f"key-{number}"}).encode()


def receive(database: Database, *bodies: bytes, at: datetime | None = None) -> None:
    """Put messages into the inbox as the platform-facing app does."""
    with database.writing() as db:
        store_callbacks(
            db,
            [
                NewCallback(
                    "infin8linx", "main", hashlib.sha256(body).hexdigest(), "application/json", body,
                    at or datetime.now(UTC),
                )
                for body in bodies
            ],
        )  # fmt: skip


@asynccontextmanager
async def open_told_run(
    database: Database,
    campaign_id: int,
    platform: ToldPlatform,
    settings: Settings,
    *,
    clock: Callable[[], datetime],
    calls_per_submission: int = 5000,
) -> AsyncIterator[CampaignRun]:
    """A run of a campaign on a told platform, with the time that a test wants."""
    async with hold_lease(database, campaign_id, timedelta(seconds=30)) as lease:
        connector = platform.connector(calls_per_submission=calls_per_submission)
        yield CampaignRun(campaign_id, database, connector, lease, Pace(1000, 4), clock, settings)
