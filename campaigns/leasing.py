"""Who may work on a campaign: a lease with a fencing number.

One row a campaign says who owns it, until when, and under which fencing number. Every change of owner raises the
number, and every transaction that writes about the campaign first checks, inside itself, that its own number is still
the one in the row: a process that was stopped and comes back finds a higher number and can write nothing.

The platform cannot check our number, so a run also looks at its own clock before each request (`require_held`) and
stops sending well before its lease can be taken by another.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import secrets
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path

import psutil
from sqlalchemy import CursorResult, insert, select, update
from sqlmodel import Session, col

from campaigns.clock import real_now
from campaigns.db.engine import Database
from campaigns.errors import LeaseLostError
from campaigns.models import CampaignLease

logger = logging.getLogger(__name__)

_FREE = "free"


@dataclass
class Lease:
    """The right to work on one campaign, held by this process."""

    campaign_id: int
    owner: str
    fence: int
    duration: timedelta
    held_until: float
    """`time.monotonic()` after which nothing may be sent any more."""
    predecessor_is_dead: bool
    """The owner before us ended or gave the lease back, so that no request of it can still come."""

    def require_held(self) -> None:
        """Raise `LeaseLostError` unless the lease is surely still ours; called before each request."""
        if time.monotonic() >= self.held_until:
            raise LeaseLostError(f"the lease of campaign {self.campaign_id} ran out; another run may have taken it")

    def check(self, db: Session) -> None:
        """Raise `LeaseLostError` unless the lease is ours inside the caller's writing transaction.

        The row is locked until the transaction ends, so nobody can take the lease between this check and the commit.
        """
        statement = select(col(CampaignLease.fence), col(CampaignLease.owner)).where(
            col(CampaignLease.campaign_id) == self.campaign_id
        )
        row = db.execute(statement.with_for_update()).one_or_none()
        if row is None or row.fence != self.fence or row.owner != self.owner:
            self.held_until = 0
            raise LeaseLostError(f"campaign {self.campaign_id} was taken over by another run")


@asynccontextmanager
async def hold_lease(database: Database, campaign_id: int, duration: timedelta) -> AsyncIterator[Lease]:
    """Take the lease, renew it in the background, give it back at the end.

    Raises `LeaseLostError` at once when another live run holds it.
    """
    lease = acquire(database, campaign_id, duration)
    renewing = asyncio.create_task(_renew_for_ever(database, lease))
    try:
        yield lease
    finally:
        renewing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await renewing
        release(database, lease)


def acquire(database: Database, campaign_id: int, duration: timedelta) -> Lease:
    """Take the lease if it is free, expired, or its owner is dead; raises `LeaseLostError` otherwise."""
    me = f"{_this_process()}:{secrets.token_hex(4)}"
    asked_at = time.monotonic()
    with database.writing() as db:
        statement = select(CampaignLease).where(col(CampaignLease.campaign_id) == campaign_id).with_for_update()
        row = db.execute(statement).scalar_one_or_none()
        expires_at = real_now() + duration
        if row is None:
            db.execute(insert(CampaignLease).values(campaign_id=campaign_id, owner=me, fence=1, expires_at=expires_at))
            fence, dead = 1, True
        else:
            dead = row.owner == _FREE or is_dead(row.owner)
            if not dead and row.expires_at > real_now():
                raise LeaseLostError(f"campaign {campaign_id} is being worked on by another run")
            fence = row.fence + 1
            row.owner, row.fence, row.expires_at = me, fence, expires_at
            db.add(row)
    logger.info("lease taken campaign=%s fence=%s predecessor_is_dead=%s", campaign_id, fence, dead)
    return Lease(campaign_id, me, fence, duration, asked_at + _sending_seconds(duration), dead)


def renew(database: Database, lease: Lease) -> None:
    """Prolong the lease; raises `LeaseLostError` when it is no longer ours."""
    asked_at = time.monotonic()
    with database.writing() as db:
        result = db.execute(
            update(CampaignLease)
            .where(
                col(CampaignLease.campaign_id) == lease.campaign_id,
                col(CampaignLease.owner) == lease.owner,
                col(CampaignLease.fence) == lease.fence,
            )
            .values(expires_at=real_now() + lease.duration)
        )
        assert isinstance(result, CursorResult)
        if result.rowcount != 1:
            lease.held_until = 0
            raise LeaseLostError(f"campaign {lease.campaign_id} was taken over by another run")
    lease.held_until = asked_at + _sending_seconds(lease.duration)


def release(database: Database, lease: Lease) -> None:
    """Give the lease back, so that the next run need not wait; does nothing when it is no longer ours."""
    lease.held_until = 0
    with database.writing() as db:
        db.execute(
            update(CampaignLease)
            .where(
                col(CampaignLease.campaign_id) == lease.campaign_id,
                col(CampaignLease.owner) == lease.owner,
                col(CampaignLease.fence) == lease.fence,
            )
            .values(owner=_FREE, expires_at=real_now())
        )


async def _renew_for_ever(database: Database, lease: Lease) -> None:
    while True:
        await asyncio.sleep(lease.duration.total_seconds() / 5)
        try:
            await asyncio.to_thread(renew, database, lease)
        except LeaseLostError:
            logger.warning("lease lost campaign=%s fence=%s", lease.campaign_id, lease.fence)
            return
        except Exception as error:
            # The database may be away for a moment; `held_until` stops us in time if it stays away.
            logger.warning("lease not renewed campaign=%s error=%s", lease.campaign_id, type(error).__name__)


def _sending_seconds(duration: timedelta) -> float:
    """Stop sending after two thirds of the lease: a request on its way must land before anybody can take over."""
    return duration.total_seconds() * 2 / 3


@cache
def _host() -> str:
    """Name the space in which a process id means something: host, boot and process namespace."""
    boot = Path("/proc/sys/kernel/random/boot_id")
    namespace = Path("/proc/self/ns/pid")
    return "|".join(
        (
            socket.gethostname().replace(":", "_").replace("|", "_"),
            boot.read_text().strip() if boot.exists() else "",
            os.readlink(namespace).replace(":", "_") if namespace.is_symlink() else "",
        )
    )


def _this_process() -> str:
    process = psutil.Process()
    return f"{_host()}:{process.pid}:{process.create_time():.2f}"


def is_dead(owner: str) -> bool:
    """Say whether the owner surely ended; False when it cannot be known from here."""
    host, _, rest = owner.partition(":")
    pid, _, rest = rest.partition(":")
    started, _, _ = rest.partition(":")
    if host != _host():
        return False
    try:
        process = psutil.Process(int(pid))
        # start times are computed from the boot time, which moves a little when the machine's clock is adjusted
        is_another = abs(process.create_time() - float(started)) > 2
        return is_another or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
    except psutil.Error:
        return False
