"""What a platform can do, as small protocols, and the neutral types that we exchange with it.

Platforms differ in *how calls are handed over*, so that is where the protocols differ:

- `StagesCalls`: calls are laid out on the platform first, read back, and ring only when started (MVB2000 tasks).
- `SubmitsCalls`: one request hands over the whole chunk and gives no id back (Infin8linx batches).
- `ConductsCalls`: each call is led live, order by order (IPCC).
- `AnswersTransfers`: the platform asks us where an incoming call should go (inbound transfer).

and in how we learn what became of them: `ReportsCalls` (we ask), `ReadsCallbacks` (they tell), `PullsBills` (they
charge). A `Connector` is a name, its abilities and limits, and the parts it has; a part it lacks is `None`.

Past this module nobody speaks a platform's own words: numbers are E.164 text, times are UTC with zone, codes and
digits are text, outcomes are ours.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from typing import Protocol


class Outcome(StrEnum):
    """What became of an attempt, in our words."""

    ANSWERED = "answered"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    REJECTED = "rejected"
    INVALID_NUMBER = "invalid_number"
    UNREACHABLE = "unreachable"
    SWITCHED_OFF = "switched_off"
    SUSPENDED = "suspended"
    NETWORK_CONGESTION = "network_congestion"
    CANCELLED = "cancelled"
    """We recalled the call before it was made."""
    EXPIRED = "expired"
    """The platform ended without having made the call."""
    LOST = "lost"
    """Accepted by the platform, and nobody can say any more what became of it."""
    UNKNOWN = "unknown"
    """The platform used a code that is in no table; the raw code is kept."""


class MessageKind(StrEnum):
    VOICE = "voice"
    """One recorded voice file for everybody."""
    TEXT = "text"
    """A text for each number, spoken by the platform."""
    SURVEY = "survey"
    """A voice file, keys collected from the called person, a voice file of thanks."""


class TextAbility(StrEnum):
    NONE = "none"
    ONE_FOR_ALL = "one_for_all"
    PER_NUMBER = "per_number"


class HandOver(StrEnum):
    """How calls reach the platform, and so which protocol puts them there."""

    STAGED = "staged"
    AT_ONCE = "at_once"
    CONDUCTED = "conducted"
    NONE = "none"
    """The platform calls us; it takes no calls."""


@dataclass(frozen=True, slots=True)
class Abilities:
    """What a platform can and cannot do; plans are checked against it and people are told."""

    hand_over: HandOver
    message_kinds: frozenset[MessageKind]
    texts: TextAbility
    gives_evidence: bool
    """What it accepted can be read back, so that a lost reply can be settled without a person."""
    enforces_windows: bool
    """It keeps to calling windows by itself once calls are handed over."""
    max_windows_a_day: int | None
    can_pause: bool
    can_recall: bool
    """Calls that were handed over and not yet made can be taken back."""
    countries_per_submission: int | None = None
    """None: no limit."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a platform account takes."""

    calls_per_submission: int
    requests_per_second: float
    requests_in_flight: int
    calls_per_second: float | None = None
    concurrent_calls: int | None = None
    """None: the platform's own setting applies."""


@dataclass(frozen=True, slots=True)
class CallRequest:
    """One call asked for."""

    call_ref: str
    """Our own reference, unique for ever; the platform gives it back where it can."""
    phone_number: str
    """E.164, with the plus sign."""
    country: str
    """ISO 3166 alpha-2, upper case."""
    national_number: str
    """Digits as dialled inside the country, trunk prefix included."""
    texts: tuple[str, ...] = ()
    """Texts for this person, already filled in; empty where everybody hears the same recording."""


@dataclass(frozen=True, slots=True)
class Message:
    """What the called person hears."""

    kind: MessageKind
    voice_file: str | None = None
    thanks_voice_file: str | None = None
    keys: tuple[str, ...] = ()
    """Keys that count as an answer, each one character."""
    options: Mapping[str, str] = field(default_factory=dict)
    """Further settings that only one platform knows, by its own names; checked by its connector."""


@dataclass(frozen=True, slots=True)
class CallingWindow:
    """A stretch of one day, local time of the campaign: from `opens` until just before `closes`."""

    opens: time
    closes: time
    """`time.max` stands for midnight at the end of the day."""


@dataclass(frozen=True, slots=True)
class CallingHours:
    """Days and hours in which calls may ring."""

    timezone: str
    """IANA name."""
    begin: date
    end: date
    """The last day on which calls may ring."""
    windows: tuple[CallingWindow, ...]
    """In order, not overlapping."""


@dataclass(frozen=True, slots=True)
class Submission:
    """One chunk as the platform needs to know it, without its calls."""

    name: str
    """Holds the chunk reference; unique for ever. The chunk can be found on the platform by it."""
    message: Message
    hours: CallingHours
    caller_id: str | None = None
    ring_seconds: int | None = None
    concurrent_calls: int | None = None


class StageState(StrEnum):
    """Where a staged chunk stands on the platform."""

    OPEN = "open"
    """It does not dial; calls may be added and removed."""
    STARTED = "started"
    PAUSED = "paused"
    STOPPED = "stopped"
    FINISHED = "finished"


@dataclass(frozen=True, slots=True)
class Stage:
    stage_id: str
    name: str
    state: StageState


@dataclass(frozen=True, slots=True)
class StagedCall:
    """One call as the platform holds it."""

    row_id: str
    call_ref: str
    """Empty when the row is not ours."""
    dialled_number: str
    """In the platform's own form."""
    is_untouched: bool
    """The platform has not dialled it yet."""


@dataclass(frozen=True, slots=True)
class CallReport:
    """What a platform says of one attempt, whichever way it told us."""

    call_ref: str | None
    """Our reference where the platform gives it back, else None: match by `submission_name` and `phone_number`."""
    submission_name: str | None
    dialled_number: str
    """In the platform's own form."""
    outcome: Outcome
    report_key: str
    """Unique per platform account: the same report has the same key, however often it arrives."""
    dialled_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    ring_seconds: int | None = None
    talk_seconds: int | None = None
    dtmf_digits: str = ""
    hangup_cause: str = ""
    """Q.850 or SIP figure, as the platform gives it."""
    recording: str = ""
    platform_call_id: str = ""
    platform_attempts: int = 1
    """How often the platform itself dialled for this one report."""
    raw_codes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StageProgress:
    """Cheap figures on a staged chunk, to decide whether fetching reports is worth it."""

    state: StageState
    calls: int
    settled: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """The platform took a submission that it does not let us read back."""

    reference: str
    accepted_at: datetime


@dataclass(frozen=True, slots=True)
class AccountFinding:
    """One thing noticed while checking an account."""

    is_problem: bool
    what: str
    advice: str = ""


class StagesCalls(Protocol):
    """Lay calls out, read them back, and only then let phones ring.

    Effects: only `start_stage` makes phones ring. Any of the changing calls may raise `OutcomeUnknownError`, after
    which reading (`find_stages`, `fetch_stage`, `fetch_staged`) settles what happened.
    """

    async def find_stages(self, name: str) -> list[Stage]:
        """Every stage of exactly this name, oldest first."""
        ...

    async def fetch_stage(self, stage_id: str) -> Stage | None: ...

    async def open_stage(self, submission: Submission) -> Stage:
        """Create a stage that does not dial."""
        ...

    async def stage_call(self, stage_id: str, call: CallRequest) -> None:
        """Add one call. Not idempotent: two calls of this make two rows."""
        ...

    def fetch_staged(self, stage_id: str) -> AsyncIterator[Sequence[StagedCall]]:
        """Every row of the stage, page by page; a row may be seen twice, none is left out."""
        ...

    async def unstage_calls(self, stage_id: str, row_ids: Sequence[str]) -> None:
        """Remove the named rows, and never any other."""
        ...

    async def discard_stage(self, stage_id: str) -> None:
        """Remove a stage that was never started, with all its rows, so that a late addition lands nowhere."""
        ...

    async def start_stage(self, stage_id: str) -> None:
        """RINGS PHONES."""
        ...


class SubmitsCalls(Protocol):
    """Hand a whole chunk over in one request."""

    async def submit_calls(self, submission: Submission, calls: Sequence[CallRequest]) -> Receipt:
        """RINGS PHONES. `OutcomeUnknownError` unless the platform clearly took it or clearly refused."""
        ...


class ConductsCalls(Protocol):
    """Lead single calls live."""

    async def place_call(self, call: CallRequest, *, caller_id: str | None, ring_seconds: int) -> str:
        """RINGS A PHONE. Returns the platform's call id."""
        ...

    async def play_orders(self, platform_call_id: str, orders: Sequence[Mapping[str, object]]) -> None: ...

    async def end_call(self, platform_call_id: str) -> None: ...


class ReportsCalls(Protocol):
    """The platform answers when asked how calls went."""

    async def fetch_progress(self, stage_id: str) -> StageProgress | None:
        """None: the platform no longer knows the stage."""
        ...

    def fetch_reports(
        self, stage_id: str, *, settled_since: datetime | None = None
    ) -> AsyncIterator[Sequence[CallReport]]:
        """Reports of settled calls, page by page, oldest first where the platform can sort.

        `settled_since` is a courtesy that saves pages: a platform may return more, and rows without an end time may
        be missing, so completeness is judged against `fetch_progress`.
        """
        ...

    def fetch_unsettled(self, stage_id: str) -> AsyncIterator[Sequence[StagedCall]]:
        """Rows that the platform has not settled; read once a stage has ended, to say what was never called."""
        ...


class ControlsCalls(Protocol):
    """Running calls can be held back; what rings already goes on."""

    async def pause_stage(self, stage_id: str) -> None: ...

    async def resume_stage(self, stage_id: str) -> None: ...

    async def stop_stage(self, stage_id: str) -> None: ...


class ReadsCallbacks(Protocol):
    """The platform tells us by calling our address; the raw body is stored before it is read."""

    def read_callback(self, body: bytes, content_type: str) -> Sequence[CallReport]: ...


class PullsBills(Protocol):
    """The platform lists what it charges for."""

    def fetch_bills(self, since: datetime, until: datetime) -> AsyncIterator[Sequence[CallReport]]: ...


class DropsCalls(Protocol):
    """The platform gives calls up at some moment, without a word."""

    def dropped_after(self, submission: Submission, submitted_at: datetime) -> datetime | None:
        """After when calls of a submission that were not made never will be; None: it goes on trying."""
        ...


class AnswersTransfers(Protocol):
    """The platform asks whom an incoming call should be put through to."""

    def read_query(self, body: bytes, content_type: str) -> Mapping[str, str]: ...

    def write_answer(self, query: Mapping[str, str], answer: Mapping[str, object]) -> bytes: ...


class ChecksAccount(Protocol):
    """Look before launch; changes nothing."""

    async def check_account(self, *, message: Message | None = None) -> Sequence[AccountFinding]: ...


@dataclass(frozen=True, slots=True)
class Connector:
    """A platform account, ready to use: a name and the parts it has."""

    account: str
    platform: str
    abilities: Abilities
    limits: Limits
    staging: StagesCalls | None = None
    submitting: SubmitsCalls | None = None
    conducting: ConductsCalls | None = None
    reporting: ReportsCalls | None = None
    controlling: ControlsCalls | None = None
    callbacks: ReadsCallbacks | None = None
    bills: PullsBills | None = None
    dropping: DropsCalls | None = None
    transfers: AnswersTransfers | None = None
    checking: ChecksAccount | None = None
