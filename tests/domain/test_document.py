"""An invoice gets its debtor, date and payment code, or a reason why it cannot go out."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from kloppend.domain.document import Guests, make_document
from kloppend.domain.invoice import Document, IcpSupply, PaymentTerms
from kloppend.domain.invoicing import InvoiceSettings, make_invoice
from kloppend.domain.order import Address, Customer
from kloppend.domain.payment_code import longest_prefix
from kloppend.domain.problems import Problem, Refused
from tests.domain.orders import HOME, SUB_ROWS_PAID, an_order

DAY = date(2026, 11, 23)


def document(order: Any = None, codes: Any = None, **options: Any) -> Document:
    order = order or an_order()
    invoice = make_invoice(order, InvoiceSettings())
    return make_document(order, invoice, DAY, codes or {"ideal": "ID"}, **options)


def problem(order: Any, codes: Any = None) -> Problem:
    with pytest.raises(Refused) as refused:
        document(order, codes)
    return refused.value.problem


def test_a_document_for_a_person() -> None:
    made = document()
    assert (made.order_number, made.description, made.invoice_date) == ("1001", "Bestelling 1001", DAY)
    assert (made.debtor.name, made.debtor.contact, made.debtor.email) == ("Jan de Vries", "", "jan@example.test")
    assert made.debtor.address == HOME
    assert made.payment_code == "ID"
    assert document(language="en").description == "Order 1001"


def test_a_company_is_the_debtor_and_the_person_the_contact() -> None:
    made = document(an_order(invoice_address=replace(HOME, company="Bakkerij Zon")))
    assert (made.debtor.name, made.debtor.contact) == ("Bakkerij Zon", "Jan de Vries")


def test_the_delivery_address_serves_where_there_is_no_other() -> None:
    assert document(an_order(invoice_address=None)).debtor.address == HOME


def test_the_customer_has_a_name_where_the_address_has_none() -> None:
    assert document(an_order(invoice_address=replace(HOME, first_name="", last_name=""))).debtor.name == "Jan de Vries"


@pytest.mark.parametrize("email", ["", "  "])
def test_without_email_the_customer_cannot_be_recognised(email: str) -> None:
    assert problem(an_order(customer=Customer(email=email, last_name="X"))).code == "CUSTOMER_WITHOUT_EMAIL"


def test_guests_go_to_the_collective_debtor_or_to_the_one_of_their_payment_method() -> None:
    guest = an_order(customer=Customer(email=" ", last_name="X"))
    made = document(guest, guests=Guests(debtor="99999")).debtor
    assert (made.email, made.number) == ("", "99999")
    fixed = document(guest, payment_terms={"ideal": PaymentTerms(debtor="777")})
    assert (fixed.debtor.number, fixed.payment.debtor) == ("", "777")


def test_an_address_that_is_no_customer_s_is_not_passed_on() -> None:
    listed = Guests(debtor="99999", not_customers=("*@example.test",))
    made = document(guests=listed).debtor
    assert (made.email, made.number) == ("", "99999")
    with pytest.raises(Refused) as refused:
        document(guests=Guests(not_customers=("*@example.test",)))
    assert refused.value.problem.code == "CUSTOMER_EMAIL_NOT_THEIRS"


def test_a_supply_within_the_eu_never_goes_to_a_collective_debtor() -> None:
    order = an_order(customer=Customer(email="", vat_number="BE0123456789"))
    plain = make_invoice(order, InvoiceSettings())
    supply = replace(plain, icp=IcpSupply(vat_number="BE0123456789", amount=plain.total_ex_vat))
    for terms in ({}, {"ideal": PaymentTerms(debtor="777")}):
        with pytest.raises(Refused) as refused:
            make_document(order, supply, DAY, {"ideal": "ID"}, payment_terms=terms, guests=Guests(debtor="99999"))
        assert refused.value.problem.code == "DEBTOR_MUST_BE_INDIVIDUAL"


def test_missing_fields_are_named() -> None:
    order = an_order(invoice_address=replace(HOME, street=" ", city=""))
    assert dict(problem(order).detail) == {"missing": "street, city"}
    nobody = an_order(invoice_address=Address(country="NL"), customer=Customer(email="a@example.test"))
    assert problem(nobody).detail["missing"] == "name, street, postcode, city"


@pytest.mark.parametrize(
    ("code", "prefix"),
    [
        ("cod", "cod"),
        ("cod.cod", "cod"),
        ("cod_fee", "cod"),
        ("codx", None),
        ("mollie.ideal", "mollie.ideal"),
        ("mollie.ideal.issuer", "mollie.ideal"),
        ("mollie_kbc", "mollie"),
        ("", None),
    ],
)
def test_the_longest_prefix_counts(code: str, prefix: str | None) -> None:
    assert longest_prefix(code, {"", "cod", "mollie", "mollie.ideal"}) == prefix


@pytest.mark.parametrize("code", ["paypal", "idealx", ""])
def test_an_unknown_payment_method_is_held(code: str) -> None:
    refused = problem(an_order(payment_code=code))
    assert (refused.code, refused.entry.kind) == ("PAYMENT_METHOD_NOT_MAPPED", "hold")
    assert refused.detail["payment_code"] == code


def test_a_method_mapped_to_nothing_is_not_mapped() -> None:
    assert problem(an_order(), {"ideal": ""}).code == "PAYMENT_METHOD_NOT_MAPPED"


def test_no_method_is_needed_when_nothing_is_due() -> None:
    paid = an_order(**SUB_ROWS_PAID, payment_code="")
    assert document(paid).payment_code == ""
    assert problem(replace(paid, payment_code="free_checkout")).code == "PAYMENT_METHOD_NOT_MAPPED"
    assert document(replace(paid, payment_code="free_checkout"), {"free_checkout": ""}).payment_code == ""
