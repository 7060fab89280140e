"""The process tree of `kloppend run`: children are started again when they die, and all end when we do."""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import FrameType

from kloppend.web.lifeline import PARENT

log = logging.getLogger(__name__)

LOOK_EVERY = 0.3
LONGEST_PAUSE = 60.0
STEADY = 60.0  # seconds after which a child counts as well
STOP_WITHIN = 20.0
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Child:
    """One command of ours that has to be there."""

    def __init__(self, name: str, arguments: Sequence[str]) -> None:
        self.name = name
        self._command = [sys.executable, "-P", "-m", "kloppend", *arguments]
        self._process: subprocess.Popen[bytes] | None = None
        self._since, self._again_at, self._pause = 0.0, 0.0, 1.0

    def look(self, now: float) -> None:
        """Start it when it does not run, after a pause that doubles for as long as it keeps dying."""
        if self._process is None:
            if now >= self._again_at:
                self._start(now)
        elif self._process.poll() is not None:
            self._pause = 1.0 if now - self._since > STEADY else min(self._pause * 2, LONGEST_PAUSE)
            log.warning(
                "%s ended with status %s; again in %.0f seconds", self.name, self._process.returncode, self._pause
            )
            self._process, self._again_at = None, now + self._pause

    def _start(self, now: float) -> None:
        # In a session of its own: a Ctrl-C is for us, and we end our children in order.
        self._process = subprocess.Popen(  # noqa: S603 - our own command
            self._command,
            stdin=subprocess.DEVNULL,
            env={**os.environ, PARENT: str(os.getpid())},
            start_new_session=True,
        )
        self._since = now
        log.info("%s started (process %s)", self.name, self._process.pid)

    def ask_to_end(self) -> None:
        """Ask politely."""
        if self._process:
            self._process.terminate()

    def end(self, before: float) -> None:
        """Wait until it is gone, and no longer than until then."""
        if self._process:
            try:
                self._process.wait(max(0.1, before - time.monotonic()))
            except subprocess.TimeoutExpired:
                log.warning("%s did not end in time and was killed", self.name)
                self._process.kill()
                self._process.wait()


def tree(address: str, port: int) -> dict[str, Sequence[str]]:
    """The commands of the process tree; the database, when it is ours, was there before."""
    return {"web": ["web", "--address", address, "--port", str(port)], "worker": ["worker"]}


def supervise(commands: Mapping[str, Sequence[str]]) -> None:
    """Keep these commands running until SIGTERM, SIGINT or SIGHUP; then end them, the last one first."""
    children = [Child(name, arguments) for name, arguments in commands.items()]
    with _stop_asked() as stop:
        try:
            while not stop.is_set():
                for child in children:
                    child.look(time.monotonic())
                stop.wait(LOOK_EVERY)
        finally:
            before = time.monotonic() + STOP_WITHIN
            for child in reversed(children):
                child.ask_to_end()
            for child in reversed(children):
                child.end(before)
    log.info("everything has ended")


@contextmanager
def _stop_asked() -> Iterator[threading.Event]:
    """An event that the signals set."""
    asked = threading.Event()

    def ask(_number: int, _frame: FrameType | None) -> None:
        asked.set()

    before = {number: signal.signal(number, ask) for number in SIGNALS}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
