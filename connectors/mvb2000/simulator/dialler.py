"""The platform's dialler: an event heap on the simulated clock, moved on by requests and by a light ticker.

A task takes its turn in a round when it may have something to dial, and drops out when it has not; what brings it back
is an event: rows added, a status set, a call ended, a retry due, a window opened. So the cost is per call, whatever the
number of tasks.
"""

from __future__ import annotations

import heapq
import time
from collections import deque
from dataclasses import dataclass
from enum import Enum, auto

import msgspec

from connectors.contract import Outcome
from connectors.mvb2000.simulator.platform import Platform, Task, whole_number
from connectors.mvb2000.simulator.records import NO_TIME, CallLogEntry, DialRow
from connectors.simulation.journal import DialledCall
from connectors.simulation.network import SimulatedCall, TelephoneNetwork

RUNNING = frozenset("BRC")
"""Task statuses in which the dialler works, and in which the manual forbids changes (8.4, 8.5)."""

_ENDINGS = {
    Outcome.ANSWERED: ("ANSWER", "16", ""),
    Outcome.NO_ANSWER: ("NOANSWER", "19", "NO_ANSWER"),
    Outcome.BUSY: ("BUSY", "17", "USER_BUSY"),
    Outcome.REJECTED: ("CHANUNAVAIL", "21", "CALL_REJECTED"),
    Outcome.INVALID_NUMBER: ("CHANUNAVAIL", "1", "UNALLOCATED"),
    Outcome.UNREACHABLE: ("CHANUNAVAIL", "27", "DESTINATION_OUT_OF_ORDER"),
    Outcome.SWITCHED_OFF: ("CHANUNAVAIL", "27", "DESTINATION_OUT_OF_ORDER"),
    Outcome.SUSPENDED: ("CHANUNAVAIL", "54", "INCOMING_CALL_BARRED"),
    Outcome.NETWORK_CONGESTION: ("CONGESTION", "34", "NORMAL_CIRCUIT_CONGESTION"),
}
"""Disposition (6.1.3.2), hang-up cause and its name (6.5).

The manual has no cause 20, subscriber absent: a telephone switched off looks like one out of reach. Dial results know
busy and congested only; whatever else goes wrong is an unavailable channel.
"""


class _Event(Enum):
    CALL_ENDS = auto()
    RETRY_DUE = auto()
    HOURS_CHANGE = auto()


@dataclass(slots=True)
class _CallUnderWay:
    task: Task
    row: DialRow
    call: SimulatedCall
    dialled_at: float
    ends_at: float


class Dialler:
    """Dial the rows of running tasks, within their hours and the allowed number of calls at once."""

    def __init__(self, platform: Platform, network: TelephoneNetwork) -> None:
        self._platform = platform
        self._network = network
        self._events: list[tuple[float, int, _Event, _CallUnderWay | tuple[Task, str]]] = []
        self._event_number = 0
        self._round: deque[Task] = deque()
        self._calls_in_flight = 0
        self._reached = platform.clock.seconds()

    @property
    def calls_in_flight(self) -> int:
        return self._calls_in_flight

    @property
    def is_idle(self) -> bool:
        """Nothing will ever happen without a request."""
        return not self._round and not self._events

    # ---- what requests tell it

    def look_again(self, task: Task) -> None:
        """Look at a task again: its status, its hours or its limits have changed."""
        task.opening = None
        self._wake(task)

    def _wake(self, task: Task) -> None:
        if task.record.status in RUNNING and not task.is_queued:
            task.is_queued = True
            self._round.append(task)

    def enqueue(self, task: Task, row: DialRow) -> None:
        """Dial a row when its task's turn comes."""
        task.due[row.id] = None
        if not task.is_queued and task.record.status in RUNNING:
            self._wake(task)

    def clock_changed(self) -> None:
        """Look at every task again after the clock was set; a clock set back leaves what has happened as it is."""
        self._reached = min(self._reached, self._platform.clock.seconds())
        for task in self._platform.tasks.values():
            self.look_again(task)

    def resume(self) -> None:
        """Take up the tasks of a platform that was stopped: calls that were under way then have ended meanwhile."""
        now = self._platform.clock.seconds()
        for task in self._platform.tasks.values():
            for row in task.rows.values():
                if row.status == "D":
                    call = self._plan(task, row, self._platform.journal.times_dialled(row.dialnumber))
                    task.calls_in_flight += 1
                    self._calls_in_flight += 1
                    self._end_call(_CallUnderWay(task, row, call, now, now))
                elif row.status in {"N", "R"}:
                    task.due[row.id] = None
            self._wake(task)
        self._platform.journal.flush()

    # ---- moving on

    def advance(self, *, budget_seconds: float | None = 0.02) -> None:
        """Let happen what happens until now by the platform's clock.

        After `budget_seconds` of real time it stops where it is and goes on the next time, so that a request never
        waits for long; None lets everything happen.
        """
        if self.is_idle:
            self._reached = self._platform.clock.seconds()
            return
        give_up_at = None if budget_seconds is None else time.perf_counter() + budget_seconds
        until = self._platform.clock.seconds()
        steps = 0
        while True:
            while self._round and self._start_next_call():
                steps += 1
                if give_up_at is not None and steps % 32 == 0 and time.perf_counter() > give_up_at:
                    self._platform.journal.flush()
                    return
            if not self._events or self._events[0][0] > until:
                break
            self._reached = max(self._reached, self._events[0][0])
            self._happen()
            steps += 1
            if give_up_at is not None and steps % 32 == 0 and time.perf_counter() > give_up_at:
                self._platform.journal.flush()
                return
        self._reached = max(self._reached, until)
        self._platform.journal.flush()

    def _happen(self) -> None:
        _, _, event, what = heapq.heappop(self._events)
        if isinstance(what, _CallUnderWay):
            self._end_call(what)
            return
        task, row_id = what
        if event is _Event.RETRY_DUE:
            row = task.rows.get(row_id)
            if row is not None and row.status == "R":
                self.enqueue(task, row)
        elif self._platform.tasks.get(task.record.id) is task:
            self._wake(task)

    def _schedule(self, at: float, event: _Event, what: _CallUnderWay | tuple[Task, str]) -> None:
        self._event_number += 1
        heapq.heappush(self._events, (at, self._event_number, event, what))

    # ---- starting calls

    def _start_next_call(self) -> bool:
        """Give the next task of the round its turn; False when no call can be started before something happens."""
        if self._calls_in_flight >= max(1, whole_number(self._platform.parameter("maxcalls"))):
            return False
        task = self._round.popleft()
        task.is_queued = False
        if self._platform.tasks.get(task.record.id) is not task or task.record.status not in RUNNING:
            return True
        if not self._is_open(task):
            return True
        own_limit = whole_number(task.record.maxcalls)
        if own_limit and task.calls_in_flight >= own_limit:
            return True
        row = self._next_row(task)
        if row is None:
            self._finish_if_settled(task)
            return True
        task.is_queued = True
        self._round.append(task)
        self._dial(task, row)
        return True

    def _is_open(self, task: Task) -> bool:
        opening = task.opening
        if opening is None or (opening.until is not None and self._reached >= opening.until):
            previous_slot = "" if opening is None else opening.slot
            opening = task.calendar.at(self._reached)
            task.opening = opening
            if opening.until is not None:
                self._schedule(opening.until, _Event.HOURS_CHANGE, (task, ""))
            if opening.is_open and task.record.runtype == "1":
                self._begin_cycle(task, opening.slot, previous_slot)
        if opening.is_over:
            self._finish(task)
        return opening.is_open

    def _begin_cycle(self, task: Task, slot: str, previous_slot: str) -> None:
        """Put every row of a cyclic task on the list again, once for each window of each day."""
        if slot == previous_slot or slot == task.record.lastrange:
            return
        task.record.lastrange = slot
        for row in task.rows.values():
            if row.status != "D" and row.lastrange != slot:
                before = msgspec.structs.replace(row)
                self._platform.move_row(task, row, "N")
                self._platform.note_row(task, row, before)
                task.due[row.id] = None
        self._platform.note_task(task)

    def _next_row(self, task: Task) -> DialRow | None:
        while task.due:
            row_id, _ = task.due.popitem(last=False)
            row = task.rows.get(row_id)
            if row is not None and row.status in {"N", "R"}:
                return row
        return None

    def _plan(self, task: Task, row: DialRow, attempt: int) -> SimulatedCall:
        record = task.record
        keys = record.validkey.split("-") if record.validkey and record.actiontype in {"1", "2"} else ()
        return self._network.plan_call(
            row.dialnumber,
            attempt=attempt,
            valid_keys=keys,
            ring_limit_seconds=self._platform.number_of(record, "timeout") or 30,
        )

    def _dial(self, task: Task, row: DialRow) -> None:
        platform, record, now = self._platform, task.record, self._reached
        before = msgspec.structs.replace(row)
        call = self._plan(task, row, platform.journal.times_dialled(row.dialnumber) + 1)
        stamp = platform.stamp(now)
        if record.status != "R":
            record.status = "R"
            if record.begintime == NO_TIME:
                record.begintime = stamp
        record.curdialid = row.id
        record.lastruntime = stamp
        platform.note_task(task)
        platform.move_row(task, row, "D")
        row.retrytimes = str(int(row.retrytimes) + 1)
        row.lastruntime = row.dialedtime = stamp
        row.answertime = row.endtime = NO_TIME
        row.uniqueid = f"{int(now)}.{platform.next_id('call')}"
        row.callerid = record.callerid or platform.parameter("callerid")
        if record.runtype == "1":
            row.lastrange = record.lastrange
        platform.note_row(task, row, before)
        platform.journal.record(
            DialledCall(
                number=row.dialnumber,
                call_ref=row.extrefid,
                batch=record.name,
                row_id=row.id,
                attempt=int(row.retrytimes),
                dialled_at=platform.iso_stamp(now),
            )
        )
        task.calls_in_flight += 1
        self._calls_in_flight += 1
        length = (call.ring_seconds + call.talk_seconds) * platform.settings.call_seconds_scale
        under_way = _CallUnderWay(task, row, call, now, now + length)
        if length:
            self._schedule(now + length, _Event.CALL_ENDS, under_way)
        else:
            self._end_call(under_way)

    # ---- ending calls

    def _end_call(self, under_way: _CallUnderWay) -> None:
        platform, task, row, call = self._platform, under_way.task, under_way.row, under_way.call
        task.calls_in_flight -= 1
        self._calls_in_flight -= 1
        if task.rows.get(row.id) is not row or row.status != "D":
            self._wake(task)
            return
        before = msgspec.structs.replace(row)
        scale = platform.settings.call_seconds_scale
        row.disposition, row.cause, row.message = _ENDINGS[call.outcome]
        row.endtime = platform.stamp(under_way.ends_at)
        is_answered = call.outcome is Outcome.ANSWERED
        if is_answered:
            row.answertime = platform.stamp(under_way.dialled_at + call.ring_seconds * scale)
            row.duration = str(call.talk_seconds)
            if not (task.record.outtrunk or platform.parameter("outtrunk")):
                row.monitorfile = f"OUT-{row.dialnumber}-{row.uniqueid}.wav"
            if call.dtmf_digits and call.dtmf_digits in task.record.validkey.split("-"):
                row.responsekey = call.dtmf_digits
                row.responsetime = row.endtime
        self._settle(task, row, is_answered=is_answered, ended_at=under_way.ends_at)
        platform.note_row(task, row, before)
        if task.record.runtype == "1":
            self._log_call(task, row)
        self._wake(task)

    def _settle(self, task: Task, row: DialRow, *, is_answered: bool, ended_at: float) -> None:
        platform = self._platform
        if is_answered:
            platform.move_row(task, row, "S")
        elif task.record.runtype == "0" and int(row.retrytimes) <= platform.number_of(task.record, "maxretries"):
            platform.move_row(task, row, "R")
            wait = platform.settings.retry_wait_seconds * platform.settings.call_seconds_scale
            if wait:
                self._schedule(ended_at + wait, _Event.RETRY_DUE, (task, row.id))
            else:
                task.due[row.id] = None
        else:
            platform.move_row(task, row, "F")

    def _log_call(self, task: Task, row: DialRow) -> None:
        platform = self._platform
        entry = CallLogEntry(
            id=platform.next_id("log"),
            taskid=task.record.id,
            dialid=row.id,
            guid="",
            phoneno=row.dialnumber,
            answertime=row.answertime,
            timerange=row.lastrange,
            uniqueid=row.uniqueid,
            duration=row.duration,
            responsekey="" if row.responsekey == "-1" else row.responsekey,
            responsetime=row.responsetime,
            remark=row.remark,
        )
        platform.call_log[entry.id] = entry
        platform.touch()

    def _finish_if_settled(self, task: Task) -> None:
        if task.record.runtype == "0" and not task.open_rows:
            self._finish(task)

    def _finish(self, task: Task) -> None:
        task.record.status = "F"
        task.record.finishtime = self._platform.stamp(self._reached)
        self._platform.note_task(task)
