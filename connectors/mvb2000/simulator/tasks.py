"""Tasks: create, list, change, delete, set the status (manual, 8.2 to 8.5 and 8.14)."""

from __future__ import annotations

import msgspec

from connectors.mvb2000.simulator.dialler import RUNNING, Dialler
from connectors.mvb2000.simulator.listing import Given, arrange, cut_page, keep_equal
from connectors.mvb2000.simulator.platform import Platform, Task
from connectors.mvb2000.simulator.records import TaskRecord
from connectors.mvb2000.simulator.replies import DONE, Answer, refusal
from connectors.mvb2000.simulator.windows import Calendar

_SET_BY_PLATFORM = frozenset(
    {"id", "createtime", "begintime", "status", "lastrange", "curdialid", "lastruntime", "finishtime"}
)
_CAN_BE_GIVEN = tuple(name for name in TaskRecord.__struct_fields__ if name not in _SET_BY_PLATFORM)
_CAN_BE_CHANGED = tuple(name for name in _CAN_BE_GIVEN if name not in {"actiontype", "creater"})
_CYCLIC_TYPES = frozenset("1256")
_REQUIRED_BY_TYPE = {
    "1": ("voicefile1",),
    "2": ("voicefile1", "voicefile2"),
    "5": ("application",),
    "6": ("context", "exten", "priority"),
    "8": ("context", "exten", "priority"),
}
_MOVES = {"B": "NSFP", "P": "BRC", "C": "P", "S": "NBRCP", "N": "SFP"}
"""Statuses that a client may set, and from which; the manual does not list them. R and F are the platform's own."""


def add_task(platform: Platform, dialler: Dialler, given: Given) -> Answer:
    """8.2: the new id comes back in `total`."""
    record = TaskRecord(id="", **{name: given[name] for name in _CAN_BE_GIVEN if given.get(name)})
    if problem := _problem(record):
        return problem
    try:
        calendar = Calendar.of(record, platform.clock.zone)
    except ValueError as error:
        return refusal(9000, str(error))
    record.id = platform.next_id("task")
    record.createtime = platform.stamp()
    task = Task(record, calendar)
    platform.tasks[record.id] = task
    platform.note_task(task)
    return Answer(total=int(record.id))


def get_tasks(platform: Platform, dialler: Dialler, given: Given) -> Answer:
    """8.3: `name` matches in part, the other filters match exactly."""
    records = find_tasks(platform, given, ("id", "actiontype", "status", "begindate", "enddate"))
    return Answer(cut_page(arrange(records, given), given, platform.settings), total=str(len(records)))


def find_tasks(platform: Platform, given: Given, filters: tuple[str, ...]) -> list[TaskRecord]:
    """Tasks that match, oldest first."""
    part_of_name = given.get("name", "")
    records = (task.record for task in platform.tasks.values() if part_of_name in task.record.name)
    return keep_equal(records, given, filters)


def set_task(platform: Platform, dialler: Dialler, given: Given) -> Answer:
    """8.4: parameters left out stay as they are; refused while the status is R, C or B."""
    task = platform.tasks.get(given["id"])
    if task is None:
        return _no_such_task(given["id"])
    if task.record.status in RUNNING:
        return refusal(9000, f"task in status {task.record.status} can not be changed")
    changes = {name: given[name] for name in _CAN_BE_CHANGED if name in given}
    record = msgspec.structs.replace(task.record, **changes)
    if problem := _problem(record):
        return problem
    try:
        task.calendar = Calendar.of(record, platform.clock.zone)
    except ValueError as error:
        return refusal(9000, str(error))
    task.record = record
    platform.note_task(task)
    dialler.look_again(task)
    return DONE


def delete_task(platform: Platform, dialler: Dialler, given: Given) -> Answer:
    """8.5: refused while the status is R, C or B; the rows stay behind."""
    task = platform.tasks.get(given["id"])
    if task is None:
        return _no_such_task(given["id"])
    if task.record.status in RUNNING:
        return refusal(9000, f"task in status {task.record.status} can not be deleted")
    platform.note_task(task)
    platform.orphans[task.record.id] = platform.tasks.pop(task.record.id)
    return DONE


def set_task_status(platform: Platform, dialler: Dialler, given: Given) -> Answer:
    """8.14: letters in either case; setting the status that a task already has changes nothing."""
    task = platform.tasks.get(given["id"])
    if task is None:
        return _no_such_task(given["id"])
    old, new = task.record.status, given["status"].upper()
    if new not in _MOVES:
        return refusal(9000, f"status {given['status']} can not be set")
    if new == old or (new in "BC" and old in RUNNING):
        return DONE
    if old not in _MOVES[new]:
        return refusal(9000, f"status {old} can not become {new}")
    task.record.status = new
    platform.note_task(task)
    dialler.look_again(task)
    return DONE


def _problem(record: TaskRecord) -> Answer | None:
    required = ["name", "actiontype", "runtype", *_REQUIRED_BY_TYPE.get(record.actiontype, ())]
    if record.runtype == "1":
        required.append("timelist")
    for name in required:
        if not getattr(record, name):
            return refusal(9002, f"required parameter {name} is missing")
    if record.actiontype not in set("123456789"):
        return refusal(9000, "actiontype must be 1 to 9")
    if record.runtype not in {"0", "1"}:
        return refusal(9000, "runtype must be 0 or 1")
    if record.runtype == "1" and record.actiontype not in _CYCLIC_TYPES:
        return refusal(9000, "cyclic tasks support only actiontype 1, 2, 5, 6")
    for name in ("maxcalls", "maxretries", "timeout"):
        if not (getattr(record, name) or "0").isdecimal():
            return refusal(9000, f"{name} must be a number")
    return None


def _no_such_task(task_id: str) -> Answer:
    return refusal(9000, f"task {task_id} does not exist")
