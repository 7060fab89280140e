"""The domain knows no clock: what moment it is, a caller says."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import kloppend

DOMAIN = Path(kloppend.__file__).parent / "domain"
CLOCKS = {"now", "today", "utcnow"}


def clocks_read(source: str) -> Iterator[str]:
    """Every call in this source that asks what time it is."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            called = node.func
            of_time = isinstance(called.value, ast.Name) and called.value.id == "time"
            if called.attr in CLOCKS or (called.attr == "time" and of_time):
                yield f"line {node.lineno}: {ast.unparse(called)}"


def test_no_file_of_the_domain_reads_a_clock() -> None:
    files = sorted(DOMAIN.rglob("*.py"))
    assert files
    found = [
        f"{file.relative_to(DOMAIN)}, {call}"
        for file in files
        for call in clocks_read(file.read_text(encoding="utf-8"))
    ]
    assert not found


@pytest.mark.parametrize(
    "source", ["datetime.now(UTC)", "date.today()", "datetime.datetime.utcnow()", "def f():\n    return [time.time()]"]
)
def test_a_clock_is_seen(source: str) -> None:
    assert list(clocks_read(source))


@pytest.mark.parametrize("source", ["today = rules.day(moment)", "moment.time()", "now(today)"])
def test_what_is_no_clock_is_let_through(source: str) -> None:
    assert not list(clocks_read(source))
