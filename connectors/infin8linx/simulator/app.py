"""The simulated platform as an ASGI application: read the form, let faults happen, answer; call records go out apart.

Beside what every simulator's control plane offers:

| request | effect |
| --- | --- |
| `GET /_simulator/callbacks`, `PUT …` | `CallbackDials` as JSON: where call records are pushed and what befalls them |
| `PUT /_simulator/bills` | `{"refused": true}`: GetBill refuses every question |
"""

from __future__ import annotations

import asyncio

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.types import Receive, Scope, Send

from connectors.infin8linx.simulator.dialler import Dialler
from connectors.infin8linx.simulator.forms import read_form
from connectors.infin8linx.simulator.platform import Platform
from connectors.infin8linx.simulator.pushing import CallbackSender
from connectors.infin8linx.simulator.replies import refusal
from connectors.infin8linx.simulator.services import SERVICES, STALE_SECONDS, Form
from connectors.infin8linx.simulator.settings import CallbackDials, SimulatorSettings
from connectors.simulation.acting import Outage, Performer, Reply, answer_outage, send_reply
from connectors.simulation.clock import PlatformClock
from connectors.simulation.control import CONTROL_PATH, ControlPlane
from connectors.simulation.journal import CallJournal
from connectors.simulation.network import TelephoneNetwork
from connectors.simulation.server import run_lifespan

PATHS = frozenset({"/api/yunhu", "/yunhu"})
_TICK_SECONDS = 0.02
_REQUEST_BUDGET_SECONDS = 0.005
_NOT_FOUND = Reply(b"<html><body><h1>404 Not Found</h1></body></html>", b"text/html; charset=UTF-8", 404)


class BillsOrder(BaseModel):
    model_config = ConfigDict(extra="forbid")

    refused: bool


class Simulator:
    """An ASGI application; behind it `state` is the platform, `dialler` its dialler, `sender` what pushes records."""

    def __init__(self, settings: SimulatorSettings) -> None:
        self.settings = settings
        self.clock = PlatformClock(timezone=settings.timezone, start=settings.start, speed=settings.speed)
        self.journal = CallJournal(settings.journal_path)
        self.state = Platform(settings, self.clock, self.journal)
        self.sender = CallbackSender(settings.callbacks)
        self.dialler = Dialler(self.state, TelephoneNetwork(settings.network), self.sender.push)
        self.outage = Outage()
        self._performer = Performer(self.outage)
        self._control = ControlPlane(
            clock=self.clock,
            faults=self.state.faults,
            outage=self.outage,
            journal=self.journal,
            describe=self._describe,
            on_clock_change=self.dialler.clock_changed,
        )
        self._ticker: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await run_lifespan(receive, send, on_start=self._start, on_stop=self.stop)
            return
        path = scope["path"]
        if path.startswith(CONTROL_PATH):
            self._advance()
            await self._answer_control(path.removeprefix(CONTROL_PATH), scope, receive, send)
            return
        if self.outage.is_on:
            await answer_outage(scope, receive, send, self.outage.form)
            return
        if path not in PATHS or scope["method"] != "POST":
            await send_reply(send, _NOT_FOUND)
            return
        await self._answer(scope, receive, send)

    def stop(self) -> None:
        """Stop the ticker and the sender and forget late work; the state stays readable."""
        if self._ticker is not None:
            self._ticker.cancel()
            self._ticker = None
        self.sender.stop()
        self._performer.forget_late_works()

    def _start(self) -> None:
        self._ticker = asyncio.get_running_loop().create_task(self._tick())
        self.sender.start()

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        content_type = next((value for name, value in scope["headers"] if name == b"content-type"), b"")
        form = read_form(await _read_body(receive), content_type.decode("latin-1"))
        operation = form.get("service", "").rpartition(".")[2]
        decision = self.state.faults.next_decision(operation)
        if decision.stale_seconds:
            form[STALE_SECONDS] = str(decision.stale_seconds)
        await self._performer.act(
            scope,
            receive,
            send,
            decision=decision,
            do_work=lambda: self._work(form),
            make_refusal=lambda code, message: refusal(code, self.settings.refusal_form, message),
        )

    def _work(self, form: Form) -> Reply:
        self._advance()
        handler = SERVICES.get(form.get("service", ""))
        if handler is None:
            return refusal(400)
        return handler(self.state, self.dialler, form)

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(_TICK_SECONDS)
            self._advance(budget_seconds=_TICK_SECONDS)

    def _advance(self, budget_seconds: float = _REQUEST_BUDGET_SECONDS) -> None:
        if not self.outage.is_on:
            self.dialler.advance(budget_seconds=budget_seconds)

    async def _answer_control(self, what: str, scope: Scope, receive: Receive, send: Send) -> None:
        if what not in {"callbacks", "bills"}:
            await self._control.answer(scope, receive, send)
            return
        reply = Reply(b'{"done":true}')
        try:
            match scope["method"], what:
                case "GET", "callbacks":
                    reply = Reply(self.sender.dials.model_dump_json().encode())
                case "PUT", "callbacks":
                    self.sender.dials = CallbackDials.model_validate_json(await _read_body(receive))
                case "PUT", "bills":
                    self.state.bills_refused = BillsOrder.model_validate_json(await _read_body(receive)).refused
                case _:
                    reply = Reply(b'{"error":"no such control"}', status_code=404)
        except ValidationError as error:
            reply = Reply(error.json(include_url=False).encode(), status_code=422)
        await send_reply(send, reply)

    def _describe(self) -> dict[str, object]:
        return {
            "batches": len(self.state.batches),
            "queued": self.dialler.queued,
            "calls_in_flight": self.dialler.calls_in_flight,
            "records": len(self.state.records),
            "dropped_at_the_end_of_the_day": self.state.dropped,
            "ignored_numbers": self.state.ignored,
            "late_works": self._performer.waiting_works,
            "callbacks": dict(self.sender.counts),
            "is_pushed_out": self.sender.is_idle,
        }


def create_simulator(settings: SimulatorSettings | None = None) -> Simulator:
    """Build the simulated platform; serve it with `SimulatorServer` or mount it in-process."""
    return Simulator(settings or SimulatorSettings())


async def _read_body(receive: Receive) -> bytes:
    parts = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)
