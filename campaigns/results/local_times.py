"""Moments in the campaign's zone, a whole column at a time.

The zone comes from `zoneinfo`, which brings its own data where the machine has none; Arrow's own zone functions need
the machine's.
"""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

_SECONDS_PER_DAY = 86_400
_EXCEL_DAY_OF_1970 = 25_569
_PER_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
_QUARTER_HOUR = 900
"""Clocks change on quarter hours (UTC), so that one offset holds for a whole quarter of an hour."""


def local_seconds(moments: pa.Array, zone: ZoneInfo) -> pa.Array:
    """Return wall-clock seconds since 1970 (int64) of UTC timestamps, cut to the second; nulls stay null."""
    seconds = pc.divide(moments.cast(pa.int64()), _PER_SECOND[moments.type.unit])
    quarters = pc.divide(seconds, _QUARTER_HOUR).dictionary_encode()
    offsets = [_offset_seconds(quarter * _QUARTER_HOUR, zone) for quarter in quarters.dictionary.to_pylist()]
    return pc.add(seconds, pc.take(pa.array(offsets, pa.int64()), quarters.indices))


def excel_days(moments: pa.Array, zone: ZoneInfo) -> pa.Array:
    """Return days in Excel's count (float64) of the wall-clock time of UTC timestamps; nulls stay null."""
    seconds = pc.cast(local_seconds(moments, zone), pa.float64())
    return pc.add(pc.divide(seconds, float(_SECONDS_PER_DAY)), float(_EXCEL_DAY_OF_1970))


def local_timestamps(moments: pa.Array, zone: ZoneInfo) -> pa.Array:
    """Return the wall-clock time of UTC timestamps as timestamps without zone, to the second; nulls stay null."""
    return local_seconds(moments, zone).cast(pa.timestamp("s"))


def _offset_seconds(unix_seconds: int, zone: ZoneInfo) -> int:
    offset = datetime.fromtimestamp(unix_seconds, UTC).astimezone(zone).utcoffset()
    return 0 if offset is None else int(offset.total_seconds())
