"""Kills at every point of import, plan, submission, watching and closing, seen from outside.

Two sweeps that leave no gap: a kill during every single request that a campaign makes (its work done, its reply on the
way), and a kill right before and right after every single transaction. What a point is called in the code stands
beside the request that shows it.
"""

from __future__ import annotations

from collections import Counter

import pytest

from tests.proof.playing import Played, play
from tests.proof.schedules import Event, EventKind, Schedule
from tests.proof.table import Totals, play_all
from tests.proof.world import CampaignShape

SHAPE = CampaignShape(contacts=24, chunk_size=12, chunks_in_flight=1, requests_in_flight=2, page_size=7, lease_ms=2000)
_HOLD_SECONDS = 1.0
_AT_ONCE = 4


def held_request(operation: str, nth: int, *, is_done: bool = True) -> Schedule:
    """Kill the run while the n-th request of an operation waits for its reply."""
    kind = "late_reply" if is_done else "drop_before"
    dials = [{"kind": kind, "operations": [operation], "nth": [nth], "seconds": _HOLD_SECONDS}]
    if not is_done:
        dials.insert(0, {"kind": "late_reply", "operations": [operation], "nth": [nth], "seconds": _HOLD_SECONDS})
    return Schedule(
        nth, SHAPE, tuple(dials), (Event(EventKind.KILL, operation, nth),), name=f"killed in {operation} {nth}"
    )


def killed_at_commit(kind: EventKind, number: int) -> Schedule:
    """Kill the first run at its n-th writing transaction."""
    return Schedule(number, SHAPE, (), (Event(kind, count=number),), name=f"{kind} {number}")


def _play_all(schedules: list[Schedule]) -> Totals:
    totals, failures = Totals(), []
    for played in play_all(schedules, _play, at_once=_AT_ONCE):
        totals.add(played)
        if not played.verdict.is_kept:
            failures.append(played.explain())
    assert not failures, "\n\n".join(failures)
    return totals


def _play(schedule: Schedule) -> Played:
    return play(schedule, starts_first=schedule.events[0].kind == EventKind.KILL)


_MOST_TRANSACTIONS = 80

POINTS: dict[str, tuple[tuple[str, int], ...]] = {
    "the claim is committed, the platform is first asked": (("getobtasks", 1),),
    "the task is created, its id has not arrived": (("addobtask", 1), ("addobtask", 2)),
    "the task is created, its id is not recorded": (("getobtasks", 2),),
    "the empty task is read": (("getobdiallist", 1),),
    "the n-th row is loaded": tuple(("addobdiallist", nth) for nth in (1, 2, 6, 11, 12, 13, 24)),
    "the rows are loaded, the first page is read back": (("getobdiallist", 2),),
    "a further page is read back": (("getobdiallist", 3),),
    "the plan is verified, the state is read before the start": (("getobtasks", 3),),
    "the task is started, the reply is not there": (("setobtaskstatus", 1), ("setobtaskstatus", 2)),
    "the task is started, the state is read back, nothing is accepted": (("getobtasks", 4),),
    "the figures are asked for": (("gettaskreport", 1), ("gettaskreport", 2)),
    "reports are fetched": tuple(("getobdiallist", nth) for nth in (4, 5, 6, 7)),
}


@pytest.mark.parametrize("is_done", [True, False], ids=["done", "not-done"])
def test_a_kill_at_every_named_point_doubles_and_loses_nobody(is_done: bool) -> None:
    """Killed at each point of the hand-over, with the request's work done and not done, the campaign ends right."""
    schedules = [held_request(*request, is_done=is_done) for requests in POINTS.values() for request in requests]
    totals = _play_all(schedules)
    assert totals.kills >= len(schedules) - 2, "the kills came too late to prove anything"


@pytest.mark.parametrize("kind", [EventKind.KILL_AT_COMMIT, EventKind.KILL_AFTER_COMMIT])
def test_a_kill_at_every_transaction_doubles_and_loses_nobody(kind: EventKind) -> None:
    """Killed right before, or right after, each commit from the first to the last, the campaign ends right."""
    played = Counter[bool]()
    # How many transactions a campaign has depends on how often it looked at the platform: on until one is not reached.
    for first in range(1, _MOST_TRANSACTIONS, _AT_ONCE):
        schedules = [killed_at_commit(kind, number) for number in range(first, first + _AT_ONCE)]
        for one in play_all(schedules, _play, at_once=_AT_ONCE):
            assert one.verdict.is_kept, one.explain()
            played[one.kills > 0] += 1
        if played[False]:
            break
    assert played[True] >= 12, "a campaign has more transactions than were killed"
    assert played[False], "the last transactions were not reached"
