"""The demo as its user runs it: twice, interrupted, and with its files opened by somebody else's tools."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest
from lxml import etree

from kloppend.demo.stores import recorded_stores

KLOPPEND = str(Path(sys.executable).with_name("kloppend"))
WITHOUT_DATABASE = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"} | {"COLUMNS": "200"}


def start(folder: Path, *more: str) -> "subprocess.Popen[str]":
    command = [KLOPPEND, "demo", "--folder", str(folder), *more]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=WITHOUT_DATABASE)


def demo(folder: Path, *more: str) -> str:
    process = start(folder, *more)
    printed, _ = process.communicate(timeout=300)
    assert process.returncode == 0, printed
    return printed


def files(folder: Path) -> dict[Path, tuple[int, bytes]]:
    return {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in (folder / "files").rglob("*.xml")}


def processes(folder: Path) -> list[str]:
    """The command lines of processes that name this folder."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes()
        except OSError:
            continue  # it ended while we looked
        if str(folder).encode() in line:
            found.append(line.decode(errors="replace"))
    return found


def assert_nothing_is_left(folder: Path) -> None:
    deadline = time.monotonic() + 60
    while processes(folder) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert processes(folder) == []


Twice = tuple[Path, Sequence[str], Sequence[dict[Path, tuple[int, bytes]]]]


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> Twice:
    """The folder, what both runs printed, and the files after each."""
    folder = tmp_path_factory.mktemp("demo")
    first, after_first = demo(folder), files(folder)
    second, after_second = demo(folder), files(folder)
    return folder, (first, second), (after_first, after_second)


def test_every_store_gets_a_file_and_the_screen_names_it(twice: Twice) -> None:
    _, (first, _), (placed, _) = twice
    assert len(placed) == len(recorded_stores(None)) == 4
    for path in placed:
        assert str(path) in first
        assert "UNVERIFIED" in path.name
    for expected in ("MULTI_CURRENCY", "TAX_MISMATCH", "VAT_NUMBER_INVALID", "21%", "9%"):
        assert expected in first


def test_a_second_run_says_so_and_changes_no_file(twice: Twice) -> None:
    _, (first, second), (before, after) = twice
    assert after == before
    assert "Nothing was new" in second
    assert "Nothing was new" not in first


def test_the_sums_on_the_screen_are_those_in_the_files(twice: Twice) -> None:
    """Every amount with a VAT class in the files, added up without our own reader, appears in the table of VAT."""
    _, (first, _), (placed, _) = twice
    for path in placed:
        sums: dict[str, Decimal] = {}
        for line in etree.fromstring(path.read_bytes()).iter("Orderline"):
            rate = line.findtext("VatPercentage") or ""
            sums[rate] = sums.get(rate, Decimal(0)) + Decimal(line.findtext("Vat") or "")
        assert sums
        for amount in sums.values():
            assert f" {amount:.2f} " in first


def test_nothing_keeps_running(twice: Twice) -> None:
    assert_nothing_is_left(twice[0])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("seconds", [1.0, 4.0])
def test_interrupted_it_leaves_nothing_and_goes_on_next_time(
    tmp_path: Path, number: signal.Signals, seconds: float
) -> None:
    process = start(tmp_path)
    time.sleep(seconds)
    process.send_signal(number)
    process.communicate(timeout=120)
    assert_nothing_is_left(tmp_path)
    demo(tmp_path)
    assert len(files(tmp_path)) == 4


@pytest.mark.parametrize("content", [None, "{", "[]", '{"meta": {}}'])
def test_what_is_no_recording_is_said_in_a_line(tmp_path: Path, content: str | None) -> None:
    recordings = tmp_path / "rows"
    recordings.mkdir()
    if content is not None:
        (recordings / "x.json").write_text(content)
    process = start(tmp_path / "demo", "--recordings", str(recordings))
    printed, _ = process.communicate(timeout=120)
    assert process.returncode == 1
    assert "The demo cannot run" in printed
    assert "Traceback" not in printed


def test_other_recordings_can_be_shown(tmp_path: Path) -> None:
    recordings = tmp_path / "rows"
    recordings.mkdir()
    rows = next(path for path in recorded_stores(None) if path.stem == "3.0.5.1").read_text(encoding="utf-8")
    (recordings / "3.0.3.9.json").write_text(rows.replace("3.0.5.1", "3.0.3.9"), encoding="utf-8")
    printed = demo(tmp_path / "demo", "--recordings", str(recordings))
    assert "De Proef 3.0.3.9" in printed
    assert len(files(tmp_path / "demo")) == 1
