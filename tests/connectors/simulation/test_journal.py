"""The independent count of dialled calls survives whatever happens to the platform."""

from pathlib import Path

import msgspec

from connectors.simulation.journal import CallJournal, DialledCall


def call(number: str, ref: str = "a", row_id: str = "1", attempt: int = 1) -> DialledCall:
    return DialledCall(number, ref, "task", row_id, attempt, "2026-11-21T09:00:00+08:00")


def test_a_torn_line_is_left_out(tmp_path: Path) -> None:
    """A line cut off by a kill neither counts nor spoils what is written after it."""
    path = tmp_path / "calls.jsonl"
    journal = CallJournal(path)
    journal.record(call("13800130000"))
    journal.record(call("13800130001", "b", "2"))
    journal.flush()
    path.write_bytes(path.read_bytes()[:-5])
    again = CallJournal(path)
    assert [known.number for known in again.calls] == ["13800130000"]
    again.record(call("13800130002", "c", "3"))
    again.flush()
    assert [msgspec.json.decode(line)["number"] for line in path.read_bytes().splitlines()] == [
        "13800130000",
        "13800130002",
    ]


def test_flushed_calls_are_on_file_before_anything_else_happens(tmp_path: Path) -> None:
    """What was flushed can be read while the journal is still in use."""
    path = tmp_path / "calls.jsonl"
    journal = CallJournal(path)
    journal.record(call("13800130000"))
    assert not path.exists()
    journal.flush()
    assert path.read_bytes() == b"".join(journal.lines())


def test_retries_and_doubles_are_told_apart() -> None:
    """The same row dialled again is a retry; another row with the same reference was put there twice."""
    journal = CallJournal()
    journal.record(call("13800130001", "a", "1", 1))
    journal.record(call("13800130001", "a", "1", 2))
    assert journal.times_dialled("13800130001") == 2
    assert journal.summary()["refs_dialled_from_several_rows"] == []
    journal.record(call("13800130001", "a", "7", 1))
    assert journal.summary() == {
        "dialled_calls": 3,
        "dialled_numbers": 1,
        "dialled_refs": 1,
        "refs_dialled_from_several_rows": ["a"],
    }
