"""Nobody twice, nobody forgotten: schedules of kills and faults, each of which once played must be survived."""

from __future__ import annotations

import pytest

from tests.proof.playing import play
from tests.proof.schedules import Schedule, draw
from tests.proof.table import Totals, play_all
from tests.proof.world import CampaignShape

_IN_A_BATCH = 10
_AT_ONCE = 4


def _stale_pages(seed: int, *, call_seconds_scale: float = 0, lost: float = 0) -> Schedule:
    """Most pages of rows are a little older than the platform's memory, and some replies get lost."""
    return Schedule(
        seed,
        CampaignShape(
            contacts=24, chunk_size=12, requests_in_flight=8, platform={"call_seconds_scale": call_seconds_scale}
        ),
        (
            {"kind": "stale_page", "operations": ["getobdiallist"], "probability": 0.6, "seconds": 0.09},
            {"kind": "drop_after", "operations": ["addobdiallist"], "probability": lost},
        ),
    )


FAILED_ONCE = [
    # added again because an old page did not show them, started because the next page was as old: put twice
    *(_stale_pages(seed) for seed in (0, 6, 12)),
    *(_stale_pages(seed, call_seconds_scale=0.001) for seed in (4, 10, 14)),
    # dialled, but untouched on a page from before the end of the task: "expired"
    *(_stale_pages(seed, lost=0.1) for seed in (9, 15)),
]
"""Schedules that found a fault in Callsheet, kept for ever."""


def _play(schedules: list[Schedule]) -> Totals:
    totals, failures = Totals(), []
    for played in play_all(schedules, play, at_once=_AT_ONCE):
        totals.add(played)
        if not played.verdict.is_kept:
            failures.append(played.explain())
    assert not failures, "\n\n".join(failures)
    return totals


@pytest.mark.parametrize("first_seed", range(1, 101, _IN_A_BATCH))
def test_every_contact_is_put_to_the_platform_exactly_once(first_seed: int) -> None:
    """After kills, lost replies, double starts and sleepers, the platform dialled each contact from exactly one row."""
    totals = _play([draw(seed) for seed in range(first_seed, first_seed + _IN_A_BATCH)])
    assert totals.schedules == _IN_A_BATCH
    assert totals.starts > totals.schedules


def test_what_failed_once_does_not_fail_again() -> None:
    """Schedules that found a fault in Callsheet are played for ever."""
    _play(FAILED_ONCE)
