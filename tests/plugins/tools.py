"""Tools of the system that tests need. A missing one is named at the end, and in CI it is a failure."""

import os
import shutil
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

NOT_TRIED: Counter[str] = Counter()


def tool(*names: str) -> str:
    """The path of the first of these programs that is there; without any the test is skipped and counted."""
    for name in names:
        path = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
        if path:
            return path
    NOT_TRIED[names[0]] += 1
    pytest.skip(f"{names[0]} is not installed here")


def php_name() -> str:
    """What PHP is called here: the name or path in the environment's `PHP`, to try another version."""
    return os.environ.get("PHP") or "php"


@pytest.fixture
def php() -> str:
    """The path of PHP's command line."""
    return tool(php_name())


@pytest.fixture
def chromium() -> str:
    """The path of Chromium."""
    return tool("chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True)
class MariaDb:
    """A private MariaDB server, reachable through its socket only."""

    client: str
    socket: Path

    def run(self, sql: str) -> str:
        """Run SQL as the owner; returns the rows, tab-separated."""
        command = [
            self.client,
            "--no-defaults",
            f"--socket={self.socket}",
            "--user=root",
            "--batch",
            "--skip-column-names",
            "-e",
            sql,
        ]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="session")
def _mariadb() -> Iterator[MariaDb | None]:
    needed = [shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin") for name in ("mariadbd", "mariadb-install-db")]
    client = shutil.which("mariadb")
    if not (client and all(needed)):
        yield None
        return
    server, install = (str(path) for path in needed)
    with tempfile.TemporaryDirectory(prefix="kloppend-mariadb-") as folder:
        data, socket = Path(folder) / "data", Path(folder) / "socket"
        common = ["--no-defaults", f"--datadir={data}"] + (["--user=root"] if os.geteuid() == 0 else [])
        made = [install, *common, "--auth-root-authentication-method=normal", "--skip-test-db"]
        subprocess.run(made, check=True, capture_output=True)
        process = subprocess.Popen(
            # a server that starts sweeps its tmpdir: in a shared one it would take another's temporary tables
            [server, *common, f"--socket={socket}", f"--tmpdir={folder}", "--skip-networking"],
            stderr=subprocess.DEVNULL,
        )
        try:
            for _ in range(300):
                if socket.exists():
                    break
                time.sleep(0.1)
            yield MariaDb(client, socket)
        finally:
            process.terminate()
            process.wait(timeout=60)


@pytest.fixture
def mariadb(_mariadb: MariaDb | None) -> MariaDb:
    """A MariaDB server for this test run."""
    if _mariadb is None:
        NOT_TRIED["mariadb"] += 1
        pytest.skip("mariadb is not installed here")
    return _mariadb


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name what could not be tried."""
    if NOT_TRIED:
        terminalreporter.section("NOT TRIED HERE", red=True, bold=True)
        for name, count in sorted(NOT_TRIED.items()):
            terminalreporter.line(f"{name} is missing: {count} tests were skipped", red=True)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI everything must have been tried."""
    if NOT_TRIED and os.environ.get("CI"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
