"""The control plane of a simulator, under `/_simulator/` on its own port: look inside, turn dials, take it down.

| request | effect |
| --- | --- |
| `GET state` | counts as JSON |
| `GET calls` | every dialled call, one JSON object a line |
| `GET faults`, `PUT faults` | the fault dials (`FaultDials` as JSON); putting them counts requests anew |
| `PUT clock` | `{"speed": 60}` and/or `{"time": "2026-11-21T09:00:00"}`, local to the platform unless it has a zone |
| `POST down` | out of service: `{"seconds": 5, "form": "cut"}`; without seconds until `POST up` |
| `POST up` | in service again |

Real platforms have nothing like it. It answers while the platform is down, and asks for no key.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.types import Receive, Scope, Send

from connectors.simulation.acting import Outage, OutageForm, Reply, send_reply
from connectors.simulation.clock import PlatformClock
from connectors.simulation.faults import FaultDials, FaultSchedule
from connectors.simulation.journal import CallJournal

CONTROL_PATH = "/_simulator/"


class ClockChange(BaseModel):
    model_config = ConfigDict(extra="forbid")

    speed: float | None = Field(default=None, ge=0)
    time: datetime | None = None


class DownOrder(BaseModel):
    model_config = ConfigDict(extra="forbid")

    seconds: float | None = Field(default=None, ge=0)
    form: OutageForm = OutageForm.CUT


class ControlPlane:
    """Answer requests under `CONTROL_PATH`; the parts it steers belong to the simulator."""

    def __init__(
        self,
        *,
        clock: PlatformClock,
        faults: FaultSchedule,
        outage: Outage,
        journal: CallJournal,
        describe: Callable[[], Mapping[str, object]],
        on_clock_change: Callable[[], None],
    ) -> None:
        """`describe` gives the platform's own counts; `on_clock_change` is told after the clock was touched."""
        self._clock = clock
        self._faults = faults
        self._outage = outage
        self._journal = journal
        self._describe = describe
        self._on_clock_change = on_clock_change

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        what = (scope["method"], scope["path"].removeprefix(CONTROL_PATH))
        if what == ("GET", "calls"):
            await self._send_calls(send)
            return
        try:
            reply = self._reply(what, await _read_body(receive))
        except ValidationError as error:
            reply = Reply(error.json(include_url=False).encode(), status_code=422)
        await send_reply(send, reply)

    def state(self) -> dict[str, object]:
        """Everything that `GET state` tells."""
        return {
            "time": self._clock.now().isoformat(timespec="seconds"),
            "clock_speed": self._clock.speed,
            "is_down": self._outage.is_on,
            "requests": dict(self._faults.requests),
            "faults_met": dict(self._faults.met),
            **self._describe(),
            **self._journal.summary(),
        }

    def _reply(self, what: tuple[str, str], body: bytes) -> Reply:
        match what:
            case ("GET", "state"):
                return Reply(msgspec.json.encode(self.state()))
            case ("GET", "faults"):
                return Reply(self._faults.dials.model_dump_json().encode())
            case ("PUT", "faults"):
                self._faults.turn(FaultDials.model_validate_json(body))
            case ("PUT", "clock"):
                self._change_clock(ClockChange.model_validate_json(body))
            case ("POST", "down"):
                order = DownOrder.model_validate_json(body or b"{}")
                self._outage.begin(order.seconds, order.form)
            case ("POST", "up"):
                self._outage.end()
            case _:
                return Reply(b'{"error":"no such control"}', status_code=404)
        return Reply(b'{"done":true}')

    def _change_clock(self, change: ClockChange) -> None:
        if change.time is not None:
            self._clock.set_time(change.time)
        if change.speed is not None:
            self._clock.set_speed(change.speed)
        self._on_clock_change()

    async def _send_calls(self, send: Send) -> None:
        await send(
            {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/x-ndjson")]}
        )
        for lines in self._journal.lines():
            await send({"type": "http.response.body", "body": lines, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


async def _read_body(receive: Receive) -> bytes:
    parts = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)
