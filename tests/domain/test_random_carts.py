"""Thousands of carts as OpenCart would store them: each adds up, and what was tampered with does not get through."""

import os
import random
from dataclasses import replace
from decimal import Decimal, localcontext

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from kloppend.domain.invoice import Invoice
from kloppend.domain.invoicing import InvoiceSettings, make_invoice
from kloppend.domain.problems import Refused
from tests.domain.carts import Cart, Checkout, carts, carts_with_exempt_goods, untaxed_carts
from tests.domain.oracle import assert_guaranteed

DEFAULT = InvoiceSettings()
OSS = InvoiceSettings(oss_registered=True)
EXAMPLES = int(os.environ.get("CARTS", "200"))
"""CARTS=10000 for the long run by hand."""
often = settings(max_examples=EXAMPLES, deadline=None)


# Small amounts at which a wrong split of the coupon fits the VAT by chance.
FITS_BY_CHANCE = Cart(
    products=[(53.06, 1, 9), (13.36, 4, 9), (0.67, 5, 21), (1.211, 902, 9), (27.314, 1, 21)],
    shipping=(4.95, 9),
    fees=[(2.0661, 9)],
    coupon=("F", 17.35),
    coupon_for=[True, False, False, True, True],
    credit=0.01,
)
CHANCE_BELOW_ZERO = Cart(
    products=[(0.01, 1, 21), (2.65, 5, 21), (1.97, 1, 9)],
    shipping=(6.7851, 9),
    coupon=("F", 19.86),
    coupon_for=[True, False, True],
    free_shipping=True,
    credit=7.5,
)


@given(carts())
@example(FITS_BY_CHANCE)
@example(CHANCE_BELOW_ZERO)
@settings(max_examples=2 * EXAMPLES, deadline=None)
def test_every_cart_becomes_an_invoice_that_adds_up(cart: Cart) -> None:
    checkout = Checkout(cart)
    order = checkout.run()
    invoice = make_invoice(order, DEFAULT)
    assert_guaranteed(order, invoice)
    codes = {warning.code for warning in invoice.warnings}
    assert not codes & {"ROUNDING_LINE", "TAX_ROUNDING", "TAX_RATE_FROM_TITLE"}
    for total in invoice.vat_summary:
        if total.category == "S":
            assert abs(float(total.base) - checkout.base[float(total.rate)]) < 0.02


ABROAD = st.sampled_from(["DE", "FI", "FR"])


@given(ABROAD.flatmap(lambda country: carts(vat_of=country, country=country)))
@often
def test_every_cart_of_a_consumer_abroad_adds_up_at_the_rates_of_that_country(cart: Cart) -> None:
    order = Checkout(cart).run()
    invoice = make_invoice(order, OSS)
    assert_guaranteed(order, invoice)
    assert (invoice.treatment, invoice.vat_country) == ("oss", cart.country)


@given(ABROAD.flatmap(lambda country: carts(country=country)))
@often
def test_every_cart_at_dutch_rates_abroad_adds_up_below_the_threshold(cart: Cart) -> None:
    order = Checkout(cart).run()
    invoice = make_invoice(order, DEFAULT)
    assert_guaranteed(order, invoice)
    assert invoice.treatment == "eu_home_rate"


@given(
    st.one_of(
        untaxed_carts("US").map(lambda cart: (cart, "export", DEFAULT)),
        untaxed_carts("BE", "BE0411905847").map(lambda cart: (cart, "icp", DEFAULT)),
        untaxed_carts("NL").map(lambda cart: (cart, "kor", InvoiceSettings(kor=True))),
        untaxed_carts("DE").map(lambda cart: (cart, "exempt", InvoiceSettings(zero_vat_classes={"class 0": "exempt"}))),
    )
)
@often
def test_every_cart_without_vat_adds_up_with_its_reason(made: tuple[Cart, str, InvoiceSettings]) -> None:
    cart, treatment, choices = made
    order = Checkout(cart).run()
    invoice = make_invoice(order, choices, vat_number="valid")
    assert_guaranteed(order, invoice)
    assert invoice.treatment == treatment
    assert invoice.total_vat == 0


@given(carts_with_exempt_goods())
@often
def test_exempt_goods_beside_taxed_ones_add_up(cart: Cart) -> None:
    order = Checkout(cart).run()
    invoice = make_invoice(order, InvoiceSettings(zero_vat_classes={"class 0": "exempt"}))
    assert_guaranteed(order, invoice)


def vat_shown(invoice: Invoice) -> list[tuple[Decimal, Decimal]]:
    """A rate of which everything was taken off again may be told or not: no VAT tells it."""
    return [(total.rate, total.vat) for total in invoice.vat_summary if total.vat]


@given(carts())
@often
def test_what_the_shop_says_of_itself_agrees_with_what_is_found_without(cart: Cart) -> None:
    checkout = Checkout(replace(cart, says=True))
    order = checkout.run()
    told, found = make_invoice(order, DEFAULT), make_invoice(Checkout(cart).run(), DEFAULT)
    assert_guaranteed(order, told)
    assert vat_shown(told) == vat_shown(found)
    classes = {rate for _, _, rate in cart.products}
    for line in told.lines:
        if line.kind == "shipping" and cart.shipping and cart.shipping[1] in classes:
            assert line.vat_rate == Decimal(str(cart.shipping[1]))


@given(carts(), st.booleans())
@often
def test_what_the_shop_has_set_now_leads_to_where_each_row_lay(cart: Cart, says: bool) -> None:
    checkout = Checkout(replace(cart, says=says, sets=True))
    order = checkout.run()
    told, found = make_invoice(order, DEFAULT), make_invoice(Checkout(cart).run(), DEFAULT)
    assert_guaranteed(order, told)
    assert [(total.rate, total.vat) for total in told.vat_summary if total.vat] == [
        (total.rate, total.vat) for total in found.vat_summary if total.vat
    ]
    for line in told.lines:
        if line.kind == "shipping" and cart.shipping and line.why.rule == "by_tax_class":
            assert line.vat_rate == Decimal(str(cart.shipping[1]))


@given(carts(), st.sampled_from([21, 9]))
@often
def test_a_shipping_class_that_the_vat_contradicts_is_refused_or_changes_no_vat(cart: Cart, rate: int) -> None:
    honest = Checkout(replace(cart, says=True)).run()
    lie = replace(honest, shipping_tax_class=f"class {rate}")
    try:
        invoice = make_invoice(lie, DEFAULT)
    except Refused as refused:
        invoice, code = None, refused.problem.code
    if invoice:
        assert_guaranteed(lie, invoice)
    else:
        assert code in {"SHIPPING_CLASS_CONTRADICTS_TAX", "TAX_MISMATCH", "NEGATIVE_TAX_BASE"}


@given(carts(), st.sampled_from([21, 9]), st.floats(0.07, 3.0), st.sampled_from([1, -1]))
@often
def test_a_false_tax_row_is_refused_or_warned_of(cart: Cart, rate: int, difference: float, sign: int) -> None:
    honest = Checkout(cart)
    honest.run()
    assume(honest.tax[rate] + sign * difference > 0.01)
    order = Checkout(replace(cart, false_tax=(rate, sign * difference))).run()
    try:
        invoice = make_invoice(order, DEFAULT)
    except Refused:
        return
    assert "TAX_ROUNDING" in {warning.code for warning in invoice.warnings}


@given(carts(untaxed_shipping=True))
@often
def test_shipping_without_vat_is_always_refused(cart: Cart) -> None:
    with pytest.raises(Refused, match="SHIPPING_WITHOUT_VAT"):
        make_invoice(Checkout(cart).run(), DEFAULT)


@given(carts(), st.randoms(use_true_random=False))
@often
def test_the_order_of_products_and_rows_changes_no_total(cart: Cart, shuffler: random.Random) -> None:
    order = Checkout(cart).run()
    products, rows = list(order.products), list(order.totals)
    shuffler.shuffle(products)
    shuffler.shuffle(rows)
    straight = make_invoice(order, DEFAULT)
    shuffled = make_invoice(replace(order, products=tuple(products), totals=tuple(rows)), DEFAULT)
    assert shuffled.vat_summary == straight.vat_summary
    assert shuffled.total_inc_vat == straight.total_inc_vat
    assert {warning.code for warning in shuffled.warnings} == {warning.code for warning in straight.warnings}


@given(carts())
@settings(max_examples=50, deadline=None)
def test_the_precision_the_caller_set_does_not_matter(cart: Cart) -> None:
    order = Checkout(cart).run()
    with localcontext(prec=4):
        narrow = make_invoice(order, DEFAULT)
    assert narrow == make_invoice(order, DEFAULT)


@given(carts(), st.integers(6, 500), st.sampled_from([1, -1]))
@often
def test_a_total_that_the_rows_do_not_reach_is_refused(cart: Cart, off: int, sign: int) -> None:
    order = Checkout(cart).run()
    total = order.total + sign * Decimal(off) / 100
    assume(total >= 0)
    rows = tuple(replace(row, value=total) if row.code == "total" else row for row in order.totals)
    with pytest.raises(Refused, match="TOTAL_MISMATCH"):
        make_invoice(replace(order, total=total, totals=rows), DEFAULT)
