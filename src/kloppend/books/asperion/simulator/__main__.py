"""`python -m kloppend.books.asperion.simulator [PORT]`: the simulated Asperion, to look at and to click through."""

import sys
import threading

from kloppend.books.asperion.simulator import AsperionServer, SimulatedAsperion
from kloppend.books.asperion.simulator.simulated import CLIENT


def main() -> None:
    """Serve until interrupted."""
    asperion = SimulatedAsperion()
    with AsperionServer(asperion, port=int(sys.argv[1]) if len(sys.argv) > 1 else 0, hang=60) as server:
        print(f"A simulated Asperion: {server.address}/")
        print(f"client id {CLIENT.client_id}, secret {CLIENT.client_secret}, redirect address {CLIENT.redirect_uri}")
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            print("Gone, and nothing is kept.")


if __name__ == "__main__":
    main()
