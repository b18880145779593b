"""Which request meets which fault is data, replayable by its seed."""

from collections.abc import Sequence
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from connectors.simulation.faults import (
    NO_FAULT,
    FaultDial,
    FaultDials,
    FaultKind,
    FaultSchedule,
    ReplyForm,
    Work,
    decide,
)

ADD, LIST = "addobdiallist", "getobdiallist"


def dials(*members: FaultDial, seed: int = 1) -> FaultDials:
    return FaultDials(seed=seed, dials=members)


def kinds(schedule: FaultSchedule, operations: Sequence[str]) -> dict[str, list[tuple[FaultKind, ...]]]:
    met: dict[str, list[tuple[FaultKind, ...]]] = {}
    for operation in operations:
        met.setdefault(operation, []).append(schedule.next_decision(operation).kinds)
    return met


@given(st.integers(0, 2**31), st.randoms(use_true_random=False))
def test_schedules_replay_whatever_the_order(seed: int, random: Random) -> None:
    """The n-th request of an operation meets the same faults however operations interleave."""
    settings = dials(
        FaultDial(kind=FaultKind.DROP_AFTER, probability=0.3),
        FaultDial(kind=FaultKind.DELAY, probability=0.2),
        seed=seed,
    )
    operations = [ADD] * 30 + [LIST] * 30
    shuffled = list(operations)
    random.shuffle(shuffled)
    assert kinds(FaultSchedule(settings), operations) == kinds(FaultSchedule(settings), shuffled)


def test_seeds_differ() -> None:
    """Another seed is another schedule."""
    dial = FaultDial(kind=FaultKind.DROP_AFTER, probability=0.5)
    drawn = [kinds(FaultSchedule(dials(dial, seed=seed)), [ADD] * 64) for seed in (1, 2)]
    assert drawn[0] != drawn[1]


def test_exact_requests() -> None:
    """Named requests of named operations meet the fault, and no other."""
    settings = dials(FaultDial(kind=FaultKind.REFUSE, operations=(ADD,), nth=(2, 5)))
    assert [n for n in range(1, 10) if decide(settings, ADD, n).kinds] == [2, 5]
    assert all(decide(settings, LIST, n) is NO_FAULT for n in range(1, 10))


def test_probability_has_bounds() -> None:
    """Chance can be confined to a stretch of requests, and comes out near its figure."""
    settings = dials(FaultDial(kind=FaultKind.GARBLE, probability=1, first=3, last=5))
    assert [n for n in range(1, 10) if decide(settings, ADD, n).kinds] == [3, 4, 5]
    often = dials(FaultDial(kind=FaultKind.GARBLE, probability=0.1))
    assert 800 < sum(bool(decide(often, ADD, n).kinds) for n in range(1, 10_001)) < 1200


def test_what_each_kind_does_to_work_and_reply() -> None:
    """Every kind says whether the work is done and what the client sees."""
    expected = {
        FaultKind.REFUSE: (Work.NOT_DONE, ReplyForm.REFUSAL),
        FaultKind.DELAY: (Work.DONE, ReplyForm.WHOLE),
        FaultKind.LATE_REPLY: (Work.DONE, ReplyForm.WHOLE),
        FaultKind.ERROR_BEFORE: (Work.NOT_DONE, ReplyForm.HTTP_ERROR),
        FaultKind.ERROR_AFTER: (Work.DONE, ReplyForm.HTTP_ERROR),
        FaultKind.DROP_BEFORE: (Work.NOT_DONE, ReplyForm.CUT),
        FaultKind.DROP_AFTER: (Work.DONE, ReplyForm.CUT),
        FaultKind.LATE_APPLY: (Work.DONE_LATER, ReplyForm.CUT),
        FaultKind.GARBLE: (Work.DONE, ReplyForm.GARBLED),
        FaultKind.HALF_BODY: (Work.DONE, ReplyForm.HALF),
        FaultKind.WRONG_CONTENT_TYPE: (Work.DONE, ReplyForm.PAGE),
        FaultKind.DOUBLED: (Work.DONE_TWICE, ReplyForm.WHOLE),
        FaultKind.STALE_PAGE: (Work.DONE, ReplyForm.WHOLE),
        FaultKind.GO_DOWN: (Work.NOT_DONE, ReplyForm.CUT),
    }
    assert set(expected) == set(FaultKind)
    for kind, (work, reply) in expected.items():
        decision = decide(dials(FaultDial(kind=kind, nth=(1,))), ADD, 1)
        assert (decision.kinds, decision.work, decision.reply) == ((kind,), work, reply)


def test_faults_add_up() -> None:
    """Delay, doubling and one spoilt reply can meet in one request; the first spoilt reply wins."""
    settings = dials(
        FaultDial(kind=FaultKind.DELAY, nth=(1,), seconds=2),
        FaultDial(kind=FaultKind.DOUBLED, nth=(1,)),
        FaultDial(kind=FaultKind.DROP_AFTER, nth=(1,)),
        FaultDial(kind=FaultKind.GARBLE, nth=(1,)),
    )
    decision = decide(settings, ADD, 1)
    assert (decision.seconds_before_work, decision.work, decision.reply) == (2, Work.DONE_TWICE, ReplyForm.CUT)
    assert decision.kinds == (FaultKind.DELAY, FaultKind.DOUBLED, FaultKind.DROP_AFTER)


def test_turning_the_dials_counts_anew() -> None:
    """New dials see the next request as the first."""
    schedule = FaultSchedule(dials(FaultDial(kind=FaultKind.REFUSE, nth=(1,))))
    assert schedule.next_decision(ADD).kinds
    assert not schedule.next_decision(ADD).kinds
    schedule.turn(schedule.dials)
    assert schedule.next_decision(ADD).kinds
    assert schedule.met == {FaultKind.REFUSE: 2}
