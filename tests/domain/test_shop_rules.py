"""What the order says of its shipping and coupons is used, checked against the VAT, and refused when it contradicts."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from kloppend.domain.invoice import Invoice
from kloppend.domain.invoicing import InvoiceSettings, explain_why, make_invoice
from kloppend.domain.order import Coupon, Order, TaxRate
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


RATES = (
    TaxRate(name="BTW 21%", rate=Decimal(21), kind="P", tax_classes=("21",)),
    TaxRate(name="BTW laag", rate=Decimal(9), kind="P", tax_classes=("9",)),
)


def of_row(order: Order, code: str, tax_class: str) -> Order:
    """The shop has this class set now for what makes such rows."""
    rows = tuple(replace(each, tax_class=tax_class) if each.code == code else each for each in order.totals)
    return replace(order, totals=rows, tax_rates=RATES)


@pytest.mark.parametrize("tax_class", ["21", "9"])
def test_the_class_that_is_set_now_decides_where_the_vat_leaves_it_open(tax_class: str) -> None:
    products = (replace(MUG, tax_class="7"), replace(TEA, tax_class="7"))  # changed since: they say nothing
    invoice = made(replace(of_row(ambiguous(), "shipping", tax_class), products=products))
    assert rates(invoice, "shipping") == rates(invoice, "discount") == [tax_class]


def test_what_the_order_says_goes_before_what_is_set_now() -> None:
    invoice = made(of_row(ambiguous(shipping_tax_class="21"), "shipping", "9"))
    assert rates(invoice, "shipping") == ["21"]


def test_a_class_changed_since_is_seen_by_the_vat_and_refused_only_where_a_discount_leaves_it_open() -> None:
    at_high: dict[str, Any] = {"vat_high": "9.5455", "vat_low": "1.2361", "total": "69.9702"}
    assert rates(made(of_row(with_shipping(**at_high), "shipping", "9")), "shipping") == ["21"]
    rows = (
        row("sub_total", "55.0564", 1),
        row("shipping", "4.1322"),
        row("coupon", "-5.5056", 4, "Coupon (X)"),
        row("tax", "8.6777", 5, "BTW 21%"),
        row("tax", "1.1125", 5, "BTW laag"),
        row("total", "63.4732", 9),
    )
    everywhere = with_rows(*rows, products=(HIGH_MUG, LOW_TEA), coupons=(coupon("10", "-5.5056"),))
    assert rates(made(of_row(everywhere, "shipping", "21")), "shipping") == ["21"]
    assert refusal(of_row(everywhere, "shipping", "9")).code == "SHIPPING_CLASS_CONTRADICTS_TAX"


@pytest.mark.parametrize(("tax_class", "free"), [("0", False), ("9", False), ("9", True)])
def test_with_goods_of_one_rate_the_vat_tells_through_a_discount_what_changed_since(tax_class: str, free: bool) -> None:
    rows = (
        row("sub_total", "41.3224", 1),
        row("shipping", "4.1322"),
        row("coupon", "-2.0000", 4, "Coupon (X)"),
        row("tax", "9.1255", 5, "BTW 21%"),
        row("total", "52.5801", 9),
    )
    said = (coupon("2.0000", "-2.0000", "F", free_shipping=free),)
    order = of_row(with_rows(*rows, products=(HIGH_MUG,), coupons=said), "shipping", tax_class)
    assert rates(made(order), "shipping") == rates(made(order), "discount") == ["21"]
    without_vat = (*rows[:3], row("tax", "8.2577", 5, "BTW 21%"), row("total", "51.7123", 9))
    since_mended = of_row(with_rows(*without_vat, products=(HIGH_MUG,), coupons=said), "shipping", "21")
    assert refusal(since_mended).code == "SHIPPING_WITHOUT_VAT"


def test_vat_at_a_rate_that_the_order_does_not_charge_is_a_contradiction() -> None:
    rows = (
        row("sub_total", "13.7340", 1),
        row("shipping", "4.1322"),
        row("tax", "1.6080", 5, "BTW laag"),
        row("total", "19.4742", 9),
    )
    order = replace(with_rows(*rows, products=(LOW_TEA,)), tax_rates=RATES)
    assert rates(made(order), "shipping") == ["9"]
    assert refusal(replace(order, shipping_tax_class="21")).code == "SHIPPING_CLASS_CONTRADICTS_TAX"


def test_free_shipping_takes_away_all_vat_at_the_rate_of_the_shipping() -> None:
    rows = (
        row("sub_total", "13.7340", 1),
        row("shipping", "4.1322"),
        row("coupon", "-4.1322", 4, "Coupon (X)"),
        row("tax", "1.2361", 5, "BTW laag"),
        row("total", "14.9701", 9),
    )
    free = replace(coupon("0", "-4.1322", "F", free_shipping=True), limited=False)
    order = with_rows(*rows, products=(LOW_TEA,), coupons=(free,), shipping_tax_class="21")
    invoice = made(replace(order, tax_rates=RATES))
    assert rates(invoice, "shipping") == ["21"]
    assert [line.net for line in invoice.lines if line.kind == "discount" and line.vat_rate == 21] == [Decimal("-4.13")]
    assert invoice.total_inc_vat == Decimal("14.97")


def limited_to(*products: str, limited: bool | None = True) -> Order:
    """Ten percent of the tea only, whatever the coupon's limits say now."""
    rows = (
        row("sub_total", "55.0564", 1),
        row("coupon", "-1.3734", 4, "Coupon (X)"),
        row("tax", "8.6777", 5, "BTW 21%"),
        row("tax", "1.1125", 5, "BTW laag"),
        row("total", "63.4732", 9),
    )
    lines = (replace(HIGH_MUG, product_id="40"), replace(LOW_TEA, product_id="41"))
    rule = replace(coupon("10", "-1.3734"), limited=limited, product_ids=products)
    return replace(with_rows(*rows, products=lines, coupons=(rule,)), tax_rates=RATES)


def test_a_coupon_for_some_products_lies_at_their_rate() -> None:
    invoice = made(limited_to("41"))
    discount = next(line for line in invoice.lines if line.kind == "discount")
    assert (str(discount.vat_rate), discount.why.rule) == ("9", "for_products")
    assert "bepaalde producten" in explain_why(discount.why, "nl")


@pytest.mark.parametrize("order", [limited_to("40"), limited_to(), limited_to(limited=None), limited_to("40", "41")])
def test_limits_that_do_not_explain_the_amount_say_nothing(order: Order) -> None:
    (discount,) = (line for line in made(order).lines if line.kind == "discount")
    assert (str(discount.vat_rate), discount.why.rule != "for_products") == ("9", True)


def test_limits_that_the_vat_contradicts_are_left_aside_where_it_tells_the_split_and_else_refused() -> None:
    """4.1.0.0 spreads a coupon for a category over all products."""
    order = limited_to("40")
    fixed = replace(order.coupons[0], kind="F", discount=Decimal("1.3734"))
    order = replace(order, coupons=(fixed,))
    assert rates(made(order), "discount") == ["9"]
    rows = (*order.totals[:-1], row("shipping", "4.1322"), row("total", "68.4732", 9))
    rows = tuple(replace(each, value=Decimal("9.5455")) if each.title == "BTW 21%" else each for each in rows)
    shipped = replace(order, totals=rows, total=Decimal("68.4732"))
    assert rates(made(replace(shipped, shipping_tax_class="21")), "discount") == ["9"]
    assert refusal(shipped).code == refusal(of_row(shipped, "shipping", "21")).code == "COUPON_CONTRADICTS_TAX"
