"""Simulated OpenCart stores: recorded rows of real stores, answered over HTTP as the extension would answer.

They power the demo, the trial and the tests; `faults` can be switched on to see how trouble is handled.
"""

from kloppend.shops.opencart.simulator.faults import Fault, Faults
from kloppend.shops.opencart.simulator.server import StoreServer
from kloppend.shops.opencart.simulator.store import RECORDINGS, SimulatedStore

__all__ = ["RECORDINGS", "Fault", "Faults", "SimulatedStore", "StoreServer"]
