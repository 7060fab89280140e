"""Each refusal and warning of the steps S1-S9, and that the first failing test decides."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from kloppend.domain.invoicing import InvoiceSettings, explain_why, make_invoice
from kloppend.domain.order import Address, Order, TaxRate, VoucherSold
from tests.domain.orders import HIGH, HOME, LOW, MUG, TEA, an_order, product, refusal, row, with_rows

SUB = row("sub_total", "41.3224", 1)
TAX = row("tax", "8.6777", 5, "BTW 21%")
TOTAL = row("total", "50.0001", 9)
FIXED = TaxRate(name="Heffing", rate=Decimal("0.5000"), kind="F")


def plain(*extra: Any, total: str = "50.0001", **changes: Any) -> Order:
    """Two mugs, VAT, and the rows given."""
    return with_rows(SUB, *extra, TAX, row("total", total, 9), **changes)


def rowed(title: str, **changes: Any) -> Order:
    """Two mugs whose VAT row has this title."""
    return with_rows(SUB, replace(TAX, title=title), TOTAL, **changes)


def plain_untaxed(country: str) -> Order:
    """Two mugs without VAT to this country."""
    mug = replace(MUG, tax=Decimal(0))
    return with_rows(SUB, row("total", "41.3224", 9), products=(mug,), delivery_address=Address(country=country))


REFUSED = {
    "SHOP_CURRENCY_NOT_EUR": an_order(base_currency="USD", currency="USD"),
    "MULTI_CURRENCY": an_order(currency="USD"),
    "NEGATIVE_TOTAL": an_order(total=Decimal("-0.0001")),
    "TOTAL_ROW_MISMATCH": an_order(total=Decimal("55.0002")),
    "NO_LINES": plain(products=()),
    "LINE_MISMATCH": plain(products=(replace(MUG, total=Decimal("41.3226")),)),
    "SUBTOTAL_MISMATCH": plain(products=(replace(MUG, price=Decimal("20.6613"), total=Decimal("41.3226")),)),
    "UNKNOWN_TOTAL_ROW": plain(row("gift_wrap", "2.5000")),
    "UNSUPPORTED_FIXED_TAX": rowed("Heffing", tax_rates=(HIGH, FIXED)),
    "UNKNOWN_TAX_ROW": rowed("BTW hoog"),
    "UNEXPLAINED_TAX": plain(products=(replace(MUG, tax=Decimal("4.0000")),)),
    "RATE_AMBIGUOUS": with_rows(
        row("sub_total", "0.0004", 1), row("total", "0.0000", 9), products=(product("0.0004", 1, "0.0004", "0.0000"),)
    ),
    "DESTINATION_UNKNOWN": an_order(delivery_address=Address(country="ZZ")),
    "MISSING_VAT_NUMBER": plain_untaxed("BE"),
    "ZERO_VAT_DOMESTIC": plain(products=(replace(MUG, tax=Decimal(0)),)),
    "WRONG_COUNTRY_RATE": with_rows(
        SUB,
        row("tax", "7.8513", 5, "MwSt 19%"),
        row("total", "49.1737", 9),
        products=(replace(MUG, tax=Decimal("3.9256")),),
    ),
    "TOO_MANY_TOTAL_ROWS": plain(*[row("handling", "1.0000")] * 14, total="64.0001"),
    "TAX_MISMATCH": with_rows(SUB, replace(TAX, value=Decimal("8.4777")), row("total", "49.8001", 9)),
    "SHIPPING_WITHOUT_VAT": plain(row("shipping", "4.9500"), total="54.9501"),
    "CHARGE_WITHOUT_VAT": plain(row("handling", "4.9500"), total="54.9501"),
    "NEGATIVE_TAX_BASE": with_rows(SUB, row("coupon", "-41.4000", 4), row("total", "0.0000", 9)),
    "TOTAL_MISMATCH": plain(total="50.0601"),
}


@pytest.mark.parametrize("code", REFUSED)
def test_refusal(code: str) -> None:
    problem = refusal(REFUSED[code])
    assert problem.code == code
    for language in ("nl", "en"):
        assert "{" not in problem.text("nl" if language == "nl" else "en").cause


DETAILS: dict[str, dict[str, str]] = {
    "SHOP_CURRENCY_NOT_EUR": {"currency": "USD"},
    "MULTI_CURRENCY": {"currency": "USD"},
    "NEGATIVE_TOTAL": {"total": "-0.0001"},
    "TOTAL_ROW_MISMATCH": {"total": "55.0002", "total_rows": "55.0001"},
    "NO_LINES": {},
    "LINE_MISMATCH": {
        "order_product_id": "1",
        "product": "M1",
        "quantity": "2",
        "price": "20.6612",
        "total": "41.3226",
    },
    "SUBTOTAL_MISMATCH": {"sub_total": "41.3224", "lines": "41.3226"},
    "UNKNOWN_TOTAL_ROW": {"row_code": "gift_wrap", "value": "2.5000"},
    "UNSUPPORTED_FIXED_TAX": {"tax_name": "Heffing"},
    "UNKNOWN_TAX_ROW": {"tax_name": "BTW hoog"},
    "UNEXPLAINED_TAX": {"order_product_id": "1", "product": "M1", "price": "20.6612", "tax": "4.0000"},
    "RATE_AMBIGUOUS": {
        "rates": "21%, 9%, 0%",
        "order_product_id": "1",
        "product": "M1",
        "price": "0.0004",
        "tax": "0.0000",
    },
    "DESTINATION_UNKNOWN": {"country": "ZZ"},
    "MISSING_VAT_NUMBER": {"country": "BE"},
    "ZERO_VAT_DOMESTIC": {"order_product_id": "1", "product": "M1", "tax_class": ""},
    "WRONG_COUNTRY_RATE": {"rate": "19", "country": "NL"},
    "TOO_MANY_TOTAL_ROWS": {"rows": "14"},
    "TAX_MISMATCH": {"rate": "21", "stated": "8.4777", "expected": "8.6777", "deviation": "0.2000", "after_tax": ""},
    "SHIPPING_WITHOUT_VAT": {"row_code": "shipping", "value": "4.9500"},
    "CHARGE_WITHOUT_VAT": {"row_code": "handling", "value": "4.9500"},
    "NEGATIVE_TAX_BASE": {"rate": "21", "base": "-0.0776"},
    "TOTAL_MISMATCH": {"total": "50.0601", "rows_total": "50.0001", "difference": "0.0599"},
}


@pytest.mark.parametrize("code", REFUSED)
def test_a_refusal_names_the_particulars(code: str) -> None:
    assert dict(refusal(REFUSED[code]).detail) == DETAILS[code]


def test_a_product_without_an_article_number_is_named_by_its_row() -> None:
    nameless = replace(MUG, tax=Decimal(0), model="", line_id="77")
    assert refusal(plain(products=(nameless,))).detail["product"] == "#77"


def test_of_several_rates_the_one_furthest_off_is_named() -> None:
    rows = (row("tax", "8.6000", 5, "BTW 21%"), row("tax", "3.2361", 5, "BTW laag"), row("total", "66.8925", 9))
    problem = refusal(with_rows(row("sub_total", "55.0564", 1), *rows, products=(MUG, TEA)))
    assert (problem.code, problem.detail["rate"], problem.detail["expected"]) == ("TAX_MISMATCH", "9", "1.2361")


def test_rows_of_the_same_rank_as_the_tax_are_not_called_late() -> None:
    rows = (SUB, row("handling", "4.0000", 5), row("coupon", "-2.0000", 6), row("low_order_fee", "1.0000", 7))
    order = with_rows(*rows, replace(TAX, value=Decimal("5.0000")), row("total", "49.3224", 9))
    assert refusal(order).detail["after_tax"] == "low_order_fee, coupon"


def test_a_discount_without_goods_has_no_rate_to_lie_at() -> None:
    order = with_rows(
        row("sub_total", "25.0000", 1),
        row("coupon", "-5.0000", 4),
        row("total", "20.0000", 9),
        products=(),
        vouchers_sold=(VoucherSold(description="Cadeaubon", amount=Decimal("25.0000")),),
    )
    assert dict(refusal(order).detail) == {"rate": "0", "base": "-5.0000"}


def test_kor_shop_that_charges_vat_is_refused() -> None:
    assert refusal(an_order(), kor=True).code == "KOR_BUT_VAT_CHARGED"


def test_the_first_failing_step_decides() -> None:
    everything_wrong = replace(
        an_order(), base_currency="USD", currency="GBP", total=Decimal(-1), products=(), delivery_address=Address()
    )
    assert refusal(everything_wrong).code == "SHOP_CURRENCY_NOT_EUR"
    assert refusal(replace(everything_wrong, base_currency="EUR")).code == "MULTI_CURRENCY"
    in_euro = replace(everything_wrong, base_currency="EUR", currency="EUR")
    assert refusal(in_euro).code == "NEGATIVE_TOTAL"
    assert refusal(replace(in_euro, total=Decimal("55.0001"))).code == "NO_LINES"
    # An address problem (S5) comes after a product's tax (S4).
    foreign = plain(products=(replace(MUG, tax=Decimal("4.0000")),), delivery_address=Address(country="US"))
    assert refusal(foreign).code == "UNEXPLAINED_TAX"


def two_rates(*extra: Any, total: str) -> Order:
    """Two mugs and three teas, the rows given, and VAT that no placement of any of them explains."""
    rows = (row("tax", "7.0000", 5, "BTW 21%"), row("tax", "1.0000", 5, "BTW laag"), row("total", total, 9))
    return with_rows(row("sub_total", "55.0564", 1), *extra, *rows, products=(MUG, TEA))


def test_more_rows_than_can_be_tried_are_refused_untried() -> None:
    # Twelve charges, four ways each: nearly seventeen million combinations.
    problem = refusal(two_rates(*[row("handling", "1.0000")] * 12, total="75.0564"))
    assert (problem.code, dict(problem.detail)) == ("TOO_MANY_TOTAL_ROWS", {"rows": "12"})
    # Discounts multiply as well: 4 x 4 x 4 for the charges and 6 x 6 x 6 for coupons that may include free shipping.
    coupons = [row("coupon", "-5.0000", 4)] * 3
    charges = [row("shipping", "4.0000"), *[row("handling", "1.0000")] * 2]
    assert refusal(two_rates(*charges, *coupons, total="54.0564")).detail == {"rows": "6"}


def test_as_many_rows_as_can_be_tried_are_tried() -> None:
    assert refusal(two_rates(*[row("handling", "1.0000")] * 5, total="68.0564")).code == "TAX_MISMATCH"
    charged = replace(TAX, value=Decimal("10.7777"))
    ten = with_rows(SUB, *[row("handling", "1.0000")] * 10, charged, row("total", "62.1001", 9))
    assert str(make_invoice(ten, InvoiceSettings()).total_vat) == "10.78"


def test_an_untaxed_charge_is_refused_with_its_amount() -> None:
    assert refusal(REFUSED["SHIPPING_WITHOUT_VAT"]).detail == {"row_code": "shipping", "value": "4.9500"}


def test_rows_calculated_after_the_tax_are_named() -> None:
    late = with_rows(SUB, TAX, row("coupon", "-4.1322", 7), row("total", "45.8679", 9))
    assert refusal(late).detail["after_tax"] == "coupon"


def test_the_invoice_address_counts_where_there_is_no_other() -> None:
    abroad = an_order(delivery_address=None, invoice_address=Address(country="US"))
    assert make_invoice(abroad, InvoiceSettings()).treatment == "export"
    assert refusal(an_order(delivery_address=None, invoice_address=None)).code == "DESTINATION_UNKNOWN"


def test_only_vouchers_sold_abroad_is_domestic() -> None:
    order = with_rows(
        row("sub_total", "25.0000", 1),
        row("total", "25.0000", 9),
        products=(),
        vouchers_sold=(VoucherSold(description="Cadeaubon", amount=Decimal("25.0000")),),
        delivery_address=replace(HOME, country="BE"),
    )
    invoice = make_invoice(order, InvoiceSettings())
    assert invoice.treatment == "domestic"
    assert [(line.kind, line.vat_category, line.net) for line in invoice.lines] == [
        ("voucher_sale", "O", Decimal("25.00"))
    ]
    assert "cadeaubon" in explain_why(invoice.lines[0].why, "nl")


def test_a_free_product_follows_the_largest() -> None:
    free = product("0.0000", 1, "0.0000", "0.0000", name="Sample", line_id="3")
    invoice = make_invoice(plain(products=(free, MUG)), InvoiceSettings())
    assert [str(line.vat_rate) for line in invoice.lines] == ["21", "21"]
    assert explain_why(invoice.lines[0].why, "nl").startswith("Dit product was gratis")


def test_a_basket_of_free_products_is_booked_at_zero() -> None:
    free = product("0.0000", 1, "0.0000", "0.0000")
    order = with_rows(row("sub_total", "0.0000", 1), row("total", "0.0000", 9), products=(free,))
    invoice = make_invoice(order, InvoiceSettings())
    assert invoice.total_inc_vat == 0
    assert [warning.code for warning in invoice.warnings] == ["ZERO_TOTAL"]


def test_free_shipping_is_nothing_to_book() -> None:
    invoice = make_invoice(plain(row("shipping", "0.0000")), InvoiceSettings())
    assert [line.kind for line in invoice.lines] == ["product"]


def test_a_rate_no_longer_listed_is_read_from_the_title() -> None:
    invoice = make_invoice(rowed("BTW 21,0 %", tax_rates=(LOW,)), InvoiceSettings())
    assert [warning.code for warning in invoice.warnings] == ["TAX_RATE_FROM_TITLE"]


def test_names_that_stand_for_two_rates_do_not_decide() -> None:
    twins = (replace(HIGH, name="BTW"), replace(LOW, name="BTW"))
    assert refusal(rowed("BTW", tax_rates=twins)).code == "UNKNOWN_TAX_ROW"


def test_rows_of_equal_percentage_are_added() -> None:
    split = with_rows(
        SUB, row("tax", "8.0000", 5, "BTW 21%"), row("tax", "0.6777", 5, "Btw 21 %"), TOTAL, tax_rates=(HIGH,)
    )
    assert str(make_invoice(split, InvoiceSettings()).total_vat) == "8.68"


def test_an_old_rate_is_valid_on_its_day() -> None:
    six = replace(TEA, tax=Decimal("0.2747"))
    rows = (row("sub_total", "13.7340", 1), row("tax", "0.8240", 5, "BTW 6%"), row("total", "14.5580", 9))
    order = with_rows(*rows, products=(six,))
    assert refusal(order).code == "WRONG_COUNTRY_RATE"
    old = make_invoice(replace(order, placed_at=datetime(2018, 6, 1, tzinfo=UTC)), InvoiceSettings())
    assert str(old.total_vat) == "0.82"


def test_shipping_at_a_rate_no_goods_have_is_booked_and_shown() -> None:
    order = with_rows(
        row("sub_total", "13.7340", 1),
        row("shipping", "4.1322"),
        row("tax", "0.8678", 5, "BTW 21%"),
        row("tax", "1.2361", 5, "BTW laag"),
        row("total", "19.9701", 9),
        products=(TEA,),
    )
    codes = [warning.code for warning in make_invoice(order, InvoiceSettings()).warnings]
    assert codes == ["SHIPPING_RATE_DEVIATES"]


def test_vat_rounded_per_piece_is_booked_as_charged_with_a_warning() -> None:
    order = with_rows(SUB, replace(TAX, value=Decimal("8.6900")), row("total", "50.0124", 9))
    invoice = make_invoice(order, InvoiceSettings())
    assert str(invoice.total_vat) == "8.69"
    assert "TAX_ROUNDING" in {warning.code for warning in invoice.warnings}


def test_a_coupon_for_some_products_is_solved_from_the_tax() -> None:
    # 2.00 off the mugs and 3.00 off the tea: in proportion to nothing the shop stored.
    order = with_rows(
        row("sub_total", "55.0564", 1),
        row("coupon", "-5.0000", 4),
        row("tax", "8.2577", 5, "BTW 21%"),
        row("tax", "0.9661", 5, "BTW laag"),
        row("total", "59.2802", 9),
        products=(MUG, TEA),
    )
    invoice = make_invoice(order, InvoiceSettings())
    coupons = [line for line in invoice.lines if line.kind == "discount"]
    assert [(str(line.vat_rate), str(line.net)) for line in coupons] == [("21", "-2.00"), ("9", "-3.00")]
    assert {line.why.rule for line in coupons} == {"solved"}


def test_vat_at_a_zero_rate_is_no_vat() -> None:
    nil = TaxRate(name="BTW 0%", rate=Decimal("0.0000"), kind="P")
    order = plain(row("tax", "5.0000", 5, "BTW 0%"), total="55.0001", tax_rates=(HIGH, nil))
    assert refusal(order).code == "TAX_MISMATCH"


def test_a_payment_with_the_wrong_sign_is_not_a_payment() -> None:
    assert refusal(plain(row("voucher", "5.0000", 8), total="55.0001")).code == "TOTAL_MISMATCH"


def test_the_merchant_says_what_a_row_means() -> None:
    order = plain(row("gift_card", "-20.0000", 8), total="30.0001")
    invoice = make_invoice(order, InvoiceSettings(total_codes={"gift_card": "payment"}))
    assert [(payment.code, str(payment.amount)) for payment in invoice.payments] == [("gift_card", "20.00")]
    assert str(invoice.amount_due) == "30.00"


@pytest.mark.parametrize("title", ["Heffing 2021%", "BTW 21.00000%", "Nr. 9.021,21%"])
def test_the_end_of_a_longer_number_is_no_percentage(title: str) -> None:
    assert refusal(rowed(title, tax_rates=())).code == "UNKNOWN_TAX_ROW"
