"""What each line and warning of an invoice says of its own making: sources, inputs, and where the goods went."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from kloppend.domain.invoice import Invoice
from kloppend.domain.invoicing import InvoiceSettings, make_invoice
from kloppend.domain.order import Address, TaxRate, VoucherSold
from kloppend.domain.problems import Problem
from tests.domain.orders import HIGH, LOW, MUG, TEA, an_order, product, refusal, row, with_rows
from tests.domain.test_treatments import to

D = Decimal


def made(order: Any, **settings: Any) -> Invoice:
    return make_invoice(order, InvoiceSettings(**settings))


def warning(invoice: Invoice, code: str) -> Problem:
    (found,) = (each for each in invoice.warnings if each.code == code)
    return found


MIXED = with_rows(
    row("sub_total", "80.0564", 1),
    row("handling", "2.0000", 2, "Inpakken"),
    row("shipping", "4.1322", 3, "Post"),
    row("tax", "9.5455", 5, "BTW 21%"),
    row("tax", "1.4161", 5, "BTW laag"),
    row("total", "97.1502", 9),
    products=(MUG, TEA),
    vouchers_sold=(VoucherSold(description="Cadeaubon", amount=D("25.0000")),),
)


def test_every_line_names_the_rows_it_rests_on() -> None:
    assert [(line.kind, line.why.rule, line.why.sources) for line in made(MIXED).lines] == [
        ("product", "rate_of_product", ("product 1: 2 x 20.6612 = 41.3224", "tax BTW 21%")),
        ("product", "rate_of_product", ("product 2: 3 x 4.5780 = 13.7340", "tax BTW laag")),
        ("voucher_sale", "voucher_sold", ("voucher_sold 25.0000",)),
        ("fee", "at_one_rate", ("handling 2.0000", "tax BTW laag")),
        ("shipping", "at_one_rate", ("shipping 4.1322", "tax BTW 21%")),
    ]


def test_every_line_says_what_went_into_it() -> None:
    mug, _, voucher, fee, shipping = (dict(line.why.inputs) for line in made(MIXED).lines)
    assert (mug["price"], mug["tax"], mug["candidates"], mug["fitting"]) == ("20.6612", "4.3389", "21%, 9%, 0%", "21%")
    assert (mug["exact"], mug["net"], mug["rate"], mug["vat"]) == ("41.3224", "41.32", "21", "9.55")
    assert fee["goods"] == shipping["goods"] == "21%: 41.3224, 9%: 13.7340"
    assert (fee["deviation"], fee["tried"]) == ("0.0000", "5")  # handling 21, 9, spread ...: the fifth of sixteen
    assert voucher["rate"] == "0"
    assert {line.treatment for line in made(MIXED).lines} == {"domestic"}


def test_a_free_product_says_that_it_follows_another() -> None:
    free = product("0.0000", 1, "0.0000", "0.0000", name="Sample", line_id="3")
    assert [line.why.rule for line in made(replace(an_order(), products=(MUG, free))).lines[:2]] == [
        "rate_of_product",
        "rate_of_free_product",
    ]


def test_tax_rows_of_one_rate_are_all_named_and_only_with_their_own_lines() -> None:
    order = with_rows(
        row("sub_total", "55.0564", 1),
        row("tax", "8.0000", 5, "BTW 21%"),
        row("tax", "1.2361", 5, "BTW laag"),
        row("tax", "0.6777", 5, "Extra 21%"),
        row("total", "64.9702", 9),
        products=(MUG, TEA),
    )
    mug, tea = made(order).lines
    assert mug.why.sources[1:] == ("tax BTW 21%", "tax Extra 21%")
    assert tea.why.sources[1:] == ("tax BTW laag",)


def test_odd_shipping_is_told_with_its_rate_and_those_of_the_goods() -> None:
    proportional = warning(made(MIXED), "SHIPPING_NOT_PROPORTIONAL")
    assert dict(proportional.detail) == {"rate": "21", "goods_rates": "21%, 9%"}
    twice = with_rows(
        row("sub_total", "13.7340", 1),
        row("handling", "1.0000", 2),
        row("shipping", "5.0000", 3),
        row("tax", "1.0500", 5, "BTW 21%"),
        row("tax", "1.3261", 5, "BTW laag"),
        row("total", "22.1101", 9),
        products=(TEA,),
    )
    invoice = made(twice)
    assert dict(warning(invoice, "SHIPPING_RATE_DEVIATES").detail) == {"rate": "21", "goods_rates": "9%"}
    assert "SHIPPING_NOT_PROPORTIONAL" not in {each.code for each in invoice.warnings}


def test_two_shipping_rows_of_one_kind_warn_once() -> None:
    order = with_rows(
        row("sub_total", "13.7340", 1),
        row("shipping", "5.0000", 3),
        row("shipping", "1.0000", 4),
        row("tax", "1.2600", 5, "BTW 21%"),
        row("tax", "1.2361", 5, "BTW laag"),
        row("total", "22.2301", 9),
        products=(TEA,),
    )
    assert [each.code for each in made(order).warnings].count("SHIPPING_RATE_DEVIATES") == 1


def test_shipping_without_vat_is_named_before_any_other_charge() -> None:
    rows = [row("sub_total", "41.3224", 1), row("handling", "2.0000", 2), row("shipping", "4.0000", 3)]
    order = with_rows(*rows, row("tax", "8.6777", 5, "BTW 21%"), row("total", "56.0001", 9))
    assert refusal(order).code == "SHIPPING_WITHOUT_VAT"


def test_vat_rounded_per_piece_says_how_far_off_it_is_beside_other_warnings() -> None:
    order = with_rows(
        row("sub_total", "9.9000", 1),
        row("shipping", "5.0000", 3),
        row("tax", "2.1000", 5, "BTW 21%"),
        row("tax", "0.4500", 5, "BTW laag"),
        row("total", "17.4500", 9),
        products=(product("0.9900", 10, "9.9000", "0.2079"),),
    )
    invoice = made(order)
    assert warning(invoice, "TAX_ROUNDING").detail["deviation"] == "0.0210"
    assert {each.code for each in invoice.warnings} == {"TAX_ROUNDING", "SHIPPING_RATE_DEVIATES", "VAT_RECALC_DIFFERS"}


def test_a_rounding_and_the_rates_that_recalculate_differently_are_named() -> None:
    order = with_rows(row("sub_total", "41.3224", 1), row("tax", "8.6777", 5, "BTW 21%"), row("total", "50.0301", 9))
    assert warning(made(order), "ROUNDING_LINE").detail["rounding"] == "0.03"
    both = with_rows(
        row("sub_total", "55.0564", 1),
        row("shipping", "5.0000", 3),
        row("tax", "9.4649", 5, "BTW 21%"),
        row("tax", "1.3485", 5, "BTW laag"),
        row("total", "70.8698", 9),
        products=(MUG, TEA),
    )
    assert warning(made(both), "VAT_RECALC_DIFFERS").detail["rates"] in {"21%", "9%", "21%, 9%"}


@pytest.mark.parametrize(
    ("country", "postcode", "place", "shown"),
    [
        ("NL", "3511 AB", "", "NL"),
        ("DE", "10115", "", "DE"),
        ("FR", "98000", "", "FR"),
        ("MC", "", "monaco", "FR"),
        ("GB", " BT1 1AA", "northern_ireland", "XI"),
        ("PT", "9000-100", "madeira", "PT"),
        ("PT", "9500-100", "azores", "PT"),
        ("ES", "7001", "", "ES"),
    ],
)
def test_a_line_with_vat_says_where_it_went(country: str, postcode: str, place: str, shown: str) -> None:
    invoice = made(replace(an_order(), delivery_address=Address(country=country, postcode=postcode)))
    for line in invoice.lines:
        assert (line.why.inputs["country"], line.why.inputs["place"]) == (shown, place)


@pytest.mark.parametrize(
    ("country", "postcode", "place"), [("ES", "35001", "canary_islands"), ("DE", "78266", "busingen"), ("US", "", "")]
)
def test_an_export_says_where_it_went(country: str, postcode: str, place: str) -> None:
    for line in made(to(country, postcode)).lines:
        assert (line.why.inputs["country"], line.why.inputs["place"]) == (country, place)


def test_a_day_is_a_dutch_day_whatever_zone_the_moment_is_written_in() -> None:
    six = TaxRate(name="BTW 6%", rate=D("6.0000"), kind="P")
    order = with_rows(
        row("sub_total", "100.0000", 1), row("tax", "6.0000", 5, "BTW 6%"), row("total", "106.0000", 9),
        products=(product("100.0000", 1, "100.0000", "6.0000"),), tax_rates=(HIGH, LOW, six),
        placed_at=datetime(2018, 12, 31, 22, 59, tzinfo=UTC),
    )  # fmt: skip
    assert made(order).total_vat == 6
    assert refusal(replace(order, placed_at=datetime(2018, 12, 31, 23, 1, tzinfo=UTC))).code == "WRONG_COUNTRY_RATE"


def test_of_several_wrong_rates_the_highest_is_named_and_zero_is_none() -> None:
    rates = (TaxRate(name="A", rate=D("24.0000"), kind="P"), TaxRate(name="B", rate=D("13.0000"), kind="P"))
    order = with_rows(
        row("sub_total", "200.0000", 1), row("tax", "24.0000", 5, "A"), row("tax", "13.0000", 5, "B"),
        row("total", "237.0000", 9),
        products=(
            product("100.0000", 1, "100.0000", "24.0000"),
            product("100.0000", 1, "100.0000", "13.0000", line_id="2"),
        ),
        tax_rates=rates,
    )  # fmt: skip
    assert refusal(order).detail["rate"] == "24"
    unsold = with_rows(
        row("sub_total", "41.3224", 1), row("shipping", "5.0000", 3), row("tax", "8.6777", 5, "BTW 21%"),
        row("tax", "0.6500", 5, "B"), row("total", "55.6501", 9), tax_rates=(HIGH, *rates),
    )  # fmt: skip
    assert (refusal(unsold).code, refusal(unsold).detail["rate"]) == ("WRONG_COUNTRY_RATE", "13")


def test_an_exempt_class_counts_only_when_the_shop_names_it() -> None:
    nameless = replace(to("NL"), products=(replace(MUG, tax=D(0), tax_class=None),))
    assert refusal(nameless, zero_vat_classes={"XXXX": "exempt", "0": "exempt"}).code == "ZERO_VAT_DOMESTIC"


def test_a_missing_destination_is_told_as_empty() -> None:
    assert refusal(an_order(delivery_address=None, invoice_address=None)).detail["country"] == ""


def test_tiny_lines_of_a_cent_are_still_rows_of_their_own() -> None:
    line = product("0.0003", 3333, "0.9999", "0.0001")
    order = with_rows(
        row("sub_total", "0.9999", 1), row("tax", "0.2100", 5, "BTW 21%"), row("total", "1.2099", 9), products=(line,)
    )
    assert (made(order).total_vat, made(order).total_inc_vat) == (D("0.21"), D("1.21"))


def test_taxed_shipping_beside_margin_goods_is_an_ordinary_supply() -> None:
    order = with_rows(
        row("sub_total", "10.0000", 1),
        row("shipping", "5.0000", 3),
        row("tax", "1.0500", 5, "BTW 21%"),
        row("total", "16.0500", 9),
        products=(replace(product("10.0000", 1, "10.0000", "0.0000"), tax_class="7"),),
    )
    goods, shipping = made(order, zero_vat_classes={"7": "margin"}).lines
    assert (goods.treatment, goods.why.inputs["treatment"], goods.vat_category) == ("margin", "margin", "E")
    assert (shipping.treatment, shipping.why.inputs["treatment"], shipping.vat_category) == (
        "domestic",
        "domestic",
        "S",
    )


def test_a_rounding_down_to_nothing_warns_of_both() -> None:
    order = with_rows(
        row("sub_total", "0.0248", 1), row("tax", "0.0052", 5, "BTW 21%"), row("total", "0.0000", 9),
        products=(product("0.0248", 1, "0.0248", "0.0052"),),
    )  # fmt: skip
    found = {each.code for each in made(order).warnings}
    assert {"ROUNDING_LINE", "ZERO_TOTAL"} <= found


def test_a_line_says_what_was_chosen_of_its_product() -> None:
    chosen = replace(MUG, options=(("Kleur", "Rood"), ("Maat", "Groot")))
    assert made(an_order(products=(chosen,))).lines[0].description == "Mok (Kleur: Rood, Maat: Groot)"
    assert made(an_order(products=(MUG,))).lines[0].description == "Mok"
