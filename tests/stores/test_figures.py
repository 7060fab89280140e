"""The comparison of a store test has to see a wrong invoice: every figure is falsified once."""

from dataclasses import replace
from decimal import Decimal

import pytest

from kloppend.books.asperion.axml.example import HEADING, example_documents
from kloppend.books.asperion.axml.profile import load_profile
from kloppend.books.asperion.axml.render import render_bytes
from tests.stores.figures import Invoiced, Line, StoreOrder, differences, invoices_in
from tests.stores.platform import layout
from tests.stores.shopping import Customer, Purchase
from tests.stores.verdict import judged

HIGH, LOW = Decimal("21.00"), Decimal("9.00")
ORDER = StoreOrder(
    number="5",
    status="1",
    currency="EUR",
    total=Decimal("39.9348"),
    paid=Decimal("25.0000"),
    vat={Decimal("21.0000"): Decimal("2.6007"), Decimal("9.0000"): Decimal("4.1243")},
    products=[(5, Decimal("45.8255"), "Boek (Kaft: Hard)"), (1, Decimal("8.2562"), "Kabel")],
    name="Jan Jansen",
)
INVOICE = Invoiced(
    number="5",
    ex_vat=Decimal("58.21"),
    vat=Decimal("6.72"),
    rounding=Decimal("0.00"),
    total=Decimal("64.93"),
    due=Decimal("39.93"),
    lines=[
        Line(5, "Boek (Kaft: Hard)", LOW, Decimal("45.83"), Decimal("4.12")),
        Line(1, "Kabel", HIGH, Decimal("8.26"), Decimal("1.73")),
        Line(1, "Verzenden", HIGH, Decimal("4.12"), Decimal("0.87")),
    ],
    debtor={"Name": "Jan Jansen", "Email": "jan@example.nl"},
)
PURCHASE = Purchase("with a gift certificate", [(33, 5)])


def test_the_right_invoice_is_right() -> None:
    assert list(differences(ORDER, INVOICE)) == []
    assert judged(PURCHASE, ORDER, INVOICE, "") == []


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (replace(INVOICE, due=Decimal("39.94")), "to be paid"),
        (replace(INVOICE, total=Decimal("64.94")), "the store says 64.9348"),
        (replace(INVOICE, rounding=Decimal("0.01")), "is not 64.93"),
        (replace(INVOICE, ex_vat=Decimal("58.20"), vat=Decimal("6.73")), "do not add up"),
        (replace(INVOICE, lines=[replace(INVOICE.lines[0], vat=Decimal("4.13")), *INVOICE.lines[1:]]), "VAT of 9%"),
        (replace(INVOICE, lines=[replace(INVOICE.lines[0], rate=HIGH), *INVOICE.lines[1:]]), "VAT of 21%"),
        (replace(INVOICE, lines=[replace(INVOICE.lines[0], quantity=4), *INVOICE.lines[1:]]), "no line of 5 pieces"),
        (replace(INVOICE, lines=INVOICE.lines[1:]), "no line of 5 pieces"),
        (
            replace(INVOICE, lines=[replace(INVOICE.lines[0], description="Boek"), *INVOICE.lines[1:]]),
            "no line of 5 pieces of Boek (Kaft: Hard)",
        ),
    ],
)
def test_a_falsified_figure_is_told(wrong: Invoiced, told: str) -> None:
    assert told in " / ".join(differences(ORDER, wrong))


def test_another_debtor_is_told() -> None:
    stranger = replace(PURCHASE, customer=Customer(email="piet@example.nl"))
    assert "Email" in judged(stranger, ORDER, INVOICE, "")[0]
    smiling = replace(PURCHASE, customer=Customer(("Jan", "Jansen \U0001f600")))
    assert judged(smiling, ORDER, INVOICE, "") == []  # the store could not keep it
    assert "Name" in judged(smiling, replace(ORDER, name="Jan Jansen ?"), INVOICE, "")[0]


def test_an_invoice_that_must_not_be_and_one_that_is_missing() -> None:
    assert judged(replace(PURCHASE, invoiced=False), ORDER, INVOICE, "") == ["must not be invoiced"]
    assert judged(PURCHASE, ORDER, None, "TAX_MISMATCH") == ["no invoice (TAX_MISMATCH)"]
    expected = replace(PURCHASE, invoiced=False, refusals=frozenset({"MULTI_CURRENCY"}))
    assert judged(expected, ORDER, None, "MULTI_CURRENCY") == []
    assert judged(expected, ORDER, None, "TAX_MISMATCH")


def test_the_layout_of_a_store_test_is_read_back() -> None:
    profile = load_profile(layout(), None)
    documents = example_documents(profile)
    found = invoices_in(render_bytes(profile, HEADING, documents))
    invoice = found["1001"]
    assert list(found) == ["1001", "1002"]
    assert invoice.total == documents[0].invoice.total_inc_vat
    assert invoice.rounding == Decimal("0.01")
    assert invoice.due == documents[0].invoice.amount_due
    assert len(invoice.lines) == len(documents[0].invoice.lines)
    assert invoice.debtor["Email"] == "jo@example.com"
