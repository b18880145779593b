"""The independent count: every call that a simulated platform really dialled, kept apart from its own tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec


class DialledCall(msgspec.Struct, frozen=True, gc=False):
    """One call that made a phone ring, or would have."""

    number: str
    call_ref: str
    """The client's own reference; empty when the platform was given none."""
    batch: str
    """Name of the task or batch that the call belonged to."""
    row_id: str
    """The platform's own row; two rows for one `call_ref` are two calls put to the platform."""
    attempt: int
    """How often the platform has dialled this row, from 1."""
    dialled_at: str
    """The platform's time, ISO 8601 with zone."""


class CallJournal:
    """Record dialled calls in memory and, where a path is given, in a file of JSON lines.

    `flush` hands the lines to the operating system, so that they survive a kill of this process; a line torn by a kill
    is left out when the file is read again.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.calls: list[DialledCall] = []
        self.dials_by_number: Counter[str] = Counter()
        self.rows_by_ref: dict[str, set[str]] = {}
        self._encoder = msgspec.json.Encoder()
        self._unwritten: list[bytes] = []
        self._path = path
        if path is not None and path.exists():
            _cut_torn_line(path)
            for call in _read(path):
                self._count(call)

    def times_dialled(self, number: str) -> int:
        return self.dials_by_number[number]

    def record(self, call: DialledCall) -> None:
        """Add one call."""
        self._count(call)
        if self._path is not None:
            self._unwritten.append(self._encoder.encode(call))

    def restore(self, calls: Iterator[DialledCall]) -> None:
        """Take over calls that are on record elsewhere, in place of those of the file."""
        self.calls.clear()
        self.dials_by_number.clear()
        self.rows_by_ref.clear()
        for call in calls:
            self._count(call)
        if self._path is not None:
            self._path.write_bytes(b"".join(self.lines()))

    def flush(self) -> None:
        """Hand recorded calls over to the operating system."""
        if self._unwritten and self._path is not None:
            self._unwritten.append(b"")
            with self._path.open("ab") as file:
                file.write(b"\n".join(self._unwritten))
            self._unwritten.clear()

    def lines(self, chunk: int = 1000) -> Iterator[bytes]:
        """All calls as JSON lines, some hundred at a time."""
        for start in range(0, len(self.calls), chunk):
            yield b"".join(self._encoder.encode(call) + b"\n" for call in self.calls[start : start + chunk])

    def summary(self) -> dict[str, object]:
        """Counts that tests trust."""
        return {
            "dialled_calls": len(self.calls),
            "dialled_numbers": len(self.dials_by_number),
            "dialled_refs": len(self.rows_by_ref),
            "refs_dialled_from_several_rows": sorted(ref for ref, rows in self.rows_by_ref.items() if len(rows) > 1),
        }

    def _count(self, call: DialledCall) -> None:
        self.calls.append(call)
        self.dials_by_number[call.number] += 1
        if call.call_ref:
            self.rows_by_ref.setdefault(call.call_ref, set()).add(call.row_id)


def _read(path: Path) -> Iterator[DialledCall]:
    decoder = msgspec.json.Decoder(DialledCall)
    with path.open("rb") as file:
        for line in file:
            yield decoder.decode(line)


def _cut_torn_line(path: Path) -> None:
    content = path.read_bytes()
    if not content.endswith(b"\n"):
        with path.open("r+b") as file:
            file.truncate(content.rfind(b"\n") + 1)
