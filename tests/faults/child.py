"""A worker that kills itself: runs the pipeline once, and dies at the n-th step from sealing on.

`python -m tests.faults.child CONNECTION NTH ISO_MOMENT`; a step is the moment before, and the moment after, each
commit, file write, fsync and rename. Prints the steps it came by.
"""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from unittest import mock

import django

django.setup()

from django.db.backends.postgresql.base import DatabaseWrapper  # noqa: E402

from kloppend.records.models import Connection  # noqa: E402
from kloppend.sync import pipeline, sealing  # noqa: E402
from kloppend.sync.shops import shop_of  # noqa: E402


class Failpoints:
    """Counts steps once armed and kills this process, as a power cut would, at the chosen one."""

    def __init__(self, nth: int, *, armed: bool = False, quiet: bool = False) -> None:
        self.nth, self.passed, self.armed, self.quiet = nth, 0, armed, quiet

    def step(self, name: str) -> None:
        if self.armed:
            self.passed += 1
            if not self.quiet:
                print(self.passed, name, flush=True)
            if self.passed == self.nth:
                os.kill(os.getpid(), signal.SIGKILL)

    def around(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*arguments: Any, **named: Any) -> Any:
            self.step(f"before {name}")
            result = real(*arguments, **named)
            self.step(f"after {name}")
            return result

        return wrapped

    def arming(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*arguments: Any, **named: Any) -> Any:
            self.armed = True
            return real(*arguments, **named)

        return wrapped

    @contextmanager
    def everywhere(self) -> Iterator[None]:
        """Steps at every commit, file opened, fsync and rename of this process."""
        with (
            mock.patch.object(DatabaseWrapper, "_commit", self.around("commit", DatabaseWrapper._commit)),  # type: ignore[attr-defined]
            mock.patch.object(Path, "open", self.around("open", Path.open)),
            mock.patch.object(Path, "rename", self.around("rename", Path.rename)),
            mock.patch("os.fsync", self.around("fsync", os.fsync)),
        ):
            yield


def main(connection_id: int, nth: int, at: datetime) -> None:
    points = Failpoints(nth)
    connection = Connection.objects.get(pk=connection_id)
    arming = mock.patch.object(pipeline, "seal", points.arming(sealing.seal))
    with arming, points.everywhere(), shop_of(connection) as shop:
        pipeline.run(connection, shop, at)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), datetime.fromisoformat(sys.argv[3]))
