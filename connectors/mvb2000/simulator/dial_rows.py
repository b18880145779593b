"""Dial lists and cyclic call logs (manual, 8.8 to 8.13)."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from connectors.mvb2000.simulator.dialler import Dialler
from connectors.mvb2000.simulator.listing import Given, arrange, cut_page, keep_between, keep_equal
from connectors.mvb2000.simulator.platform import Platform, Task
from connectors.mvb2000.simulator.records import DialRow
from connectors.mvb2000.simulator.replies import DONE, Answer, refusal

STALE_SECONDS = "\0stale_seconds"
"""Pseudo-parameter by which a fault asks for a list as it was; no client can send it."""

_ROW_FILTERS = ("id", "dialnumber", "status", "remark", "caller", "responsekey")
_ROW_TIMES = ("createtime", "dialedtime", "answertime", "endtime")
_ROW_CHANGES = ("extrefid", "campaignid", "uniqueid", "ttstext1", "ttstext2", "remark", "caller")
_ROW_STATUSES = frozenset("NRDSF")


def add_row(platform: Platform, dialler: Dialler, given: Given) -> Answer:
    """8.9: no id comes back, and the same row can be added again."""
    task_id = given["taskid"]
    task = platform.tasks.get(task_id)
    if task is None:
        return refusal(9000, f"task {task_id} does not exist")
    get = given.get
    row = DialRow(
        id=platform.next_id("row"),
        taskid=task_id,
        createtime=platform.stamp(),
        dialnumber=given["dialnumber"],
        extrefid=get("extrefid", ""),
        campaignid=get("campaignid") or "0",
        ttstext1=get("ttstext1", ""),
        ttstext2=get("ttstext2", ""),
        remark=get("remark", ""),
        caller=get("caller", ""),
    )
    task.rows[row.id] = row
    task.rows_by_status["N"] += 1
    platform.note_row(task, row, None)
    dialler.enqueue(task, row)
    return DONE


def get_rows(platform: Platform, dialler: Dialler, given: Given) -> Answer:
    """8.8: `extrefid` is not a filter."""
    task = _holder(platform, given["taskid"])
    if task is None:
        return Answer(total="0")
    rows = task.rows
    if stale_seconds := given.get(STALE_SECONDS):
        rows = platform.rows_as_of(task, float(stale_seconds))
    if (row_id := given.get("id")) is not None:
        rows = {row_id: rows[row_id]} if row_id in rows else {}
    found = keep_equal(rows.values(), given, _ROW_FILTERS)
    found = keep_between(found, given, _ROW_TIMES)
    found = _keep_by_talk_time(found, given)
    return Answer(cut_page(arrange(found, given), given, platform.settings), total=str(len(found)))


def set_rows(platform: Platform, dialler: Dialler, given: Given) -> Answer:
    """8.10: without `id` ALL rows of the task are changed."""
    task = _holder(platform, given["taskid"])
    if task is None:
        return refusal(9000, f"task {given['taskid']} does not exist")
    status = given.get("status", "").upper()
    if status and status not in _ROW_STATUSES:
        return refusal(9000, f"status {status} is not a row status")
    for row in _named_rows(task, [given["id"]] if given.get("id") else None):
        before = msgspec.structs.replace(row)
        for name in _ROW_CHANGES:
            if name in given:
                setattr(row, name, given[name])
        if status:
            platform.move_row(task, row, status)
            if status in "NR":
                dialler.enqueue(task, row)
        platform.note_row(task, row, before)
    dialler.look_again(task)
    return DONE


def delete_rows(platform: Platform, dialler: Dialler, given: Given) -> Answer:
    """8.11: without `id` ALL rows of the task are deleted."""
    task = _holder(platform, given["taskid"])
    if task is None:
        return DONE
    ids = given["id"].split(",") if given.get("id") else None
    for row in _named_rows(task, ids):
        del task.rows[row.id]
        task.rows_by_status[row.status] -= 1
        task.due.pop(row.id, None)
        platform.note_row(task, row, row, is_removed=True)
    dialler.look_again(task)
    return DONE


def get_call_log(platform: Platform, dialler: Dialler, given: Given) -> Answer:
    """8.12: without `taskid` the log of all tasks."""
    entries = keep_equal(platform.call_log.values(), given, ("taskid", "dialid", "phoneno"))
    entries = keep_between(entries, given, ("answertime",))
    return Answer(cut_page(arrange(entries, given), given, platform.settings), total=str(len(entries)))


def delete_call_log(platform: Platform, dialler: Dialler, given: Given) -> Answer:
    """8.13: without `id` everything of the task, or of its row `dialid`."""
    entries = keep_equal(platform.call_log.values(), given, ("taskid", "dialid"))
    ids = set(given["id"].split(",")) if given.get("id") else None
    for entry in entries:
        if ids is None or entry.id in ids:
            del platform.call_log[entry.id]
    platform.touch()
    return DONE


def _holder(platform: Platform, task_id: str) -> Task | None:
    return platform.tasks.get(task_id) or platform.orphans.get(task_id)


def _named_rows(task: Task, ids: Iterable[str] | None) -> list[DialRow]:
    if ids is None:
        return list(task.rows.values())
    return [task.rows[row_id.strip()] for row_id in dict.fromkeys(ids) if row_id.strip() in task.rows]


def _keep_by_talk_time(rows: list[DialRow], given: Given) -> list[DialRow]:
    second = given.get("second", "")
    if not second.isdecimal():
        return rows
    match given.get("duration"):
        case "up":
            return [row for row in rows if int(row.duration) > int(second)]
        case "down":
            return [row for row in rows if int(row.duration) < int(second)]
        case _:
            return rows
