"""Connector and simulated platform, written apart from the same pages, meet over a real port."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from connectors.contract import CallReport, CallRequest, Connector, Message, MessageKind, Outcome
from connectors.errors import MalformedReplyError, OutcomeUnknownError, PlatformAccountError, PlatformUnavailableError
from connectors.infin8linx.bills import Bills
from connectors.infin8linx.connector import open_connector
from connectors.simulation.faults import FaultDial, FaultDials, FaultKind
from connectors.simulation.network import TelephoneNetwork
from tests.connectors.infin8linx.simulated_platform import RawClient, callback_inbox, simulated_platform
from tests.connectors.infin8linx.vectors import make_call, make_settings, make_submission

NINE = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
"""Nine o'clock by the platform."""

CALLS = [make_call(n) for n in range(300)]
SURVEY = Message(MessageKind.SURVEY, voice_file="reminder", keys=("1",))


@asynccontextmanager
async def meeting(*dials: FaultDial, **platform: object) -> AsyncIterator[tuple[Connector, RawClient]]:
    async with (
        simulated_platform(faults=FaultDials(dials=dials), **platform) as client,
        open_connector(
            "manila", make_settings(base_url=client.base_url, read_timeout=1), clock=lambda: NINE
        ) as connector,
    ):
        yield connector, client


async def submit(connector: Connector, calls: list[CallRequest] = CALLS) -> None:
    assert connector.submitting is not None
    await connector.submitting.submit_calls(make_submission(message=SURVEY), calls)


async def fetch(connector: Connector) -> list[CallReport]:
    assert connector.bills is not None
    pages = connector.bills.fetch_bills(NINE - timedelta(hours=1), NINE + timedelta(hours=1))
    return [report async for page in pages for report in page]


def settle(reports: list[CallReport]) -> dict[str, Outcome]:
    """What became of whom: every report must be of one of our numbers."""
    ours = {call.phone_number[-11:]: call.phone_number for call in CALLS}
    outcomes = {}
    for report in reports:
        assert report.submission_name == "k7f3qd9x-0001"
        outcomes[ours[report.dialled_number[-11:]]] = report.outcome
    return outcomes


def expected() -> dict[str, Outcome]:
    """What the network does with each number, as far as the platform has a code for it."""
    network = TelephoneNetwork()
    told = {
        Outcome.SWITCHED_OFF: Outcome.NO_ANSWER,
        Outcome.SUSPENDED: Outcome.UNREACHABLE,
    }
    outcomes = {}
    for call in CALLS:
        outcome = network.plan_call(call.phone_number.removeprefix("+62"), valid_keys="1").outcome
        outcomes[call.phone_number] = told.get(outcome, outcome)
    return outcomes


@pytest.mark.parametrize("form", ["as_sent", "trunk", "international"])
async def test_everybody_is_settled_from_bills_alone(form: str) -> None:
    """Without a single callback, page after page of bills tells what became of every number, in any national form."""
    async with meeting(echoed_form=form, max_page_rows=70, bills_name="items") as (connector, client):
        await submit(connector)
        assert settle(await fetch(connector)) == expected()
        assert client.simulator.journal.dials_by_number.most_common(1)[0][1] == 1


@pytest.mark.parametrize("form", ["v1", "v2", "camel"])
async def test_everybody_is_settled_from_callbacks_alone(form: str) -> None:
    """While bills are refused, callbacks of any generation, doubled, late and overtaken, settle every number."""
    pushed = {"form": form, "doubled": 0.3, "late": 0.2, "late_seconds": 0.1, "reordered": 0.3}
    async with (
        callback_inbox() as (inbox, url),
        meeting(callbacks={"url": url, **pushed}, bills_refused=True) as (connector, client),
    ):
        await submit(connector)
        await client.wait_until(lambda state: state["is_pushed_out"] and state["records"] == len(CALLS))
        assert connector.callbacks is not None
        reports = [
            report for body in inbox.bodies for report in connector.callbacks.read_callback(body, "application/json")
        ]
        assert settle(reports) == expected()
        assert len(reports) > len({report.report_key for report in reports}) == len(CALLS)
        with pytest.raises(PlatformAccountError):
            await fetch(connector)


async def test_lost_and_garbled_callbacks_are_made_good_by_bills() -> None:
    """What callbacks lose or damage, bills bring; what both bring has one key and says the same."""
    async with (
        callback_inbox() as (inbox, url),
        meeting(callbacks={"url": url, "lost": 0.3, "garbled": 0.2}) as (connector, client),
    ):
        await submit(connector)
        await client.wait_until(lambda state: state["is_pushed_out"] and state["records"] == len(CALLS))
        assert connector.callbacks is not None
        pushed: dict[str, CallReport] = {}
        garbled = 0
        for body in inbox.bodies:
            try:
                (report,) = connector.callbacks.read_callback(body, "application/json")
            except MalformedReplyError:
                garbled += 1
            else:
                pushed[report.report_key] = report
        billed = {report.report_key: report for report in await fetch(connector)}
        assert garbled > 10
        assert 100 < len(pushed) < 250
        assert len(billed) == len(CALLS)
        assert all(billed[key] == report for key, report in pushed.items())


async def test_strangers_are_no_part_of_a_batch() -> None:
    """A pushed call of a batch that is not ours, without a uuid, is read and bears its own key and name."""
    async with (
        callback_inbox() as (inbox, url),
        meeting(callbacks={"url": url, "strangers": 1.0}) as (connector, client),
    ):
        await submit(connector, CALLS[:1])
        await client.wait_until(lambda state: state["is_pushed_out"] and state["records"] == 1)
        assert connector.callbacks is not None
        reports = [r for body in inbox.bodies for r in connector.callbacks.read_callback(body, "")]
        assert sorted(str(report.submission_name) for report in reports) == ["k7f3qd9x-0001", "nobody"]
        assert len({report.report_key for report in reports}) == 2


@pytest.mark.parametrize(
    "kind",
    [
        FaultKind.DROP_AFTER,
        FaultKind.ERROR_AFTER,
        FaultKind.GARBLE,
        FaultKind.HALF_BODY,
        FaultKind.WRONG_CONTENT_TYPE,
        FaultKind.LATE_REPLY,
        FaultKind.LATE_APPLY,
    ],
)
async def test_batch_taken_behind_a_lost_reply(kind: FaultKind) -> None:
    """A batch whose reply is lost is unknown to us, called once over there, and its records are evidence."""
    dial = FaultDial(kind=kind, operations=("PlayVoice",), nth=(1,), seconds=8 if kind is FaultKind.LATE_REPLY else 0.1)
    async with meeting(dial) as (connector, client):
        with pytest.raises(OutcomeUnknownError):
            await submit(connector, CALLS[:20])
        await client.wait_until(lambda state: not state["late_works"] and not state["queued"])
        assert isinstance(connector.bills, Bills)
        pages = connector.bills.find_records("k7f3qd9x-0001", NINE, NINE + timedelta(minutes=1))
        assert len([report async for page in pages for report in page]) == 20
        assert set(client.simulator.journal.dials_by_number.values()) == {1}
        assert client.simulator.state.faults.requests["PlayVoice"] == 1


@pytest.mark.parametrize("kind", [FaultKind.DROP_BEFORE, FaultKind.ERROR_BEFORE])
async def test_batch_lost_on_its_way(kind: FaultKind) -> None:
    """A batch that never arrived looks the same to us; it is not sent again, and there is no evidence of it."""
    dial = FaultDial(kind=kind, operations=("PlayVoice",), nth=(1,))
    async with meeting(dial) as (connector, client):
        with pytest.raises(OutcomeUnknownError):
            await submit(connector)
        assert isinstance(connector.bills, Bills)
        pages = connector.bills.find_records("k7f3qd9x-0001", NINE, NINE + timedelta(minutes=1))
        assert [page async for page in pages] == []
        assert client.simulator.state.faults.requests["PlayVoice"] == 1
        assert not client.simulator.journal.calls


async def test_kept_alive_connection_that_breaks() -> None:
    """A batch sent on a connection that breaks under it is not sent again by the libraries below."""
    dial = FaultDial(kind=FaultKind.DROP_BEFORE, operations=("PlayVoice",), nth=(2,))
    async with meeting(dial) as (connector, client):
        await submit(connector, CALLS[:10])
        with pytest.raises(OutcomeUnknownError):
            await submit(connector, CALLS[10:20])
        assert client.simulator.state.faults.requests["PlayVoice"] == 2


async def test_platform_that_is_not_there() -> None:
    """Where nobody listens nothing was sent, and trying later is safe."""
    settings = make_settings(base_url="http://127.0.0.1:9/api/yunhu")
    async with open_connector("manila", settings, clock=lambda: NINE) as connector:
        with pytest.raises(PlatformUnavailableError):
            await submit(connector)


async def test_token_that_ended_meanwhile() -> None:
    """When the platform's token ends before ours does, one login later bills go on."""
    async with meeting() as (connector, client):
        await submit(connector, CALLS[:5])
        assert len(await fetch(connector)) == 5
        client.simulator.state.tokens.clear()
        assert len(await fetch(connector)) == 5
        assert client.simulator.state.faults.requests["Login"] == 2


async def test_largest_batch() -> None:
    """Five thousand numbers go out in one request, and five pages bring them back, each once."""
    async with meeting() as (connector, client):
        await submit(connector, [make_call(n) for n in range(5000)])
        await client.wait_until(lambda state: state["records"] == 5000)
        assert len(await fetch(connector)) == 5000
        assert client.simulator.state.faults.requests["PlayVoice"] == 1
        assert client.simulator.state.faults.requests["GetBill"] == 5


async def test_account_is_in_order() -> None:
    """The look at an account finds a simulated platform in order, and one with another key not."""
    async with meeting() as (connector, client):
        assert connector.checking is not None
        findings = await connector.checking.check_account(message=SURVEY)
        assert not [finding for finding in findings if finding.is_problem]
        settings = make_settings(base_url=client.base_url, accesskey="other")
        async with open_connector("other", settings, clock=lambda: NINE) as stranger:
            assert stranger.checking is not None
            assert (await stranger.checking.check_account())[0].is_problem
