"""Cut many texts out of one block of bytes without touching them one by one."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Positions = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


class TextSlices:
    """The texts `data[starts[i]:ends[i]]`, which follow one another without overlap.

    The texts and the gaps between them make one Arrow string array over the block itself; taking its even items gives
    the texts, so that the only copy made is that of the texts asked for.
    """

    def __init__(self, data: bytes, starts: Positions, ends: Positions) -> None:
        offsets = np.empty(2 * len(starts), dtype=np.int32)
        offsets[0::2] = starts
        offsets[1::2] = ends
        self._count = len(starts)
        self._texts_and_gaps = (
            pa.StringArray.from_buffers(2 * len(starts) - 1, pa.py_buffer(offsets), pa.py_buffer(data))
            if len(starts)
            else pa.array([], pa.string())
        )

    def __len__(self) -> int:
        return self._count

    def take(self, which: Positions, is_present: Flags | None = None) -> pa.StringArray:
        """The texts numbered `which`, null where `is_present` is false."""
        if is_present is None or bool(is_present.all()):
            return self._texts_and_gaps.take(pa.array(which * 2))
        return self._texts_and_gaps.take(pa.array(which * 2, mask=~is_present))
