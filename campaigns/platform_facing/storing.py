"""Group commit: everything that came in while the last transaction was being committed is stored by the next one.

A message is acknowledged only after the commit that holds it, so what was acknowledged survives any kill and, with
SQLite's full synchronisation, a power cut. One disk flush serves as many messages as arrived during the one before.
"""

from __future__ import annotations

import asyncio
import logging

from sqlalchemy.exc import SQLAlchemyError

from campaigns.db.engine import Database
from campaigns.queries.callbacks import NewCallback, store_callbacks

logger = logging.getLogger(__name__)

MAX_WAITING = 20_000
"""Messages that may wait for the database; beyond that a platform is told to come back later."""
_MAX_GROUP = 2_000


class InboxFullError(Exception):
    """The database does not keep up, or is away: nothing was stored."""


class CallbackStore:
    """Stores messages of one process; `run` must be running while `store` is awaited."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: list[tuple[NewCallback, asyncio.Future[None]]] = []
        self._something_waits = asyncio.Event()
        self._is_closing = False
        self.is_well = True
        """Whether the last transaction went through."""

    async def store(self, callback: NewCallback) -> None:
        """Return once the message is on disk; raises `InboxFullError` when it is not."""
        if len(self._waiting) >= MAX_WAITING or self._is_closing:
            raise InboxFullError
        stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((callback, stored))
        self._something_waits.set()
        await stored

    async def run(self) -> None:
        """Store what comes until `close`; what waits then is still stored."""
        while not (self._is_closing and not self._waiting):
            await self._something_waits.wait()
            group, self._waiting = self._waiting[:_MAX_GROUP], self._waiting[_MAX_GROUP:]
            if not self._waiting and not self._is_closing:
                self._something_waits.clear()
            if group:
                await self._store_group(group)

    async def try_again(self) -> bool:
        """Say whether the database takes writes again after the last transaction failed."""
        try:
            await asyncio.to_thread(self._write, [])
        except SQLAlchemyError:
            return False
        self.is_well = True
        return True

    def close(self) -> None:
        self._is_closing = True
        self._something_waits.set()

    async def _store_group(self, group: list[tuple[NewCallback, asyncio.Future[None]]]) -> None:
        try:
            await asyncio.to_thread(self._write, [callback for callback, _ in group])
        except SQLAlchemyError as error:
            self.is_well = False
            logger.error("callbacks not stored count=%s error=%s", len(group), type(error).__name__)
            for _, stored in group:
                if not stored.done():
                    stored.set_exception(InboxFullError())
            return
        self.is_well = True
        for _, stored in group:
            if not stored.done():
                stored.set_result(None)

    def _write(self, callbacks: list[NewCallback]) -> None:
        with self._database.writing() as db:
            store_callbacks(db, callbacks)
