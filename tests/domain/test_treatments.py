"""Every treatment of the table in bookkeeping 2.1, with its category, its rates, its days and its refusals."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from kloppend.domain.invoice import Invoice
from kloppend.domain.invoicing import InvoiceSettings, VatNumberVerdict, explain_why, legal_texts, make_invoice
from kloppend.domain.order import Address, Customer, Order, ProductLine, TaxRate
from kloppend.domain.problems import Problem, Refused
from tests.domain.orders import MUG, an_order, product, row, with_rows

DAY = date(2026, 11, 20)
OSS: dict[str, Any] = {"oss_registered": True}


def to(country: str, postcode: str = "", **changes: Any) -> Order:
    """Two mugs and shipping without VAT, to this place."""
    mug = replace(MUG, tax=Decimal(0))
    rows = (row("sub_total", "41.3224", 1), row("shipping", "4.0000"), row("total", "45.3224", 9))
    chosen = {"products": (mug,), "delivery_address": Address(country=country, postcode=postcode), **changes}
    return with_rows(*rows, **chosen)


def taxed(country: str, rate: str, postcode: str = "", **changes: Any) -> Order:
    """One product of 100.00 with VAT at this rate, to this place."""
    vat = Decimal(rate)
    line = product("100.0000", 1, "100.0000", f"{vat:.4f}")
    rows = (
        row("sub_total", "100.0000", 1),
        row("tax", f"{vat:.4f}", 5, f"VAT {rate}%"),
        row("total", f"{100 + vat:.4f}", 9),
    )
    chosen = {
        "products": (line,),
        "delivery_address": Address(country=country, postcode=postcode),
        "tax_rates": (TaxRate(name=f"VAT {rate}%", rate=vat, kind="P"),),
        **changes,
    }
    return with_rows(*rows, **chosen)


def outcome(
    order: Order, *, verdict: VatNumberVerdict = "not_checked", invoice_date: date | None = None, **settings: Any
) -> Invoice | Problem:
    try:
        return make_invoice(order, InvoiceSettings(**settings), vat_number=verdict, invoice_date=invoice_date)
    except Refused as refused:
        return refused.problem


def booked(order: Order, **about: Any) -> Invoice:
    found = outcome(order, **about)
    assert isinstance(found, Invoice), found
    return found


def refused(order: Order, **about: Any) -> str:
    found = outcome(order, **about)
    assert isinstance(found, Problem), found
    assert "{" not in found.text("nl").cause + found.text("en").cause
    return found.code


def codes(invoice: Invoice) -> set[str]:
    return {warning.code for warning in invoice.warnings}


def business(number: str | None) -> Customer:
    return Customer(vat_number=number)


@pytest.mark.parametrize(
    ("country", "postcode"),
    [
        ("US", ""),
        ("CH", "8001"),
        ("GB", "SW1A 1AA"),
        ("GB", "B1 1BT"),
        ("JE", "JE2 3AB"),
        ("IM", "IM1 1AA"),
        ("NO", "0150"),
        ("ES", "35001"),
        ("ES", "38400"),
        ("ES", "51001"),
        ("ES", "52-001"),
        ("AX", "22100"),
        ("FI", "22100"),
        ("FR", "97100"),
        ("FR", "F-97400"),
        ("FR", "98800"),
        ("RE", "97400"),
        ("IT", "23041"),
        ("IT", "22061"),
        ("DE", "78266"),
        ("DE", "27498"),
        ("GR", "630 86"),
        ("SM", "47890"),
        ("GI", "GX11 1AA"),
        ("CW", ""),
        ("IC", "35001"),
        ("XK", ""),
        ("FO", "100"),
    ],
)
def test_outside_the_eu_is_export_without_a_number(country: str, postcode: str) -> None:
    invoice = booked(to(country, postcode))
    assert (invoice.treatment, invoice.vat_country, invoice.icp) == ("export", "NL", None)
    assert {(line.vat_category, line.vat_rate, line.treatment) for line in invoice.lines} == {
        ("G", Decimal(0), "export")
    }
    assert legal_texts(invoice, "nl") == ("Uitvoer, 0% btw.",)


@pytest.mark.parametrize(
    ("country", "postcode", "shown"),
    [
        ("BE", "1000", "BE"),
        ("ES", "28001", "ES"),
        ("ES", "5001", "ES"),
        ("ES", "07001", "ES"),
        ("FR", "75001", "FR"),
        ("FR", "98000", "FR"),
        ("MC", "98000", "FR"),
        ("FX", "75001", "FR"),
        ("FI", "00100", "FI"),
        ("PT", "9000-001", "PT"),
        ("DE", "78267", "DE"),
        ("GB", "BT1 1AA", "XI"),
        ("GB", "bt488pq", "XI"),
        ("XI", "", "XI"),
        ("EL", "10552", "GR"),
    ],
)
def test_inside_the_eu_zero_needs_a_number(country: str, postcode: str, shown: str) -> None:
    problem = outcome(to(country, postcode))
    assert isinstance(problem, Problem)
    assert (problem.code, problem.detail["country"]) == ("MISSING_VAT_NUMBER", shown)


@pytest.mark.parametrize(
    ("country", "postcode", "given", "number"),
    [
        ("BE", "", "BE 0411.905.847", "BE0411905847"),
        ("GR", "", "GR 123456789", "EL123456789"),
        ("GR", "", "el-123456789", "EL123456789"),
        ("GB", "BT1 1AA", "xi123456789", "XI123456789"),
        ("MC", "", "FR12345678901", "FR12345678901"),
        ("AT", "", "ATU12345678", "ATU12345678"),
    ],
)
def test_a_valid_number_makes_an_intra_eu_supply(country: str, postcode: str, given: str, number: str) -> None:
    invoice = booked(to(country, postcode, customer=business(given)), verdict="valid")
    assert invoice.treatment == "icp"
    assert invoice.icp is not None
    assert (invoice.icp.vat_number, invoice.icp.amount) == (number, Decimal("45.32"))
    assert {(line.vat_category, line.vat_rate) for line in invoice.lines} == {("K", Decimal(0))}
    assert codes(invoice) == set()
    assert number in legal_texts(invoice, "en")[0]
    assert number in explain_why(invoice.lines[0].why, "nl")


@pytest.mark.parametrize(
    ("number", "verdict", "code"),
    [
        (None, "valid", "MISSING_VAT_NUMBER"),
        ("  ", "valid", "MISSING_VAT_NUMBER"),
        ("-", "valid", "MISSING_VAT_NUMBER"),
        ("NL123456789B01", "invalid", "VAT_NUMBER_NOT_FOREIGN"),
        ("nl 1234.56.789.B01", "valid", "VAT_NUMBER_NOT_FOREIGN"),
        ("BE0411905847", "invalid", "VAT_NUMBER_INVALID"),
        ("GB123456789", "valid", "VAT_NUMBER_INVALID"),
        ("0411905847", "valid", "VAT_NUMBER_INVALID"),
        ("BEXX", "valid", "VAT_NUMBER_INVALID"),
        ("CHE-123.456.789", "not_checked", "VAT_NUMBER_INVALID"),
        ("BE0411905847", "unavailable", "VAT_NUMBER_UNVERIFIED"),
        ("BE0411905847", "not_checked", "VAT_NUMBER_UNVERIFIED"),
    ],
)
def test_numbers_that_do_not_make_one(number: str | None, verdict: VatNumberVerdict, code: str) -> None:
    assert refused(to("BE", customer=business(number)), verdict=verdict) == code


def test_an_unchecked_number_is_accepted_when_the_merchant_says_so_and_a_failed_check_never() -> None:
    order = to("BE", customer=business("BE0411905847"))
    invoice = booked(order, unchecked_vat_numbers="accept")
    assert codes(invoice) == {"VAT_NUMBER_NOT_CHECKED"}
    assert "zoals de instellingen toestaan" in explain_why(invoice.lines[0].why, "nl")
    for verdict, code in (("unavailable", "VAT_NUMBER_UNVERIFIED"), ("invalid", "VAT_NUMBER_INVALID")):
        assert refused(order, verdict=verdict, unchecked_vat_numbers="accept") == code


def test_a_number_of_another_country_than_the_goods_go_to_is_shown() -> None:
    assert codes(booked(to("BE", customer=business("DE136695976")), verdict="valid")) == {"VAT_NUMBER_OTHER_COUNTRY"}


def test_what_is_wrong_with_a_number_names_the_country() -> None:
    for number, verdict in (("NL1", "valid"), ("BE0411905847", "invalid"), ("BE0411905847", "unavailable")):
        problem = outcome(to("BE", customer=business(number)), verdict=verdict)  # type: ignore[arg-type]
        assert isinstance(problem, Problem)
        assert dict(problem.detail) == {"country": "BE"}


def test_a_number_may_hold_its_only_digits_at_the_front() -> None:
    assert booked(to("ES", customer=business("ES1ABCDEFGX")), verdict="valid").treatment == "icp"


def test_warnings_of_a_number_name_both_countries() -> None:
    order = to("GR", customer=business("DE136695976"))
    found = booked(order, unchecked_vat_numbers="accept").warnings
    assert [(warning.code, dict(warning.detail)) for warning in found] == [
        ("VAT_NUMBER_NOT_CHECKED", {}),
        ("VAT_NUMBER_OTHER_COUNTRY", {"prefix": "DE", "country": "GR"}),
    ]


@pytest.mark.parametrize(
    ("country", "rate", "postcode", "vat_country"),
    [
        ("DE", "19", "", "DE"),
        ("BE", "12", "", "BE"),
        ("FI", "13.5", "", "FI"),
        ("FR", "2.1", "", "FR"),
        ("MC", "20", "98000", "FR"),
        ("GB", "20", "BT1 1AA", "XI"),
        ("PT", "22", "9000-001", "PT"),
        ("PT", "4", "9500-001", "PT"),
        ("GR", "24", "", "GR"),
    ],
)
def test_oss_takes_the_rates_of_the_country_of_delivery(
    country: str, rate: str, postcode: str, vat_country: str
) -> None:
    invoice = booked(taxed(country, rate, postcode), **OSS)
    assert (invoice.treatment, invoice.vat_country, str(invoice.total_vat)) == (
        "oss",
        vat_country,
        f"{Decimal(rate):.2f}",
    )
    assert {line.vat_category for line in invoice.lines} == {"S"}
    assert refused(taxed(country, rate, postcode)) == "WRONG_COUNTRY_RATE"


@pytest.mark.parametrize(
    ("country", "rate", "postcode"), [("DE", "21", ""), ("PT", "23", "9000-001"), ("DE", "16", ""), ("BE", "9", "")]
)
def test_oss_refuses_other_rates(country: str, rate: str, postcode: str) -> None:
    assert refused(taxed(country, rate, postcode), **OSS) == "WRONG_COUNTRY_RATE"


@pytest.mark.parametrize("rate", ["21", "9"])
def test_below_the_threshold_dutch_rates_go_abroad(rate: str) -> None:
    invoice = booked(taxed("DE", rate))
    assert (invoice.treatment, invoice.vat_country) == ("eu_home_rate", "NL")


def test_a_rate_of_two_countries_is_booked_for_the_one_that_applies() -> None:
    assert booked(taxed("BE", "21"), **OSS).vat_country == "BE"
    assert booked(taxed("BE", "21")).vat_country == "NL"


def test_oss_begins_and_ends_on_its_days() -> None:
    first = {**OSS, "oss_from": DAY}
    assert booked(taxed("DE", "19"), **first).treatment == "oss"
    assert refused(taxed("DE", "19"), **OSS, oss_from=date(2026, 11, 21)) == "WRONG_COUNTRY_RATE"
    assert booked(taxed("DE", "21"), **OSS, oss_from=date(2026, 11, 21)).treatment == "eu_home_rate"
    assert booked(taxed("DE", "19"), **OSS, oss_until=DAY).treatment == "oss"
    assert booked(taxed("DE", "21"), **OSS, oss_until=date(2026, 11, 19)).treatment == "eu_home_rate"


def test_the_invoice_date_decides_which_scheme_holds() -> None:
    settings = {**OSS, "oss_from": date(2026, 12, 1), "invoice_date": date(2026, 12, 1)}
    assert refused(taxed("DE", "21"), **settings) == "RATE_CHANGE_BETWEEN_DATES"
    assert refused(taxed("DE", "19"), **settings) == "RATE_CHANGE_BETWEEN_DATES"
    assert booked(taxed("BE", "21"), **settings).treatment == "oss"


def test_a_rate_change_between_the_dates_is_held() -> None:
    old = taxed("RO", "19", placed_at=an_order().placed_at.replace(year=2025, month=7, day=31))
    assert booked(old, **OSS).total_vat == 19
    held = outcome(old, **OSS, invoice_date=date(2025, 8, 1))
    assert isinstance(held, Problem)
    assert held.code == "RATE_CHANGE_BETWEEN_DATES"
    assert dict(held.detail) == {"rate": "19", "order_date": "2025-07-31", "invoice_date": "2025-08-01"}
    new = replace(taxed("RO", "21"), placed_at=old.placed_at)
    assert refused(new, **OSS, invoice_date=date(2025, 8, 1)) == "RATE_CHANGE_BETWEEN_DATES"
    neither = replace(taxed("RO", "18"), placed_at=old.placed_at)
    assert refused(neither, **OSS, invoice_date=date(2025, 8, 1)) == "WRONG_COUNTRY_RATE"


def test_export_with_dutch_vat_is_booked_as_charged() -> None:
    invoice = booked(taxed("US", "21"))
    assert (invoice.treatment, codes(invoice)) == ("export", {"EXPORT_WITH_VAT"})
    assert [(line.vat_category, str(line.vat)) for line in invoice.lines] == [("S", "21.00")]
    assert legal_texts(invoice, "nl") == ()
    assert dict(invoice.warnings[0].detail) == {"country": "US"}
    assert "uitvoer buiten de EU, naar US" in explain_why(invoice.lines[0].why, "nl")


def test_foreign_vat_on_an_export_is_not_ours() -> None:
    problem = outcome(taxed("GB", "20", "SW1A 1AA"))
    assert isinstance(problem, Problem)
    assert (problem.code, dict(problem.detail)) == ("WRONG_COUNTRY_RATE", {"rate": "20", "country": "NL"})
    assert refused(taxed("CH", "8.1")) == "WRONG_COUNTRY_RATE"


def test_an_export_partly_without_vat_has_a_reason_for_that_part() -> None:
    free = product("10.0000", 1, "10.0000", "0.0000", name="Boek", line_id="2")
    order = with_rows(
        row("sub_total", "51.3224", 1),
        row("shipping", "4.0000"),
        row("tax", "8.6777", 5, "BTW 21%"),
        row("total", "64.0001", 9),
        products=(MUG, free),
        delivery_address=Address(country="US"),
    )
    invoice = booked(order)
    assert [(line.vat_category, line.net) for line in invoice.lines] == [
        ("S", Decimal("41.32")),
        ("G", Decimal("10.00")),
        ("G", Decimal("4.00")),
    ]


def test_kor_needs_no_destination_and_bears_no_vat_anywhere() -> None:
    for order in (to("NL"), to("BE"), to("US"), to("ZZ")):
        invoice = booked(order, kor=True)
        assert {line.vat_category for line in invoice.lines} == {"E"}
        assert "artikel 25" in legal_texts(invoice, "nl")[0]
    assert refused(taxed("NL", "21"), kor=True) == "KOR_BUT_VAT_CHARGED"


def test_kor_holds_on_its_days_only() -> None:
    assert booked(to("NL"), kor=True, kor_from=DAY, kor_until=DAY).treatment == "kor"
    assert refused(to("NL"), kor=True, kor_from=date(2027, 1, 1)) == "ZERO_VAT_DOMESTIC"
    assert booked(taxed("NL", "21"), kor=True, kor_until=date(2026, 11, 19)).treatment == "domestic"


def classed(tax_class: str, line: ProductLine) -> ProductLine:
    return replace(line, tax_class=tax_class)


MARGIN: dict[str, Any] = {"zero_vat_classes": {"5": "margin", "6": "exempt"}}
ANTIQUE = classed("5", product("50.0000", 1, "50.0000", "0.0000", name="Klok", line_id="7"))
LESSON = classed("6", product("30.0000", 1, "30.0000", "0.0000", name="Les", line_id="8"))


def mixed(*lines: ProductLine, shipping: str = "0.0000", country: str = "NL", **changes: Any) -> Order:
    """These products without VAT, next to two mugs at 21% unless `taxed=False`."""
    with_mug = changes.pop("with_mug", True)
    products = ((MUG,) if with_mug else ()) + lines
    goods = sum((line.total for line in products), Decimal(0))
    vat = Decimal("8.6777") if with_mug else Decimal(0)
    rows = (
        row("sub_total", f"{goods:.4f}", 1),
        row("shipping", shipping),
        *((row("tax", f"{vat:.4f}", 5, "BTW 21%"),) if with_mug else ()),
        row("total", f"{goods + Decimal(shipping) + vat:.4f}", 9),
    )
    return with_rows(*rows, products=products, delivery_address=Address(country=country), **changes)


@pytest.mark.parametrize("country", ["NL", "BE"])
@pytest.mark.parametrize(("line", "treatment"), [(ANTIQUE, "margin"), (LESSON, "exempt")])
def test_goods_without_vat_by_mapping(line: ProductLine, treatment: str, country: str) -> None:
    alone = booked(mixed(line, with_mug=False, shipping="5.0000", country=country), **MARGIN)
    assert alone.treatment == treatment
    assert {(each.vat_category, each.treatment) for each in alone.lines} == {("E", treatment)}
    beside = booked(mixed(line, country=country), **MARGIN)
    assert beside.treatment == ("domestic" if country == "NL" else "eu_home_rate")
    assert [(each.vat_category, each.treatment) for each in beside.lines] == [
        ("S", beside.treatment),
        ("E", treatment),
    ]
    assert len(legal_texts(beside, "nl")) == 1
    assert [each.why.inputs["treatment"] for each in beside.lines] == [each.treatment for each in beside.lines]
    assert explain_why(beside.lines[1].why, "en").count("No VAT") == 1


def test_shipping_without_vat_next_to_taxed_and_margin_goods_is_refused() -> None:
    assert refused(mixed(ANTIQUE, shipping="5.0000"), **MARGIN) == "SHIPPING_WITHOUT_VAT"


def test_margin_goods_that_leave_the_eu_are_exports() -> None:
    assert booked(mixed(ANTIQUE, with_mug=False, country="US"), **MARGIN).treatment == "export"


def test_a_zero_without_a_reason_is_refused() -> None:
    unmapped = replace(ANTIQUE, tax_class="9")
    unknown = replace(ANTIQUE, tax_class=None)
    for line in (unmapped, unknown):
        assert refused(mixed(line), **MARGIN) == "ZERO_VAT_DOMESTIC"
        assert refused(mixed(line, country="DE"), **MARGIN) == "ZERO_VAT_EU"
        assert refused(mixed(line, with_mug=False), **MARGIN) == "ZERO_VAT_DOMESTIC"


def test_two_reasons_in_one_order_are_refused() -> None:
    assert refused(mixed(ANTIQUE, LESSON), **MARGIN) == "ZERO_VAT_MIXED"
    plain = replace(ANTIQUE, tax_class="9")
    assert refused(mixed(ANTIQUE, plain, with_mug=False, country="BE"), **MARGIN) == "ZERO_VAT_MIXED"


def test_vat_on_goods_that_should_bear_none_is_refused() -> None:
    order = an_order(products=(classed("5", MUG),))
    assert refused(order, **MARGIN) == "EXEMPT_BUT_VAT_CHARGED"


def test_a_zero_that_needs_a_reason_names_the_tax_class_by_which_it_is_given() -> None:
    unmapped = replace(ANTIQUE, tax_class="9")
    orders = {
        "ZERO_VAT_DOMESTIC": mixed(unmapped),
        "ZERO_VAT_EU": mixed(unmapped, country="DE"),
        "EXEMPT_BUT_VAT_CHARGED": an_order(products=(classed("5", MUG),)),
    }
    for code, order in orders.items():
        problem = outcome(order, **MARGIN)
        assert isinstance(problem, Problem)
        assert (problem.code, problem.detail["tax_class"]) == (code, "5" if code == "EXEMPT_BUT_VAT_CHARGED" else "9")
        assert f"nummer {problem.detail['tax_class']} " in problem.text("nl").cause
    unknown = outcome(mixed(replace(ANTIQUE, tax_class=None)), **MARGIN)
    assert isinstance(unknown, Problem)
    assert unknown.detail["tax_class"] == ""
    assert "tax class of this product" not in unknown.text("en").cause
    two = outcome(mixed(ANTIQUE, LESSON), **MARGIN)
    assert isinstance(two, Problem)
    assert two.detail["tax_classes"] == ", ".join(sorted([str(ANTIQUE.tax_class), str(LESSON.tax_class)]))
    one = outcome(mixed(ANTIQUE, replace(LESSON, tax_class=None), with_mug=False, country="BE"), **MARGIN)
    assert isinstance(one, Problem)
    assert one.detail["tax_classes"] == ANTIQUE.tax_class


def test_a_free_product_is_no_zero_to_explain() -> None:
    free = product("0.0000", 1, "0.0000", "0.0000", name="Sample", line_id="3")
    abroad = to("US", products=(replace(MUG, tax=Decimal(0)), free))
    assert {(line.vat_category, line.vat_rate) for line in booked(abroad).lines} == {("G", Decimal(0))}
    rows = (row("sub_total", "0.0000", 1), row("shipping", "5.0000"), row("total", "5.0000", 9))
    only = with_rows(*rows, products=(free,), delivery_address=Address(country="US"))
    assert {line.vat_rate for line in booked(only).lines} == {0}


def test_a_basket_of_free_products_bears_no_foreign_rate() -> None:
    free = product("0.0000", 1, "0.0000", "0.0000")
    hungarian = TaxRate(name="ÁFA 27%", rate=Decimal("27.0000"), kind="P")
    rows = (row("sub_total", "0.0000", 1), row("total", "0.0000", 9))
    listed = with_rows(*rows, products=(free,), tax_rates=(hungarian, *an_order().tax_rates))
    assert [line.vat_rate for line in booked(listed).lines] == [21]
    unlisted = with_rows(*rows, products=(free,), tax_rates=(hungarian,))
    assert [line.vat_rate for line in booked(unlisted).lines] == [21]


def test_a_gift_to_the_eu_needs_no_vat_number() -> None:
    free = product("0.0000", 1, "0.0000", "0.0000")
    rows = (row("sub_total", "0.0000", 1), row("shipping", "0.0000"), row("total", "0.0000", 9))
    gift = with_rows(*rows, products=(free,), delivery_address=Address(country="DE"))
    invoice = booked(gift)
    assert invoice.treatment == "eu_home_rate"
    assert (invoice.total_inc_vat, codes(invoice)) == (Decimal(0), {"ZERO_TOTAL"})
    abroad = booked(gift, **OSS)
    assert abroad.treatment == "oss"
    assert [line.vat_rate for line in abroad.lines] == [Decimal(19)]
    assert refused(replace(gift, customer=business("DE136695976"))) == "VAT_NUMBER_UNVERIFIED"
    assert booked(replace(gift, customer=business("DE136695976")), verdict="valid").treatment == "icp"
    # Postage is a supply, and so are goods of which a coupon took off everything.
    paid = (row("sub_total", "0.0000", 1), row("shipping", "5.0000"), row("total", "5.0000", 9))
    assert refused(replace(gift, totals=paid, total=Decimal("5.0000"))) == "MISSING_VAT_NUMBER"
    off = (row("sub_total", "10.0000", 1), row("coupon", "-10.0000"), row("total", "0.0000", 9))
    given_away = product("10.0000", 1, "10.0000", "0.0000")
    assert refused(replace(gift, products=(given_away,), totals=off)) == "MISSING_VAT_NUMBER"


def test_book_in_base_shows_what_the_customer_saw() -> None:
    order = an_order(currency="USD", currency_rate=Decimal("1.08450000"))
    (warning,) = (w for w in booked(order, foreign_currency="book_in_base").warnings if w.code == "FOREIGN_CURRENCY")
    assert "59,65 USD" in warning.text("nl").cause
    assert "55,00" in warning.text("nl").cause
    assert "59.65 USD" in warning.text("en").cause


def test_free_products_of_before_the_table_of_rates_are_an_invoice_of_nothing() -> None:
    free = product("0.0000", 1, "0.0000", "0.0000")
    rows = (row("sub_total", "0.0000", 1), row("total", "0.0000", 9))
    order = with_rows(*rows, products=(free,), placed_at=datetime(1970, 1, 2, tzinfo=UTC))
    assert make_invoice(order, InvoiceSettings()).total_inc_vat == 0
