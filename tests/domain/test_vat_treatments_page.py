"""The page for accountants says what the code does: treatments, categories and codes."""

import re
from pathlib import Path

from kloppend.domain.invoicing.treatment import ZERO_CATEGORIES
from kloppend.domain.problems import CATALOGUE
from kloppend.domain.wording import TREATMENTS

PAGE = (Path(__file__).parents[2] / "docs" / "vat-treatments.md").read_text(encoding="utf-8")
ROWS = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in PAGE.splitlines() if line.startswith("| `")]


def test_every_treatment_is_on_the_page() -> None:
    assert [row[0].strip("`| ") for row in ROWS] == list(TREATMENTS["en"])


def test_categories_on_the_page_are_those_of_the_code() -> None:
    for row in ROWS:
        treatment, category = row[0].strip("`| "), row[2][0]
        assert category == dict(ZERO_CATEGORIES).get(treatment, "S"), treatment  # type: ignore[call-overload]


def test_codes_on_the_page_exist() -> None:
    assert set(re.findall(r"`([A-Z_]{6,})`", PAGE)) <= CATALOGUE.keys()
