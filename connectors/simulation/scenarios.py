"""Named rehearsals: how people answer, what goes wrong, and how fast time passes."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field

from connectors.contract import Outcome
from connectors.simulation.faults import FaultDial, FaultDials, FaultKind
from connectors.simulation.network import NetworkSettings


class Scenario(BaseModel):
    """What a rehearsal is like; every simulator makes its own settings of it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    description: str = Field(description="one sentence for people")
    network: NetworkSettings = NetworkSettings()
    faults: FaultDials = FaultDials()
    clock_speed: float = Field(default=1.0, ge=0, description="simulated seconds per real second")
    call_seconds_scale: float = Field(default=0.0, ge=0, description="share of their length that calls last")
    concurrent_calls: int = Field(default=1000, ge=1, description="calls at once over the whole platform")

    def with_seed(self, seed: int) -> Scenario:
        """The same rehearsal with other people and other accidents."""
        return self.model_copy(
            update={
                "network": self.network.model_copy(update={"seed": seed}),
                "faults": self.faults.model_copy(update={"seed": seed}),
            }
        )


def _faults(*dials: FaultDial) -> FaultDials:
    return FaultDials(dials=dials)


_EVERYTHING_LOST = (
    FaultDial(kind=FaultKind.DROP_AFTER, probability=0.02),
    FaultDial(kind=FaultKind.LATE_APPLY, probability=0.005, seconds=2),
    FaultDial(kind=FaultKind.ERROR_AFTER, probability=0.01),
    FaultDial(kind=FaultKind.HALF_BODY, probability=0.005),
)

_ALL = (
    Scenario(name="calm", description="Nothing goes wrong and calls take no time."),
    Scenario(
        name="lifelike",
        description="Nothing goes wrong; calls last a fiftieth of their length and lines are few.",
        call_seconds_scale=0.02,
        concurrent_calls=60,
    ),
    Scenario(
        name="busy_evening",
        description="Lines are busy, few people answer, the network is congested at times.",
        network=NetworkSettings(
            shares={
                Outcome.ANSWERED: 0.24,
                Outcome.NO_ANSWER: 0.36,
                Outcome.BUSY: 0.22,
                Outcome.SWITCHED_OFF: 0.06,
                Outcome.REJECTED: 0.06,
                Outcome.UNREACHABLE: 0.02,
                Outcome.INVALID_NUMBER: 0.01,
                Outcome.SUSPENDED: 0.01,
                Outcome.NETWORK_CONGESTION: 0.02,
            }
        ),
        call_seconds_scale=0.02,
        concurrent_calls=60,
    ),
    Scenario(
        name="shaky_line",
        description="Requests are lost, delayed, damaged on their way back or met by server errors.",
        faults=_faults(
            FaultDial(kind=FaultKind.DROP_BEFORE, probability=0.01),
            FaultDial(kind=FaultKind.ERROR_BEFORE, probability=0.01),
            FaultDial(kind=FaultKind.DELAY, probability=0.01, seconds=0.5),
            FaultDial(kind=FaultKind.GARBLE, probability=0.005),
            FaultDial(kind=FaultKind.HALF_BODY, probability=0.005),
            FaultDial(kind=FaultKind.WRONG_CONTENT_TYPE, probability=0.005),
        ),
    ),
    Scenario(
        name="lost_replies",
        description="The platform does its work and the reply is lost; some work is done only later.",
        faults=_faults(*_EVERYTHING_LOST),
    ),
    Scenario(
        name="stale_pages",
        description="A third of the lists show what was true two seconds ago.",
        faults=_faults(FaultDial(kind=FaultKind.STALE_PAGE, probability=0.33, seconds=2)),
    ),
    Scenario(
        name="refusals",
        description="The platform refuses one request in fifty for no good reason.",
        faults=_faults(FaultDial(kind=FaultKind.REFUSE, probability=0.02)),
    ),
    Scenario(
        name="doubled_work",
        description="Now and then the platform does twice what it was asked once, and replies get lost.",
        faults=_faults(FaultDial(kind=FaultKind.DOUBLED, probability=0.01), *_EVERYTHING_LOST),
    ),
    Scenario(
        name="platform_restarts",
        description="The platform goes out of service for two seconds again and again.",
        faults=_faults(FaultDial(kind=FaultKind.GO_DOWN, probability=0.0005, seconds=2, nth=(50,))),
    ),
)

SCENARIOS: Mapping[str, Scenario] = {scenario.name: scenario for scenario in _ALL}
"""By name, in the order in which they are offered."""
