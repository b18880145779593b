"""Callbacks: lost, late, doubled, reordered, garbled, foreign; each is applied once and replays change nothing."""

from __future__ import annotations

import itertools
import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from campaigns.correlating import DialledNumbers
from campaigns.db.engine import Database
from campaigns.inbox import InboxCounts, apply_callbacks
from campaigns.models import AttemptOutcome, Callback, Campaign, Chunk, Difference
from campaigns.queries.callbacks import find_not_understood, reopen_callbacks
from campaigns.queries.chunks import get_chunk
from campaigns.references import submission_name
from campaigns.statuses import ChunkStatus
from tests.builders import NOON, make_campaign, make_chunk, make_number
from tests.told_platform import ToldPlatform, make_message, receive


def make_told_chunk(database: Database, status: ChunkStatus, numbers: int = 5) -> tuple[Campaign, Chunk]:
    campaign = make_campaign(database, [make_number(index) for index in range(numbers)])
    with database.writing() as db:
        return campaign, make_chunk(db, campaign, status=status)


def apply(database: Database) -> InboxCounts:
    return apply_callbacks(database, ToldPlatform().connector(), clock=lambda: NOON)


def outcomes(database: Database) -> dict[int, str]:
    with database.reading() as db:
        return dict(db.execute(select(col(AttemptOutcome.attempt_id), col(AttemptOutcome.outcome))).tuples().all())


def differences(database: Database) -> list[str]:
    with database.reading() as db:
        return sorted(db.execute(select(col(Difference.kind))).scalars())


def status_of(database: Database, chunk: Chunk) -> str:
    with database.reading() as db:
        return get_chunk(db, chunk.id or 0).status


def test_garbled_and_foreign_messages_are_kept_with_a_reason(database: Database) -> None:
    """What cannot be read, or is not ours, holds nothing up, stays in the inbox, and can be listed."""
    _, chunk = make_told_chunk(database, ChunkStatus.ACCEPTED)
    receive(
        database,
        b"\xff\x00 half a bo",
        b'{"name": 3}',
        make_message("zzzzzzzz-0001", "13800000000"),
        make_message("", "13800000000", key="nameless"),
        make_message(chunk.reference, make_number(1)),
    )
    counts = apply(database)
    assert (counts.messages, counts.not_understood, counts.evidence.settled) == (5, 4, 1)
    with database.reading() as db:
        notes = [callback.note for callback in find_not_understood(db)]
    assert len(notes) == 4
    assert "it names a submission that is not ours" in notes
    assert apply(database).messages == 0


def test_a_lost_callback_leaves_its_call_open(database: Database) -> None:
    """Partial evidence settles only the numbers that it names."""
    _, chunk = make_told_chunk(database, ChunkStatus.ACCEPTED)
    receive(database, *(make_message(chunk.reference, make_number(index)) for index in (0, 2)))
    apply(database)
    assert len(outcomes(database)) == 2
    assert status_of(database, chunk) == ChunkStatus.ACCEPTED


@pytest.mark.parametrize("seed", range(4))
def test_any_order_and_repetition_ends_alike(sqlite: Database, seed: int) -> None:
    """Doubled, reordered and late callbacks, applied in any groups, end in the same outcomes and no difference."""
    _, chunk = make_told_chunk(sqlite, ChunkStatus.ACCEPTED, numbers=8)
    results = ["answered", "busy", "no_answer"]
    bodies = [
        make_message(chunk.reference, make_number(index), outcome)
        for index, outcome in zip(range(8), itertools.cycle(results), strict=False)
    ]
    spaced = [body.replace(b": ", b":") for body in bodies]
    chance = random.Random(seed)
    arriving = [*bodies, *bodies, *spaced]
    chance.shuffle(arriving)
    for body in arriving:
        receive(sqlite, body)
        if chance.random() < 0.3:
            apply(sqlite)
    apply(sqlite)
    assert [outcome for _, outcome in sorted(outcomes(sqlite).items())] == [results[index % 3] for index in range(8)]
    assert differences(sqlite) == []


def test_a_contradicting_callback_becomes_a_difference(database: Database) -> None:
    """The first evidence stays; one that tells otherwise is kept beside it, once."""
    _, chunk = make_told_chunk(database, ChunkStatus.ACCEPTED, numbers=1)
    receive(database, make_message(chunk.reference, make_number(0), "busy", key="k"))
    apply(database)
    receive(database, make_message(chunk.reference, make_number(0), "answered", key="k"))
    apply(database)
    with database.writing() as db:
        assert reopen_callbacks(db, "main") == 2
    apply(database)
    assert list(outcomes(database).values()) == ["busy"]
    assert differences(database) == ["contradicting_report"]


def test_a_number_that_was_never_in_the_chunk_is_named(database: Database) -> None:
    """A record under our chunk's name for a number we did not put there is a difference and settles nothing."""
    _, chunk = make_told_chunk(database, ChunkStatus.ACCEPTED)
    receive(database, make_message(chunk.reference, "081299990000"))
    apply(database)
    assert outcomes(database) == {}
    assert differences(database) == ["foreign_row"]


def test_one_record_proves_an_unconfirmed_chunk_accepted(database: Database) -> None:
    """A chunk is said in one request, so one record under its name shows that the platform took it."""
    _, chunk = make_told_chunk(database, ChunkStatus.UNCONFIRMED)
    receive(database, make_message(chunk.reference, "081299990000"))
    apply(database)
    assert status_of(database, chunk) == ChunkStatus.UNCONFIRMED
    receive(database, make_message(chunk.reference, make_number(3)))
    assert apply(database).evidence.chunks_proven == 1
    assert status_of(database, chunk) == ChunkStatus.ACCEPTED
    assert len(outcomes(database)) == 1


def test_a_callback_may_overtake_the_reply(database: Database) -> None:
    """A record that comes while the chunk is still being handed over settles its call and leaves the status alone."""
    _, chunk = make_told_chunk(database, ChunkStatus.SUBMITTING)
    receive(database, make_message(chunk.reference, make_number(3)))
    apply(database)
    assert len(outcomes(database)) == 1
    assert status_of(database, chunk) == ChunkStatus.SUBMITTING


@pytest.mark.parametrize("status", [ChunkStatus.REFUSED, ChunkStatus.CANCELLED])
def test_a_call_that_should_never_have_rung_is_named(database: Database, status: ChunkStatus) -> None:
    """A record of a refused or withdrawn chunk is a difference: its row stays where the campaign says that it is."""
    _, chunk = make_told_chunk(database, status)
    receive(database, make_message(chunk.reference, make_number(0)))
    apply(database)
    assert outcomes(database) == {}
    assert differences(database) == ["contradicting_report"]


def test_the_name_for_people_does_not_matter(sqlite: Database) -> None:
    """The whole name of a submission leads to its chunk as its reference alone does."""
    campaign, chunk = make_told_chunk(sqlite, ChunkStatus.ACCEPTED)
    receive(sqlite, make_message(submission_name(campaign.name, chunk.reference), make_number(0)))
    apply(sqlite)
    assert len(outcomes(sqlite)) == 1


def test_another_account_cannot_speak_for_ours(sqlite: Database) -> None:
    """A record counts only when it came through the door of the chunk's own account."""
    _, chunk = make_told_chunk(sqlite, ChunkStatus.ACCEPTED)
    with sqlite.writing() as db:
        moved = db.get(Chunk, chunk.id)
        assert moved is not None
        moved.account = "other"
        db.add(moved)
    receive(sqlite, make_message(chunk.reference, make_number(0)))
    assert apply(sqlite).not_understood == 1
    assert outcomes(sqlite) == {}


def test_several_processes_may_apply_at_once(database: Database) -> None:
    """However many look into the inbox at the same time, each call gets one outcome and each contradiction is named."""
    _, chunk = make_told_chunk(database, ChunkStatus.UNCONFIRMED, numbers=60)
    for index in range(60):
        key = f"key-{index}"
        receive(database, make_message(chunk.reference, make_number(index), "busy", key=key))
        receive(database, make_message(chunk.reference, make_number(index), "answered", key=key))
    with ThreadPoolExecutor(4) as pool:
        looks = [look.result() for look in [pool.submit(apply, database) for _ in range(4)]]
    assert sum(look.messages for look in looks) == 120
    assert sum(look.evidence.chunks_proven for look in looks) == 1
    assert len(outcomes(database)) == 60
    assert differences(database) == ["contradicting_report"] * 60


def test_numbers_are_found_in_every_national_form() -> None:
    """Bare, with trunk zero, with country code in any writing; the longest that fits wins."""
    numbers = DialledNumbers([(1, "+6281200000001"), (2, "+6221000000"), (3, "+6281200000002")])
    for form in (
        "81200000001",
        "081200000001",
        "6281200000001",
        "+62 812-0000-0001",
        "006281200000001",
        "9081200000001",
    ):
        assert numbers.find(form) == 1, form
    assert numbers.find("21000000") == 2
    assert numbers.find("1") is None
    assert numbers.find("") is None
    assert numbers.find("81200000003") is None
    indian = DialledNumbers([(1, "+919112345678"), (2, "+9112345678")])
    assert indian.find("9112345678") == 1
    assert indian.find("12345678") == 2


def test_many_messages_are_applied_in_groups(sqlite: Database, tmp_path: Path) -> None:
    """More messages than fit one transaction are all applied by one look."""
    _, chunk = make_told_chunk(sqlite, ChunkStatus.ACCEPTED, numbers=2500)
    receive(sqlite, *(make_message(chunk.reference, make_number(index)) for index in range(2500)))
    assert apply(sqlite).evidence.settled == 2500
    with sqlite.reading() as db:
        open_messages = select(func.count()).select_from(Callback).where(col(Callback.applied_at).is_(None))
        assert db.execute(open_messages).scalar_one() == 0
