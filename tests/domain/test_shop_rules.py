"""What the order says of its shipping and coupons is used, checked against the VAT, and refused when it contradicts."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from kloppend.domain.invoice import Invoice
from kloppend.domain.invoicing import InvoiceSettings, explain_why, make_invoice
from kloppend.domain.order import Coupon, Order
from tests.domain.orders import MUG, TEA, refusal, row, with_rows

HIGH_MUG = replace(MUG, tax_class="21")
LOW_TEA = replace(TEA, tax_class="9")


def coupon(discount: str, amount: str, kind: Any = "P", *, free_shipping: bool = False, code: str = "X") -> Coupon:
    return Coupon(code=code, kind=kind, discount=Decimal(discount), free_shipping=free_shipping, amount=Decimal(amount))


def ambiguous(**says: Any) -> Order:
    """Shipping of 4.1322 and a discount of the same amount: at whichever rate both lie, the VAT is the same."""
    rows = (
        row("sub_total", "55.0564", 1),
        row("shipping", "4.1322"),
        row("coupon", "-4.1322", 4, "Coupon (X)"),
        row("tax", "8.6777", 5, "BTW 21%"),
        row("tax", "1.2361", 5, "BTW laag"),
        row("total", "64.9702", 9),
    )
    return with_rows(*rows, products=(HIGH_MUG, LOW_TEA), **says)


def made(order: Order) -> Invoice:
    return make_invoice(order, InvoiceSettings())


def rates(invoice: Invoice, kind: str) -> list[str]:
    return [str(line.vat_rate) for line in invoice.lines if line.kind == kind]


@pytest.mark.parametrize("tax_class", ["21", "9"])
def test_the_tax_class_of_the_shipping_decides_where_the_vat_leaves_it_open(tax_class: str) -> None:
    invoice = made(ambiguous(shipping_tax_class=tax_class))
    assert rates(invoice, "shipping") == [tax_class]
    assert rates(invoice, "discount") == [tax_class]
    shipping = next(line for line in invoice.lines if line.kind == "shipping")
    assert shipping.why.rule == "by_tax_class"
    assert "belastinggroep" in explain_why(shipping.why, "nl")


@pytest.mark.parametrize("tax_class", [None, "7"])
def test_a_class_that_no_product_of_the_order_has_says_nothing(tax_class: str | None) -> None:
    shipping = next(line for line in made(ambiguous(shipping_tax_class=tax_class)).lines if line.kind == "shipping")
    assert shipping.why.rule == "at_one_rate"


def test_a_class_with_products_of_two_rates_says_nothing() -> None:
    twins = (replace(MUG, tax_class="1"), replace(TEA, tax_class="1"))
    assert made(replace(ambiguous(shipping_tax_class="1"), products=twins)).total_inc_vat == Decimal("64.97")


def with_shipping(vat_high: str, vat_low: str, total: str, **says: Any) -> Order:
    rows = (
        row("sub_total", "55.0564", 1),
        row("shipping", "4.1322"),
        row("tax", vat_high, 5, "BTW 21%"),
        row("tax", vat_low, 5, "BTW laag"),
        row("total", total, 9),
    )
    return with_rows(*rows, products=(HIGH_MUG, LOW_TEA), **says)


def test_a_class_that_the_vat_contradicts_is_refused() -> None:
    at_high: dict[str, Any] = {"vat_high": "9.5455", "vat_low": "1.2361", "total": "69.9702"}
    assert rates(made(with_shipping(**at_high, shipping_tax_class="21")), "shipping") == ["21"]
    problem = refusal(with_shipping(**at_high, shipping_tax_class="9"))
    assert (problem.code, dict(problem.detail)) == ("SHIPPING_CLASS_CONTRADICTS_TAX", {"rate": "9"})
    assert refusal(with_shipping(**at_high, shipping_tax_class="0")).code == "SHIPPING_CLASS_CONTRADICTS_TAX"
    wrong_anyway = with_shipping("9.0000", "1.2361", "69.4247", shipping_tax_class="9")
    assert refusal(wrong_anyway).code == "TAX_MISMATCH"


def test_shipping_of_no_class_bears_no_vat_and_is_refused_as_such() -> None:
    order = with_shipping("8.6777", "1.2361", "69.1024", shipping_tax_class="0")
    assert refusal(order).code == "SHIPPING_WITHOUT_VAT"


def test_a_percentage_on_everything_is_spread_and_never_solved() -> None:
    rows = (
        row("sub_total", "55.0564", 1),
        row("coupon", "-5.5056", 4, "Coupon (X)"),
        row("tax", "7.8099", 5, "BTW 21%"),
        row("tax", "1.1125", 5, "BTW laag"),
        row("total", "58.4732", 9),
    )
    order = with_rows(*rows, products=(HIGH_MUG, LOW_TEA), coupons=(coupon("10.0000", "-5.5056"),))
    assert {line.why.rule for line in made(order).lines if line.kind == "discount"} == {"in_proportion"}
    solvable = with_rows(
        *rows[:2],
        row("tax", "7.5217", 5, "BTW 21%"),
        row("tax", "1.2361", 5, "BTW laag"),
        row("total", "58.3086", 9),
        products=(HIGH_MUG, LOW_TEA),
    )
    assert rates(made(solvable), "discount") == ["21"]
    contradiction = refusal(replace(solvable, coupons=(coupon("10.0000", "-5.5056"),)))
    assert (contradiction.code, dict(contradiction.detail)) == ("COUPON_CONTRADICTS_TAX", {"coupon": "X"})


def shipped_free(**says: Any) -> Order:
    """A coupon of 15.00 that takes off the shipping of 4.1322 too."""
    rows = (
        row("sub_total", "41.3224", 1),
        row("shipping", "4.1322"),
        row("coupon", "-19.1322", 4, "Coupon (X)"),
        row("tax", "5.5277", 5, "BTW 21%"),
        row("total", "31.8501", 9),
    )
    return with_rows(*rows, products=(HIGH_MUG,), **says)


def test_free_shipping_is_taken_off_the_shipping_when_the_coupon_says_so() -> None:
    free = coupon("15.0000", "-19.1322", "F", free_shipping=True)
    other = coupon("15.0000", "-19.1322", "F")
    for said, rule in (((free,), "free_shipping"), ((other,), "in_proportion")):
        line = next(line for line in made(shipped_free(coupons=said)).lines if line.kind == "discount")
        assert line.why.rule == rule


@pytest.mark.parametrize(
    "said",
    [
        (),
        (coupon("15.0000", "-9.0000", "F", free_shipping=True),),
        (coupon("1.0000", "-19.1322", code="Y"), coupon("2.0000", "-19.1322", code="Z")),
    ],
)
def test_a_coupon_whose_record_is_not_of_this_row_says_nothing(said: tuple[Coupon, ...]) -> None:
    line = next(line for line in made(shipped_free(coupons=said)).lines if line.kind == "discount")
    assert line.why.rule == "in_proportion"


def test_of_several_coupons_the_one_named_in_the_row_counts() -> None:
    free = coupon("15.0000", "-19.1322", "F", free_shipping=True)
    other = coupon("15.0000", "-19.1322", "F", code="Y")
    line = next(line for line in made(shipped_free(coupons=(other, free))).lines if line.kind == "discount")
    assert line.why.rule == "free_shipping"


def test_a_percentage_on_some_products_lies_at_their_rate() -> None:
    rows = (
        row("sub_total", "55.0564", 1),
        row("coupon", "-1.3734", 4, "Coupon (X)"),
        row("tax", "8.6777", 5, "BTW 21%"),
        row("tax", "1.1125", 5, "BTW laag"),
        row("total", "63.4732", 9),
    )
    order = with_rows(*rows, products=(HIGH_MUG, LOW_TEA), coupons=(coupon("10.0000", "-1.3734"),))
    assert rates(made(order), "discount") == ["9"]


def test_free_shipping_without_shipping_changes_nothing() -> None:
    rows = (
        row("sub_total", "41.3224", 1),
        row("coupon", "-5.0000", 4, "Coupon (X)"),
        row("tax", "7.6277", 5, "BTW 21%"),
        row("total", "43.9501", 9),
    )
    said = (coupon("5.0000", "-5.0000", "F", free_shipping=True),)
    assert made(with_rows(*rows, products=(HIGH_MUG,), coupons=said)).total_vat == Decimal("7.63")


@pytest.mark.parametrize(("free", "rule"), [(True, "free_shipping"), (False, "solved")])
def test_a_coupon_without_free_shipping_takes_nothing_off_the_shipping(free: bool, rule: str) -> None:
    rows = (
        row("sub_total", "55.0564", 1),
        row("shipping", "4.1322"),
        row("coupon", "-9.1322", 4, "Coupon (X)"),
        row("tax", "7.8896", 5, "BTW 21%"),
        row("tax", "1.1238", 5, "BTW laag"),
        row("total", "59.0698", 9),
    )
    said = (coupon("5.0000", "-9.1322", "F", free_shipping=free),)
    order = with_rows(*rows, products=(HIGH_MUG, LOW_TEA), shipping_tax_class="21", coupons=said)
    assert {line.why.rule for line in made(order).lines if line.kind == "discount"} == {rule}
