"""Keep the platform's state in a SQLite file, so that it can be stopped or killed and started again.

Changes are written before the reply to the request that made them, in one transaction with the calls dialled since.
`synchronous=OFF` is enough: a killed process loses nothing that it handed to the operating system.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import msgspec

from connectors.mvb2000.simulator.platform import Platform, Task
from connectors.mvb2000.simulator.records import (
    AgentGroup,
    CallLogEntry,
    DialRow,
    GlobalParameter,
    QueueLink,
    SpecialAgent,
    TaskRecord,
)
from connectors.mvb2000.simulator.windows import Calendar
from connectors.simulation.journal import DialledCall

_SCHEMA = """
CREATE TABLE IF NOT EXISTS task (id INTEGER PRIMARY KEY, is_deleted INTEGER NOT NULL, record BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS dial_row (id INTEGER PRIMARY KEY, record BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS dialled_call (number INTEGER PRIMARY KEY, record BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS remainder (name TEXT PRIMARY KEY, record BLOB NOT NULL);
"""


class _Remainder(msgspec.Struct):
    """Everything that is small enough to be written whole."""

    platform_seconds: float
    last_ids: dict[str, int]
    call_log: list[CallLogEntry]
    groups: list[AgentGroup]
    agents: list[SpecialAgent]
    links: list[QueueLink]
    parameters: list[GlobalParameter]


class Store:
    """The file behind a platform."""

    def __init__(self, path: Path) -> None:
        self._encode = msgspec.json.Encoder().encode
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=OFF")
        self._connection.executescript(_SCHEMA)
        self._calls_written = 0

    def close(self) -> None:
        self._connection.close()

    def load(self, platform: Platform) -> bool:
        """Fill a new platform from the file; False if the file is new."""
        found = self._connection.execute("SELECT record FROM remainder WHERE name = 'remainder'").fetchone()
        if found is None:
            return False
        self._load_remainder(platform, msgspec.json.decode(found[0], type=_Remainder))
        decode_task = msgspec.json.Decoder(TaskRecord).decode
        for is_deleted, blob in self._connection.execute("SELECT is_deleted, record FROM task ORDER BY id"):
            record = decode_task(blob)
            owner = platform.orphans if is_deleted else platform.tasks
            owner[record.id] = Task(record, Calendar.of(record, platform.clock.zone))
        decode_row = msgspec.json.Decoder(DialRow).decode
        for (blob,) in self._connection.execute("SELECT record FROM dial_row ORDER BY id"):
            row = decode_row(blob)
            task = platform.tasks.get(row.taskid) or platform.orphans[row.taskid]
            task.rows[row.id] = row
            task.rows_by_status[row.status] += 1
        platform.journal.restore(self._calls())
        self._calls_written = len(platform.journal.calls)
        return True

    def save(self, platform: Platform) -> None:
        """Write what has changed since the last time."""
        if not (platform.changed_rows or platform.changed_tasks or platform.changed_lists):
            return
        connection = self._connection
        connection.execute("BEGIN")
        if platform.changed_tasks:
            known = {**platform.orphans, **platform.tasks}
            connection.executemany(
                "INSERT OR REPLACE INTO task VALUES (?, ?, ?)",
                [
                    (int(task_id), task_id not in platform.tasks, self._encode(known[task_id].record))
                    for task_id in platform.changed_tasks
                ],
            )
        kept = [(int(row_id), self._encode(row)) for row_id, row in platform.changed_rows.items() if row is not None]
        removed = [(int(row_id),) for row_id, row in platform.changed_rows.items() if row is None]
        connection.executemany("INSERT OR REPLACE INTO dial_row VALUES (?, ?)", kept)
        connection.executemany("DELETE FROM dial_row WHERE id = ?", removed)
        calls = platform.journal.calls
        connection.executemany(
            "INSERT INTO dialled_call VALUES (?, ?)",
            [(number, self._encode(calls[number])) for number in range(self._calls_written, len(calls))],
        )
        if platform.changed_lists or platform.changed_tasks or len(calls) > self._calls_written:
            self._save_remainder(platform)
        connection.execute("COMMIT")
        self._calls_written = len(calls)
        platform.changed_rows.clear()
        platform.changed_tasks.clear()
        platform.changed_lists = False

    def _save_remainder(self, platform: Platform) -> None:
        remainder = _Remainder(
            platform_seconds=platform.clock.seconds(),
            last_ids=dict(platform.last_ids),
            call_log=list(platform.call_log.values()),
            groups=list(platform.groups.values()),
            agents=list(platform.agents.values()),
            links=list(platform.links.values()),
            parameters=list(platform.parameters.values()),
        )
        self._connection.execute("INSERT OR REPLACE INTO remainder VALUES ('remainder', ?)", (self._encode(remainder),))

    def _load_remainder(self, platform: Platform, remainder: _Remainder) -> None:
        platform.last_ids.update(remainder.last_ids)
        (last_row,) = self._connection.execute("SELECT COALESCE(MAX(id), 0) FROM dial_row").fetchone()
        platform.last_ids["row"] = max(platform.last_ids["row"], last_row)
        platform.call_log = {entry.id: entry for entry in remainder.call_log}
        platform.groups = {group.id: group for group in remainder.groups}
        platform.agents = {(agent.groupid, agent.agentid): agent for agent in remainder.agents}
        platform.links = {link.id: link for link in remainder.links}
        platform.parameters.update({parameter.keyname: parameter for parameter in remainder.parameters})
        if platform.settings.start is not None:
            platform.clock.set_seconds(max(platform.clock.seconds(), remainder.platform_seconds))

    def _calls(self) -> Iterator[DialledCall]:
        decode = msgspec.json.Decoder(DialledCall).decode
        for (blob,) in self._connection.execute("SELECT record FROM dialled_call ORDER BY number"):
            yield decode(blob)
