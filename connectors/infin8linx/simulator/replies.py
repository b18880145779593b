"""Replies in the platform's two envelopes."""

from __future__ import annotations

import msgspec

from connectors.simulation.acting import Reply

MESSAGES = {
    400: "Illegal request: invalid parameter",
    500: "Server error",
    600: "",
    601: "appid is not authorized",
    604: "IP is not authorized",
}


def taken(now: float) -> Reply:
    """PlayVoice took a batch: no id, no count."""
    data = {"desc": "Play command sent successfully", "reqtime": int(now), "rsptime": int(now)}
    return _reply({"code": 200, "msg": "successful request", "data": data})


def refusal(code: int, form: str = "ret", message: str | None = None) -> Reply:
    told = MESSAGES.get(code, "") if message is None else message
    if form == "code":
        return _reply({"code": code, "msg": told})
    return _reply({"ret": code, "data": [], "msg": told})


def success(now: float, desc: str, result: dict[str, object] | None = None) -> Reply:
    data: dict[str, object] = {"status": 0, "desc": desc}
    if result is not None:
        data["result"] = result
    return _reply({"ret": 200, "data": {**data, "reqtime": int(now), "rsptime": int(now)}, "msg": ""})


def failure(now: float, code: int, meaning: str) -> Reply:
    """A request that was understood and failed."""
    errors = {"code": str(code), "codemsg": meaning}
    data = {"status": 1, "desc": "failed", "errors": errors, "reqtime": int(now), "rsptime": int(now)}
    return _reply({"ret": 200, "data": data, "msg": ""})


def _reply(envelope: dict[str, object]) -> Reply:
    return Reply(msgspec.json.encode(envelope))
