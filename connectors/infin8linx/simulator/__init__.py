"""A stand-in for the Infin8linx batch IVR interface, written from the vendor's pages alone.

It shares no code with the connector: what both of them take from the pages is checked by letting them meet.
"""

from connectors.infin8linx.simulator.app import Simulator, create_simulator
from connectors.infin8linx.simulator.settings import DEFAULT_ACCESSKEY, DEFAULT_APPID, CallbackDials, SimulatorSettings

__all__ = [
    "DEFAULT_ACCESSKEY",
    "DEFAULT_APPID",
    "CallbackDials",
    "Simulator",
    "SimulatorSettings",
    "create_simulator",
]
