"""The platform's dialler: one queue, calls that end on the simulated clock, a day that drops what it did not reach."""

from __future__ import annotations

import heapq
import time
import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from zlib import crc32

from connectors.contract import Outcome
from connectors.infin8linx.simulator.platform import COUNTRIES, MAX_NUMBERS, Batch, CallRecord, Platform
from connectors.simulation.journal import DialledCall
from connectors.simulation.network import SimulatedCall, TelephoneNetwork

_CODES = {
    Outcome.ANSWERED: (10001, 10041),
    Outcome.NO_ANSWER: (10016, 10040),
    Outcome.BUSY: (10006, 10041),
    Outcome.REJECTED: (10003, 10041),
    Outcome.INVALID_NUMBER: (10014, 10040),
    Outcome.UNREACHABLE: (10009, 10040),
    Outcome.SWITCHED_OFF: (10020, 10040),
    Outcome.SUSPENDED: (10025, 10040),
    Outcome.NETWORK_CONGESTION: (10004, 10040),
}
"""`hangupcause` and `hangupdirection`. There is no code for a telephone that is switched off: it is "other reason"."""

_KEYS = "1234567890*#"
_UUID_EPOCH = 0x01B21DD213814000
"""100-nanosecond steps from the beginning of version-1 UUIDs to Unix time 0."""


@dataclass(slots=True)
class _CallUnderWay:
    batch: Batch
    number: str
    row_id: str
    call: SimulatedCall
    dialled_at: float
    ends_at: float


class Dialler:
    """Dial what batches hold, in the order in which they came, so many at once as the platform allows.

    `on_record` is told of every call once it has ended.
    """

    def __init__(self, platform: Platform, network: TelephoneNetwork, on_record: Callable[[CallRecord], None]) -> None:
        self._platform = platform
        self._network = network
        self._on_record = on_record
        self._queue: deque[tuple[Batch, str, str]] = deque()
        self._ends: list[tuple[float, int, _CallUnderWay]] = []
        self._calls = 0
        self._reached = platform.clock.seconds()
        self._next_call_at = 0.0

    @property
    def queued(self) -> int:
        return len(self._queue)

    @property
    def calls_in_flight(self) -> int:
        return len(self._ends)

    def enqueue(self, batch: Batch) -> None:
        """Put a batch's numbers at the end of the queue; what is no number, or one too many, vanishes silently."""
        numbers = batch.form["destnumber"].split(",")
        for place, number in enumerate(numbers):
            digits = number.strip().removeprefix("+")
            if place >= MAX_NUMBERS or not (digits.isascii() and digits.isdigit()):
                self._platform.ignored += 1
            else:
                self._queue.append((batch, number.strip(), f"{batch.number}-{place + 1}"))

    def clock_changed(self) -> None:
        self._reached = min(self._reached, self._platform.clock.seconds())
        self._next_call_at = min(self._next_call_at, self._reached)

    def advance(self, *, budget_seconds: float | None = 0.02) -> None:
        """Let happen what happens until now by the platform's clock, or until real time is used up; None: no limit."""
        until = self._platform.clock.seconds()
        give_up_at = None if budget_seconds is None else time.perf_counter() + budget_seconds
        steps = 0
        while self._step(until):
            steps += 1
            if give_up_at is not None and steps % 32 == 0 and time.perf_counter() > give_up_at:
                break
        else:
            self._reached = max(self._reached, until)
        self._platform.journal.flush()

    def _step(self, until: float) -> bool:
        """Do the earliest of what is due: end a call, or start one; False when nothing is due until `until`."""
        end_at = self._ends[0][0] if self._ends else None
        start_at = None
        if self._queue and len(self._ends) < self._platform.settings.concurrent_calls:
            start_at = max(self._reached, self._next_call_at)
        if start_at is not None and start_at <= until and (end_at is None or start_at <= end_at):
            self._reached = start_at
            self._start_next()
            return True
        if end_at is not None and end_at <= until:
            self._reached = max(self._reached, end_at)
            self._end(heapq.heappop(self._ends)[2])
            return True
        return False

    def _start_next(self) -> None:
        platform, now = self._platform, self._reached
        batch, number, row_id = self._queue.popleft()
        if batch.is_dropped_after_today and platform.clock.at(now).date() > batch.submitted_on:
            platform.dropped += 1
            return
        settings = platform.settings
        waits = batch.form.get("waittime", "")
        call = self._network.plan_call(
            number,
            attempt=platform.journal.times_dialled(number) + 1,
            valid_keys=_KEYS if batch.form.get("userkey") == "1" else "",
            ring_limit_seconds=int(waits) if waits.isdecimal() and int(waits) else 30,
        )
        platform.journal.record(
            DialledCall(
                number=number,
                call_ref="",
                batch=batch.form.get("customuuid", ""),
                row_id=row_id,
                attempt=1,
                dialled_at=platform.clock.at(now).isoformat(timespec="seconds"),
            )
        )
        self._next_call_at = now + settings.seconds_between_calls
        length = (call.ring_seconds + call.talk_seconds) * settings.call_seconds_scale
        under_way = _CallUnderWay(batch, number, row_id, call, now, now + length)
        if length:
            self._calls += 1
            heapq.heappush(self._ends, (under_way.ends_at, self._calls, under_way))
        else:
            self._end(under_way)

    def _end(self, under_way: _CallUnderWay) -> None:
        platform, call, form, began = self._platform, under_way.call, under_way.batch.form, under_way.dialled_at
        is_answered = call.outcome is Outcome.ANSWERED
        cause, side = _CODES[call.outcome]
        number = _echo(under_way.number, form.get("nationcode", ""), platform.settings.echoed_form)
        started, scale = platform.stamp(began), platform.settings.call_seconds_scale
        file_name = f"{platform.clock.at(began):%Y%m%d%H%M%S}_{number}.mp3" if is_answered else ""
        own = form.get("chengshudu") or "0"
        record = platform.add_record(
            began,
            {
                "companycode": "9000001",
                "direction": "callout",
                "type": "callout",
                "callmethod": 6,
                "starttime": started,
                "answertime": platform.stamp(began + call.ring_seconds * scale) if is_answered else "",
                "endtime": platform.stamp(under_way.ends_at),
                "duration": call.ring_seconds,
                "billsec": call.talk_seconds,
                "userid": "0",
                "memberid": "0",
                "chengshudu": own,
                "ext": own,
                "disnumber": form.get("disnumber") or f"2190000{crc32(under_way.row_id.encode()) % 100000:05}",
                "destnumber": number,
                "extnumber": "",
                "recordfilename": file_name,
                "downloadip": "192.0.2.10" if is_answered else "",
                "hangupdirection": side,
                "hangupcause": cause,
                "uuid": _make_uuid(began, under_way.row_id),
                "userkey": call.dtmf_digits,
                "customuuid": form.get("customuuid") or "0",
                "taskid": "",
                "round": 0,
                "recordurl": f"http://192.0.2.10/{file_name}" if is_answered else "",
            },
        )
        self._on_record(record)


def _echo(number: str, nation_code: str, form: str) -> str:
    """Write a number in the form in which the platform gives it back."""
    code, trunk = COUNTRIES.get(nation_code, ("", ""))
    if form == "as_sent" or not code:
        return number
    bare = number
    if number.startswith("+"):
        bare = number[1:].removeprefix(code)
    elif trunk and number.startswith(trunk):
        bare = number.removeprefix(trunk)
    elif number.startswith(code) and len(number) > 10 + (not trunk):
        bare = number.removeprefix(code)
    return {"bare": bare, "trunk": trunk + bare, "international": code + bare}[form]


def _make_uuid(seconds: float, row_id: str) -> str:
    """A version-1 UUID, which contains its time of creation."""
    ticks = int(seconds * 10_000_000) + _UUID_EPOCH
    return str(
        uuid.UUID(
            fields=(
                ticks & 0xFFFFFFFF,
                ticks >> 32 & 0xFFFF,
                ticks >> 48 & 0x0FFF | 0x1000,
                0xAD,
                0x78,
                int.from_bytes(uuid.uuid5(uuid.NAMESPACE_OID, row_id).bytes[:6]),
            )
        )
    )
