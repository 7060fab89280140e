"""A worker that kills itself: runs the pipeline once, and dies at the n-th step from sealing or posting on; or recalls.

`python -m tests.faults.child CONNECTION NTH ISO_MOMENT [recall]`; a step is the moment before, and the moment after,
each commit, request, file write, upload, fsync, rename and removal. Prints the steps it came by.
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

from kloppend.domain.problems import Refused  # noqa: E402
from kloppend.outside.http import GuardedClient  # noqa: E402
from kloppend.outside.sftp.session import SftpSession  # noqa: E402
from kloppend.records.models import Connection  # noqa: E402
from kloppend.sync import pipeline, posting  # noqa: E402
from kloppend.sync.files import recall as recalling  # noqa: E402
from kloppend.sync.files import sealing  # noqa: E402
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
        """Steps at every commit, request, file opened, fsync, rename and removal of this process."""
        with (
            mock.patch.object(DatabaseWrapper, "_commit", self.around("commit", DatabaseWrapper._commit)),  # type: ignore[attr-defined]
            mock.patch.object(Path, "open", self.around("open", Path.open)),
            mock.patch.object(Path, "rename", self.around("rename", Path.rename)),
            mock.patch.object(Path, "unlink", self.around("removal", Path.unlink)),
            mock.patch.object(GuardedClient, "request", self.around("request", GuardedClient.request)),
            mock.patch.object(SftpSession, "upload", self.around("upload", SftpSession.upload)),
            mock.patch.object(SftpSession, "rename", self.around("server-side rename", SftpSession.rename)),
            mock.patch.object(SftpSession, "remove", self.around("server-side removal", SftpSession.remove)),
            mock.patch("os.fsync", self.around("fsync", os.fsync)),
        ):
            yield


def run(connection: Connection, at: datetime, points: Failpoints) -> None:
    with (
        mock.patch.object(pipeline, "seal", points.arming(sealing.seal)),
        mock.patch.object(pipeline, "post", points.arming(posting.post)),
        shop_of(connection) as shop,
    ):
        pipeline.run(connection, shop, at)


def recall(connection: Connection, at: datetime, points: Failpoints) -> None:
    try:
        points.arming(recalling.recall)(connection.batches.latest("sequence"), at, "user-7")
    except Refused as refused:
        print(refused.problem.code, flush=True)


def main(connection_id: int, nth: int, at: datetime, work: Callable[[Connection, datetime, Failpoints], None]) -> None:
    points = Failpoints(nth)
    with points.everywhere():
        work(Connection.objects.get(pk=connection_id), at, points)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), datetime.fromisoformat(sys.argv[3]), recall if sys.argv[4:] else run)
