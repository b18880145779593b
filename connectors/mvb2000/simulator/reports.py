"""The four reports (manual, 8.27 to 8.30)."""

from __future__ import annotations

from collections import Counter

import msgspec

from connectors.mvb2000.simulator.dialler import Dialler
from connectors.mvb2000.simulator.listing import Given, arrange, cut_page, keep_between
from connectors.mvb2000.simulator.platform import Platform
from connectors.mvb2000.simulator.records import DialRow
from connectors.mvb2000.simulator.replies import Answer
from connectors.mvb2000.simulator.tasks import find_tasks


class _TaskReport(msgspec.Struct):
    id: str
    name: str
    begindate: str
    enddate: str
    actiontype: str
    runtype: str
    status: str
    total: str
    failcount: str | None
    succcount: str | None
    succrate: float
    finishrate: float


class _AgentReport(msgspec.Struct):
    taskid: str
    agent: str
    num: str


class _TimeReport(msgspec.Struct):
    taskid: str
    up: str
    down: str


class _KeyReport(msgspec.Struct):
    taskid: str
    responsekey: str
    num: str


def get_task_report(platform: Platform, dialler: Dialler, given: Given) -> Answer:
    """8.27: counts are null for a task without rows; `total` of the envelope is a number here."""
    records = find_tasks(platform, given, ("id", "status", "actiontype"))
    records = keep_between(records, given, ("begindate",))
    reports = [_report(platform, record.id) for record in records]
    return Answer(cut_page(arrange(reports, given), given, platform.settings), total=len(reports))


def get_agent_report(platform: Platform, dialler: Dialler, given: Given) -> Answer:
    """8.28."""
    counts = Counter(row.caller for row in _rows(platform, given["id"]) if row.caller)
    return Answer(arrange([_AgentReport(given["id"], agent, str(count)) for agent, count in counts.items()], given))


def get_time_report(platform: Platform, dialler: Dialler, given: Given) -> Answer:
    """8.29: only answered calls are counted; the manual does not say."""
    second = given.get("second", "")
    limit = int(second) if second.isdecimal() else 10
    answered = [int(row.duration) for row in _rows(platform, given["id"]) if row.disposition == "ANSWER"]
    up = sum(seconds > limit for seconds in answered)
    return Answer([_TimeReport(given["id"], str(up), str(len(answered) - up))])


def get_key_report(platform: Platform, dialler: Dialler, given: Given) -> Answer:
    """8.30: -1 stands for no key."""
    counts = Counter(row.responsekey for row in _rows(platform, given["id"]) if row.disposition == "ANSWER")
    return Answer(arrange([_KeyReport(given["id"], key, str(count)) for key, count in counts.items()], given))


def _rows(platform: Platform, task_id: str) -> list[DialRow]:
    task = platform.tasks.get(task_id)
    return list(task.rows.values()) if task else []


def _report(platform: Platform, task_id: str) -> _TaskReport:
    task = platform.tasks[task_id]
    record, total = task.record, len(task.rows)
    succeeded, failed = task.rows_by_status["S"], task.rows_by_status["F"]
    return _TaskReport(
        id=record.id,
        name=record.name,
        begindate=record.begindate,
        enddate=record.enddate,
        actiontype=record.actiontype,
        runtype=record.runtype,
        status=record.status,
        total=str(total),
        failcount=str(failed) if total else None,
        succcount=str(succeeded) if total else None,
        succrate=round(100 * succeeded / total, 2) if total else 0,
        finishrate=round(100 * (succeeded + failed) / total, 2) if total else 0,
    )
