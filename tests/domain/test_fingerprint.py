"""A fingerprint changes when the invoice or its debtor would, and only then."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from kloppend.domain.fingerprint import fingerprint
from kloppend.domain.order import Customer, StatusChange, VoucherSold
from tests.domain.orders import HOME, MUG, TEA, an_order, row

LATER = datetime(2027, 1, 1, tzinfo=UTC)
BASE = an_order(products=(MUG, TEA))

MATTERS: dict[str, dict[str, Any]] = {
    "total": {"total": Decimal("55.0002")},
    "price": {"products": (replace(MUG, price=Decimal("20.6613")), TEA)},
    "quantity": {"products": (replace(MUG, quantity=3), TEA)},
    "tax": {"products": (replace(MUG, tax=Decimal("4.3388")), TEA)},
    "name": {"products": (replace(MUG, name="Beker"), TEA)},
    "row": {"totals": (*BASE.totals, row("coupon", "-1.0000"))},
    "twice the same row": {"totals": (*BASE.totals, BASE.totals[0])},
    "voucher": {"vouchers_sold": (VoucherSold(description="Bon", amount=Decimal(25)),)},
    "street": {"invoice_address": replace(HOME, street="Kerkstraat 1")},
    "no address": {"invoice_address": None},
    "country": {"delivery_address": replace(HOME, country="BE")},
    "email": {"customer": replace(BASE.customer, email="piet@example.test")},
    "vat number": {"customer": replace(BASE.customer, vat_number="BE0411905847")},
    "payment": {"payment_code": "paypal"},
    "currency": {"currency": "USD"},
}
DOES_NOT_MATTER: dict[str, dict[str, Any]] = {
    "status": {"status_id": "3"},
    "history": {"history": (StatusChange(status_id="3", at=LATER),)},
    "modified": {"modified_at": LATER},
    "row number": {"products": (replace(MUG, line_id="99"), TEA)},
    "product order": {"products": (TEA, MUG)},
    "row order": {"totals": tuple(reversed(BASE.totals))},
    "options": {"products": (replace(MUG, options=(("Kleur", "Rood"),)), TEA)},
    "tax list": {"tax_rates": ()},
    "way of writing": {"total": Decimal("55.000100")},
    "case of the e-mail": {"customer": replace(BASE.customer, email=" Jan@Example.test")},
}


@pytest.mark.parametrize("name", MATTERS)
def test_what_matters(name: str) -> None:
    assert fingerprint(replace(BASE, **MATTERS[name])) != fingerprint(BASE)


@pytest.mark.parametrize("name", DOES_NOT_MATTER)
def test_what_does_not_matter(name: str) -> None:
    assert fingerprint(replace(BASE, **DOES_NOT_MATTER[name])) == fingerprint(BASE)


def test_fields_do_not_run_into_each_other() -> None:
    one = replace(BASE, customer=Customer(first_name="ab", last_name="c"))
    other = replace(BASE, customer=Customer(first_name="a", last_name="bc"))
    assert fingerprint(one) != fingerprint(other)


@pytest.mark.parametrize(("amount", "same"), [("0", "-0.0000"), ("100", "100.0000"), ("1E+2", "100")])
def test_amounts_have_one_form(amount: str, same: str) -> None:
    one, other = (replace(BASE, total=Decimal(text)) for text in (amount, same))
    assert fingerprint(one) == fingerprint(other)


def test_the_form_is_stable() -> None:
    digest = fingerprint(BASE)
    assert len(digest) == 64
    assert digest == "c056e59aaf16a818d8b5cd7b10414f156e54ef18c11948dec3ed24ddfc0b076f"
