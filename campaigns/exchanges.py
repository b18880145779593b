"""Keep exchanges with platforms without making anybody wait: a thread writes them in groups."""

from __future__ import annotations

import logging
import queue
import threading
import zlib
from types import TracebackType
from typing import Self

from sqlalchemy.exc import SQLAlchemyError

from campaigns.db.bulk import driver_time, insert_rows
from campaigns.db.engine import Database
from campaigns.models import ExchangeRecord
from connectors.transport import Exchange

logger = logging.getLogger(__name__)

_COLUMNS = (
    "id", "platform", "account", "operation", "request", "reply", "http_status", "error", "began_at", "seconds",
    "campaign_id",
)  # fmt: skip
_GROUP = 200


class ExchangeKeeper:
    """A `RecordsExchange` that appends to the ledger; entered and left around the use of a connector.

    The exchange is evidence for people, not for the program: should the database be away, it is dropped with a
    warning rather than holding a campaign up.
    """

    def __init__(self, database: Database, campaign_id: int | None) -> None:
        self._database = database
        self._campaign_id = campaign_id
        self._waiting: queue.SimpleQueue[Exchange | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._write_for_ever, name="exchanges", daemon=True)

    def __call__(self, exchange: Exchange, /) -> None:
        self._waiting.put(exchange)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._waiting.put(None)
        self._thread.join()

    def _write_for_ever(self) -> None:
        is_open = True
        while is_open:
            group = [self._waiting.get()]
            while len(group) < _GROUP and not self._waiting.empty():
                group.append(self._waiting.get())
            is_open = None not in group
            exchanges = [exchange for exchange in group if exchange is not None]
            try:
                self._write(exchanges)
            except SQLAlchemyError as error:
                logger.warning("exchanges dropped count=%s error=%s", len(exchanges), type(error).__name__)

    def _write(self, exchanges: list[Exchange]) -> None:
        if not exchanges:
            return
        with self._database.writing() as db:
            rows = [
                (
                    exchange.exchange_id,
                    exchange.platform,
                    exchange.account,
                    exchange.operation,
                    exchange.request_text,
                    None if exchange.reply_text is None else zlib.compress(exchange.reply_text.encode()),
                    exchange.http_status,
                    exchange.error or "",
                    driver_time(db, exchange.began_at),
                    exchange.seconds,
                    self._campaign_id,
                )
                for exchange in exchanges
            ]
            insert_rows(db, ExchangeRecord, _COLUMNS, rows, skip_existing=True)
