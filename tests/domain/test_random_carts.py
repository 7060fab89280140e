"""Thousands of carts as OpenCart would store them: each adds up, and what was tampered with does not get through."""

import random
from dataclasses import replace
from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from kloppend.domain.invoice import Invoice
from kloppend.domain.invoicing import InvoiceSettings, make_invoice
from kloppend.domain.order import Order
from kloppend.domain.problems import Refused
from tests.domain.carts import Cart, Checkout, carts

DEFAULT = InvoiceSettings()
often = settings(max_examples=200, deadline=None)


def cents(amount: Decimal) -> int:
    """Whole cents by integer arithmetic on the digits: half away from zero."""
    sign = -1 if amount < 0 else 1
    whole, _, decimals = f"{abs(amount):.10f}".partition(".")
    units = int(whole + decimals)
    return sign * ((units + 50_000_000) // 100_000_000)


def assert_guaranteed(order: Order, invoice: Invoice) -> None:
    """G1-G5 of bookkeeping 5.2, counted in integers."""
    paid = sum(cents(payment.amount) for payment in invoice.payments)
    assert cents(invoice.amount_due) == cents(order.total)
    assert cents(invoice.total_inc_vat) == cents(order.total) + paid
    titles = {"BTW 21%": 21, "BTW laag": 9}
    charged = {21: Fraction(0), 9: Fraction(0)}
    for row in order.totals:
        if row.code == "tax":
            charged[titles[row.title]] += Fraction(row.value)
    for rate, vat in charged.items():
        lines = [line for line in invoice.lines if line.vat_rate == rate]
        net = sum(cents(line.net) for line in lines)
        assert sum(cents(line.vat) for line in lines) == int(vat * 100 + Fraction(1, 2))
        assert abs(int(vat * 100 + Fraction(1, 2)) - Fraction(net * rate, 100)) < 1
        for total in invoice.vat_summary:
            if total.rate == rate:
                assert (cents(total.base), cents(total.vat)) == (net, int(vat * 100 + Fraction(1, 2)))
    everything = sum(cents(line.net) + cents(line.vat) for line in invoice.lines)
    assert everything + cents(invoice.rounding) == cents(invoice.total_inc_vat)
    assert cents(invoice.total_ex_vat) + cents(invoice.total_vat) == everything
    assert abs(cents(invoice.rounding)) <= 5


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
@settings(max_examples=400, deadline=None)
def test_every_cart_becomes_an_invoice_that_adds_up(cart: Cart) -> None:
    checkout = Checkout(cart)
    order = checkout.run()
    invoice = make_invoice(order, DEFAULT)
    assert_guaranteed(order, invoice)
    codes = {warning.code for warning in invoice.warnings}
    assert not codes & {"ROUNDING_LINE", "TAX_ROUNDING", "TAX_RATE_FROM_TITLE"}
    for total in invoice.vat_summary:
        if total.category == "S":
            assert abs(float(total.base) - checkout.base[int(total.rate)]) < 0.02


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
