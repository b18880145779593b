"""The least MVB2000 that chapter 8 needs, in memory, with a place to put every fault."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import httpx

from connectors.mvb2000.settings import Mvb2000Settings
from connectors.mvb2000.webkey import write_webkey

KEY = "0866089e569bbd3d"
ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)

NASTY = "您好，张三&taskid=9#1+1=2%26 “引号” ?;/\\ 😀\n"
"""A text with everything that an address, a form or a query could mistake for its own."""

Params = dict[str, str]
Fault = Callable[["FakePlatform", str, Params], httpx.Response | None]
"""Called before the work; returns a reply that takes the work's place, or None."""


def make_settings(**changes: object) -> Mvb2000Settings:
    return Mvb2000Settings.model_validate(
        {"platform": "mvb2000", "base_url": "http://platform.test/webservice2", "key": KEY, **changes}
    )


def reply(errcode: int = 0, data: object = None, *, total: object = None, message: str = "SUCCESS") -> httpx.Response:
    body: dict[str, object] = {"errcode": errcode, "message": message}
    if total is not None:
        body["total"] = total
    return httpx.Response(200, text=json.dumps({**body, "data": data or []}))


@dataclass
class FakePlatform:
    """`asked` holds every request as (file, parameters) without webkey and json."""

    today: date = date(2026, 11, 21)
    max_rows: int = 1000
    filters_names: bool = True
    filters_status: bool = True
    gives_total: bool = True
    gives_new_id: bool = True
    tasks: dict[str, Params] = field(default_factory=dict)
    rows: dict[str, Params] = field(default_factory=dict)
    recordings: list[str] = field(default_factory=lambda: ["leavemsg", "custom/thanks"])
    parameters: Params = field(default_factory=lambda: {"maxcalls": "10", "outtrunk": ""})
    trunks: list[str] = field(default_factory=lambda: ["SIP/toIMS"])
    platform_time: str = "2026-11-21 11:00:30"
    before: Fault | None = None
    lose: set[str] = field(default_factory=set)
    """Files whose work is done and whose reply is then lost."""
    ignore: set[str] = field(default_factory=set)
    """Files that answer success and do nothing."""
    asked: list[tuple[str, Params]] = field(default_factory=list)

    @property
    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self._answer)

    def sent(self, name: str) -> list[Params]:
        return [params for asked, params in self.asked if asked == name]

    def add_task(self, status: str = "N", name: str = "chunk-1") -> str:
        task_id = str(len(self.tasks) + 1)
        self.tasks[task_id] = {"id": task_id, "name": name, "status": status}
        return task_id

    def add_row(self, task_id: str, **fields: str) -> str:
        row_id = str(len(self.rows) + 100)
        self.rows[row_id] = {"id": row_id, "taskid": task_id, "status": "N", "dialnumber": "13800138000", **fields}
        return row_id

    def _answer(self, request: httpx.Request) -> httpx.Response:
        name = request.url.path.rsplit("/", 1)[-1].removesuffix(".php")
        params = dict(request.url.params)
        webkey = params.pop("webkey")
        assert params.pop("json") == "2"
        self.asked.append((name, params))
        if webkey != write_webkey(KEY, self.today):
            return reply(9999, message=f"WebKey {webkey} is invalid")
        if self.before is not None and (told := self.before(self, name, params)) is not None:
            return told
        work = getattr(self, f"_{name}", None)
        if work is None:
            return httpx.Response(404)
        done: httpx.Response = reply() if name in self.ignore else work(params)
        if name in self.lose:
            raise httpx.ReadError("connection reset by peer", request=request)
        return done

    def _page(self, rows: list[Params], params: Params) -> httpx.Response:
        rows = sorted(rows, key=lambda row: int(row["id"]))
        offset, count = int(params.get("offset", 0)), min(int(params.get("rows", 30)), self.max_rows)
        return reply(0, rows[offset : offset + count], total=str(len(rows)) if self.gives_total else None)

    def _addobtask(self, params: Params) -> httpx.Response:
        task_id = self.add_task(name=params["name"])
        return reply(total=task_id if self.gives_new_id else None)

    def _getobtasks(self, params: Params) -> httpx.Response:
        rows = [row for row in self.tasks.values() if params.get("id", row["id"]) == row["id"]]
        if self.filters_names and "name" in params:
            rows = [row for row in rows if params["name"] in row["name"]]
        return self._page(rows, params)

    def _delobtask(self, params: Params) -> httpx.Response:
        self.tasks.pop(params["id"], None)
        return reply()

    def _setobtaskstatus(self, params: Params) -> httpx.Response:
        self.tasks[params["id"]]["status"] = params["status"]
        return reply()

    def _addobdiallist(self, params: Params) -> httpx.Response:
        self.add_row(params["taskid"], **params)
        return reply()

    def _getobdiallist(self, params: Params) -> httpx.Response:
        rows = [row for row in self.rows.values() if row["taskid"] == params["taskid"]]
        if self.filters_status and "status" in params:
            rows = [row for row in rows if row["status"] == params["status"]]
        return self._page(rows, params)

    def _delobdiallist(self, params: Params) -> httpx.Response:
        doomed = params["id"].split(",") if params.get("id") else list(self.rows)
        for row_id in doomed:
            if row_id in self.rows and self.rows[row_id]["taskid"] == params["taskid"]:
                del self.rows[row_id]
        return reply()

    def _gettaskreport(self, params: Params) -> httpx.Response:
        task = self.tasks.get(params["id"])
        if task is None:
            return reply(total="0")
        rows = [row for row in self.rows.values() if row["taskid"] == task["id"]]
        counts: dict[str, str | None] = {"succcount": None, "failcount": None}
        if rows:
            counts = {
                "succcount": str(sum(row["status"] == "S" for row in rows)),
                "failcount": str(sum(row["status"] == "F" for row in rows)),
            }
        return reply(0, [{**task, "total": str(len(rows)), **counts}], total="1")

    def _about(self, params: Params) -> httpx.Response:
        return reply(0, [{"version": "2.0.0.0", "lastbuild": "2015-01-10"}])

    def _ctigetdatetime(self, params: Params) -> httpx.Response:
        return reply(0, [{"mvb_datetime": self.platform_time}])

    def _getrecordings(self, params: Params) -> httpx.Response:
        return reply(0, [{"id": str(n), "filename": name} for n, name in enumerate(self.recordings)])

    def _gettrunklist(self, params: Params) -> httpx.Response:
        return reply(0, [{"trunk": name} for name in self.trunks])

    def _getqueuelist(self, params: Params) -> httpx.Response:
        return reply(0, [{"queueno": "90", "description": "90"}])

    def _getobparams(self, params: Params) -> httpx.Response:
        return reply(0, [{"keyname": name, "keyvalue": value} for name, value in self.parameters.items()])
