"""Faults as data: dials that say what goes wrong with which request, and a pure function that reads them.

Chance is a hash of the seed, the dial, the operation and the number of the request within its operation. The same
requests therefore meet the same faults, however the requests of different operations interleave, and a schedule can be
replayed by its seed. `FaultSchedule` only counts requests; acting on a `FaultDecision` is the server's part.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from enum import StrEnum
from hashlib import blake2b

from pydantic import BaseModel, ConfigDict, Field


class FaultKind(StrEnum):
    REFUSE = "refuse"
    """Nothing is done; the platform's envelope says `error_code` and `message`."""
    DELAY = "delay"
    """`seconds` pass before the work is done, so that a client may have gone by then."""
    LATE_REPLY = "late_reply"
    """The work is done at once and the reply comes `seconds` later."""
    ERROR_BEFORE = "error_before"
    """HTTP `status_code`, and nothing was done."""
    ERROR_AFTER = "error_after"
    """HTTP `status_code`, and yet the work was done."""
    DROP_BEFORE = "drop_before"
    """The connection is cut, and nothing was done."""
    DROP_AFTER = "drop_after"
    """The connection is cut after the work was done."""
    LATE_APPLY = "late_apply"
    """The connection is cut, and the work is done `seconds` later."""
    GARBLE = "garble"
    """The work is done and the reply is damaged."""
    HALF_BODY = "half_body"
    """The work is done and the connection is cut in the middle of the reply."""
    WRONG_CONTENT_TYPE = "wrong_content_type"
    """The work is done and the reply is a page for people, with status 200."""
    DOUBLED = "doubled"
    """The work is done twice."""
    STALE_PAGE = "stale_page"
    """A question is answered from what was true `seconds` ago."""
    GO_DOWN = "go_down"
    """The platform is out of service for `seconds`, beginning with this request, which is not done."""


class FaultDial(BaseModel):
    """One fault, and which requests meet it: every n-th named, or each with a probability."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: FaultKind
    operations: tuple[str, ...] = Field(default=(), description="names of operations; empty means every operation")
    probability: float = Field(default=0, ge=0, le=1, description="chance of each request to meet this fault")
    nth: tuple[int, ...] = Field(default=(), description="requests of an operation, from 1, that meet it for certain")
    first: int = Field(default=1, ge=1, description="chance begins with this request of an operation")
    last: int | None = Field(default=None, description="chance ends with this request of an operation; none: never")
    seconds: float = Field(default=1.0, ge=0, description="real seconds, for the kinds that have a length")
    error_code: int = Field(default=9000, description="the platform's own code, for refuse")
    message: str = Field(default="database error", description="the platform's own words, for refuse")
    status_code: int = Field(default=503, ge=400, le=599, description="HTTP status, for error_before and error_after")


class FaultDials(BaseModel):
    """A schedule of faults."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    seed: int = Field(default=1, description="the same seed gives the same faults")
    dials: tuple[FaultDial, ...] = ()


class Work(StrEnum):
    """What happens to the work a request asks for."""

    DONE = "done"
    NOT_DONE = "not_done"
    DONE_TWICE = "done_twice"
    DONE_LATER = "done_later"


class ReplyForm(StrEnum):
    """What the client sees of the reply."""

    WHOLE = "whole"
    REFUSAL = "refusal"
    HTTP_ERROR = "http_error"
    CUT = "cut"
    GARBLED = "garbled"
    HALF = "half"
    PAGE = "page"


@dataclass(frozen=True, slots=True)
class FaultDecision:
    """What is to happen with one request."""

    kinds: tuple[FaultKind, ...] = ()
    work: Work = Work.DONE
    reply: ReplyForm = ReplyForm.WHOLE
    seconds_before_work: float = 0.0
    seconds_until_late_work: float = 0.0
    seconds_before_reply: float = 0.0
    stale_seconds: float = 0.0
    down_seconds: float = 0.0
    status_code: int = 503
    error_code: int = 0
    message: str = ""


NO_FAULT = FaultDecision()


def decide(dials: FaultDials, operation: str, request_number: int) -> FaultDecision:
    """Say what goes wrong with the `request_number`-th request, from 1, of `operation`.

    Delays, staleness and the form of the work add up over dials; of two dials that both spoil the reply the first wins.
    """
    decision = NO_FAULT
    for place, dial in enumerate(dials.dials):
        if _is_met(dial, dials.seed, place, operation, request_number):
            decision = _with(decision, dial)
    return decision


def _is_met(dial: FaultDial, seed: int, place: int, operation: str, request_number: int) -> bool:
    if dial.operations and operation not in dial.operations:
        return False
    if request_number in dial.nth:
        return True
    if dial.probability == 0 or request_number < dial.first or (dial.last is not None and request_number > dial.last):
        return False
    dice = blake2b(f"{seed}:{place}:{dial.kind}:{operation}:{request_number}".encode(), digest_size=8).digest()
    return int.from_bytes(dice, "big") / 2**64 < dial.probability


def _with(decision: FaultDecision, dial: FaultDial) -> FaultDecision:
    kinds = (*decision.kinds, dial.kind)
    match dial.kind:
        case FaultKind.DELAY:
            return replace(decision, kinds=kinds, seconds_before_work=decision.seconds_before_work + dial.seconds)
        case FaultKind.LATE_REPLY:
            return replace(decision, kinds=kinds, seconds_before_reply=decision.seconds_before_reply + dial.seconds)
        case FaultKind.STALE_PAGE:
            return replace(decision, kinds=kinds, stale_seconds=max(decision.stale_seconds, dial.seconds))
        case FaultKind.DOUBLED:
            twice = Work.DONE_TWICE if decision.work is Work.DONE else decision.work
            return replace(decision, kinds=kinds, work=twice)
    if decision.reply is not ReplyForm.WHOLE:
        return decision
    undone = Work.NOT_DONE
    match dial.kind:
        case FaultKind.REFUSE:
            return replace(
                decision,
                kinds=kinds,
                work=undone,
                reply=ReplyForm.REFUSAL,
                error_code=dial.error_code,
                message=dial.message,
            )
        case FaultKind.ERROR_BEFORE:
            return replace(decision, kinds=kinds, work=undone, reply=ReplyForm.HTTP_ERROR, status_code=dial.status_code)
        case FaultKind.ERROR_AFTER:
            return replace(decision, kinds=kinds, reply=ReplyForm.HTTP_ERROR, status_code=dial.status_code)
        case FaultKind.DROP_BEFORE:
            return replace(decision, kinds=kinds, work=undone, reply=ReplyForm.CUT)
        case FaultKind.GO_DOWN:
            return replace(decision, kinds=kinds, work=undone, reply=ReplyForm.CUT, down_seconds=dial.seconds)
        case FaultKind.DROP_AFTER:
            return replace(decision, kinds=kinds, reply=ReplyForm.CUT)
        case FaultKind.LATE_APPLY:
            return replace(
                decision,
                kinds=kinds,
                work=Work.DONE_LATER,
                reply=ReplyForm.CUT,
                seconds_until_late_work=dial.seconds,
            )
        case FaultKind.GARBLE:
            return replace(decision, kinds=kinds, reply=ReplyForm.GARBLED)
        case FaultKind.HALF_BODY:
            return replace(decision, kinds=kinds, reply=ReplyForm.HALF)
        case FaultKind.WRONG_CONTENT_TYPE:
            return replace(decision, kinds=kinds, reply=ReplyForm.PAGE)
    raise AssertionError(f"no rule for the fault {dial.kind}")


class FaultSchedule:
    """Count the requests of each operation and say what goes wrong with the next one."""

    def __init__(self, dials: FaultDials | None = None) -> None:
        self.dials = dials or FaultDials()
        self.requests: Counter[str] = Counter()
        self.met: Counter[str] = Counter()
        """How often each kind of fault was met."""

    def turn(self, dials: FaultDials) -> None:
        """Put other dials in force and count from the start again."""
        self.dials = dials
        self.requests.clear()

    def next_decision(self, operation: str) -> FaultDecision:
        """Count one request and decide."""
        self.requests[operation] += 1
        if not self.dials.dials:
            return NO_FAULT
        decision = decide(self.dials, operation, self.requests[operation])
        for kind in decision.kinds:
            self.met[kind] += 1
        return decision
