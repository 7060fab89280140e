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
