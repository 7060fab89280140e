"""`python -m kloppend.books.asperion.simulator [PORT [REDIRECT]]`: the simulated Asperion, to look at and click."""

import sys
import threading
from dataclasses import replace

from kloppend.books.asperion.simulator import AsperionServer, SimulatedAsperion
from kloppend.books.asperion.simulator.simulated import CLIENT


def main() -> None:
    """Serve until interrupted."""
    client = replace(CLIENT, redirect_uri=sys.argv[2]) if len(sys.argv) > 2 else CLIENT
    asperion = SimulatedAsperion(client=client)
    with AsperionServer(asperion, port=int(sys.argv[1]) if len(sys.argv) > 1 else 0, hang=60) as server:
        print(f"A simulated Asperion: {server.address}/")
        print(f"client id {client.client_id}, secret {client.client_secret}, redirect address {client.redirect_uri}")
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            print("Gone, and nothing is kept.")


if __name__ == "__main__":
    main()
