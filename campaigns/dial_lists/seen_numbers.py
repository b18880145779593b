"""Remember where each number was first seen, in sixteen bytes a number."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Int64Array = npt.NDArray[np.int64]


class SeenNumbers:
    """Numbers as integers and the place of the first of each, in sorted runs that are merged as they grow."""

    def __init__(self) -> None:
        self._runs: list[tuple[Int64Array, Int64Array]] = []

    def add(self, numbers: Int64Array, places: Int64Array) -> Int64Array:
        """Add numbers in file order; return for each the place where it was seen before, -1 where it is new.

        `places` are not negative.
        """
        order = np.argsort(numbers, kind="stable")
        ordered, ordered_places = numbers[order], places[order]
        is_first = np.ones(len(ordered), dtype=np.bool_)
        is_first[1:] = ordered[1:] != ordered[:-1]
        new, new_places = ordered[is_first], ordered_places[is_first]
        earlier = np.full(len(new), -1, dtype=np.int64)
        for run, run_places in self._runs:
            found = np.minimum(np.searchsorted(run, new), len(run) - 1)
            hit = run[found] == new
            earlier[hit] = run_places[found[hit]]
        # Within these numbers the later ones point to the first; all point further back if it was seen before.
        group = np.cumsum(is_first) - 1
        seen = np.where(earlier[group] >= 0, earlier[group], np.where(is_first, -1, new_places[group]))
        result = np.empty(len(numbers), dtype=np.int64)
        result[order] = seen
        unseen = earlier < 0
        if unseen.any():
            self._push(new[unseen], new_places[unseen])
        return result

    def _push(self, numbers: Int64Array, places: Int64Array) -> None:
        while self._runs and len(self._runs[-1][0]) <= 2 * len(numbers):
            other, other_places = self._runs.pop()
            numbers, places = np.concatenate((other, numbers)), np.concatenate((other_places, places))
            order = np.argsort(numbers, kind="stable")
            numbers, places = numbers[order], places[order]
        self._runs.append((numbers, places))
