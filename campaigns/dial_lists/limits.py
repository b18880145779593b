"""How much of a stranger's file is read before it is refused."""

from __future__ import annotations

import time
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

from campaigns.errors import DialListError


class ByteStream(Protocol):
    """What readers need of a stream: as many bytes as asked for, fewer only at the end."""

    def read(self, size: int = -1, /) -> bytes: ...

    def close(self) -> None: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None, /
    ) -> None: ...


@dataclass(frozen=True, slots=True)
class ReadingLimits:
    """Bounds on one dial list. Beyond any of them reading stops with a `DialListError`."""

    max_rows: int = 2_000_000
    """Rows that hold anything, over all the sheets that are read."""
    max_columns: int = 500
    max_unpacked_bytes: int = 4 * 1024**3
    """Bytes inflated from a compressed file, all parts together."""
    max_held_bytes: int = 768 * 1024**2
    """Bytes that have to stay in memory while the list is read: the texts that a workbook shares between its cells."""
    max_foreign_bytes: int = 2 * 1024**3
    """Memory of the process of its own in which the binary workbooks (xls, xlsb) are read."""
    max_cell_characters: int = 32_767
    """Excel's own bound."""
    max_seconds: float = 300.0


class ReadingMeter:
    """Count what one reading uses, and stop it at its limits. `what` is the file name that errors speak of."""

    def __init__(self, limits: ReadingLimits, what: str) -> None:
        self.limits = limits
        self.what = what
        self._rows = 0
        self._unpacked_bytes = 0
        self._deadline = time.monotonic() + limits.max_seconds

    @property
    def seconds_left(self) -> float:
        return max(0.0, self._deadline - time.monotonic())

    def restart(self) -> None:
        """Begin counting anew, for reading the same file once more."""
        self._rows = 0
        self._unpacked_bytes = 0
        self._deadline = time.monotonic() + self.limits.max_seconds

    def check_time(self) -> None:
        if time.monotonic() > self._deadline:
            raise DialListError(
                what=self.what,
                why=f"reading it took longer than {self.limits.max_seconds:g} seconds.",
                advice="Split the list, or save it as csv.",
            )

    def add_unpacked(self, byte_count: int) -> None:
        self._unpacked_bytes += byte_count
        if self._unpacked_bytes > self.limits.max_unpacked_bytes:
            raise DialListError(
                what=self.what,
                why=f"it unpacks to more than {self.limits.max_unpacked_bytes:,} bytes.",
                advice="Save the list anew, or split it.",
            )
        self.check_time()

    def check_held(self, byte_count: int) -> None:
        if byte_count > self.limits.max_held_bytes:
            raise DialListError(
                what=self.what,
                why=f"its texts need more than {self.limits.max_held_bytes:,} bytes of memory.",
                advice="Split the list, or save it as csv.",
            )

    def add_rows(self, row_count: int) -> None:
        self._rows += row_count
        if self._rows > self.limits.max_rows:
            raise DialListError(
                what=self.what, why=f"it has more than {self.limits.max_rows:,} rows.", advice="Split the list."
            )
        self.check_time()

    def check_columns(self, column_count: int, where: str) -> None:
        if column_count > self.limits.max_columns:
            raise DialListError(
                what=self.what,
                where=where,
                why=f"there are {column_count:,} columns; at most {self.limits.max_columns:,} are read.",
                advice="Remove the columns that nobody needs, or check the delimiter.",
            )

    def check_cell(self, character_count: int, where: str) -> None:
        if character_count > self.limits.max_cell_characters:
            raise DialListError(
                what=self.what,
                where=where,
                why=f"a cell holds {character_count:,} characters; the most is {self.limits.max_cell_characters:,}.",
                advice="Look for a quotation mark that is never closed, or shorten the cell.",
            )
