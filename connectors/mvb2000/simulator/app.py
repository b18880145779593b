"""The simulated platform as an ASGI application: find the endpoint, check the key, let faults happen, answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote_plus

from starlette.types import Receive, Scope, Send

from connectors.mvb2000.simulator import agents, dial_rows, general, reports, tasks
from connectors.mvb2000.simulator.dialler import Dialler
from connectors.mvb2000.simulator.listing import Given
from connectors.mvb2000.simulator.platform import Platform
from connectors.mvb2000.simulator.replies import Answer, refusal, render
from connectors.mvb2000.simulator.settings import SimulatorSettings
from connectors.mvb2000.simulator.store import Store
from connectors.simulation.acting import Outage, Performer, Reply, answer_outage, send_reply
from connectors.simulation.clock import PlatformClock
from connectors.simulation.control import CONTROL_PATH, ControlPlane
from connectors.simulation.journal import CallJournal
from connectors.simulation.network import TelephoneNetwork
from connectors.simulation.server import run_lifespan

ROOT = "/webservice2/"
_TICK_SECONDS = 0.02
_REQUEST_BUDGET_SECONDS = 0.005
_NOT_FOUND = Reply(b"<html><body><h1>404 Not Found</h1></body></html>", b"text/html; charset=UTF-8", 404)

Handler = Callable[[Platform, Dialler, Given], Answer]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One file of the interface."""

    section: str
    handler: Handler
    required: tuple[str, ...] = ()

    def operation(self, path: str) -> str:
        """Its name in fault dials: the file name without its end."""
        return path.rpartition("/")[2].removesuffix(".php")


ENDPOINTS: Mapping[str, Endpoint] = {
    "about.php": Endpoint("4.1", general.about),
    "ctigetdatetime.php": Endpoint("4.15", general.get_date_time),
    "gettrunklist.php": Endpoint("4.65", general.get_trunks),
    "getrecordings.php": Endpoint("4.66", general.get_recordings),
    "getqueuelist.php": Endpoint("4.82", general.get_queues),
    "outcall/addobtask.php": Endpoint("8.2", tasks.add_task, ("name", "actiontype", "runtype", "begindate", "enddate")),
    "outcall/getobtasks.php": Endpoint("8.3", tasks.get_tasks),
    "outcall/setobtask.php": Endpoint("8.4", tasks.set_task, ("id",)),
    "outcall/delobtask.php": Endpoint("8.5", tasks.delete_task, ("id",)),
    "outcall/getobparams.php": Endpoint("8.6", general.get_parameters),
    "outcall/setobparams.php": Endpoint("8.7", general.set_parameter, ("keyname",)),
    "outcall/getobdiallist.php": Endpoint("8.8", dial_rows.get_rows, ("taskid",)),
    "outcall/addobdiallist.php": Endpoint("8.9", dial_rows.add_row, ("taskid", "dialnumber")),
    "outcall/setobdiallist.php": Endpoint("8.10", dial_rows.set_rows, ("taskid",)),
    "outcall/delobdiallist.php": Endpoint("8.11", dial_rows.delete_rows, ("taskid",)),
    "outcall/getobcalllog.php": Endpoint("8.12", dial_rows.get_call_log),
    "outcall/delobcalllog.php": Endpoint("8.13", dial_rows.delete_call_log, ("taskid",)),
    "outcall/setobtaskstatus.php": Endpoint("8.14", tasks.set_task_status, ("id", "status")),
    "outcall/addagentgroup.php": Endpoint("8.15", agents.add_group, ("groupname",)),
    "outcall/getagentgroup.php": Endpoint("8.16", agents.get_groups),
    "outcall/setagentgroup.php": Endpoint("8.17", agents.set_group, ("id",)),
    "outcall/delagentgroup.php": Endpoint("8.18", agents.delete_group, ("id",)),
    "outcall/addspecialagent.php": Endpoint(
        "8.19", agents.add_agent, ("groupid", "agent", "agentname", "agentpassword")
    ),
    "outcall/getspecialagent.php": Endpoint("8.20", agents.get_agents),
    "outcall/setspecialagent.php": Endpoint(
        "8.21", agents.set_agent, ("groupid", "agent", "agentname", "agentpassword")
    ),
    "outcall/delspecialagent.php": Endpoint("8.22", agents.delete_agent, ("groupid", "agent")),
    "outcall/addobagent.php": Endpoint("8.23", agents.add_link, ("queue", "agent")),
    "outcall/getobagent.php": Endpoint("8.24", agents.get_links),
    "outcall/setobagent.php": Endpoint("8.25", agents.set_link, ("id",)),
    "outcall/delobagent.php": Endpoint("8.26", agents.delete_links, ("queue",)),
    "outcall/gettaskreport.php": Endpoint("8.27", reports.get_task_report),
    "outcall/getagentreport.php": Endpoint("8.28", reports.get_agent_report, ("id",)),
    "outcall/gettimereport.php": Endpoint("8.29", reports.get_time_report, ("id",)),
    "outcall/getpresskeyreport.php": Endpoint("8.30", reports.get_key_report, ("id",)),
}


class Simulator:
    """An ASGI application; `state` is the platform behind it, `dialler` its dialler."""

    def __init__(self, settings: SimulatorSettings) -> None:
        self.settings = settings
        self.clock = PlatformClock(timezone=settings.timezone, start=settings.start, speed=settings.speed)
        self.journal = CallJournal(settings.journal_path)
        self.state = Platform(settings, self.clock, self.journal)
        self._store = Store(settings.state_path) if settings.state_path else None
        was_stopped = self._store is not None and self._store.load(self.state)
        self.dialler = Dialler(self.state, TelephoneNetwork(settings.network))
        if was_stopped:
            self.dialler.resume()
        self.save()
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
        self._operations = {ROOT + path: endpoint.operation(path) for path, endpoint in ENDPOINTS.items()}
        self._endpoints = {ROOT + path: endpoint for path, endpoint in ENDPOINTS.items()}
        self._ticker: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await run_lifespan(receive, send, on_start=self._start, on_stop=self.stop)
            return
        path = scope["path"]
        if path.startswith(CONTROL_PATH):
            self._advance()
            await self._control.answer(scope, receive, send)
            return
        if self.outage.is_on:
            await answer_outage(scope, receive, send, self.outage.form)
            return
        endpoint = self._endpoints.get(path)
        if endpoint is None:
            await send_reply(send, _NOT_FOUND)
            return
        given = read_query(scope["query_string"])
        decision = self.state.faults.next_decision(self._operations[path])
        if decision.stale_seconds:
            given[dial_rows.STALE_SECONDS] = str(decision.stale_seconds)
        await self._performer.act(
            scope,
            receive,
            send,
            decision=decision,
            do_work=lambda: self._work(endpoint, given),
            make_refusal=lambda code, message: render(refusal(code, message), given.get("json")),
        )

    def stop(self) -> None:
        """Stop the ticker, forget late work and close the files; the state stays readable."""
        if self._ticker is not None:
            self._ticker.cancel()
            self._ticker = None
        self._performer.forget_late_works()
        if self._store is not None:
            self.save()
            self._store.close()
            self._store = None

    def save(self) -> None:
        """Write what has changed to the state file, if there is one."""
        if self._store is not None:
            self._store.save(self.state)

    def _start(self) -> None:
        self._ticker = asyncio.get_running_loop().create_task(self._tick())

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(_TICK_SECONDS)
            self._advance(budget_seconds=_TICK_SECONDS)

    def _advance(self, budget_seconds: float = _REQUEST_BUDGET_SECONDS) -> None:
        if not self.outage.is_on:
            self.dialler.advance(budget_seconds=budget_seconds)
            self.save()

    def _work(self, endpoint: Endpoint, given: dict[str, str]) -> Reply:
        self._advance()
        answer = self._refuse(endpoint, given) or endpoint.handler(self.state, self.dialler, given)
        reply = render(answer, given.get("json"))
        self.save()
        return reply

    def _refuse(self, endpoint: Endpoint, given: Given) -> Answer | None:
        webkey = given.get("webkey", "")
        if not self.state.is_valid_key(webkey):
            quoted = f" {webkey}" if webkey and self.settings.echoes_webkey else ""
            return refusal(9999, f"WebKey{quoted} is invalid")
        for name in endpoint.required:
            if not given.get(name):
                return refusal(9002, f"required parameter {name} is missing")
        return None

    def _describe(self) -> dict[str, object]:
        return {**self.state.describe(), "calls_in_flight": self.dialler.calls_in_flight}


def create_simulator(settings: SimulatorSettings | None = None) -> Simulator:
    """Build the simulated platform; serve it with `SimulatorServer` or mount it in-process."""
    return Simulator(settings or SimulatorSettings())


def read_query(query: bytes) -> dict[str, str]:
    """Read a query string as the platform does: UTF-8, the last of two equal names counts."""
    given = {}
    for pair in query.decode("utf-8", "replace").split("&"):
        name, _, value = pair.partition("=")
        if "%" in value or "+" in value:
            value = unquote_plus(value)
        given[name] = value
    return given
