"""Only one run works on a campaign, and one that was replaced can write nothing."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest

from campaigns.db.engine import Database
from campaigns.errors import LeaseLostError
from campaigns.leasing import acquire, hold_lease, release, renew

LONG = timedelta(seconds=60)

HOLDER = """
import sys, time
from datetime import timedelta
from campaigns.db.engine import Database
from campaigns.leasing import acquire
acquire(Database(sys.argv[1]), 1, timedelta(seconds=float(sys.argv[2])))
print("held", flush=True)
time.sleep(60)
"""


def start_holder(database: Database, seconds: float) -> subprocess.Popen[str]:
    """A process that takes the lease and keeps it."""
    url = database.url.render_as_string(hide_password=False)
    process = subprocess.Popen([sys.executable, "-c", HOLDER, url, str(seconds)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "held"
    return process


def end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


def test_a_live_owner_keeps_others_out(database: Database) -> None:
    """A second run is refused while the first one lives and its lease is fresh."""
    holder = start_holder(database, 60)
    try:
        with pytest.raises(LeaseLostError):
            acquire(database, 1, LONG)
    finally:
        end(holder)


def test_a_killed_owner_is_replaced_at_once(database: Database) -> None:
    """Nobody waits for the lease of a process that was killed on the same machine, and its end is known for sure."""
    holder = start_holder(database, 60)
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    lease = acquire(database, 1, LONG)
    end(holder)
    assert lease.predecessor_is_dead
    assert lease.fence == 2


def test_a_stopped_owner_is_replaced_after_its_lease_and_may_come_back(database: Database) -> None:
    """A process that only sleeps is not dead: its successor knows that it may wake up."""
    holder = start_holder(database, 0.3)
    os.kill(holder.pid, signal.SIGSTOP)
    try:
        deadline = time.monotonic() + 10
        while True:
            try:
                lease = acquire(database, 1, LONG)
                break
            except LeaseLostError:
                assert time.monotonic() < deadline, "the lease never ran out"
                time.sleep(0.05)
        assert not lease.predecessor_is_dead
    finally:
        os.kill(holder.pid, signal.SIGCONT)
        end(holder)


def test_a_replaced_owner_can_write_nothing(database: Database) -> None:
    """The old number is refused inside the writing transaction, whatever the old owner believes."""
    old = acquire(database, 1, LONG)
    release(database, old)
    new = acquire(database, 1, LONG)
    with pytest.raises(LeaseLostError), database.writing() as db:
        old.check(db)
    with pytest.raises(LeaseLostError):
        renew(database, old)
    with database.writing() as db:
        new.check(db)


def test_releasing_a_lost_lease_does_not_free_the_new_one(database: Database) -> None:
    """A run that was replaced gives back nothing that is not its own."""
    old = acquire(database, 1, LONG)
    release(database, old)
    new = acquire(database, 1, LONG)
    release(database, old)
    with database.writing() as db:
        new.check(db)


def test_sending_stops_before_the_lease_can_be_taken(sqlite: Database) -> None:
    """An owner that cannot renew stops asking the platform while nobody else can have started."""
    lease = acquire(sqlite, 1, timedelta(seconds=3))
    lease.require_held()
    assert lease.held_until - time.monotonic() < 2.1
    lease.held_until = time.monotonic() - 0.001
    with pytest.raises(LeaseLostError):
        lease.require_held()


async def test_a_held_lease_is_renewed(sqlite: Database) -> None:
    """Work that lasts longer than the lease keeps it."""
    async with hold_lease(sqlite, 1, timedelta(seconds=1)) as lease:
        first = lease.held_until
        async with asyncio.timeout(10):
            while lease.held_until == first:
                await asyncio.sleep(0.05)
        lease.require_held()
        with sqlite.writing() as db:
            lease.check(db)
