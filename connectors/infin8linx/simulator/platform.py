"""What the platform knows: tokens, batches, and a record of every call that has ended."""

from __future__ import annotations

import time
import uuid
from bisect import bisect_left, bisect_right, insort
from dataclasses import dataclass, field
from datetime import date

from connectors.infin8linx.simulator.settings import SimulatorSettings
from connectors.simulation.clock import STAMP_FORMAT, PlatformClock
from connectors.simulation.faults import FaultSchedule
from connectors.simulation.journal import CallJournal

TOKEN_SECONDS = 12 * 3600
MAX_NUMBERS = 5000

COUNTRIES = {
    "in": ("91", "0"),
    "id": ("62", "0"),
    "ph": ("63", "0"),
    "mx": ("52", ""),
    "co": ("57", ""),
    "tha": ("66", "0"),
    "vn": ("84", "0"),
}
"""nationcode → country code and trunk prefix."""


@dataclass(frozen=True, slots=True)
class Batch:
    """One PlayVoice command that was taken."""

    number: int
    form: dict[str, str]
    submitted_on: date
    is_dropped_after_today: bool


@dataclass(slots=True)
class CallRecord:
    """One call that has ended, as both callbacks and bills tell it."""

    dialled_at: float
    record_id: int
    fields: dict[str, object]
    ended_really_at: float
    is_queried: bool = False


@dataclass(slots=True)
class Platform:
    settings: SimulatorSettings
    clock: PlatformClock
    journal: CallJournal
    faults: FaultSchedule = field(init=False)
    tokens: dict[str, float] = field(default_factory=dict)
    """Token → simulated time at which it ends."""
    batches: list[Batch] = field(default_factory=list)
    records: list[tuple[float, int]] = field(default_factory=list)
    """Dial time and record id, in order."""
    records_by_id: dict[int, CallRecord] = field(default_factory=dict)
    dropped: int = 0
    """Numbers that were still in the queue when their day ended."""
    ignored: int = 0
    """Numbers that were taken and are none: not digits, or beyond the 5000th."""
    bills_refused: bool = field(init=False)

    def __post_init__(self) -> None:
        self.faults = FaultSchedule(self.settings.faults)
        self.bills_refused = self.settings.bills_refused

    def stamp(self, seconds: float) -> str:
        return self.clock.at(seconds).strftime(STAMP_FORMAT)

    def give_token(self) -> str:
        if self.settings.second_login_ends_first:
            self.tokens.clear()
        token = uuid.uuid4().hex
        self.tokens[token] = self.clock.seconds() + TOKEN_SECONDS
        return token

    def is_valid_token(self, token: str) -> bool:
        return self.clock.seconds() < self.tokens.get(token, 0)

    def add_batch(self, form: dict[str, str]) -> Batch:
        batch = Batch(
            number=len(self.batches) + 1,
            form=form,
            submitted_on=self.clock.now().date(),
            is_dropped_after_today=form.get("todayonly", "1") != "2",
        )
        self.batches.append(batch)
        return batch

    def add_record(self, dialled_at: float, fields: dict[str, object]) -> CallRecord:
        record_id = 263_000_000 + len(self.records) + 1
        record = CallRecord(dialled_at, record_id, {"id": record_id, **fields}, time.monotonic())
        insort(self.records, (dialled_at, record_id))
        self.records_by_id[record_id] = record
        return record

    def records_between(self, begin: float, end: float) -> list[CallRecord]:
        """Records of calls dialled from `begin` to `end`, both included, in the order of dialling."""
        first = bisect_left(self.records, (begin, 0))
        behind = bisect_right(self.records, (end + 1, 0))
        return [self.records_by_id[record_id] for _, record_id in self.records[first:behind]]
