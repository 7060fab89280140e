"""What the uploaded export of the books says of what we delivered by file: missing, twice, or of another amount."""

from decimal import Decimal

import pytest

from kloppend.domain.booked import ExportedEntry
from kloppend.domain.compare_export import compare_export
from tests.books.documents import document

V01, V02 = document("V01"), document("V02")  # orders 1001 and 1002


def entry(text: str, gross: str | None, number: str = "") -> ExportedEntry:
    return ExportedEntry(texts=("", text), number=number, gross=None if gross is None else Decimal(gross))


def told(*entries: ExportedEntry) -> list[tuple[str, dict[str, str]]]:
    return [(problem.code, dict(problem.detail)) for problem in compare_export([V01], entries)]


@pytest.mark.parametrize("text", ["Bestelling 1001", "Verkoop: bestelling 1001, Anna", "(BESTELLING 1001)"])
def test_equal_is_silent(text: str) -> None:
    assert told(entry(text, "29.85")) == []
    assert told(entry(text, None)) == []


@pytest.mark.parametrize("text", ["Bestelling 10011", "Bestelling 100", "Bestelling 1001-2", "xBestelling 1001", ""])
def test_another_order_is_not_this_one(text: str) -> None:
    assert told(entry(text, "29.85")) == [("NOT_IN_EXPORT", {"order": "1001"})]


def test_twice_names_both_also_without_a_number() -> None:
    twice = told(entry("Bestelling 1001", "29.85", "7"), entry("Bestelling 1001", "1.00"))
    assert twice == [("BOOKED_TWICE", {"order": "1001", "ids": "7, ?"})]


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
    detail = {"order": "1001", "what": "total including VAT", "ours": "29.85", "theirs": f"{Decimal(gross):.2f}"}
    assert told(entry("Bestelling 1001", gross)) == [(code, detail)]


def test_every_document_is_compared_with_all_of_the_export() -> None:
    found = compare_export([V01, V02], [entry("Bestelling 1002", "63.47"), entry("Bestelling 1003", "1.00")])
    assert [(problem.code, problem.detail["order"]) for problem in found] == [("NOT_IN_EXPORT", "1001")]
    assert compare_export([], [entry("Bestelling 1002", "63.47")]) == ()
