"""What the uploaded export of the books says of what we delivered by file: missing, twice, or of another amount."""

from decimal import Decimal

import pytest

from kloppend.domain.booked import ExportedEntry
from kloppend.domain.compare_export import Expected, compare_export, problem_of

FIRST = Expected(kind="invoice", order="1001", gross=Decimal("29.85"))
SECOND = Expected(kind="invoice", order="1002", gross=Decimal("63.47"))


def entry(text: str, gross: str | None, number: str = "") -> ExportedEntry:
    return ExportedEntry(texts=("", text), number=number, gross=None if gross is None else Decimal(gross))


def told(*entries: ExportedEntry, expected: tuple[Expected, ...] = (FIRST,)) -> list[tuple[str, dict[str, str]]]:
    problems = [problem_of(finding) for finding in compare_export(expected, entries).findings]
    return [(problem.code, dict(problem.detail)) for problem in problems if problem]


@pytest.mark.parametrize(
    "text", ["Bestelling 1001", "Verkoop: bestelling 1001, Anna", "(BESTELLING 1001)", "order #1001"]
)
def test_equal_is_silent(text: str) -> None:
    assert told(entry(text, "29.85")) == []
    assert told(entry(text, None)) == []


@pytest.mark.parametrize("text", ["Bestelling 10011", "Bestelling 100", "Bestelling 1001-2", "xBestelling 1001", ""])
def test_another_order_is_not_this_one(text: str) -> None:
    assert ("NOT_IN_EXPORT", {"order": "1001"}) in told(entry(text, "29.85"))


def test_twice_names_both_also_without_a_number() -> None:
    ((code, detail),) = told(entry("Bestelling 1001", "29.85", "7"), entry("Bestelling 1001", "1.00"))
    assert (code, detail["order"], detail["ids"]) == ("BOOKED_TWICE", "1001", "7, ?")


@pytest.mark.parametrize(
    ("gross", "code"),
    [
        ("29.86", "BOOKED_CENTS_DIFFER"),
        ("29.83", "BOOKED_CENTS_DIFFER"),
        ("29.88", "BOOKED_AMOUNT_DIFFERS"),
        ("29.82", "BOOKED_AMOUNT_DIFFERS"),
        ("129.8", "BOOKED_AMOUNT_DIFFERS"),
    ],
)
def test_a_difference_is_told_with_both_sides(gross: str, code: str) -> None:
    ((found, detail),) = told(entry("Bestelling 1001", gross))
    assert (found, detail["ours"], detail["theirs"]) == (code, "29.85", f"{Decimal(gross):.2f}")


def test_every_document_is_compared_with_all_of_the_export() -> None:
    entries = entry("Bestelling 1002", "63.47"), entry("Bestelling 1003", "1.00")
    assert told(*entries, expected=(FIRST, SECOND))[0] == ("NOT_IN_EXPORT", {"order": "1001"})
    outcomes = [(finding.order, finding.outcome) for finding in compare_export((FIRST, SECOND), entries).findings]
    assert outcomes == [("1001", "missing"), ("1002", "equal"), ("1003", "not_ours")]
