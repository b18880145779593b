"""The figures of the Summary that are counted row by row: one light pass over the ledger before anything is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from sqlmodel import Session

from campaigns.campaign_file import RetryRule
from campaigns.dispositions import Disposition, decide_disposition
from campaigns.models.types import ATTEMPTS_PER_CONTACT
from campaigns.results.ledger import ChunkStates, Columns, Happenings, RowRange, moments, read_contacts, read_happenings
from campaigns.results.model import HourTally, RowStatus
from campaigns.results.row_states import STATUSES
from connectors.contract import Outcome

NOT_CALLED = frozenset(
    {RowStatus.SUPPRESSED, RowStatus.DUPLICATE, RowStatus.PLANNED, RowStatus.NOT_YET_PLANNED, RowStatus.UNEXPLAINED}
)
NOT_CALLED_CODES = np.array([code for code, status in enumerate(STATUSES) if status in NOT_CALLED], np.int8)


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


def last_dispositions(found: Happenings, retry: Mapping[Outcome, RetryRule]) -> pa.Array:
    """Return the disposition of each contact's last settled attempt as text; null where none is settled.

    Nobody who is held back is called again, whatever the policy wants.
    """
    outcomes = pa.array(found.outcomes["outcome"], pa.string()).dictionary_encode()
    numbers = found.settled.attempt_ids % ATTEMPTS_PER_CONTACT
    cases, case_of = np.unique(
        outcomes.indices.to_numpy(zero_copy_only=False) * ATTEMPTS_PER_CONTACT + numbers, return_inverse=True
    )
    names = outcomes.dictionary.to_pylist()
    decided = [
        decide_disposition(Outcome(names[case // ATTEMPTS_PER_CONTACT]), case % ATTEMPTS_PER_CONTACT, retry).value
        for case in cases.tolist()
    ]
    last = pa.array(found.states.last_settled, mask=found.states.last_settled < 0)
    dispositions = pa.array(decided, pa.string()).take(pa.array(case_of, pa.int64()).take(last))
    held_back = pc.and_(pa.array(found.states.exclusion >= 0), pc.equal(dispositions, Disposition.CALL_AGAIN.value))
    return pc.if_else(pc.fill_null(held_back, False), Disposition.GIVE_UP.value, dispositions)


def _count_last(tallies: Tallies, found: Happenings, retry: Mapping[Outcome, RetryRule]) -> None:
    last = pa.array(found.states.last_settled[found.states.last_settled >= 0])
    digits = pa.array(found.outcomes["dtmf_digits"], pa.string()).take(last)
    _add(tallies.outcomes, pa.array(found.outcomes["outcome"], pa.string()).take(last))
    _add(tallies.digits, digits.filter(pc.not_equal(digits, "")))
    _add(tallies.dispositions, last_dispositions(found, retry).drop_null())


def _add(counter: Counter[str], texts: pa.Array) -> None:
    for entry in texts.value_counts().to_pylist():
        counter[entry["values"]] += entry["counts"]


def _count_hours(tallies: Tallies, outcomes: Columns, zone: ZoneInfo) -> None:
    called_at = pc.coalesce(moments(outcomes["dialled_at"]), moments(outcomes["answered_at"]))
    answered = [outcome == Outcome.ANSWERED for outcome in outcomes["outcome"]]
    calls = pd.DataFrame({"called_at": called_at.to_pandas(), "answered": answered}).dropna(subset=["called_at"])
    hour_of_day = calls["called_at"].dt.tz_convert(zone).dt.hour.rename("hour")
    by_hour = calls.groupby(hour_of_day)["answered"].agg(["size", "sum"])
    hours: list[int] = by_hour.index.tolist()
    tallies.hours.update(dict(zip(hours, by_hour["size"].tolist(), strict=True)))
    tallies.answered_hours.update(dict(zip(hours, by_hour["sum"].tolist(), strict=True)))
