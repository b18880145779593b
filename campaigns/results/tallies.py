"""The figures of the Summary that are counted row by row: one light pass over the ledger before anything is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow.compute as pc
from sqlmodel import Session

from campaigns.campaign_file import RetryRule
from campaigns.dispositions import Disposition, decide_disposition
from campaigns.models.types import ATTEMPTS_PER_CONTACT
from campaigns.results.ledger import ChunkStates, Columns, Happenings, RowRange, moments, read_contacts, read_happenings
from campaigns.results.local_times import local_seconds
from campaigns.results.model import HourTally, RowStatus
from campaigns.results.row_states import STATUSES
from connectors.contract import Outcome

NOT_CALLED = frozenset(
    {RowStatus.SUPPRESSED, RowStatus.DUPLICATE, RowStatus.PLANNED, RowStatus.NOT_YET_PLANNED, RowStatus.UNEXPLAINED}
)
NOT_CALLED_CODES = np.array([code for code, status in enumerate(STATUSES) if status in NOT_CALLED], np.int8)

_SECONDS_PER_HOUR = 3600
_HOURS_PER_DAY = 24


@dataclass(slots=True)
class Tallies:
    """Counts over all rows of a campaign."""

    contacts: int = 0
    attempts: int = 0
    talk_seconds: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    dispositions: Counter[str] = field(default_factory=Counter)
    digits: Counter[str] = field(default_factory=Counter)
    hours: Counter[int] = field(default_factory=Counter)
    answered_hours: Counter[int] = field(default_factory=Counter)
    not_called: list[tuple[RowRange, int]] = field(default_factory=list)
    """Ranges that hold rows for Not called, with how many."""

    def hour_tallies(self) -> list[HourTally]:
        return [HourTally(hour, count, self.answered_hours[hour]) for hour, count in sorted(self.hours.items())]


def count_rows(
    db: Session,
    ranges: Sequence[RowRange],
    chunks: ChunkStates,
    zone: ZoneInfo,
    retry: Mapping[Outcome, RetryRule],
) -> Tallies:
    """Count everything that Summary shows beside the identity."""
    tallies = Tallies()
    columns = ("dialled_at", "answered_at", "talk_seconds", "dtmf_digits")
    for rows in ranges:
        contact_ids = np.array(read_contacts(db, rows, "id")["id"], np.int64)
        found = read_happenings(db, rows, contact_ids, chunks, columns)
        tallies.contacts += len(contact_ids)
        tallies.attempts += len(found.attempts.ids)
        held = int(np.isin(found.states.statuses, NOT_CALLED_CODES).sum())
        if held:
            tallies.not_called.append((rows, held))
        if found.outcomes["outcome"]:
            _count_last(tallies, found, retry)
            _count_hours(tallies, found.outcomes, zone)
            tallies.talk_seconds += sum(filter(None, found.outcomes["talk_seconds"]))
    return tallies


def last_dispositions(found: Happenings, retry: Mapping[Outcome, RetryRule]) -> list[str | None]:
    """Return the disposition of each contact's last settled attempt; None where none is settled.

    Nobody who is held back is called again, whatever the policy wants.
    """
    outcomes, attempt_ids = found.outcomes["outcome"], found.outcomes["attempt_id"]
    decided: dict[tuple[str, int], str] = {}
    dispositions: list[str | None] = []
    for place, excluded in zip(found.states.last_settled.tolist(), found.states.exclusion.tolist(), strict=True):
        if place < 0:
            dispositions.append(None)
            continue
        key = outcomes[place], attempt_ids[place] % ATTEMPTS_PER_CONTACT
        disposition = decided.get(key)
        if disposition is None:
            disposition = decided[key] = str(decide_disposition(Outcome(key[0]), key[1], retry))
        if excluded >= 0 and disposition == Disposition.CALL_AGAIN:
            disposition = str(Disposition.GIVE_UP)
        dispositions.append(disposition)
    return dispositions


def _count_last(tallies: Tallies, found: Happenings, retry: Mapping[Outcome, RetryRule]) -> None:
    places = [place for place in found.states.last_settled.tolist() if place >= 0]
    outcomes, digits = found.outcomes["outcome"], found.outcomes["dtmf_digits"]
    tallies.outcomes.update(outcomes[place] for place in places)
    tallies.digits.update(digits[place] for place in places if digits[place])
    tallies.dispositions.update(filter(None, last_dispositions(found, retry)))


def _count_hours(tallies: Tallies, outcomes: Columns, zone: ZoneInfo) -> None:
    called_at = pc.coalesce(moments(outcomes["dialled_at"]), moments(outcomes["answered_at"]))
    seconds = local_seconds(called_at, zone).to_numpy(zero_copy_only=False)
    known = ~np.isnan(seconds)
    hours = (seconds[known].astype(np.int64) // _SECONDS_PER_HOUR) % _HOURS_PER_DAY
    answered = np.array([outcome == Outcome.ANSWERED for outcome in outcomes["outcome"]], np.bool_)[known]
    for counter, of_hours in ((tallies.hours, hours), (tallies.answered_hours, hours[answered])):
        counter.update({hour: int(n) for hour, n in enumerate(np.bincount(of_hours, minlength=_HOURS_PER_DAY)) if n})
