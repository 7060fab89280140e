"""Where the last cent goes, and how far off a total may be: the edges of steps S7 to S9."""

from dataclasses import replace
from decimal import Decimal

from kloppend.domain.invoicing import InvoiceSettings, explain_why, make_invoice
from kloppend.domain.order import Address, TaxRate, VoucherSold
from tests.domain.orders import MUG, an_order, product, refusal, row, with_rows


def test_of_equal_remainders_the_larger_line_gets_the_cent() -> None:
    small = product("1.0050", 1, "1.0050", "0.0000", line_id="1")
    large = product("10.0050", 1, "10.0050", "0.0000", line_id="2")
    rows = (row("sub_total", "11.0100", 1), row("total", "11.0100", 9))
    invoice = make_invoice(with_rows(*rows, products=(small, large)), InvoiceSettings(kor=True))
    assert [line.net for line in invoice.lines] == [Decimal("1.00"), Decimal("10.01")]


def test_the_tolerance_itself_is_still_booked() -> None:
    rows = (row("sub_total", "41.3224", 1), row("tax", "8.6777", 5, "BTW 21%"), row("total", "50.0501", 9))
    order = with_rows(*rows, products=(MUG,))
    assert make_invoice(order, InvoiceSettings()).rounding == Decimal("0.05")
    over = replace(order, total=Decimal("50.0601"), totals=(*rows[:2], row("total", "50.0601", 9)))
    assert refusal(over).code == "TOTAL_MISMATCH"


def test_vouchers_of_fractions_of_a_cent_have_no_line_to_absorb_it() -> None:
    order = with_rows(
        row("sub_total", "10.0049", 1),
        row("total", "10.0149", 9),
        products=(),
        vouchers_sold=(VoucherSold(description="Cadeaubon", amount=Decimal("10.0049")),),
    )
    problem = refusal(order)
    assert (problem.code, problem.detail["difference"]) == ("TOTAL_MISMATCH", "0.0100")


def test_a_line_tells_what_its_rate_comes_to_as_a_whole() -> None:
    line = make_invoice(an_order(), InvoiceSettings()).lines[0]
    assert "van 21% zijn samen 45,45, met 9,55 btw" in explain_why(line.why, "nl")


def test_of_rates_that_fit_a_cheap_product_the_one_with_a_tax_row_counts() -> None:
    tiny = product("0.0040", 1, "0.0040", "0.0008", line_id="2")
    german = TaxRate(name="MwSt 19%", rate=Decimal("19.0000"), kind="P")
    rows = (row("sub_total", "41.3264", 1), row("tax", "8.6785", 5, "BTW 21%"), row("total", "50.0049", 9))
    order = with_rows(*rows, products=(MUG, tiny), tax_rates=(german, *an_order().tax_rates))
    assert [line.vat_rate for line in make_invoice(order, InvoiceSettings()).lines] == [21, 21]


def test_a_special_area_is_named_in_the_explanation() -> None:
    mug = replace(MUG, tax=Decimal(0))
    rows = (row("sub_total", "41.3224", 1), row("total", "41.3224", 9))
    order = with_rows(*rows, products=(mug,), delivery_address=Address(country="ES", postcode="35001"))
    line = make_invoice(order, InvoiceSettings()).lines[0]
    assert "de goederen gaan de EU uit (Canarische Eilanden)" in explain_why(line.why, "nl")


def test_of_rates_with_equal_remainders_the_highest_gets_the_cent() -> None:
    low = product("10.0050", 1, "10.0050", "0.9005", line_id="1")
    high = product("10.0050", 1, "10.0050", "2.1011", line_id="2")
    taxes = (row("tax", "0.9005", 5, "BTW laag"), row("tax", "2.1011", 5, "BTW 21%"))
    order = with_rows(row("sub_total", "20.0100", 1), *taxes, row("total", "23.0116", 9), products=(low, high))
    summary = make_invoice(order, InvoiceSettings()).vat_summary
    assert [(each.rate, each.base) for each in summary] == [
        (Decimal(21), Decimal("10.01")),
        (Decimal(9), Decimal("10.00")),
    ]


def test_a_whole_cent_is_a_rounding_line_and_less_is_not() -> None:
    def rounding(total: str) -> Decimal:
        rows = (row("sub_total", "41.3224", 1), row("tax", "8.6776", 5, "BTW 21%"), row("total", total, 9))
        return make_invoice(with_rows(*rows, products=(MUG,)), InvoiceSettings()).rounding

    assert (rounding("50.0100"), rounding("50.0050"), rounding("49.9900")) == (
        Decimal("0.01"),
        Decimal("0.01"),
        Decimal("-0.01"),
    )
    assert rounding("50.0049") == 0


def test_rows_that_do_not_come_to_the_total_are_told_after_what_was_paid() -> None:
    rows = (row("sub_total", "41.3224", 1), row("tax", "8.6776", 5, "BTW 21%"))
    problem = refusal(with_rows(*rows, row("voucher", "-20.0000", 7), row("total", "31.0000", 9), products=(MUG,)))
    told = (problem.code, problem.detail["rows_total"], problem.detail["difference"])
    assert told == ("TOTAL_MISMATCH", "30.0000", "1.0000")


def test_warnings_carry_their_particulars_and_do_not_replace_each_other() -> None:
    rows = (row("sub_total", "45.4545", 1), row("tax", "9.5454", 5, "Hoog 21%"), row("total", "55.0300", 9))
    goods = product("45.4545", 1, "45.4545", "9.5454")
    found = {
        each.code: dict(each.detail)
        for each in make_invoice(with_rows(*rows, products=(goods,)), InvoiceSettings()).warnings
    }
    assert found == {
        "TAX_RATE_FROM_TITLE": {"tax_name": "Hoog 21%", "rate": "21"},
        "ROUNDING_LINE": {"rounding": "0.03"},
        "VAT_RECALC_DIFFERS": {"rates": "21%"},
    }


def test_vat_just_within_the_limit_that_cents_push_over_it_is_a_mismatch() -> None:
    goods = product("10.1434", 1, "10.1434", "2.1301")
    rows = (row("sub_total", "10.1434", 1), row("tax", "2.1350", 5, "BTW 21%"), row("total", "12.2784", 9))
    problem = refusal(with_rows(*rows, products=(goods,)))
    told = {name: problem.detail[name] for name in ("rate", "stated", "expected", "deviation")}
    assert problem.code == "TAX_MISMATCH"
    assert told == {"rate": "21", "stated": "2.1400", "expected": "2.1294", "deviation": "0.0106"}
