"""Platform name → its stand-in. To add one, add its line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from starlette.types import ASGIApp

from connectors.infin8linx.simulator import SimulatorSettings as Infin8linxSimulatorSettings
from connectors.infin8linx.simulator import create_simulator as create_infin8linx
from connectors.mvb2000.simulator import SimulatorSettings, create_simulator
from connectors.simulation.scenarios import Scenario

CreatesSimulator = Callable[..., ASGIApp]
"""Takes a scenario and, by name, those dials that it has of `key`, `speed`, `state`, `journal`, `callback_url`."""


def _create_mvb2000(
    scenario: Scenario,
    *,
    key: str | None = None,
    speed: float | None = None,
    state: Path | None = None,
    journal: Path | None = None,
) -> ASGIApp:
    dials = {"key": key, "speed": speed, "state_path": state, "journal_path": journal}
    chosen = {name: value for name, value in dials.items() if value is not None}
    return create_simulator(SimulatorSettings.of_scenario(scenario, **chosen))


def _create_infin8linx(
    scenario: Scenario,
    *,
    key: str | None = None,
    speed: float | None = None,
    journal: Path | None = None,
    callback_url: str | None = None,
) -> ASGIApp:
    dials = {"accesskey": key, "speed": speed, "journal_path": journal}
    chosen = {name: value for name, value in dials.items() if value is not None}
    return create_infin8linx(
        Infin8linxSimulatorSettings.of_scenario(scenario, callback_url=callback_url).model_copy(update=chosen)
    )


SIMULATORS: Mapping[str, CreatesSimulator] = {"mvb2000": _create_mvb2000, "infin8linx": _create_infin8linx}
