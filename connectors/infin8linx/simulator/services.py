"""The services behind the one address, by the last word of their name."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime

from connectors.infin8linx.simulator.dialler import Dialler
from connectors.infin8linx.simulator.platform import COUNTRIES, CallRecord, Platform
from connectors.infin8linx.simulator.replies import failure, refusal, success, taken
from connectors.simulation.acting import Reply

RECORDING_LINK_SECONDS = 300

Form = dict[str, str]
Handler = Callable[[Platform, Dialler, Form], Reply]

STALE_SECONDS = "_stale_seconds"
"""Not a field of the platform: how old the truth is that a question is answered from."""


def play_voice(platform: Platform, dialler: Dialler, form: Form) -> Reply:
    """Batch PlayVoice. With a token it would be another service of the same name, which is not simulated."""
    refused = platform.settings.refusal_form
    if "token" in form:
        return refusal(400, refused, "Illegal request: not the batch interface")
    if not _is_known(platform, form):
        return refusal(601, refused)
    if form.get("nationcode") not in COUNTRIES or form.get("voicetype") not in {"1", "2"}:
        return refusal(400, refused)
    if not form.get("destnumber") or not form.get("voicefile") or form.get("todayonly", "1") not in {"1", "2"}:
        return refusal(400, refused)
    dialler.enqueue(platform.add_batch(form))
    dialler.advance(budget_seconds=0.005)
    return taken(platform.clock.seconds())


def log_in(platform: Platform, dialler: Dialler, form: Form) -> Reply:
    if not _is_known(platform, form):
        return refusal(601)
    result: dict[str, object] = {
        "companycode": "9000001",
        "companyname": "example",
        "token": platform.give_token(),
        "authtime": platform.stamp(platform.clock.seconds()),
        "authmodel": "",
    }
    return success(platform.clock.seconds(), "Authorization successful", result)


def log_out(platform: Platform, dialler: Dialler, form: Form) -> Reply:
    if not platform.is_valid_token(form.get("token", "")):
        return refusal(600)
    del platform.tokens[form["token"]]
    return success(platform.clock.seconds(), "logout successful")


def get_bill(platform: Platform, dialler: Dialler, form: Form) -> Reply:
    """Call records by dial time. The defaults hide batch calls, and turn reading into a change."""
    if not platform.is_valid_token(form.get("token", "")):
        return refusal(600)
    if platform.bills_refused:
        return refusal(603)
    try:
        begin, end = (_read_time(platform, form[name]) for name in ("starttime", "endtime"))
        page, size = int(form.get("currentpage") or 1), int(form.get("itemsperpage") or 10)
    except (KeyError, ValueError):
        return refusal(400)
    if page < 1 or not 1 <= size <= 1000:
        return refusal(400)
    size = min(size, platform.settings.max_page_rows)
    stale_seconds = float(form.get(STALE_SECONDS) or 0)
    wanted = _choose(platform.records_between(begin, end), form)
    if stale_seconds:
        then = time.monotonic() - stale_seconds
        wanted = [record for record in wanted if record.ended_really_at <= then]
    shown = wanted[(page - 1) * size : page * size]
    if (form.get("syncflag") or "1") == "1":
        for record in shown:
            record.is_queried = True
    result: dict[str, object] = {
        "totalitems": len(wanted),
        "currentpage": page,
        "itemsperpage": size,
        platform.settings.bills_name: [record.fields for record in shown],
    }
    return success(platform.clock.seconds(), "success", result)


def get_recording(platform: Platform, dialler: Dialler, form: Form) -> Reply:
    now = platform.clock.seconds()
    if not platform.is_valid_token(form.get("token", "")):
        return refusal(600)
    name = form.get("filename", "")
    if not name or not any(record.fields["recordfilename"] == name for record in platform.records_by_id.values()):
        return failure(now, 1029, "the file does not exist")
    expires = platform.stamp(now + RECORDING_LINK_SECONDS)
    return success(
        now, "get success", {"downurl": f"http://192.0.2.10/{name}", "expiredtime": f"Expiration time:{expires}"}
    )


SERVICES: Mapping[str, Handler] = {
    "App.Sip_Call.PlayVoice": play_voice,
    "App.Sip_Auth.Login": log_in,
    "App.Sip_Auth.Logout": log_out,
    "App.Sip_Cdr.GetBill": get_bill,
    "App.Sip_Cdr.GetRecodeFile": get_recording,
}


def _is_known(platform: Platform, form: Form) -> bool:
    settings = platform.settings
    return (form.get("appid"), form.get("accesskey")) == (settings.appid, settings.accesskey)


def _choose(records: list[CallRecord], form: Form) -> list[CallRecord]:
    """Return the records that a question is about; a filter left empty lets everything pass."""
    if form.get("direction") == "1" or form.get("callmethod") not in {"0", "6"}:
        return []  # all calls here are outgoing batch calls
    syncflag = form.get("syncflag") or "1"
    if syncflag in {"1", "2"}:
        records = [record for record in records if record.is_queried == (syncflag == "2")]
    for name in ("destnumber", "customuuid", "chengshudu"):
        if value := form.get(name):
            records = [record for record in records if record.fields[name] == value]
    return records


def _read_time(platform: Platform, text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=platform.clock.zone).timestamp()
