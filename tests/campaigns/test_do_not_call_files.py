"""Files of numbers that must not be called. All numbers are invented."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from campaigns.dial_lists import ReadingLimits
from campaigns.dial_lists.do_not_call_file import DoNotCallBatch, UnreadEntry, read_do_not_call
from campaigns.errors import DialListError
from campaigns.queries.do_not_call import NewEntry


def read(path: Path, text: str, **options: object) -> DoNotCallBatch:
    path.write_text(text, encoding="utf-8")
    (batch,) = read_do_not_call(path, country="CN", **options)  # type: ignore[arg-type]  # options of any type
    return batch


def test_every_number_that_may_be_meant_is_forbidden(tmp_path: Path) -> None:
    """Where a dial list would refuse two numbers or an extension, a do-not-call list takes each of them."""
    text = "手机号\n13800138000\n13800138001/13800138002\n010-62345678转12\n无\n1.38E+10\n+86 138 0013 8003\n"
    batch = read(tmp_path / "dnc.csv", text, reason="list of October")
    assert sorted(entry.phone_number for entry in batch.entries) == [
        "+861062345678",
        "+8613800138000",
        "+8613800138001",
        "+8613800138002",
        "+8613800138003",
    ]
    assert {entry.reason for entry in batch.entries} == {"list of October"}
    assert batch.unread == [UnreadEntry("", 5, "not_a_number"), UnreadEntry("", 6, "digits_lost")]


def test_reason_and_last_day_are_taken_along(tmp_path: Path) -> None:
    """An entry holds through its last day; a day nobody can read never shortens it."""
    text = "phone,原因,有效期至\n13800138000,complaint,2026-12-31\n13800138001,,31 Dec\n13800138002,,2026-02-30\n"
    batch = read(tmp_path / "dnc.csv", text, reason="asked")
    assert batch.entries == [
        NewEntry("+8613800138000", "complaint", datetime(2027, 1, 1, tzinfo=UTC)),
        NewEntry("+8613800138001", "asked", None),
        NewEntry("+8613800138002", "asked", None),
    ]


def test_a_bare_column_of_numbers_needs_no_header(tmp_path: Path) -> None:
    """The simplest file there is: one number a line."""
    batch = read(tmp_path / "dnc.txt", "13800138000\n13800138001\n")
    assert [entry.phone_number for entry in batch.entries] == ["+8613800138000", "+8613800138001"]


def test_an_empty_list_is_an_error(tmp_path: Path) -> None:
    """A file that forbids nothing is more likely the wrong file."""
    path = tmp_path / "dnc.csv"
    path.write_text("手机号\n", encoding="utf-8")
    with pytest.raises(DialListError, match="no numbers"):
        list(read_do_not_call(path, country="CN", limits=ReadingLimits()))


def test_a_long_list_comes_in_batches_with_true_row_numbers(tmp_path: Path) -> None:
    """No more rows at a time than asked for, and what could not be read is named by its own row."""
    path = tmp_path / "dnc.csv"
    path.write_text("手机号\n" + "".join(f"138{n:08d}\n" for n in range(10)) + "无\n", encoding="utf-8")
    batches = list(read_do_not_call(path, country="CN", batch_size=4))
    assert [len(list(batch)) for batch in batches] == [4, 4, 2]
    assert batches[-1].unread == [UnreadEntry("", 12, "not_a_number")]
