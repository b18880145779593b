"""The dials of the simulated platform."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Self
from zoneinfo import available_timezones

from pydantic import BaseModel, ConfigDict, Field, field_validator

from connectors.simulation.faults import FaultDials
from connectors.simulation.network import NetworkSettings
from connectors.simulation.scenarios import Scenario

DEFAULT_KEY = "0866089e569bbd3d"
"""The key string that the manual computes its reference webkey with (1.3)."""

GLOBAL_PARAMETERS = {
    "timeout": "30",
    "outboundcontext": "from-internal",
    "maxretries": "4",
    "maxcalls": "10",
    "musichold": "agent",
    "touservoice": "transfer",
    "toagentvoice": "transfer",
    "outtrunk": "",
    "resultprompt": "",
    "callerid": "",
}
"""Section 8.1, with its defaults."""


class Recording(BaseModel):
    """A recorded voice file that the platform offers."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    filename: str
    description: str = ""


class SimulatorSettings(BaseModel):
    """Everything about the simulated platform that can be chosen."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str = Field(default=DEFAULT_KEY, description="WEB key of the platform's basic settings")
    echoes_webkey: bool = Field(default=True, description="a refused webkey is quoted in the refusal")
    timezone: str = Field(default="Asia/Shanghai", description="IANA name of the platform's time zone")
    start: datetime | None = Field(
        default=None, description="the platform's time at the start, local unless it has a zone; none: the real time"
    )
    speed: float = Field(default=1.0, ge=0, description="simulated seconds per real second; 0 stands still")
    network: NetworkSettings = Field(default=NetworkSettings(), description="how called people and switches behave")
    call_seconds_scale: float = Field(
        default=1.0,
        ge=0,
        description="calls and retry waits last this share of their length; talk time is reported at full length",
    )
    retry_wait_seconds: float = Field(
        default=300, ge=0, description="simulated seconds between two dials of the same row; the manual does not say"
    )
    global_parameters: dict[str, str] = Field(
        default_factory=dict, description="global outbound parameters that differ from the manual's defaults"
    )
    max_page_rows: Annotated[int, Field(ge=1)] = Field(
        default=1000, description="no list is longer, whatever `rows` asks for"
    )
    default_page_rows: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="length of a list when `rows` is left out; none: max_page_rows"
    )
    recordings: tuple[Recording, ...] = Field(
        default=(
            Recording(filename="leavemsg", description="请留言"),
            Recording(filename="welcome", description="欢迎"),
            Recording(filename="thanks", description="谢谢"),
        ),
        description="recorded voice files",
    )
    trunks: tuple[str, ...] = Field(default=("ZAP/g0", "SIP/to117"), description="outgoing trunks")
    queues: tuple[str, ...] = Field(default=("90", "91"), description="queue numbers")
    faults: FaultDials = Field(default=FaultDials(), description="what goes wrong with which requests")
    state_path: Path | None = Field(
        default=None, description="SQLite file that keeps tasks, rows and calls when the platform is stopped or killed"
    )
    journal_path: Path | None = Field(default=None, description="file of JSON lines, one for every dialled call")

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, timezone: str) -> str:
        if timezone not in available_timezones():
            raise ValueError(f"{timezone!r} is not an IANA time zone")
        return timezone

    @field_validator("global_parameters")
    @classmethod
    def _known_parameters(cls, parameters: dict[str, str]) -> dict[str, str]:
        if strange := sorted(set(parameters) - set(GLOBAL_PARAMETERS)):
            raise ValueError(f"not a global outbound parameter: {', '.join(strange)}")
        return parameters

    @classmethod
    def instant(cls, **settings: object) -> Self:
        """Settings of a platform whose calls take no time, many at once."""
        return cls.model_validate({"call_seconds_scale": 0, "global_parameters": {"maxcalls": "1000"}, **settings})

    @classmethod
    def of_scenario(cls, scenario: Scenario, **settings: object) -> Self:
        """Settings of a platform for a named rehearsal; further settings win."""
        return cls.model_validate(
            {
                "network": scenario.network,
                "faults": scenario.faults,
                "speed": scenario.clock_speed,
                "call_seconds_scale": scenario.call_seconds_scale,
                "global_parameters": {"maxcalls": str(scenario.concurrent_calls)},
                **settings,
            }
        )
