"""What is mapped is booked so, the most particular and latest row first; what is not is nobody's guess."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kloppend.domain.document import make_document
from kloppend.domain.invoice import Booking, Invoice, InvoiceLine, PaymentTerms, Why
from kloppend.domain.invoicing import InvoiceSettings, make_invoice
from kloppend.domain.mapping import VatRow, booking_of, contradiction, payment_terms_of
from tests.domain.orders import an_order

DAY = date(2026, 11, 23)
INVOICE = make_invoice(an_order(), InvoiceSettings())


def row(code: str = "1", treatment: Any = "domestic", rate: str = "21", **more: Any) -> VatRow:
    return VatRow(treatment=treatment, rate=Decimal(rate), vat_code=code, ledger_account="8000", **more)


def line(treatment: Any = "domestic", rate: str = "21", category: Any = "S", kind: Any = "product") -> InvoiceLine:
    return InvoiceLine(
        kind=kind,
        description="Mok",
        quantity=1,
        unit_price=Decimal(1),
        treatment=treatment,
        vat_category=category,
        vat_rate=Decimal(rate),
        net=Decimal(1),
        vat=Decimal(0),
        why=Why(rule="made"),
    )


def code(rows: list[VatRow], each: InvoiceLine, to: str = "NL", day: date = DAY, invoice: Invoice = INVOICE) -> str:
    found = booking_of(rows, invoice, each, to, day)
    return found.vat_code if found else ""


def test_treatment_and_rate_decide() -> None:
    rows = [row("1"), row("2", rate="9"), row("4", "icp", "0"), row("6", "margin", "0"), row("7", "exempt", "0")]
    assert code(rows, line(rate="21.0000")) == "1"
    assert code(rows, line(rate="9")) == "2"
    assert code(rows, line("icp", "0", "K"), to="BE") == "4"
    assert [code(rows, line(kind, "0", "E")) for kind in ("margin", "exempt", "kor")] == ["6", "7", ""]
    assert code(rows, line("eu_home_rate"), to="BE") == ""


def test_rows_begin_and_end() -> None:
    rows = [row("old", last_day=date(2026, 12, 31)), row("new", first_day=date(2027, 1, 1))]
    assert [code(rows, line(), day=date(2026, 12, 31)), code(rows, line(), day=date(2027, 1, 1))] == ["old", "new"]
    assert code(rows[1:], line()) == ""
    assert code([row("1"), row("later", first_day=date(2026, 6, 1))], line()) == "later"


def test_the_most_particular_row_wins() -> None:
    rows = [row("any", "export", "0"), row("swiss", "export", "0", country="ch")]
    rows.append(row("freight", "export", "0", kinds=("shipping",)))
    assert code(rows, line("export", "0", "G"), to="US") == "any"
    assert code(rows, line("export", "0", "G"), to="ch") == "swiss"
    assert code(rows, line("export", "0", "G", "shipping"), to="US") == "freight"


def test_the_vat_of_another_country_is_that_country_s() -> None:
    sold = replace(INVOICE, treatment="oss", vat_country="BE")
    assert code([row("x", "oss")], line("oss"), to="BE", invoice=sold) == ""
    assert code([row("x", "oss", country="DE")], line("oss"), to="BE", invoice=sold) == ""
    assert code([row("be", "oss", country="BE")], line("oss"), to="FR", invoice=sold) == "be"


def test_a_voucher_sold_is_no_turnover() -> None:
    voucher = line("icp", "0", "O", "voucher_sale")
    assert code([row("4", "icp", "0")], voucher) == ""
    assert code([row("4", "icp", "0"), row("o", "icp", "0", category="O")], voucher) == "o"
    assert code([row("o", "icp", "0", category="O")], line("icp", "0", "K")) == ""


def test_two_rows_of_the_same_lines_and_day_must_agree() -> None:
    assert contradiction([row("1"), row("1"), row("2", rate="9"), row("3", first_day=DAY)]) is None
    wrong = row("2", rate="21.00")
    assert contradiction([row("1"), wrong]) is wrong


@pytest.mark.parametrize(
    ("payment", "condition"),
    [("mollie.ideal", "1"), ("mollie.klarna", "2"), ("mollie_klarna_later", "1"), ("molliex", ""), ("", "")],
)
def test_payment_terms_go_by_the_longest_prefix(payment: str, condition: str) -> None:
    terms = {"mollie": PaymentTerms(condition="1"), "mollie.klarna": PaymentTerms(condition="2")}
    assert payment_terms_of(payment, terms).condition == condition


def test_a_document_carries_its_bookings() -> None:
    order = an_order()
    terms = {order.payment_code: PaymentTerms(journal="70", debtor="1300")}
    codes = {order.payment_code: "ID"}
    made = make_document(order, INVOICE, DAY, codes, payment_terms=terms, vat_rows=[row("1")])
    assert made.payment == PaymentTerms(journal="70", debtor="1300")
    assert [made.booking(each) for each in INVOICE.lines] == [Booking(vat_code="1", ledger_account="8000")] * len(
        INVOICE.lines
    )
    silent = make_document(order, INVOICE, DAY, codes)
    assert silent.booking(INVOICE.lines[0]) is None
