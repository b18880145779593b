"""An MVB2000 account as a `Connector`: tasks are stages, dial list rows are calls."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

import httpx

from connectors.contract import Abilities, Connector, HandOver, Limits, MessageKind, TextAbility
from connectors.mvb2000.account_check import AccountCheck
from connectors.mvb2000.checks import PLATFORM
from connectors.mvb2000.client import Mvb2000Client
from connectors.mvb2000.reporting import Reporting
from connectors.mvb2000.settings import Mvb2000Settings
from connectors.mvb2000.staging import Staging
from connectors.transport import RecordsExchange

ABILITIES = Abilities(
    hand_over=HandOver.STAGED,
    message_kinds=frozenset({MessageKind.VOICE, MessageKind.TEXT, MessageKind.SURVEY}),
    texts=TextAbility.PER_NUMBER,
    gives_evidence=True,
    enforces_windows=True,
    max_windows_a_day=2,
    can_pause=True,
    can_recall=True,
)


def build_connector(
    account: str,
    settings: Mvb2000Settings,
    *,
    clock: Callable[[], datetime],
    record: RecordsExchange | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
    client: Mvb2000Client | None = None,
) -> Connector:
    """Put an account's parts together; nothing is sent.

    `clock` returns the time now, with zone. `transport` takes the place of the network. Whoever must close the
    connections uses `open_connector`, or builds the `client` and closes it.
    """
    client = client or Mvb2000Client(account, settings, clock=clock, record=record, transport=transport)
    staging = Staging(client, settings)
    return Connector(
        account=account,
        platform=PLATFORM,
        abilities=ABILITIES,
        limits=Limits(
            calls_per_submission=settings.max_calls_per_chunk,
            requests_per_second=settings.requests_per_second,
            requests_in_flight=settings.requests_in_flight,
            concurrent_calls=settings.concurrent_calls,
        ),
        staging=staging,
        controlling=staging,
        reporting=Reporting(client, settings),
        checking=AccountCheck(client, settings, clock),
    )


@asynccontextmanager
async def open_connector(
    account: str,
    settings: Mvb2000Settings,
    *,
    clock: Callable[[], datetime],
    record: RecordsExchange | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
) -> AsyncIterator[Connector]:
    """Build a connector and close its connections at the end."""
    client = Mvb2000Client(account, settings, clock=clock, record=record, transport=transport)
    try:
        yield build_connector(account, settings, clock=clock, client=client)
    finally:
        await client.aclose()
