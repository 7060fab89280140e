"""What the uploaded export of the books says of what we delivered: missing, twice, or of another amount."""

from decimal import Decimal

import pytest

from kloppend.domain.booked import ExportedEntry
from kloppend.domain.compare_export import Compared, Expected, Kind, compare_export

INVOICE = Expected(kind="invoice", order="1001", gross=Decimal("29.85"))
CREDIT = Expected(kind="credit", order="1001", gross=Decimal("-29.85"))


def entry(text: str, gross: str | None, number: str = "") -> ExportedEntry:
    return ExportedEntry(texts=("", text), number=number, gross=None if gross is None else Decimal(gross))


def told(compared: Compared) -> list[tuple[str, Kind, str, tuple[str, ...]]]:
    return [(each.outcome, each.kind, each.order, each.numbers) for each in compared.findings]


@pytest.mark.parametrize("text", ["Bestelling 1001", "Verkoop: bestelling 1001, Anna", "(ORDER #1001)"])
def test_equal_by_description_and_amount(text: str) -> None:
    compared = compare_export([INVOICE], [entry(text, "29.85", "7"), entry("Huur", "900.00")])
    assert told(compared) == [("equal", "invoice", "1001", ("7",))]
    assert (compared.entries, compared.others, compared.counts()) == (2, 1, {"equal": 1})


@pytest.mark.parametrize("text", ["Bestelling 10011", "Bestelling 100", "Bestelling 1001-2"])
def test_another_order_is_not_this_one(text: str) -> None:
    outcomes = {outcome for outcome, *_ in told(compare_export([INVOICE], [entry(text, "29.85")]))}
    assert outcomes == {"missing", "not_ours"}


@pytest.mark.parametrize(("gross", "outcome"), [("29.86", "differs"), ("129.8", "differs"), (None, "unknown_amount")])
def test_an_amount_that_differs_or_is_not_told(gross: str | None, outcome: str) -> None:
    (finding,) = compare_export([INVOICE], [entry("Bestelling 1001", gross, "7")]).findings
    assert (finding.outcome, finding.ours) == (outcome, Decimal("29.85"))
    assert finding.theirs == (None if gross is None else Decimal(gross))


def test_twice_names_both_also_without_a_number() -> None:
    twice = compare_export([INVOICE], [entry("Bestelling 1001", "29.85", "7"), entry("Bestelling 1001", "1.00")])
    assert ("doubled", "invoice", "1001", ("7", "?")) in told(twice)


def test_a_credit_note_is_not_its_invoice() -> None:
    credit = entry("Creditfactuur bij bestelling 1001, factuur van 03-11-2026", "-29.85", "8")
    assert told(compare_export([INVOICE, CREDIT], [credit])) == [
        ("missing", "invoice", "1001", ()),
        ("equal", "credit", "1001", ("8",)),
    ]


def test_what_was_forwarded_at_another_time_is_neither_missing_nor_somebody_elses() -> None:
    assert told(compare_export([], [entry("Bestelling 1001", "29.85")], known=[INVOICE])) == []
    assert told(compare_export([], [entry("Bestelling 1001", "29.85", "7")]))[0][0] == "not_ours"
