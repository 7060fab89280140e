"""A child that ends when its parent does, however suddenly that happened: so nothing is left running."""

import os
import signal
import threading
import time
from collections.abc import Callable

LOOK_EVERY = 0.5
PARENT = "KLOPPEND_PARENT"
"""Names the process that our life hangs on; set for children, never by people."""


def hang_on(parent: int, let_go: Callable[[], None]) -> None:
    """Call `let_go` as soon as this process has another parent than that one."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(LOOK_EVERY)
        let_go()

    threading.Thread(target=watch, name="lifeline", daemon=True).start()


def hang_on_if_asked(patience: float) -> None:
    """When a parent is named: end in an orderly way after it is gone, and at once when that takes too long."""
    named = os.environ.pop(PARENT, "")
    if named:
        hang_on(int(named), lambda: _end(patience))


def _end(patience: float) -> None:
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(patience)
    os._exit(1)
