"""A stand-in for an MVB2000 V5 platform, written from the WEBCTI2 interface manual 1.6.0 alone.

It shares no code with the connector: what both of them take from the manual is checked by letting them meet.
"""

from connectors.mvb2000.simulator.app import ENDPOINTS, Simulator, create_simulator
from connectors.mvb2000.simulator.settings import DEFAULT_KEY, Recording, SimulatorSettings

__all__ = ["DEFAULT_KEY", "ENDPOINTS", "Recording", "Simulator", "SimulatorSettings", "create_simulator"]
