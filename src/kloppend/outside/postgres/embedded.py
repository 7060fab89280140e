"""PostgreSQL without installing it: for the demo, the tests and a quick start. It is gone when its user is gone."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# What would otherwise steer the server or its client tools from the outside.
_FOREIGN = frozenset(
    {
        *("PGDATA", "PGHOST", "PGHOSTADDR", "PGPORT", "PGUSER", "PGPASSWORD", "PGPASSFILE", "PGDATABASE", "PGOPTIONS"),
        *("PGSERVICE", "PGSERVICEFILE", "PGSSLMODE", "PGCLIENTENCODING", "PGTZ", "PGDATESTYLE", "PGREQUIREAUTH"),
    }
)


class EmbeddedPostgresError(RuntimeError):
    """The embedded server cannot be used; the message says why, for a person."""


@contextmanager
def embedded_postgres(data_dir: Path, *, throwaway: bool = False) -> Iterator[str]:
    """Run a server on this folder and yield its DATABASE_URL, database `kloppend` included; stop it at the end.

    A keeper process owns the server and stops it as soon as this process lets go of a pipe: at the end of the block,
    or by dying, however suddenly. The folder is made when absent and keeps its data from one time to the next. One
    user at a time. `throwaway` trades safety against a power failure for speed: for data nobody will miss.
    Raises EmbeddedPostgresError.
    """
    # Away from the terminal's signals (a new session): Ctrl-C ends the user of the database first, then the database.
    with subprocess.Popen(  # noqa: S603 - our own module
        [sys.executable, "-P", "-m", "kloppend.outside.postgres.keeper", *_arguments(data_dir, throwaway=throwaway)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={name: value for name, value in os.environ.items() if name not in _FOREIGN},
        start_new_session=True,
        encoding="utf-8",
    ) as keeper:
        yield _answer(keeper)


def _arguments(data_dir: Path, *, throwaway: bool) -> list[str]:
    return [str(data_dir.absolute()), *(["--throwaway"] if throwaway else [])]


def _answer(keeper: subprocess.Popen[str]) -> str:
    """The keeper's first line is the URL; anything else is what went wrong."""
    assert keeper.stdout  # noqa: S101 - asked for with PIPE
    first = keeper.stdout.readline()
    if first.startswith("postgresql://"):
        return first.strip()
    rest = keeper.stdout.read()
    raise EmbeddedPostgresError((first + rest).strip() or "The keeper of the embedded database ended without a word.")
