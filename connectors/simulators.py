"""Platform name → its stand-in. To add one, add its line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from starlette.types import ASGIApp

from connectors.mvb2000.simulator import SimulatorSettings, create_simulator
from connectors.simulation.scenarios import Scenario

CreatesSimulator = Callable[..., ASGIApp]
"""Takes a scenario and the dials `key`, `speed`, `state` and `journal`, each of which may be None."""


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


SIMULATORS: Mapping[str, CreatesSimulator] = {"mvb2000": _create_mvb2000}
