"""The embedded PostgreSQL starts, keeps its data, serves one at a time, and is gone however its user ends."""

import contextlib
import os
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import psycopg
import pytest

from kloppend.outside.postgres import EmbeddedPostgresError, embedded_postgres

USER = """
import pathlib, sys, time
from kloppend.outside.postgres import embedded_postgres
with embedded_postgres(pathlib.Path(sys.argv[1]), throwaway=True) as url:
    print(url, flush=True)
    time.sleep(600)
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder for data, with a path short enough for a socket in it."""
    with tempfile.TemporaryDirectory(prefix="kloppend-test-") as made:
        Path(made).chmod(0o711)
        yield Path(made).resolve() / "data"


@pytest.fixture
def user(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that is using the database of this folder."""
    with subprocess.Popen([sys.executable, "-c", USER, str(folder)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline().startswith("postgresql://")
        yield process
        process.kill()
    _wait_for(lambda: not _processes(folder))


def _processes(folder: Path, name: str = "") -> list[psutil.Process]:
    """Keeper and server that mention this folder; not its user."""
    found = []
    for process in psutil.process_iter(["cmdline", "status"]):
        words = process.info["cmdline"] or []
        ours = any(word in (str(folder), str(folder / "cluster")) for word in words) and USER not in words
        if ours and process.info["status"] != psutil.STATUS_ZOMBIE and name in " ".join(words):
            found.append(process)
    return found


def _wait_for(happened: Callable[[], bool], seconds: float = 30) -> None:
    patience = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < patience, "it did not happen"
        time.sleep(0.02)


def _ask(url: str, sql: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(sql.encode()).fetchone()
    return row and row[0]


def _keep(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")


def test_it_starts_answers_and_stops(folder: Path) -> None:
    with embedded_postgres(folder, throwaway=True) as url:
        assert _ask(url, "SELECT current_database()") == "kloppend"
        assert _ask(url, "SHOW server_encoding") == "UTF8"
        assert _ask(url, "SHOW listen_addresses") == ""
        assert len(_processes(folder)) == 2
    assert not _processes(folder)


def test_only_its_own_account_and_root_can_reach_the_socket(folder: Path) -> None:
    with embedded_postgres(folder, throwaway=True):
        assert stat.S_IMODE((folder / "cluster").stat().st_mode) == 0o700
        assert stat.S_IMODE((folder / "cluster" / ".s.PGSQL.5432").stat().st_mode) == 0o700


def test_its_log_is_ours_alone_and_quotes_neither_rows_nor_statements(folder: Path) -> None:
    with embedded_postgres(folder, throwaway=True) as url:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE TABLE person (name text PRIMARY KEY)")
            for _ in range(2):
                with contextlib.suppress(psycopg.errors.UniqueViolation):
                    connection.execute("INSERT INTO person VALUES ('Jan de Vries')")
        log = folder / "server.log"
        assert "duplicate key" in log.read_text()
        assert "Vries" not in log.read_text()
        assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_data_survives_a_restart(folder: Path) -> None:
    with embedded_postgres(folder) as url:
        _keep(url)
    with embedded_postgres(folder) as url:
        assert _ask(url, "SELECT answer FROM kept") == 42


def test_it_stops_when_its_block_fails(folder: Path) -> None:
    with pytest.raises(LookupError), embedded_postgres(folder, throwaway=True):
        raise LookupError
    assert not _processes(folder)


def test_a_killed_user_leaves_no_process_and_the_data_at_once_usable(
    folder: Path, user: "subprocess.Popen[str]"
) -> None:
    user.kill()
    with embedded_postgres(folder, throwaway=True) as url:  # while the first keeper may still be stopping
        assert _ask(url, "SELECT 1") == 1
    assert not _processes(folder)


def test_a_killed_user_leaves_no_process(folder: Path, user: "subprocess.Popen[str]") -> None:
    assert len(_processes(folder)) == 2
    user.kill()
    _wait_for(lambda: not _processes(folder))


def test_signals_to_the_keeper_do_not_take_the_database_from_its_user(
    folder: Path, user: "subprocess.Popen[str]"
) -> None:
    (keeper,) = _processes(folder, "postgres.keeper")
    keeper.terminate()
    keeper.send_signal(2)
    time.sleep(0.3)
    assert len(_processes(folder)) == 2


def test_a_second_user_is_told_so_and_the_first_is_not_disturbed(folder: Path, user: "subprocess.Popen[str]") -> None:
    with pytest.raises(EmbeddedPostgresError, match="in use by another program"), embedded_postgres(folder):
        pass
    assert len(_processes(folder)) == 2


@pytest.mark.parametrize("survivor", ["", "postgres"], ids=["nothing left", "the server left"])
def test_a_kill_of_everything_is_recovered(folder: Path, user: "subprocess.Popen[str]", survivor: str) -> None:
    keeper, server = _processes(folder, "postgres.keeper")[0], _processes(folder, "bin/postgres")[0]
    for process in (keeper, user) if survivor else (keeper, server, user):  # the keeper first: it would stop the server
        process.kill()
    psutil.wait_procs([keeper], timeout=10)
    assert (folder / "cluster" / "postmaster.pid").exists()
    with embedded_postgres(folder, throwaway=True) as url:
        assert _ask(url, "SELECT 1") == 1


def test_a_note_that_names_a_stranger_is_not_believed(folder: Path) -> None:
    with embedded_postgres(folder, throwaway=True):
        note = (folder / "cluster" / "postmaster.pid").read_text().splitlines()
    stranger = str(os.getpid())  # alive, and no PostgreSQL
    (folder / "cluster" / "postmaster.pid").write_text("\n".join([stranger, *note[1:], ""]))
    with embedded_postgres(folder, throwaway=True) as url:
        assert _ask(url, "SELECT 1") == 1


def test_half_a_cluster_is_made_anew(folder: Path) -> None:
    (folder / "cluster.unfinished").mkdir(parents=True)
    (folder / "cluster.unfinished" / "PG_VERSION").write_text("18")
    with embedded_postgres(folder, throwaway=True) as url:
        assert _ask(url, "SELECT 1") == 1


@pytest.mark.parametrize("name", ["a" * 150, "a, b"], ids=["long", "comma"])
def test_a_path_no_socket_can_have_works(folder: Path, name: str) -> None:
    with embedded_postgres(folder / name, throwaway=True) as url:
        assert _ask(url, "SELECT 1") == 1
        sockets = Path(str(_ask(url, "SHOW unix_socket_directories")).strip(chr(34)))
        assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
    assert not sockets.exists()


def test_a_server_that_cannot_start_shows_its_log(folder: Path) -> None:
    with embedded_postgres(folder, throwaway=True):
        pass
    with (folder / "cluster" / "postgresql.conf").open("a") as settings:
        settings.write("nonsense = 1\n")
    with pytest.raises(EmbeddedPostgresError, match="nonsense"), embedded_postgres(folder):
        pass
    assert not _processes(folder)
