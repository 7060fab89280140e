"""`kloppend run` as its operator sees it: healthy, refused when unsafe, and gone without a trace however it ends."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]
import pytest

KLOPPEND = str(Path(sys.executable).with_name("kloppend"))
PATIENCE = 90.0
OURS = ("DATABASE_URL", "KLOPPEND_ENCRYPTION_KEYS", "KLOPPEND_HASH_KEY", "KLOPPEND_ALLOWED_NETWORKS")
ROOT = ["--allow", "root"] if os.geteuid() == 0 else []


def surroundings(home: Path, **more: str) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in OURS} | {
        "KLOPPEND_HOME": str(home),
        **more,
    }


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def health(port: int) -> tuple[int, dict[str, Any]]:
    """Status and answer; 0 when nobody answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)
    except OSError:
        return 0, {}


def wait_for(happened: Callable[[], object]) -> None:
    until = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.2)


def processes(home: Path, port: int = 0, fitting: Sequence[str] = ()) -> list[psutil.Process]:
    """Everything that has this home in its environment or command, or the port in its title; zombies excepted.

    `fitting`: only those whose command line holds all these words. It is read once: any process may end meanwhile.
    """
    found = []
    for process in psutil.process_iter():
        try:
            if process.status() != psutil.STATUS_ZOMBIE and process.pid != os.getpid():
                command = process.cmdline()
                line = " ".join(command)
                words = [line, *command, *process.environ().values()]
                of_home = any(word == str(home) or word.startswith(f"{home}/") or f":{port} " in word for word in words)
                if of_home and all(word in line for word in fitting):
                    found.append(process)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return found


def named(running: "Running", *words: str) -> psutil.Process:
    """The one whose command line holds all these words."""
    return min(processes(running.home, running.port, words), key=lambda process: process.pid)


def has(running: "Running", *words: str) -> bool:
    return bool(processes(running.home, running.port, words))


class Running:
    def __init__(self, home: Path) -> None:
        self.home, self.port = home, free_port()
        command = [KLOPPEND, "run", "--port", str(self.port), *ROOT]
        self.log = home / "log"
        home.mkdir(mode=0o700)
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, env=surroundings(home), stderr=log, stdout=log)

    def healthy(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        return health(self.port)[0] == 200


@pytest.fixture
def home() -> Iterator[Path]:
    """A home outside pytest's own folders, which other test runs close to the database's account."""
    with tempfile.TemporaryDirectory(prefix="kloppend-run-") as made:
        Path(made).chmod(0o711)
        yield Path(made) / "home"


@pytest.fixture
def running(home: Path) -> Iterator[Running]:
    """A process tree on an embedded database of its own, healthy."""
    found = Running(home)
    try:
        wait_for(found.healthy)
        yield found
    finally:
        found.process.kill()
        found.process.wait()
        wait_for(lambda: processes(found.home, found.port) == [])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL])
def test_however_it_ends_nothing_is_left(running: Running, number: signal.Signals) -> None:
    assert len(processes(running.home, running.port)) >= 5
    running.process.send_signal(number)
    running.process.wait(PATIENCE)
    wait_for(lambda: processes(running.home, running.port) == [])
    assert health(running.port) == (0, {})
    log = running.log.read_text()
    assert "Traceback" not in log
    if number != signal.SIGKILL:
        assert running.process.returncode == 0
        assert "everything has ended" in log


def test_a_part_that_dies_is_started_again(running: Running) -> None:
    for words in (["kloppend worker"], ["granian", "worker-1"], ["bin/postgres", "-D"]):
        before = named(running, *words)
        before.kill()
        before.wait(PATIENCE)
        wait_for(partial(has, running, *words))
        wait_for(running.healthy)
    running.process.terminate()
    running.process.wait(PATIENCE)
    wait_for(lambda: processes(running.home, running.port) == [])


def test_commands_share_the_database_of_a_running_tree(running: Running) -> None:
    command = [KLOPPEND, "sync", "--json"]
    done = subprocess.run(command, env=surroundings(running.home), capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == {"connections": []}
    assert running.healthy()


def refused(home: Path, *arguments: str, **more: str) -> str:
    done = subprocess.run(
        [KLOPPEND, *arguments],
        env=surroundings(home, **more),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr


def test_a_port_that_is_taken_is_said_in_a_line(home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        for command in (["run", *ROOT], ["web"]):
            said = refused(home, *command, "--port", port)
            assert f"Port {port} is in use" in said
        assert f"Port {port} is in use" in refused(home, "demo", "--folder", str(home), "--stay", "--port", port)
    assert processes(home) == []


def test_unsafe_set_ups_are_refused_by_name(home: Path) -> None:
    said = refused(
        home, "run", "--address", "0.0.0.0", KLOPPEND_HASH_KEY="short", KLOPPEND_BASE_URL="http://shop.example"
    )
    for name in ("weak-key", "open-to-all", "no-https", *(["root"] if os.geteuid() == 0 else [])):
        assert f"{name}: " in said
    assert "--allow NAME" in said
    assert processes(home) == []


def test_what_no_key_file_is_is_said(home: Path) -> None:
    home.mkdir()
    (home / "secrets.json").write_text("[1, 2")
    assert "does not hold our keys" in refused(home, "worker")


def test_the_health_of_a_web_server_without_a_worker(home: Path) -> None:
    port = free_port()
    with subprocess.Popen([KLOPPEND, "web", "--port", str(port)], env=surroundings(home)) as web:
        wait_for(lambda: health(port)[0])
        assert health(port) == (503, {"database": True, "worker": False})
        web.kill()
    wait_for(lambda: processes(home, port) == [])
