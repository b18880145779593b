"""The platform's memory: tasks with their rows, cyclic logs, global parameters, operators."""

from __future__ import annotations

from collections import Counter, OrderedDict, deque
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from hashlib import md5
from time import monotonic

from connectors.mvb2000.simulator.records import (
    AgentGroup,
    CallLogEntry,
    DialRow,
    GlobalParameter,
    QueueLink,
    SpecialAgent,
    TaskRecord,
)
from connectors.mvb2000.simulator.settings import GLOBAL_PARAMETERS, SimulatorSettings
from connectors.mvb2000.simulator.windows import Calendar, Opening
from connectors.simulation.clock import STAMP_FORMAT, PlatformClock
from connectors.simulation.faults import FaultKind, FaultSchedule
from connectors.simulation.journal import CallJournal

OPEN_ROW_STATUSES = ("N", "R", "D")
"""Rows with a call still to come or under way; the others are settled."""

_HISTORY_SECONDS = 60.0
_PARAMETER_NAMES = {
    "timeout": "拨号超时",
    "outboundcontext": "外拨权限",
    "maxretries": "外拨重试次数",
    "maxcalls": "外拨最大并发数",
    "musichold": "保持音乐",
    "touservoice": "导入语音",
    "toagentvoice": "提示坐席等待语音",
    "outtrunk": "呼出中继",
    "resultprompt": "提示坐席输入结果语音",
    "callerid": "默认出局号码",
}


@dataclass(slots=True)
class Task:
    """A task with its dial list and what the dialler needs to know."""

    record: TaskRecord
    calendar: Calendar
    rows: dict[str, DialRow] = field(default_factory=dict)
    """By id, in the order in which they were added."""
    rows_by_status: Counter[str] = field(default_factory=Counter)
    due: OrderedDict[str, None] = field(default_factory=OrderedDict)
    """Ids of rows to be dialled next."""
    calls_in_flight: int = 0
    is_queued: bool = False
    """It waits in the dialler's round for its turn."""
    opening: Opening | None = None
    """Of the calendar, as last looked up."""
    history: deque[tuple[float, str, DialRow | None]] = field(default_factory=deque)
    """How rows were before they changed (None: not there), with the real time of the change; newest last."""

    @property
    def open_rows(self) -> int:
        return sum(self.rows_by_status[status] for status in OPEN_ROW_STATUSES)


class Platform:
    """All state of one simulated platform.

    Whatever changes a row, a task or one of the lists says so with `note_…` or `touch`, so that the store and the
    history of stale pages see it.
    """

    def __init__(self, settings: SimulatorSettings, clock: PlatformClock, journal: CallJournal) -> None:
        self.settings = settings
        self.clock = clock
        self.journal = journal
        self.faults = FaultSchedule(settings.faults)
        self.tasks: dict[str, Task] = {}
        self.orphans: dict[str, Task] = {}
        """Rows whose task was deleted: the platform does not remove them by itself."""
        self.call_log: dict[str, CallLogEntry] = {}
        self.groups: dict[str, AgentGroup] = {}
        self.agents: dict[tuple[str, str], SpecialAgent] = {}
        self.links: dict[str, QueueLink] = {}
        defaults = GLOBAL_PARAMETERS | settings.global_parameters
        self.parameters = {
            name: GlobalParameter(name, value, _PARAMETER_NAMES[name]) for name, value in defaults.items()
        }
        self.last_ids: Counter[str] = Counter()
        self.changed_tasks: set[str] = set()
        self.changed_rows: dict[str, DialRow | None] = {}
        self.changed_lists = False
        self.keeps_changes = settings.state_path is not None
        self._key_of_today = ""
        self._key_until = 0.0
        self._stamp = ""
        self._stamp_second = -1
        self._iso = ""
        self._iso_second = -1

    # ---- keys, ids, times

    def is_valid_key(self, webkey: str) -> bool:
        """Whether it is the MD5 of the key string and the platform's date (manual, 1.2)."""
        seconds = self.clock.seconds()
        if not self._key_until - 86400 <= seconds < self._key_until:
            now = self.clock.now()
            text = f"{self.settings.key}{now:%Y-%m-%d}"
            self._key_of_today = md5(text.encode(), usedforsecurity=False).hexdigest()
            self._key_until = _end_of_day(seconds, self.clock)
        return webkey == self._key_of_today

    def next_id(self, kind: str) -> str:
        self.last_ids[kind] += 1
        return str(self.last_ids[kind])

    def stamp(self, seconds: float | None = None) -> str:
        """A simulated time as the platform prints it."""
        if seconds is None:
            seconds = self.clock.seconds()
        whole = int(seconds)
        if whole != self._stamp_second:
            self._stamp_second = whole
            self._stamp = self.clock.at(whole).strftime(STAMP_FORMAT)
        return self._stamp

    def iso_stamp(self, seconds: float) -> str:
        """A simulated time in ISO 8601, with its zone."""
        whole = int(seconds)
        if whole != self._iso_second:
            self._iso_second = whole
            self._iso = self.clock.at(whole).isoformat()
        return self._iso

    def parameter(self, name: str) -> str:
        return self.parameters[name].keyvalue

    def number_of(self, task: TaskRecord, name: str) -> int:
        """A number of a task, or the global one where the task has none of its own (empty or 0)."""
        return whole_number(getattr(task, name)) or whole_number(self.parameter(name))

    # ---- changes

    def note_task(self, task: Task) -> None:
        if self.keeps_changes:
            self.changed_tasks.add(task.record.id)

    def note_row(self, task: Task, row: DialRow, before: DialRow | None, *, is_removed: bool = False) -> None:
        """A row was added (`before` None), changed or removed (`before` as it was)."""
        if self.keeps_changes:
            self.changed_rows[row.id] = None if is_removed else row
        if self.keeps_history:
            task.history.append((monotonic(), row.id, before))

    def touch(self) -> None:
        """Something other than tasks and rows was changed."""
        self.changed_lists = True

    def move_row(self, task: Task, row: DialRow, status: str) -> None:
        """Give a row another status and keep the counts right."""
        task.rows_by_status[row.status] -= 1
        task.rows_by_status[status] += 1
        row.status = status

    # ---- stale pages

    @property
    def keeps_history(self) -> bool:
        return any(dial.kind is FaultKind.STALE_PAGE for dial in self.faults.dials.dials)

    def rows_as_of(self, task: Task, stale_seconds: float) -> dict[str, DialRow]:
        """The rows of a task as they were some real seconds ago, at most a minute."""
        now = monotonic()
        while task.history and task.history[0][0] < now - _HISTORY_SECONDS:
            task.history.popleft()
        rows = dict(task.rows)
        for changed_at, row_id, before in reversed(task.history):
            if changed_at < now - stale_seconds:
                break
            if before is None:
                rows.pop(row_id, None)
            else:
                rows[row_id] = before
        return dict(sorted(rows.items(), key=lambda item: int(item[0])))

    # ---- what tests look at

    def describe(self) -> dict[str, object]:
        """Counts over tasks and rows."""
        statuses: Counter[str] = Counter()
        refs: Counter[str] = Counter()
        for task in self.tasks.values():
            statuses.update({status: count for status, count in task.rows_by_status.items() if count})
            refs.update(row.extrefid for row in task.rows.values() if row.extrefid)
        return {
            "tasks": len(self.tasks),
            "tasks_by_status": dict(Counter(task.record.status for task in self.tasks.values())),
            "rows": sum(len(task.rows) for task in self.tasks.values()),
            "rows_by_status": dict(statuses),
            "rows_of_deleted_tasks": sum(len(task.rows) for task in self.orphans.values()),
            "extrefids_in_several_rows": sorted(ref for ref, count in refs.items() if count > 1),
        }


def whole_number(text: str) -> int:
    """Read a number as the platform does: what is none counts as 0."""
    return int(text) if text.isdecimal() else 0


def _end_of_day(seconds: float, clock: PlatformClock) -> float:
    tomorrow = clock.at(seconds).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), clock.zone).timestamp()
