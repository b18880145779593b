"""Read a stream of rows in as many sheets as it takes, and insist on its announced length."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from campaigns.results.errors import RowCountError
from campaigns.results.model import RowStream
from campaigns.results.sheet_rows import pieces


class RowReader:
    """Hands out the rows of a stream piece by piece, never more than asked for."""

    def __init__(self, what: str, stream: RowStream) -> None:
        self.columns = stream.columns
        self.row_count = stream.row_count
        self._what = what
        self._pieces = (piece for batch in stream.batches for piece in pieces(batch))
        self._held: pa.RecordBatch | None = None
        self._given = 0

    def peek(self) -> pa.RecordBatch | None:
        """Return the next piece without taking it; None at the end."""
        while self._held is None or not len(self._held):
            self._held = next(self._pieces, None)
            if self._held is None:
                return None
        return self._held

    def take(self, row_count: int) -> Iterator[pa.RecordBatch]:
        """Yield pieces of `row_count` rows in all; raises `RowCountError` where the stream ends before."""
        wanted = row_count
        while wanted:
            piece = self.peek()
            if piece is None:
                raise RowCountError(self._what, self.row_count, str(self._given))
            part = piece.slice(0, wanted)
            self._held = piece.slice(len(part))
            self._given += len(part)
            wanted -= len(part)
            yield part

    def finish(self) -> None:
        """Raise `RowCountError` if rows are left."""
        if self.peek() is not None:
            raise RowCountError(self._what, self.row_count, "more")
