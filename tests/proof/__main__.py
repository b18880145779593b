"""`python -m tests.proof --schedules N --seed S`: nobody twice, nobody forgotten, as a table."""

from __future__ import annotations

import argparse
import sys
import time

from tests.proof.playing import play, shrink
from tests.proof.schedules import draw
from tests.proof.table import Totals, play_all
from tests.proof.world import cores


def main() -> int:
    """Play schedules and print the table; 1 unless nobody was put twice, lost or left unexplained."""
    parser = argparse.ArgumentParser(prog="python -m tests.proof", description=__doc__)
    parser.add_argument("--schedules", type=int, default=100, help="how many schedules to play")
    parser.add_argument("--seed", type=int, default=1, help="the first seed; each schedule has the next")
    parser.add_argument("--at-once", type=int, default=cores(), help="schedules played at the same time")
    parser.add_argument("--shrink", action="store_true", help="drop faults and events of a failing schedule")
    given = parser.parse_args()
    began = time.monotonic()
    totals, failed = Totals(), []
    seeds = range(given.seed, given.seed + given.schedules)
    for played in play_all([draw(seed) for seed in seeds], play, at_once=given.at_once):
        totals.add(played)
        if not played.verdict.is_kept:
            failed.append(played.schedule)
            print(f"FAILED {played.explain()}\n", file=sys.stderr, flush=True)
    print(f"seeds {seeds.start} to {seeds.stop - 1}, {time.monotonic() - began:.0f} s")
    print(totals)
    for schedule in failed:
        print(f"failed: {shrink(schedule) if given.shrink else schedule}")
    return 0 if totals.is_kept else 1


if __name__ == "__main__":
    sys.exit(main())
