"""The example payloads by name, an account's settings, and calls to invented numbers."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from connectors.contract import CallingHours, CallingWindow, CallRequest, Message, MessageKind, Submission
from connectors.infin8linx.settings import Infin8linxSettings

ACCESSKEY = "EXAMPLEACCESSKEY"
NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
VOICE = Message(MessageKind.VOICE, voice_file="payment_reminder_v2")

_FILE = Path(__file__).parent / "examples" / "examples.json"
EXAMPLES: dict[str, dict[str, Any]] = {
    example["name"]: example for example in json.loads(_FILE.read_text(encoding="utf-8"))["examples"]
}


def example_body(name: str) -> bytes:
    return json.dumps(EXAMPLES[name]["body"]).encode()


def make_settings(**changes: object) -> Infin8linxSettings:
    return Infin8linxSettings.model_validate(
        {
            "base_url": "http://platform.test/api/yunhu",
            "appid": "EXAMPLEAPPID",
            "accesskey": ACCESSKEY,
            "requests_per_second": 500,
            **changes,
        }
    )


def make_call(number: int, country: str = "ID", calling_code: str = "62") -> CallRequest:
    """A call to an invented number: Indonesian ones begin with 812."""
    significant = f"812{number:08d}"
    return CallRequest(f"c-{number}", f"+{calling_code}{significant}", country, f"0{significant}")


def make_submission(name: str = "October reminder k7f3qd9x-0001", **changes: Any) -> Submission:
    day = date(2026, 11, 21)
    hours = CallingHours("Asia/Jakarta", day, day, (CallingWindow(time(9), time(20)),))
    return Submission(**{"name": name, "message": VOICE, "hours": hours, **changes})
