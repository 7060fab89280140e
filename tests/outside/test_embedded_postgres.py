"""The embedded database is there when needed and never left behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from kloppend.outside.embedded_postgres import EmbeddedPostgresError, embedded_postgres

HOLDER = """
import sys, time
from pathlib import Path
from kloppend.outside.embedded_postgres import embedded_postgres
with embedded_postgres(Path(sys.argv[1])) as url:
    print(url, flush=True)
    time.sleep(600)
"""


def answers(url: str) -> bool:
    try:
        with psycopg.connect(url) as connection:
            return connection.execute("SELECT 1").fetchone() == (1,)
    except psycopg.OperationalError:
        return False


def test_data_survive_and_the_server_does_not(tmp_path: Path) -> None:
    with embedded_postgres(tmp_path / "data") as url, psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    assert not answers(url)
    with embedded_postgres(tmp_path / "data") as url, psycopg.connect(url) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_nothing_is_left_when_its_user_dies(tmp_path: Path, number: signal.Signals) -> None:
    command = [sys.executable, "-c", HOLDER, str(tmp_path / "data")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as holder:
        assert holder.stdout
        url = holder.stdout.readline().strip()
        assert answers(url)
        os.kill(holder.pid, number)
    deadline = time.monotonic() + 60
    while answers(url) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not answers(url)


def test_a_second_user_of_the_same_data_is_told(tmp_path: Path) -> None:
    with embedded_postgres(tmp_path / "data"), pytest.raises(EmbeddedPostgresError, match="in use by another run"):
        embedded_postgres(tmp_path / "data").__enter__()


def test_a_path_too_long_for_a_socket_works(tmp_path: Path) -> None:
    with embedded_postgres(tmp_path / ("long" * 25) / "data") as url:
        assert answers(url)
