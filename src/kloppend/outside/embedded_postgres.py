"""PostgreSQL out of a wheel, for the demo, the tests and a quick start: there while it is needed, gone afterwards.

For real use give DATABASE_URL: this server trusts whoever reaches its socket.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class EmbeddedPostgresError(Exception):
    """The embedded server could not be started; the message says why."""


@contextmanager
def embedded_postgres(data_dir: Path) -> Iterator[str]:
    """Yield the DATABASE_URL of a server on `data_dir` (made when absent) and stop the server at the end.

    A keeper process holds the server and stops it as soon as our end of its standard input closes. That happens
    also when this process is killed, so no server is ever left behind. Raises EmbeddedPostgresError.
    """
    keeper = subprocess.Popen(  # noqa: S603 - our own module
        [sys.executable, "-m", "kloppend.outside.postgres_keeper", str(data_dir)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,  # Ctrl-C in the terminal is for us, not for the keeper
    )
    assert keeper.stdin and keeper.stdout and keeper.stderr  # noqa: S101 - for the type checker
    try:
        url = keeper.stdout.readline().strip()
        if not url:
            raise EmbeddedPostgresError(keeper.stderr.read().strip() or "the server did not start")
        yield url
    finally:
        keeper.stdin.close()
        keeper.wait()
        keeper.stdout.close()
        keeper.stderr.close()
