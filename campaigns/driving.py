"""Lead a planned campaign to its end: hand over what is due, watch, hold back, retry, close.

The loop asks the ledger what is left to do and remembers nothing, so it may be killed at any line and run again.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from campaigns.calling_hours import is_open, is_over, next_opening
from campaigns.campaign_file import CampaignFile, load_definition
from campaigns.clock import real_seconds
from campaigns.closing import close_campaign
from campaigns.errors import NotAllowedNowError
from campaigns.holding import pause_campaign, withdraw_chunks
from campaigns.lifecycle import move_campaign
from campaigns.models import Campaign, Chunk, ExclusionRule
from campaigns.planning import plan_retries
from campaigns.plausibility import find_implausible
from campaigns.queries.campaigns import get_campaign_by_id
from campaigns.queries.chunks import find_chunks
from campaigns.queries.identity import Identity
from campaigns.run import CampaignRun
from campaigns.statuses import CHUNK_OPEN, CHUNK_TO_SUBMIT, CampaignStatus, ChunkStatus
from campaigns.submission import SubmissionCounts
from campaigns.watching import WatchCounts, watch_chunks
from campaigns.watching_told import ToldWatch, ask_for_decision, find_undecided
from connectors.contract import Outcome
from connectors.errors import (
    CallRejectedError,
    MalformedReplyError,
    PlatformAccountError,
    PlatformError,
    TransientPlatformError,
)

logger = logging.getLogger(__name__)

Submit = Callable[[Chunk], Awaitable[SubmissionCounts]]


class DriveEnd(StrEnum):
    ENDED = "ended"
    """Finished or cancelled, every row explained."""
    PAUSED_ITSELF = "paused_itself"
    """A person must act; the reason stands with the campaign."""
    WAITING = "waiting"
    """Nothing can be done before some time passes, and nobody wanted to wait."""


@dataclass(frozen=True, slots=True)
class Look:
    """What the loop sees each time round, for whoever shows progress."""

    campaign: Campaign
    submitting: int
    waits_for: str
    """A sentence; empty while there is work."""


@dataclass(frozen=True, slots=True)
class Driven:
    end: DriveEnd
    identity: Identity | None


class _Driver:
    def __init__(self, run: CampaignRun, submit: Submit) -> None:
        self.run = run
        self.submit = submit
        self.submitting: dict[int, asyncio.Task[SubmissionCounts]] = {}
        self.away_since: float | None = None
        self.outcomes: Counter[Outcome] = Counter()
        """Of the calls settled since this run began, or since the campaign was last paused."""
        self.pause_seconds = 0.0
        self.watch: Callable[[], Awaitable[WatchCounts]] = (
            ToldWatch(run).look if run.connector.reporting is None else partial(watch_chunks, run)
        )

    async def drive(self, *, wait: bool, on_look: Callable[[Look], None]) -> Driven:
        try:
            while True:
                campaign, definition, chunks = self._look()
                why_paused = await self._act(campaign, definition, chunks)
                if why_paused:
                    await self._pause_itself(why_paused)
                    return Driven(DriveEnd.PAUSED_ITSELF, None)
                if not self.submitting:
                    ended = self._try_to_end(campaign) or await self._ask_for_decision()
                    if ended:
                        return ended
                waits_for = self._waits_for(campaign, definition, chunks)
                on_look(Look(campaign, len(self.submitting), waits_for))
                if not wait and not self.submitting:
                    return Driven(DriveEnd.WAITING, None)
                await self._rest()
        finally:
            await self._stop_submitting()

    def _look(self) -> tuple[Campaign, CampaignFile, list[Chunk]]:
        with self.run.database.reading() as db:
            campaign = get_campaign_by_id(db, self.run.campaign_id)
            return campaign, load_definition(campaign.definition), find_chunks(db, self.run.campaign_id, CHUNK_OPEN)

    async def _act(self, campaign: Campaign, definition: CampaignFile, chunks: list[Chunk]) -> str:
        """Do what is due; return why the campaign must pause itself, or nothing."""
        try:
            await self._collect_submitted()
            await self._submit_or_withdraw(campaign, definition, chunks)
            looked = await self.watch()
            self.outcomes.update(looked.settled)
        except (PlatformAccountError, CallRejectedError) as error:
            return str(error)
        except (TransientPlatformError, MalformedReplyError) as error:
            # A garbled answer to a question may be an accident of the line; only when it goes on is it trouble.
            return self._note_away(error)
        self.away_since = None
        if campaign.status == CampaignStatus.PAUSED:
            self.outcomes.clear()
        elif campaign.status == CampaignStatus.RUNNING and (
            sentence := find_implausible(self.outcomes, self.run.settings.watching.implausible_after)
        ):
            return sentence
        self._set_pace(is_busy=bool(looked.settled or looked.closed or self.submitting))
        return ""

    async def _submit_or_withdraw(self, campaign: Campaign, definition: CampaignFile, chunks: list[Chunk]) -> None:
        now = self.run.clock()
        due = [chunk for chunk in chunks if chunk.status in CHUNK_TO_SUBMIT and chunk.id not in self.submitting]
        if campaign.status == CampaignStatus.CANCELLED:
            if due and not self.submitting:
                await withdraw_chunks(
                    self.run, ExclusionRule.STOPPED, campaign.status_reason or "the campaign was stopped"
                )
        elif is_over(definition.hours(), now):
            if due and not self.submitting:
                await withdraw_chunks(self.run, ExclusionRule.WINDOW, "the last calling day has passed")
        elif campaign.status == CampaignStatus.RUNNING and is_open(definition.hours(), now):
            for chunk in due:
                if len(self.submitting) >= self.run.settings.submission.chunks_in_flight:
                    break
                if chunk.not_before is None or chunk.not_before <= now:
                    assert chunk.id is not None
                    self.submitting[chunk.id] = asyncio.create_task(self._submit(chunk))

    async def _submit(self, chunk: Chunk) -> SubmissionCounts:
        return await self.submit(chunk)

    async def _collect_submitted(self) -> None:
        """Take note of chunks whose handing over ended; raises what ended them, but for rules that said "not now"."""
        for chunk_id, task in list(self.submitting.items()):
            if not task.done():
                continue
            del self.submitting[chunk_id]
            try:
                task.result()
            except NotAllowedNowError as error:
                logger.info("chunk not handed over chunk=%s rule=%s", chunk_id, error.rule)

    def _note_away(self, error: PlatformError) -> str:
        self.away_since = self.away_since or time.monotonic()
        away_seconds = time.monotonic() - self.away_since
        logger.warning("platform trouble campaign=%s seconds=%.0f error=%s", self.run.campaign_id, away_seconds, error)
        self._set_pace(is_busy=False)
        if away_seconds > self.run.settings.watching.out_of_service_after.total_seconds():
            return f"the platform has been out of service for {away_seconds / 60:.0f} minutes: {error}"
        return ""

    async def _pause_itself(self, reason: str) -> None:
        await self._stop_submitting()
        try:
            await pause_campaign(
                self.run.database,
                self.run.connector,
                self.run.campaign_id,
                clock=self.run.clock,
                actor="Callsheet",
                reason=reason,
            )
        except PlatformError as error:
            # The campaign is paused in the ledger; what the platform did not hear it is told at the next look.
            logger.warning("platform not told to pause campaign=%s error=%s", self.run.campaign_id, error)

    def _try_to_end(self, campaign: Campaign) -> Driven | None:
        with self.run.database.reading() as db:
            if find_chunks(db, self.run.campaign_id, CHUNK_OPEN):
                return None
        if campaign.status == CampaignStatus.RUNNING and plan_retries(self.run).chunks:
            return None
        closing = close_campaign(self.run)
        return Driven(DriveEnd.ENDED, closing.identity) if closing.is_ended else None

    async def _ask_for_decision(self) -> Driven | None:
        """End this run once nothing is left but chunks about which only a person can decide."""
        campaign, _, chunks = self._look()
        undecided = find_undecided(chunks, self.run.clock(), self.run.settings.watching.evidence_wait)
        if not undecided or len(undecided) < len(chunks) or campaign.status == CampaignStatus.PAUSED:
            return None
        if campaign.status == CampaignStatus.RUNNING:
            await self._pause_itself(ask_for_decision(campaign, undecided))
            return Driven(DriveEnd.PAUSED_ITSELF, None)
        return Driven(DriveEnd.WAITING, None)

    def _waits_for(self, campaign: Campaign, definition: CampaignFile, chunks: list[Chunk]) -> str:
        if campaign.status == CampaignStatus.PAUSED:
            return f"paused: {campaign.status_reason}" if campaign.status_reason else "paused"
        if self.away_since is not None:
            return "waits for the platform to answer"
        if self.submitting or any(chunk.status == ChunkStatus.ACCEPTED for chunk in chunks):
            return ""
        now = self.run.clock()
        opening = next_opening(definition.hours(), now)
        if opening is not None and opening > now:
            self._sleep_until(real_seconds(opening - now))
            return f"waits for the calling window at {opening:%Y-%m-%d %H:%M} UTC"
        retries = [chunk.not_before for chunk in chunks if chunk.not_before is not None and chunk.not_before > now]
        if retries and chunks and len(retries) == len(chunks):
            self._sleep_until(real_seconds(min(retries) - now))
            return f"waits for the retries at {min(retries):%Y-%m-%d %H:%M} UTC"
        if any(chunk.status == ChunkStatus.UNCONFIRMED for chunk in chunks):
            return "looks for evidence of unconfirmed chunks"
        return ""

    def _set_pace(self, *, is_busy: bool) -> None:
        watching = self.run.settings.watching
        shortest, longest = watching.shortest_pause.total_seconds(), watching.longest_pause.total_seconds()
        self.pause_seconds = shortest if is_busy else min(longest, max(shortest, self.pause_seconds * 1.5))

    def _sleep_until(self, seconds: float) -> None:
        self.pause_seconds = min(self.pause_seconds, max(0.01, seconds))

    async def _rest(self) -> None:
        """Sleep, but no longer than until the next chunk has been handed over."""
        self.run.lease.require_held()
        if self.submitting:
            await asyncio.wait(
                self.submitting.values(), timeout=self.pause_seconds, return_when=asyncio.FIRST_COMPLETED
            )
        else:
            await asyncio.sleep(self.pause_seconds)

    async def _stop_submitting(self) -> None:
        for task in self.submitting.values():
            task.cancel()
        if self.submitting:
            await asyncio.wait(self.submitting.values())
            for task in self.submitting.values():
                if not task.cancelled():
                    task.exception()
        self.submitting.clear()


async def drive_campaign(
    run: CampaignRun, *, submit: Submit, wait: bool = True, on_look: Callable[[Look], None] = lambda look: None
) -> Driven:
    """Lead a planned campaign to its end. RINGS PHONES through `submit`, which hands one chunk over.

    Each time round: hand over the chunks that are due while the window is open and the campaign runs, look at those
    that were accepted, withdraw what may not ring any more, and when nothing is open plan retries or close. With
    `wait=False` it returns as soon as only time could bring more to do.
    """
    with run.database.writing() as db:
        run.lease.check(db)
        at = run.clock()
        if get_campaign_by_id(db, run.campaign_id).status == CampaignStatus.SCHEDULED:
            move_campaign(db, run.campaign_id, CampaignStatus.SCHEDULED, CampaignStatus.RUNNING, at=at, actor="driving")
    return await _Driver(run, submit).drive(wait=wait, on_look=on_look)
