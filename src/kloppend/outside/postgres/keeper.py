"""The process between us and the embedded PostgreSQL: it holds the server, and stops it when its standard input ends.

An `atexit` or a `finally` does not run in a process that is killed; the end of a pipe is always noticed.
"""

import fcntl
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO

import psycopg

from kloppend.outside.postgres import files as postgres_files
from kloppend.outside.postgres.account import Account, account_for, let_in
from kloppend.outside.postgres.files import Files
from kloppend.outside.postgres.leftovers import end_leftovers

DATABASE = "kloppend"
_GRACE = 3.0  # seconds to wait for the lock of a keeper that has not said that it is stopping
_READY = 60.0  # seconds a server may take to answer, recovery after a crash included
_STOP = 60.0  # seconds a server may take to stop, at most
_STOPPING = "stopping"
_SILENT_ABOUT_ROWS = ("log_min_error_statement=panic", "log_error_verbosity=terse")
"""An error in the log says what went wrong, not the row or the statement it went wrong with: those hold names."""
_THROWAWAY = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")


class KeeperError(Exception):
    """Why the server does not run; the message is for a person."""


def main(arguments: list[str]) -> int:
    """Serve DATA_DIR until standard input ends. One line on standard output: the URL, or what is wrong."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # whoever sends these wants our parent to stop, and then we stop
    files = Files(Path(arguments[0]).resolve())
    try:
        with _held(files) as lock, _server(files, throwaway="--throwaway" in arguments) as server:
            _tell(server.url)
            while not _input_ended():
                server.start_again_if_dead()
            _note(lock, _STOPPING)
    except (KeeperError, OSError, psycopg.Error, subprocess.SubprocessError) as error:
        _tell(f"The embedded database in {files.home} cannot be used: {error}{_output(error)}")
        return 1
    return 0


def _input_ended() -> bool:
    """Whether standard input has ended; waits a second for it. Nobody ever writes there."""
    readable, _, _ = select.select([sys.stdin], [], [], 1.0)
    return bool(readable)


def _tell(line: str) -> None:
    try:
        print(line, flush=True)
    except BrokenPipeError:  # the parent is gone: standard input has ended too
        sys.stdout = None  # or the interpreter complains of that pipe when it ends


def _output(error: Exception) -> str:
    """What a program that failed had to say."""
    said = getattr(error, "stderr", None)
    return f"\n{said.strip()}" if isinstance(said, str) else ""


@contextmanager
def _held(files: Files) -> Iterator[IO[str]]:
    """Nobody else serves this folder meanwhile. A keeper that is just stopping is waited for."""
    files.home.mkdir(parents=True, exist_ok=True)
    with files.lock.open("a+", encoding="utf-8") as lock:
        patience = time.monotonic() + _GRACE
        while not _locked(lock):
            lock.seek(0)
            holder = lock.read().strip()
            if time.monotonic() > patience + (_STOP if holder == _STOPPING else 0):
                raise KeeperError(f"it is in use by another program (keeper process {holder or 'unknown'}).")
            time.sleep(0.05)
        _note(lock, str(os.getpid()))
        yield lock


def _locked(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _note(lock: IO[str], text: str) -> None:
    lock.truncate(0)
    lock.write(text)
    lock.flush()


class _Server:
    """A server with our database in it, at an address that stays the same."""

    def __init__(self, files: Files, account: Account, sockets: Path, *, throwaway: bool) -> None:
        self._start = partial(_start, files, account, sockets, throwaway=throwaway)
        self._files, self._sockets = files, sockets
        self.url = postgres_files.url(sockets, DATABASE)
        self.process = self._start()

    def start_again_if_dead(self) -> None:
        """A server that was killed comes back, and recovers by itself what was committed."""
        if self.process.poll() is not None:
            end_leftovers(self._files.cluster)
            self.process = self._start()
            _wait_until_ready(self.process, self._files, self._sockets)


@contextmanager
def _server(files: Files, *, throwaway: bool) -> Iterator[_Server]:
    """A running server; stopped at the end, its socket folder removed."""
    account = account_for(files.cluster)
    end_leftovers(files.cluster)
    let_in(account, files.programs, files.home)
    _make_cluster(files, account, throwaway=throwaway)
    with postgres_files.socket_folder(files, account) as sockets:
        server = _Server(files, account, sockets, throwaway=throwaway)
        try:
            _wait_until_ready(server.process, files, sockets)
            _make_database(sockets)
            yield server
        finally:
            _stop(server.process)


def _make_cluster(files: Files, account: Account, *, throwaway: bool) -> None:
    """initdb into a folder beside, renamed when complete: half a cluster never looks like one."""
    if files.cluster.exists():
        return
    postgres_files.remove(files.unfinished)
    files.unfinished.mkdir(mode=0o700)
    os.chown(files.unfinished, account.uid, account.gid)
    subprocess.run(  # noqa: S603 - the wheel's program, our arguments
        [
            str(files.programs / "initdb"),
            *("--pgdata", str(files.unfinished), "--username", postgres_files.USER, "--auth", "trust"),
            *("--encoding", "UTF8", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C"),
            *("--set", "timezone=UTC", "--set", "log_timezone=UTC", "--no-instructions"),
            *(["--no-sync"] if throwaway else []),
        ],
        **account.run_as(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=True,
        timeout=300,
    )
    files.unfinished.rename(files.cluster)


def _start(files: Files, account: Account, sockets: Path, *, throwaway: bool) -> subprocess.Popen[bytes]:
    settings = ["listen_addresses=", "unix_socket_permissions=0700", "logging_collector=off", "log_destination=stderr"]
    settings += [f'unix_socket_directories="{sockets}"', *_SILENT_ABOUT_ROWS, *(_THROWAWAY if throwaway else ())]
    files.log.unlink(missing_ok=True)
    files.log.touch(mode=0o600)
    with files.log.open("wb") as log:
        return subprocess.Popen(  # noqa: S603 - the wheel's program, our arguments
            [
                str(files.programs / "postgres"),
                *("-D", str(files.cluster), "-p", postgres_files.PORT),
                *(part for setting in settings for part in ("-c", setting)),
            ],
            **account.run_as(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )


def _wait_until_ready(process: subprocess.Popen[bytes], files: Files, sockets: Path) -> None:
    patience = time.monotonic() + _READY
    while process.poll() is None and time.monotonic() < patience:
        try:
            psycopg.connect(postgres_files.url(sockets, "postgres"), connect_timeout=5).close()
        except psycopg.OperationalError:
            time.sleep(0.03)
        else:
            return
    what = "did not answer in time" if process.returncode is None else f"ended with status {process.returncode}"
    raise KeeperError(f"the server {what}. The end of its log ({files.log}):\n{files.log_tail()}")


def _make_database(sockets: Path) -> None:
    with psycopg.connect(postgres_files.url(sockets, "postgres"), autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            connection.execute(f"CREATE DATABASE {DATABASE}".encode())


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Fast shutdown (open transactions are rolled back); harder when the server does not listen."""
    for number, seconds in ((signal.SIGINT, _STOP - 20), (signal.SIGQUIT, 10), (signal.SIGKILL, 10)):
        if process.poll() is None:
            process.send_signal(number)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            continue
        return


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
