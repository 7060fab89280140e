"""Recorded orders of real stores: every amount, date and text arrives as the shop's rows have it."""

import html
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from kloppend.domain.order import Order
from kloppend.shops.opencart.simulator import RECORDINGS
from tests.shops.contract import confirmed
from tests.shops.rig import OpenCartRig, opencart_rig


@pytest.fixture(params=RECORDINGS, ids=lambda path: path.stem)
def rig(request: pytest.FixtureRequest) -> Iterator[OpenCartRig]:
    with opencart_rig(request.param) as found:
        yield found


def pairs(rig: OpenCartRig) -> list[tuple[dict[str, Any], Order]]:
    orders = {order.shop_order_id: order for order in confirmed(rig.shop.changed_orders("", None))}
    records = [r for r in rig.store.records if r["order"]["order_status_id"] != "0"]
    assert len(orders) == len(records) >= 15
    return [(record, orders[record["order"]["order_id"]]) for record in records]


def test_every_amount_arrives_unchanged(rig: OpenCartRig) -> None:
    for record, order in pairs(rig):
        assert str(order.total) == record["order"]["total"]
        assert str(order.currency_rate) == record["order"]["currency_value"]
        lines = [(str(line.price), str(line.total), str(line.tax), line.quantity) for line in order.products]
        rows = [(row["price"], row["total"], row["tax"], int(row["quantity"])) for row in record["order_product"]]
        assert lines == rows
        assert [str(row.value) for row in order.totals] == [row["value"] for row in record["order_total"]]
        assert [str(v.amount) for v in order.vouchers_sold] == [r["amount"] for r in record.get("order_voucher", [])]
        assert sum((row.value for row in order.totals if row.code != "total"), Decimal(0)) - order.total < 1


def test_every_date_arrives_as_a_moment(rig: OpenCartRig) -> None:
    hour = timedelta(hours=1 if rig.store.version in ("3.0.5.1", "4.0.2.3") else 0)
    for record, order in pairs(rig):
        shown = [order.placed_at, order.modified_at, *(change.at for change in order.history)]
        rows = [record["order"]["date_added"], record["order"]["date_modified"]]
        rows += [row["date_added"] for row in record["order_history"]]
        for found, row in zip(shown, rows, strict=True):
            assert found.replace(tzinfo=None).isoformat(sep=" ") == row
            assert found == datetime.fromisoformat(row).replace(tzinfo=UTC) - hour


def test_every_text_arrives_with_entities_decoded_once(rig: OpenCartRig) -> None:
    for record, order in pairs(rig):
        row = record["order"]
        assert order.customer.email == html.unescape(row["email"])
        assert order.customer.last_name == html.unescape(row["lastname"])
        assert [line.name for line in order.products] == [html.unescape(r["name"]) for r in record["order_product"]]
        address = order.delivery_address
        assert address is not None
        assert address.company == html.unescape(row["shipping_company"])
        assert address.street == html.unescape(row["shipping_address_1"])


def test_the_sets_of_rows_are_complete_and_in_the_shops_order(rig: OpenCartRig) -> None:
    for record, order in pairs(rig):
        assert [line.line_id for line in order.products] == [r["order_product_id"] for r in record["order_product"]]
        assert [row.code for row in order.totals] == [r["code"] for r in record["order_total"]]
        assert [change.status_id for change in order.history] == [r["order_status_id"] for r in record["order_history"]]
        assert {(rate.name, str(rate.rate), rate.kind) for rate in order.tax_rates} == {
            ("BTW 21%", "21.0000", "P"),
            ("BTW laag", "9.0000", "P"),
        }


def test_payment_codes_are_the_same_in_every_version(rig: OpenCartRig) -> None:
    assert {order.payment_code for _, order in pairs(rig)} <= {"cod", "free_checkout"}


def test_vat_numbers_are_found_in_every_version(rig: OpenCartRig) -> None:
    numbers = {record["scenario"]: order.customer.vat_number for record, order in pairs(rig)}
    assert numbers["b2b_be_reverse"] == "BE0123456789"
    assert numbers["registered_b2b_be"] == "BE0999888777"
    assert numbers["mix_21_9"] is None


def test_the_merchant_can_name_the_vat_field(rig: OpenCartRig) -> None:
    shop = rig.connected(vat_number_field="custom_field:2")
    numbers = {order.customer.vat_number for order in confirmed(shop.changed_orders("", None))}
    shop.close()
    assert numbers <= {None, "KP-42"}


def test_countries_are_iso_codes(rig: OpenCartRig) -> None:
    found = {record["scenario"]: order for record, order in pairs(rig)}
    delivery = {name: order.delivery_address.country for name, order in found.items() if order.delivery_address}
    assert delivery["export_gb_no_vat"] == "GB"
    assert delivery["b2b_be_reverse"] == "BE"
    assert delivery["ship_differs_de"] == "DE"
    assert delivery["mix_21_9"] == "NL"


def test_an_empty_billing_address_is_none() -> None:
    with opencart_rig(RECORDINGS[-1]) as rig:
        order = next(o for r, o in pairs(rig) if r["scenario"] == "default_4x_no_payment_address")
        assert order.invoice_address is None
        assert order.destination is order.delivery_address is not None
