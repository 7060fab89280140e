"""A simulated Asperion: identity server, REST API, import page and a look at the result, all on a loopback port.

What `asperion.md` calls confirmed is done that way; everything else is our guess, and every page and answer says so.
"""

from kloppend.books.asperion.simulator.faults import Fault, Faults
from kloppend.books.asperion.simulator.server import AsperionServer
from kloppend.books.asperion.simulator.simulated import SimulatedAsperion

__all__ = ["AsperionServer", "Fault", "Faults", "SimulatedAsperion"]
