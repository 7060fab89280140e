"""The store's own database and web server, on loopback, gone when the test is over."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.stores.trouble import StoreTrouble

SECONDS_TO_START = 60


@dataclass(frozen=True, slots=True)
class Database:
    """An empty database for one store, on 127.0.0.1."""

    client: str
    port: int
    name: str
    user: str
    password: str

    def rows(self, sql: str) -> list[list[str]]:
        """Run SQL in the store's database; returns the rows of what it answers, all values as text (NULL: `NULL`)."""
        command = [self.client, "--no-defaults", "--host=127.0.0.1", f"--port={self.port}", f"--user={self.user}"]
        options = ["--batch", "--skip-column-names", "--default-character-set=utf8mb4", self.name]
        environment = {**os.environ, "MYSQL_PWD": self.password}
        done = subprocess.run(
            [*command, *options], input=sql, capture_output=True, text=True, env=environment, check=False
        )
        if done.returncode:
            raise StoreTrouble(f"the store's database says: {done.stderr.strip()}")
        return [line.split("\t") for line in done.stdout.splitlines()]

    def value(self, sql: str) -> str:
        """The only value that this SQL answers."""
        rows = self.rows(sql)
        if len(rows) != 1 or len(rows[0]) != 1:
            raise StoreTrouble(f"one value was expected of: {sql}")
        return rows[0][0]


def free_port() -> int:
    """A port on loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _program(name: str) -> str:
    path = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
    if path is None:
        raise StoreTrouble(f"{name} is not installed here (make test installs MariaDB where it may)")
    return path


@contextmanager
def started(
    command: Sequence[str], log: Path, port: int, environment: Mapping[str, str] | None = None
) -> Iterator[None]:
    """A server as a process group of its own, answering on `port`; ended with all its children."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env=environment,
        )
    try:
        _wait_for(process, port, log)
        yield
    finally:
        _end(process)


def _wait_for(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    for _ in range(SECONDS_TO_START * 10):
        if process.poll() is not None:
            raise StoreTrouble(f"a server stopped at once:\n{log.read_text(errors='replace')[-2000:]}")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise StoreTrouble(f"a server did not start within {SECONDS_TO_START} seconds, see {log}")


def _end(process: subprocess.Popen[bytes]) -> None:
    for ending in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, ending)
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            continue
        except ProcessLookupError:
            process.wait()
        return


@contextmanager
def mariadb(folder: Path) -> Iterator[Database]:
    """A private MariaDB with one empty database. Old stores expect no strict SQL mode, as their hosts had it."""
    data, port, password = folder / "mysql", free_port(), secrets.token_hex(12)
    common = ["--no-defaults", f"--datadir={data}"] + (["--user=root"] if os.geteuid() == 0 else [])
    install = [_program("mariadb-install-db"), *common, "--auth-root-authentication-method=normal", "--skip-test-db"]
    subprocess.run(install, check=True, capture_output=True)
    first = folder / "first.sql"
    first.write_text(
        "CREATE DATABASE store CHARACTER SET utf8mb4;\n"
        f"CREATE USER 'store'@'127.0.0.1' IDENTIFIED BY '{password}';\n"
        "GRANT ALL ON store.* TO 'store'@'127.0.0.1';\n"
        "ALTER USER 'root'@'localhost' ACCOUNT LOCK;\n"
    )
    where = [f"--socket={folder / 'mysql.socket'}", "--bind-address=127.0.0.1", f"--port={port}"]
    # In a shared /tmp a second server, starting, would sweep away the temporary tables of the first.
    (folder / "mysql-tmp").mkdir()
    small = [
        f"--tmpdir={folder / 'mysql-tmp'}",
        "--skip-name-resolve",
        "--sql-mode=NO_ENGINE_SUBSTITUTION",
        "--innodb-buffer-pool-size=64M",
    ]
    command = [_program("mariadbd"), *common, *where, *small, f"--init-file={first}"]
    with started(command, folder / "mariadb.log", port):
        yield Database(_program("mariadb"), port, "store", "store", password)


@contextmanager
def php_server(php: Sequence[str], folder: Path, port: int, log: Path) -> Iterator[str]:
    """PHP's own web server for `folder`; returns its address.

    One worker: several of them now and then leave a connection waiting, because they take turns in a blocking accept.
    """
    command = [*php, "-S", f"127.0.0.1:{port}", "-t", str(folder)]
    with started(command, log, port):
        yield f"http://127.0.0.1:{port}/"
