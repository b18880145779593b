"""One pace an account, however many runs use it, on however many machines.

Every run that sends requests through an account says so in `account_use` and divides the account's pace by the number
of runs it finds there. A newcomer sends nothing before the others have had the time to notice it. A run that died
counts until its row expires, unless it died on this machine, where that is seen at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col

from campaigns.clock import real_now
from campaigns.db.engine import Database
from campaigns.leasing import is_dead
from campaigns.models import AccountUse
from campaigns.pacing import Pace

logger = logging.getLogger(__name__)

LOOK_EVERY = timedelta(seconds=1)
_EXPIRES_AFTER = 5 * LOOK_EVERY


@asynccontextmanager
async def share_account(database: Database, account: str, owner: str, pace: Pace) -> AsyncIterator[None]:
    """Keep `pace` to this run's share of the account for the time of the block."""
    others = announce(database, account, owner, pace) - 1
    if others:
        await asyncio.sleep(2 * LOOK_EVERY.total_seconds())
    looking = asyncio.create_task(_announce_for_ever(database, account, owner, pace))
    try:
        yield
    finally:
        looking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await looking
        withdraw(database, account, owner)


def announce(database: Database, account: str, owner: str, pace: Pace) -> int:
    """Say that this run uses the account, and take its share; return how many runs use it. Effect: writes."""
    now = real_now()
    with database.writing() as db:
        db.execute(delete(AccountUse).where(col(AccountUse.account) == account, col(AccountUse.expires_at) < now))
        db.merge(AccountUse(account=account, owner=owner, expires_at=now + _EXPIRES_AFTER))
        db.flush()
        owners = db.execute(select(col(AccountUse.owner)).where(col(AccountUse.account) == account)).scalars().all()
    users = sum(not is_dead(other) for other in owners)
    pace.share_with(users)
    return users


def withdraw(database: Database, account: str, owner: str) -> None:
    """Say that this run is done with the account. Effect: writes."""
    with database.writing() as db:
        db.execute(delete(AccountUse).where(col(AccountUse.account) == account, col(AccountUse.owner) == owner))


async def _announce_for_ever(database: Database, account: str, owner: str, pace: Pace) -> None:
    while True:
        await asyncio.sleep(LOOK_EVERY.total_seconds())
        try:
            await asyncio.to_thread(announce, database, account, owner, pace)
        except SQLAlchemyError as error:
            # Without the ledger the lease runs out soon as well, and with it the right to send.
            logger.warning("account share not renewed account=%s error=%s", account, type(error).__name__)
