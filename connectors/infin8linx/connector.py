"""An Infin8linx account as a `Connector`: batches go out at once, results come as callbacks and bills."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

import httpx

from connectors.contract import Abilities, Connector, HandOver, Limits, MessageKind, TextAbility
from connectors.infin8linx.account_check import AccountCheck
from connectors.infin8linx.bills import Bills
from connectors.infin8linx.callbacks import Callbacks
from connectors.infin8linx.client import PLATFORM, Infin8linxClient
from connectors.infin8linx.dropping import Dropping
from connectors.infin8linx.settings import Infin8linxSettings
from connectors.infin8linx.submitting import Submitting
from connectors.transport import RecordsExchange

ABILITIES = Abilities(
    hand_over=HandOver.AT_ONCE,
    message_kinds=frozenset({MessageKind.VOICE, MessageKind.SURVEY}),
    texts=TextAbility.NONE,
    gives_evidence=False,
    enforces_windows=False,
    max_windows_a_day=None,
    can_pause=False,
    can_recall=False,
    countries_per_submission=1,
)
"""A survey here is a voice file and one key; there is no voice file of thanks."""


def build_connector(
    account: str,
    settings: Infin8linxSettings,
    *,
    clock: Callable[[], datetime],
    record: RecordsExchange | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
    client: Infin8linxClient | None = None,
) -> Connector:
    """Put an account's parts together; nothing is sent.

    `clock` returns the time now, with zone. `transport` takes the place of the network. Whoever must close the
    connections uses `open_connector`, or builds the `client` and closes it.
    """
    client = client or Infin8linxClient(account, settings, clock=clock, record=record, transport=transport)
    bills = Bills(client, settings)
    return Connector(
        account=account,
        platform=PLATFORM,
        abilities=ABILITIES,
        limits=Limits(
            calls_per_submission=settings.max_calls_per_chunk,
            requests_per_second=settings.requests_per_second,
            requests_in_flight=settings.requests_in_flight,
        ),
        submitting=Submitting(client, settings, clock=clock),
        callbacks=Callbacks(settings),
        bills=bills,
        dropping=Dropping(settings),
        checking=AccountCheck(client, bills, settings, clock=clock),
    )


@asynccontextmanager
async def open_connector(
    account: str,
    settings: Infin8linxSettings,
    *,
    clock: Callable[[], datetime],
    record: RecordsExchange | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
) -> AsyncIterator[Connector]:
    """Build a connector and close its connections at the end."""
    client = Infin8linxClient(account, settings, clock=clock, record=record, transport=transport)
    try:
        yield build_connector(account, settings, clock=clock, client=client)
    finally:
        await client.aclose()
