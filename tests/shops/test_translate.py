"""Whatever a shop sends, translating it ends in an order, an unreadable order or a fault: never in a surprise."""

import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kloppend.domain.order import Order
from kloppend.shops.opencart import wire
from kloppend.shops.opencart.moments import moment, zone_of
from kloppend.shops.opencart.simulator import RECORDINGS, custom_fields, mapping
from kloppend.shops.opencart.translate import Surroundings, translate
from kloppend.shops.port import UnreadableOrder

AROUND = Surroundings(zone=UTC, base_currency="EUR", tax_rates=())
RECORDS: list[dict[str, Any]] = json.loads(RECORDINGS[-1].read_text(encoding="utf-8"))["orders"]
ORDERS = [mapping.wire_order(record, {}, "") for record in RECORDS]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths to everything inside a JSON value."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path] + [found for key, inner in inside for found in places(inner, (*path, key))]


def changed(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = changed(copy[path[0]], path[1:], new)
    return copy


@settings(max_examples=300)
@given(st.data())
def test_any_change_anywhere_in_an_order_ends_well(data: st.DataObject) -> None:
    order: Any = data.draw(st.sampled_from(ORDERS))
    for _ in range(data.draw(st.integers(1, 3))):
        order = changed(order, data.draw(st.sampled_from(places(order))), data.draw(JSON))
    found = translate(msgspec.json.encode(order), "7", AROUND)
    assert isinstance(found, Order | UnreadableOrder)
    if isinstance(found, UnreadableOrder):
        assert found.shop_order_id == "7"
        assert found.problem.text("nl").cause


@given(st.binary(max_size=50) | st.text(max_size=50).map(lambda text: text.encode()))
def test_any_bytes_end_well(raw: bytes) -> None:
    assert isinstance(translate(raw, "7", AROUND), UnreadableOrder)


def test_the_field_that_is_wrong_is_named_and_its_content_is_not() -> None:
    broken = changed(ORDERS[0], ("products", 0, "quantity"), "three people named Jan")
    found = translate(msgspec.json.encode(broken), "7", AROUND)
    assert isinstance(found, UnreadableOrder)
    assert found.problem.detail == {"order": "7", "what": "products[0].quantity"}


@pytest.mark.parametrize(
    "amount",
    ["NaN", "1e3", "Infinity", "1,50", "", " 1", "٣", "0x10", "--1", "1.", "1_0", "1234567890123", "-0000000000001.5"],
)
def test_texts_that_are_no_amount(amount: str) -> None:
    found = translate(msgspec.json.encode(changed(ORDERS[0], ("products", 0, "price"), amount)), "7", AROUND)
    assert isinstance(found, UnreadableOrder)
    assert found.problem.code == "SHOP_AMOUNT_INVALID"
    assert found.problem.detail["field"] == "products[0].price"


@pytest.mark.parametrize("amount", ["999999999999.9999", "-999999999999"])
def test_the_largest_amounts(amount: str) -> None:
    found = translate(msgspec.json.encode(changed(ORDERS[0], ("products", 0, "price"), amount)), "7", AROUND)
    assert isinstance(found, Order)
    assert found.products[0].price == Decimal(amount)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("order_id",), "01"),
        (("order_id",), "1" * 21),
        (("order_status_id",), "00"),
        (("history", 0, "order_status_id"), "-1"),
        (("products", 0, "order_product_id"), ""),
        (("currency_code",), "eur"),
        (("currency_code",), "EURO"),
        (("currency_code",), "EUR\n"),
        (("currency_code",), "\0EU"),
    ],
)
def test_ids_and_currencies_have_one_spelling(place: tuple[Any, ...], value: str) -> None:
    found = translate(msgspec.json.encode(changed(ORDERS[0], place, value)), "7", AROUND)
    assert isinstance(found, UnreadableOrder)
    assert found.problem.code == "SHOP_ORDER_UNREADABLE"


def test_the_recipients_name_on_a_voucher_stays_in_the_shop() -> None:
    rows = [{"order_voucher_id": "1", "description": "Cadeaubon voor Jan", "amount": "25.0000"}]
    sent = mapping.wire_order({**RECORDS[0], "order_voucher": rows}, {}, "")
    assert "Jan" not in str(sent["vouchers"])
    newer = changed(sent, ("vouchers", 0), {"description": "voor Jan", "amount": "25.0000"})
    for order in (sent, newer):
        found = translate(msgspec.json.encode(order), "7", AROUND)
        assert isinstance(found, Order)
        assert [(v.description, v.amount) for v in found.vouchers_sold] == [("Cadeaubon", Decimal(25))]


def test_without_a_named_field_only_what_looks_like_a_vat_number_counts() -> None:
    candidates = [
        {"field": "custom_field:1", "value": "please call"},
        {"field": "custom_field:2", "value": "be 0123.456.789"},
    ]
    found = translate(msgspec.json.encode(changed(ORDERS[0], ("vat_candidates",), candidates)), "7", AROUND)
    assert isinstance(found, Order)
    assert found.customer.vat_number == "be 0123.456.789"


CLOCK = wire.Clock(
    database="2026-11-23 09:00:00", utc="2026-11-23 08:00:00", php="2026-11-23T09:00:01+01:00", zone="Europe/Amsterdam"
)


def test_rows_follow_the_shops_zone_in_summer_and_winter() -> None:
    zone = zone_of(CLOCK)
    assert zone == ZoneInfo("Europe/Amsterdam")
    assert moment("2026-07-01 12:00:00", zone).utcoffset() == timedelta(hours=2)
    assert moment("2026-12-01 12:00:00", zone).utcoffset() == timedelta(hours=1)


@pytest.mark.parametrize(
    ("change", "hours"),
    [
        ({"zone": None}, 1.0),
        ({"zone": "Nowhere/Land"}, 1.0),
        ({"zone": "Europe"}, 1.0),
        ({"zone": "../../etc/passwd"}, 1.0),
        ({"database": "2026-11-23 08:00:00"}, 0.0),
        ({"database": "2026-11-23 13:30:01"}, 5.5),
        ({"database": "2026-11-22 22:00:00"}, -10.0),
    ],
)
def test_otherwise_the_databases_distance_to_utc_holds(change: dict[str, str | None], hours: float) -> None:
    clock = msgspec.structs.replace(CLOCK, **change)
    assert zone_of(clock) == timezone(timedelta(hours=hours))


@given(st.text(max_size=25), st.text(max_size=25), st.text(max_size=30), st.none() | st.text(max_size=20))
def test_any_clock_is_a_zone_or_a_value_error(database: str, utc: str, php: str, zone: str | None) -> None:
    try:
        found = zone_of(wire.Clock(database=database, utc=utc, php=php, zone=zone))
    except ValueError:
        return
    assert moment("2026-01-01 00:00:00", found).astimezone(UTC) > datetime(2025, 12, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "stored",
    [
        'a:1:{i:1;s:12:"BE0123456789";}',
        '{"1":"BE0123456789"}',
        '{"account":{"1":"BE0123456789"}}',
        '"{\\"1\\": \\"BE0123456789\\"}"',
        'a:2:{i:1;s:12:"BE0123456789";i:2;a:1:{i:0;s:1:"5";}}',
    ],
)
def test_custom_fields_in_every_form(stored: str) -> None:
    assert custom_fields.custom_fields(stored)["1"] == "BE0123456789"


@pytest.mark.parametrize(
    "stored", [None, "", "[]", "null", '""', "a:0:{}", "a:1:{i:1;", "O:3:{}", "{", 'a:1:{i:1;s:99:"x";}']
)
def test_custom_fields_that_are_empty_or_broken(stored: str | None) -> None:
    assert custom_fields.custom_fields(stored) == {}


@given(st.text(max_size=40) | st.from_regex(r"a:[0-9]:\{[is:0-9;\"{}ab]{0,30}", fullmatch=True))
def test_any_custom_field_text_ends_well(stored: str) -> None:
    assert isinstance(custom_fields.custom_fields(stored), dict)


def test_rows_of_versions_without_some_tables_and_columns() -> None:
    order = {
        "order_id": "1", "order_status_id": "5", "date_added": "2026-01-01 10:00:00",
        "date_modified": "2026-01-01 10:00:00", "currency_code": "EUR", "currency_value": "1.00000000",
        "total": "1.0000",
        "payment_method": "not json", "shipping_country_id": "3", "shipping_city": "X",
    }  # fmt: skip
    reference = {"country": [{"country_id": "3", "iso_code_2": "FR"}]}
    found = translate(
        msgspec.json.encode(mapping.wire_order({"order": order, "order_product": []}, reference, "")), "1", AROUND
    )
    assert isinstance(found, Order)
    assert (found.history, found.vouchers_sold, found.payment_code) == ((), (), "")
    assert found.total == Decimal("1.0000")
    assert found.delivery_address is not None
    assert found.delivery_address.country == "FR"
