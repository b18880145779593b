"""The dials of the simulated platform."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Literal, Self
from zoneinfo import available_timezones

from pydantic import BaseModel, ConfigDict, Field, field_validator

from connectors.simulation.faults import FaultDial, FaultDials, FaultKind
from connectors.simulation.network import NetworkSettings
from connectors.simulation.scenarios import Scenario

DEFAULT_APPID = "EXAMPLEAPPID"
DEFAULT_ACCESSKEY = "EXAMPLEACCESSKEY"

_CALLBACK_FAULTS = {
    "lost": 0.05,
    "late": 0.05,
    "doubled": 0.05,
    "reordered": 0.1,
    "garbled": 0.02,
    "strangers": 0.01,
}

_QUESTIONS = ("Login", "Logout", "GetBill", "GetRecodeFile")


class CallbackDials(BaseModel):
    """Where call records are pushed, in which form, and what becomes of them on their way.

    Chance is a hash of the seed and the call's uuid, so that the same calls meet the same faults.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str | None = Field(default=None, description="where call records are pushed; none: nowhere")
    form: Literal["v2", "v1", "camel"] = Field(default="v2", description="which generation of the record is pushed")
    seed: int = Field(default=1, description="the same seed gives the same faults")
    lost: float = Field(default=0, ge=0, le=1, description="share that is never sent")
    late: float = Field(default=0, ge=0, le=1, description="share that is sent late")
    late_seconds: float = Field(default=1, ge=0, description="real seconds by which those are late")
    doubled: float = Field(default=0, ge=0, le=1, description="share that is sent twice")
    reordered: float = Field(default=0, ge=0, le=1, description="share that is overtaken by those behind it")
    garbled: float = Field(default=0, ge=0, le=1, description="share whose body is damaged; it is not sent again whole")
    strangers: float = Field(default=0, ge=0, le=1, description="share followed by a call that nobody here asked for")
    senders: int = Field(default=8, ge=1, le=100, description="how many are pushed at the same time")
    attempts: int = Field(default=1, ge=1, description="how often one is pushed until it is answered with 200")


class SimulatorSettings(BaseModel):
    """Everything about the simulated platform that can be chosen."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    appid: str = Field(default=DEFAULT_APPID, description="the appid it knows")
    accesskey: str = Field(default=DEFAULT_ACCESSKEY, description="the access key that belongs to it")
    timezone: str = Field(default="Asia/Shanghai", description="IANA name of the platform's time zone")
    start: datetime | None = Field(
        default=None, description="the platform's time at the start, local unless it has a zone; none: the real time"
    )
    speed: float = Field(default=1.0, ge=0, description="simulated seconds per real second; 0 stands still")
    network: NetworkSettings = Field(default=NetworkSettings(), description="how called people and switches behave")
    call_seconds_scale: float = Field(
        default=1.0, ge=0, description="calls last this share of their length; talk time is reported at full length"
    )
    concurrent_calls: int = Field(default=100, ge=1, description="calls at once over the whole platform")
    seconds_between_calls: float = Field(
        default=0, ge=0, description="simulated seconds between two dials; makes queues that outlive the day"
    )
    echoed_form: Literal["as_sent", "bare", "trunk", "international"] = Field(
        default="as_sent", description="form in which called numbers stand in records"
    )
    refusal_form: Literal["ret", "code"] = Field(default="ret", description="envelope in which PlayVoice refuses")
    bills_refused: bool = Field(default=False, description="GetBill refuses every question")
    bills_name: str = Field(default="bills", description="what the list of call records is called")
    max_page_rows: int = Field(default=1000, ge=1, description="no page of call records is longer")
    second_login_ends_first: bool = Field(default=False, description="a token ends when another is given out")
    callbacks: CallbackDials = Field(default=CallbackDials(), description="how call records are pushed")
    faults: FaultDials = Field(
        default=FaultDials(),
        description="what goes wrong with which requests; operations are PlayVoice, Login, Logout, GetBill, "
        "GetRecodeFile, and refuse answers with error_code as ret",
    )
    journal_path: Path | None = Field(default=None, description="file of JSON lines, one for every dialled call")

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, timezone: str) -> str:
        if timezone not in available_timezones():
            raise ValueError(f"{timezone!r} is not an IANA time zone")
        return timezone

    @classmethod
    def instant(cls, **settings: object) -> Self:
        """Settings of a platform whose calls take no time, many at once."""
        return cls.model_validate({"call_seconds_scale": 0, "concurrent_calls": 1000, **settings})

    @classmethod
    def of_scenario(cls, scenario: Scenario, *, callback_url: str | None = None, **settings: object) -> Self:
        """Settings of a platform for a named rehearsal; further settings win.

        Where requests meet faults, callbacks do too: some are lost, late, doubled, overtaken, damaged or not ours.
        A refusal is `ret` 400, since the other platform's code means nothing here. Doubled work spares PlayVoice: a
        platform that calls everybody twice for one batch cannot be asked what it holds, and nothing takes calls back.
        """
        dials = tuple(_adapt(dial) for dial in scenario.faults.dials)
        befalls = _CALLBACK_FAULTS if dials else {}
        return cls.model_validate(
            {
                "network": scenario.network,
                "faults": scenario.faults.model_copy(update={"dials": dials}),
                "speed": scenario.clock_speed,
                "call_seconds_scale": scenario.call_seconds_scale,
                "concurrent_calls": scenario.concurrent_calls,
                "callbacks": {"url": callback_url, "seed": scenario.faults.seed, **befalls},
                **settings,
            }
        )


def _adapt(dial: FaultDial) -> FaultDial:
    if dial.kind is FaultKind.REFUSE:
        return dial.model_copy(update={"error_code": 400, "message": "Illegal request"})
    if dial.kind is FaultKind.DOUBLED and not dial.operations:
        return dial.model_copy(update={"operations": _QUESTIONS})
    return dial
