"""Nobody twice, nobody forgotten: schedules of kills and faults, each of which once played must be survived."""

from __future__ import annotations

import pytest

from tests.proof.playing import play
from tests.proof.schedules import draw
from tests.proof.table import Totals, play_all

_IN_A_BATCH = 10
_AT_ONCE = 4

FAILED_ONCE: list[int] = []
"""Seeds that found a fault in Callsheet, kept for ever."""


def _play(seeds: list[int]) -> Totals:
    totals, failures = Totals(), []
    for played in play_all([draw(seed) for seed in seeds], play, at_once=_AT_ONCE):
        totals.add(played)
        if not played.verdict.is_kept:
            failures.append(played.explain())
    assert not failures, "\n\n".join(failures)
    return totals


@pytest.mark.parametrize("first_seed", range(1, 101, _IN_A_BATCH))
def test_every_contact_is_put_to_the_platform_exactly_once(first_seed: int) -> None:
    """After kills, lost replies, double starts and sleepers, the platform dialled each contact from exactly one row."""
    totals = _play(list(range(first_seed, first_seed + _IN_A_BATCH)))
    assert totals.schedules == _IN_A_BATCH
    assert totals.starts > totals.schedules


def test_what_failed_once_does_not_fail_again() -> None:
    """Schedules that found a fault in Callsheet are played for ever."""
    _play(FAILED_ONCE)
