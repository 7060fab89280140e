"""What the documents say is so."""

import re
import tomllib
from pathlib import Path

import pytest
from typer.main import get_command

from kloppend.cli.main import app
from kloppend.connecting.draft import Draft, read_answers
from kloppend.domain.problems.page import page
from kloppend.records.models import Run
from kloppend.sync.choices import Choices, choices_of

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])


def test_the_page_of_problems_is_the_catalogue() -> None:
    written = (ROOT / "docs/problems.md").read_text(encoding="utf-8")
    assert written == page(), "run: python -m kloppend.domain.problems.page > docs/problems.md"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_links_between_pages_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target


def test_every_command_that_the_readme_names_exists() -> None:
    command = get_command(app)
    for name in re.findall(r"kloppend ([a-z-]+) ", (ROOT / "README.md").read_text(encoding="utf-8")):
        assert name in command.commands, name  # type: ignore[attr-defined]


def test_what_is_locked_has_hashes_and_no_index_address() -> None:
    for path in (ROOT / "requirements").glob("*.txt"):
        text = path.read_text(encoding="utf-8")
        assert "--hash=sha256:" in text
        assert "://" not in text
    assert "dynamic" in tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def _running() -> str:
    return (ROOT / "docs/running.md").read_text(encoding="utf-8")


def test_every_variable_that_the_code_reads_is_explained() -> None:
    read = {
        name
        for path in (ROOT / "src").rglob("*.py")
        for name in re.findall(r"\bKLOPPEND_[A-Z_]+\b", path.read_text(encoding="utf-8"))
    }
    assert len(read) >= 9
    assert read <= set(re.findall(r"`(KLOPPEND_[A-Z_]+)`", _running()))


def test_everything_that_run_refuses_is_explained() -> None:
    source = (ROOT / "src/kloppend/upkeep/safety.py").read_text(encoding="utf-8")
    refused = set(re.findall(r'Finding\(\s*"([a-z-]+)"', source))
    table = _running().partition("## What it refuses")[2].partition("\n## ")[0]
    assert refused == set(re.findall(r"^\| `([a-z-]+)`", table, flags=re.MULTILINE))


def test_the_outcomes_of_a_sync_are_explained() -> None:
    for outcome in Run.Outcome.values:
        assert outcome == Run.Outcome.RUNNING or f"`{outcome}`" in _running()


def test_the_example_of_answers_can_be_read() -> None:
    draft = read_answers(ROOT / "docs/connecting.example.json")
    assert choices_of(draft.settings).trigger_statuses == {"5"}


def test_every_setting_is_in_the_page_about_connecting() -> None:
    page = (ROOT / "docs/connecting.md").read_text(encoding="utf-8")
    for name in (*Choices.__struct_fields__, *Draft.__struct_fields__):
        assert f"`{name}`" in page, name
