"""The web server: granian, with one process of its own that answers requests in a few threads."""

import errno
import os
import socket
from typing import Any

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from kloppend.web.home import HomeError
from kloppend.web.lifeline import hang_on

THREADS = 4


def serve(address: str, port: int) -> None:
    """Answer requests until SIGTERM or SIGINT. Raises HomeError when somebody else has the port."""
    refuse_a_taken_port(address, port)
    Server(
        "kloppend.web.wsgi:application",
        address=address,
        port=port,
        interface=Interfaces.WSGI,
        blocking_threads=THREADS,
        websockets=False,
        log_level=LogLevels.warning,
        log_access=False,
    ).serve(target_loader=load)


def load(_target: str) -> Any:
    """In granian's own process: the application, which ends when granian is gone."""
    hang_on(os.getppid(), lambda: os._exit(1))
    from kloppend.web.wsgi import application

    return application


def refuse_a_taken_port(address: str, port: int) -> None:
    """Granian would share the port with another server of its kind, so it is tried before. Raises HomeError."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((address, port))
            trial.listen()
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise HomeError(f"Port {port} is in use by another program. Choose another one with --port.") from None
            raise HomeError(f"The web server cannot listen at {address}:{port}: {error.strerror}.") from None
