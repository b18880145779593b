"""Named rehearsals can be run on every simulator."""

import pytest

from connectors.mvb2000.simulator import SimulatorSettings
from connectors.simulation.scenarios import SCENARIOS


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenarios_make_settings(name: str) -> None:
    """Each scenario has a sentence for people and makes valid settings; another seed changes people and accidents."""
    scenario = SCENARIOS[name].with_seed(7)
    assert scenario.description.endswith(".")
    settings = SimulatorSettings.of_scenario(scenario, timezone="Asia/Manila")
    assert settings.timezone == "Asia/Manila"
    assert (settings.network.seed, settings.faults.seed) == (7, 7)
    assert SimulatorSettings.model_validate_json(settings.model_dump_json()) == settings


def test_calm_is_calm() -> None:
    """Nothing goes wrong where nothing is meant to."""
    assert SCENARIOS["calm"].faults.dials == ()
