"""The simulated platform answers every endpoint of chapter 8 as the manual shows it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any
from xml.etree import ElementTree

import pytest

from connectors.mvb2000.simulator import ENDPOINTS
from tests.connectors.mvb2000.simulated_platform import TASK, TODAY, RawClient, simulated_platform


@pytest.fixture
async def platform() -> AsyncIterator[RawClient]:
    async with simulated_platform() as client:
        yield client


REQUESTS: dict[str, dict[str, Any]] = {
    "about": {},
    "ctigetdatetime": {},
    "gettrunklist": {},
    "getrecordings": {},
    "getqueuelist": {},
    "outcall/addobtask": TASK,
    "outcall/getobtasks": {},
    "outcall/setobtask": {"id": 1, "name": "test"},
    "outcall/delobtask": {"id": 1},
    "outcall/getobparams": {},
    "outcall/setobparams": {"keyname": "callerid", "keyvalue": "1111"},
    "outcall/getobdiallist": {"taskid": 1},
    "outcall/addobdiallist": {"taskid": 1, "dialnumber": "13800130000"},
    "outcall/setobdiallist": {"taskid": 1, "id": 1, "remark": "x"},
    "outcall/delobdiallist": {"taskid": 1, "id": 1},
    "outcall/getobcalllog": {},
    "outcall/delobcalllog": {"taskid": 1},
    "outcall/setobtaskstatus": {"id": 1, "status": "s"},
    "outcall/addagentgroup": {"groupname": "分组1"},
    "outcall/getagentgroup": {},
    "outcall/setagentgroup": {"id": 1, "groupname": "分组2"},
    "outcall/delagentgroup": {"id": 1},
    "outcall/addspecialagent": {"groupid": 1, "agent": 2222, "agentname": "b", "agentpassword": "222"},
    "outcall/getspecialagent": {},
    "outcall/setspecialagent": {"groupid": 1, "agent": 1111, "agentname": "c", "agentpassword": "333"},
    "outcall/delspecialagent": {"groupid": 1, "agent": 1111},
    "outcall/addobagent": {"queue": 90, "agent": 1111},
    "outcall/getobagent": {},
    "outcall/setobagent": {"id": 1, "queue": 91},
    "outcall/delobagent": {"queue": 90},
    "outcall/gettaskreport": {},
    "outcall/getagentreport": {"id": 1},
    "outcall/gettimereport": {"id": 1},
    "outcall/getpresskeyreport": {"id": 1},
}


async def furnish(platform: RawClient) -> None:
    """A task with a row, a group with an operator, a link."""
    await platform.add_task()
    await platform.add_rows("1", "13800130000")
    await platform.do("outcall/addagentgroup", groupname="分组1")
    await platform.do("outcall/addspecialagent", groupid=1, agent=1111, agentname="a", agentpassword="111")
    await platform.do("outcall/addobagent", queue=90, agent=1111)


def test_every_endpoint_is_here() -> None:
    """The table of this module covers the simulator, and the simulator covers the 29 endpoints of chapter 8."""
    assert {path + ".php" for path in REQUESTS} == set(ENDPOINTS)
    assert sorted(float(e.section) for p, e in ENDPOINTS.items() if p.startswith("outcall/"))[0] == 8.1
    assert len([path for path in ENDPOINTS if path.startswith("outcall/")]) == 29


@pytest.mark.parametrize("path", REQUESTS)
async def test_both_envelopes_say_the_same(platform: RawClient, path: str) -> None:
    """XML is the default, json=1 a JavaScript variable, json=2 plain JSON, all with the same content."""
    await furnish(platform)
    params = REQUESTS[path]
    reply = await platform.get(path, json=2, **params)
    envelope = reply.json()
    assert envelope["errcode"] == 0, envelope
    assert envelope["message"] == "SUCCESS"
    if path.startswith("outcall/get") or path in {"about", "ctigetdatetime"}:
        root = ElementTree.fromstring((await platform.get(path, **params)).content)
        assert root.findtext("errcode") == "0"
        items = [{field.tag: field.text or "" for field in item} for item in root.findall("data/item")]
        texts = [{name: "" if value is None else str(value) for name, value in row.items()} for row in envelope["data"]]
        assert items == texts
        script = (await platform.get(path, json=1, **params)).text
        assert json.loads(script.removeprefix("var responseJSON=").removesuffix(";")) == envelope


async def test_wrong_key_is_refused_and_changes_nothing(platform: RawClient) -> None:
    """At every endpoint 9999 comes before everything else, quotes the key, and nothing is done."""
    await furnish(platform)
    before = await platform.control("GET", "state")
    wrong = "8b23e66d7308632515537b78e7824162"
    refusal = {"errcode": 9999, "message": f"WebKey {wrong} is invalid", "data": []}
    for path, params in REQUESTS.items():
        assert await platform.ask(path, **{**params, "webkey": wrong}) == refusal, path
        assert (await platform.ask(path, webkey=""))["message"] == "WebKey is invalid"
    after = await platform.control("GET", "state")
    assert {**before, "requests": 0} == {**after, "requests": 0}


async def test_required_parameters(platform: RawClient) -> None:
    """A required parameter that is missing or empty gives 9002, whatever else was sent, and nothing is done."""
    await furnish(platform)
    before = await platform.control("GET", "state")
    for path, endpoint in ENDPOINTS.items():
        for name in endpoint.required:
            params = {key: value for key, value in REQUESTS[path.removesuffix(".php")].items() if key != name}
            for spoilt in (params, {**params, name: ""}):
                assert (await platform.ask(path.removesuffix(".php"), **spoilt))["errcode"] == 9002, (path, name)
    after = await platform.control("GET", "state")
    assert {**before, "requests": 0} == {**after, "requests": 0}


async def test_the_key_of_the_manual_opens(platform: RawClient) -> None:
    """The manual's reference key opens the platform on the manual's day."""
    await platform.control("PUT", "clock", time="2011-06-21T12:00:00")
    assert (await platform.ask("about", webkey="ffccb30a388e48ade2d7ea56909cbabf"))["errcode"] == 0


async def test_the_key_changes_at_the_platforms_midnight(platform: RawClient) -> None:
    """A key is good until the platform's midnight and not a second longer."""
    await platform.control("PUT", "clock", time=f"{TODAY}T23:59:59")
    key = platform.webkey()
    assert (await platform.ask("about", webkey=key))["errcode"] == 0
    await platform.control("PUT", "clock", time="2026-11-22T00:00:00")
    assert (await platform.ask("about", webkey=key))["errcode"] == 9999
    assert (await platform.ask("about"))["errcode"] == 0


async def test_date_and_time_of_the_platform(platform: RawClient) -> None:
    """4.15: the platform's own zone, text and numbers mixed, the day of the year from 0."""
    (now,) = (await platform.do("ctigetdatetime"))["data"]
    assert now == {
        "mvb_datetime": "2026-11-21 09:00:00",
        "mvb_date": "2026-11-21",
        "mvb_time": "09:00:00",
        "mvb_timestamp": 1795222800,
        "mvb_year": "2026",
        "mvb_month": "11",
        "mvb_month_day": "21",
        "mvb_year_day": "324",
        "mvb_week": "6",
        "mvb_hour": "9",
        "mvb_minute": 0,
        "mvb_second": 0,
    }


async def test_a_new_task_reads_back_as_in_the_manual(platform: RawClient) -> None:
    """8.2 and 8.3: the id is a number in `total`; the task is listed with every field of the example."""
    envelope = await platform.do(
        "outcall/addobtask", **TASK, amrange="08:00-12:30", variable="套餐业务六", creater="admin"
    )
    assert envelope == {"errcode": 0, "message": "SUCCESS", "total": 1, "data": []}
    listed = await platform.do("outcall/getobtasks")
    assert listed["total"] == "1"
    (task,) = listed["data"]
    assert list(task)[:6] == ["id", "name", "begindate", "enddate", "amrange", "pmrange"]
    assert len(task) == 46
    assert task["id"] == "1"
    assert task["status"] == "N"
    assert task["variable"] == "套餐业务六"
    assert task["queuecallrate"] == "0.00"
    assert task["createtime"] == "2026-11-21 09:00:00"
    assert task["begintime"] == "0000-00-00 00:00:00"


async def test_a_new_row_reads_back_as_in_the_manual(platform: RawClient) -> None:
    """8.8 and 8.9: no id comes back; the row is listed with every field, its reference and texts as given."""
    await platform.add_task()
    envelope = await platform.do(
        "outcall/addobdiallist", taskid=1, dialnumber="13800130000", extrefid="54", ttstext1="您好 & 再见", remark="a+b"
    )
    assert envelope == {"errcode": 0, "message": "SUCCESS", "data": []}
    (row,) = await platform.rows("1")
    assert len(row) == 28
    assert (row["id"], row["taskid"], row["extrefid"], row["status"]) == ("1", "1", "54", "N")
    assert (row["ttstext1"], row["remark"], row["responsekey"], row["campaignid"]) == ("您好 & 再见", "a+b", "-1", "0")
    root = ElementTree.fromstring((await platform.get("outcall/getobdiallist", taskid=1)).content)
    assert root.findtext("data/item/ttstext1") == "您好 & 再见"


@pytest.mark.parametrize(
    ("change", "errcode"),
    [
        ({"voicefile1": ""}, 9002),
        ({"actiontype": 2}, 9002),
        ({"actiontype": 6}, 9002),
        ({"runtype": 1}, 9002),
        ({"actiontype": 0}, 9000),
        ({"actiontype": 3, "runtype": 1, "timelist": "10:10-12:10"}, 9000),
        ({"amrange": "8-12"}, 9000),
        ({"amrange": "12:00-08:00"}, 9000),
        ({"begindate": "21.11.2026"}, 9000),
    ],
)
async def test_tasks_that_are_refused(platform: RawClient, change: dict[str, Any], errcode: int) -> None:
    """What the manual requires by type, and what nobody can read, is refused and leaves no task."""
    assert (await platform.ask("outcall/addobtask", **{**TASK, **change}))["errcode"] == errcode
    assert (await platform.do("outcall/getobtasks"))["total"] == "0"


async def test_changing_a_task_keeps_what_is_left_out(platform: RawClient) -> None:
    """8.4: only what was sent is changed; the type cannot be."""
    await platform.add_task(pmrange="13:15-17:30")
    await platform.do("outcall/setobtask", id=1, name="test", actiontype=7)
    task = await platform.task("1")
    assert (task["name"], task["actiontype"], task["pmrange"]) == ("test", "1", "13:15-17:30")


async def test_rows_stay_when_their_task_is_deleted(platform: RawClient) -> None:
    """8.5: deleting a task leaves its rows, which can still be listed and deleted, but not added to."""
    await platform.add_task()
    await platform.add_rows("1", "13800130000")
    await platform.do("outcall/delobtask", id=1)
    assert (await platform.do("outcall/getobtasks"))["data"] == []
    assert len(await platform.rows("1")) == 1
    assert (await platform.ask("outcall/addobdiallist", taskid=1, dialnumber="1"))["errcode"] == 9000
    await platform.do("outcall/delobdiallist", taskid=1)
    assert await platform.rows("1") == []


async def test_the_dangerous_calls_are_dangerous(platform: RawClient) -> None:
    """8.10 and 8.11: without an id, or with an empty one, every row of the task is changed or deleted."""
    await platform.add_task()
    await platform.add_rows("1", "13800130000", "13800130001", "13800130002")
    await platform.do("outcall/setobdiallist", taskid=1, id=2, remark="one")
    assert [row["remark"] for row in await platform.rows("1")] == ["", "one", ""]
    await platform.do("outcall/setobdiallist", taskid=1, id="", remark="all")
    assert [row["remark"] for row in await platform.rows("1")] == ["all"] * 3
    await platform.do("outcall/delobdiallist", taskid=1, id="1,3")
    assert [row["id"] for row in await platform.rows("1")] == ["2"]
    await platform.do("outcall/delobdiallist", taskid=1)
    assert await platform.rows("1") == []


async def test_global_parameters(platform: RawClient) -> None:
    """8.6 and 8.7: ten parameters; a value left out empties one; one that does not exist is refused."""
    parameters = {row["keyname"]: row["keyvalue"] for row in (await platform.do("outcall/getobparams"))["data"]}
    assert (len(parameters), parameters["maxretries"]) == (10, "4")
    await platform.do("outcall/setobparams", keyname="callerid", keyvalue="1111")
    (row,) = (await platform.do("outcall/getobparams", keyname="callerid"))["data"]
    assert row == {"keyname": "callerid", "keyvalue": "1111", "keydesc": "默认出局号码"}
    await platform.do("outcall/setobparams", keyname="callerid")
    assert (await platform.do("outcall/getobparams", keyname="callerid"))["data"][0]["keyvalue"] == ""
    assert (await platform.ask("outcall/setobparams", keyname="none"))["errcode"] == 9000


async def test_operators_groups_and_links(platform: RawClient) -> None:
    """8.15 to 8.26: lists show links or nulls; deleting a group takes operators and links, an operator leaves links."""
    await furnish(platform)
    await platform.do("outcall/addspecialagent", groupid=1, agent=2222, agentname="b", agentpassword="222")
    linked, unlinked = (await platform.do("outcall/getspecialagent", sort="agentid", sens="ASC"))["data"]
    assert (linked["queue"], linked["penalty"], linked["logstatus"]) == ("90", "0", "0")
    assert unlinked == {
        "groupid": "1",
        "agentid": "2222",
        "agentpassword": "222",
        "agentname": "b",
        **dict.fromkeys(("id", "queue", "penalty", "logstatus", "logintime", "logouttime")),
    }
    await platform.do("outcall/delspecialagent", groupid=1, agent=1111)
    assert len((await platform.do("outcall/getobagent"))["data"]) == 1
    await platform.do("outcall/addobagent", queue=90, agent=2222)
    await platform.do("outcall/addobagent", queue=91, agent=2222)
    await platform.do("outcall/delobagent", queue=90, agent="1111,3333")
    assert [link["agentid"] for link in (await platform.do("outcall/getobagent", queue=90))["data"]] == ["2222"]
    await platform.do("outcall/delobagent", queue=90)
    assert [link["queue"] for link in (await platform.do("outcall/getobagent"))["data"]] == ["91"]
    await platform.do("outcall/delagentgroup", id=1)
    assert (await platform.do("outcall/getspecialagent"))["data"] == []
    assert (await platform.do("outcall/getobagent"))["data"] == []


async def test_unknown_files_and_controls(platform: RawClient) -> None:
    """A file that does not exist is a web server's 404."""
    assert (await platform.get("outcall/getobtask")).status_code == 404
    assert (await platform.http.get("/_simulator/nothing")).status_code == 404
    assert (await platform.http.put("/_simulator/clock", json={"sped": 1})).status_code == 422
