"""The catalogue and the code agree: every code raised has its texts, every text is of a code that is raised."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import kloppend
from kloppend.domain.problems import CATALOGUE, Problem

SOURCE = Path(kloppend.__file__).parent
TREES = [ast.parse(file.read_text(encoding="utf-8")) for file in SOURCE.rglob("*.py")]


def literals_of_problem_of() -> Iterator[str]:
    for tree in TREES:
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "of"
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id == "Problem"
                and node.args
                and isinstance(node.args[0], ast.Constant)
            ):
                yield str(node.args[0].value)


def all_strings() -> set[str]:
    constants = (node for tree in TREES for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return {node.value for node in constants if isinstance(node.value, str)}


def test_every_code_raised_has_an_entry() -> None:
    assert set(literals_of_problem_of()) <= CATALOGUE.keys()


def test_every_entry_is_raised_somewhere() -> None:
    assert CATALOGUE.keys() <= all_strings()


@pytest.mark.parametrize("code", CATALOGUE)
def test_both_languages_say_something_with_the_same_detail(code: str) -> None:
    entry = CATALOGUE[code]
    problem = Problem.of(code, **dict.fromkeys(entry.placeholders, "X"))
    for language in ("nl", "en"):
        text = problem.text("nl" if language == "nl" else "en")
        assert text.cause.strip()
        assert text.fix.strip()
        assert "{" not in text.cause + text.fix
    dutch, english = problem.text("nl"), problem.text("en")
    assert dutch.cause != english.cause


@pytest.mark.parametrize("code", [code for code, entry in CATALOGUE.items() if entry.placeholders])
def test_a_problem_without_its_detail_cannot_be_made(code: str) -> None:
    with pytest.raises(KeyError, match=code):
        Problem.of(code)


def test_an_unknown_code_cannot_be_made() -> None:
    with pytest.raises(KeyError):
        Problem.of("NO_SUCH_CODE")
