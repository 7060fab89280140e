"""The extension's answers from a database equal the simulator's from the same rows, field by field, per version."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from kloppend.shops.opencart.simulator import SimulatedStore
from tests.extension import tables
from tests.extension.shop import Host, InstalledShop
from tests.shops.rig import KEY, LICENCE

Pair = tuple[InstalledShop, SimulatedStore]
READ = ("setting", "coupon_product", "coupon_category", "category_path", "product_to_category", "address", "customer")
NAMES = ("firstname", "lastname", "company", "address_1", "address_2", "postcode", "city")
HISTORY = {"action": "orders", "mode": "history", "after_id": "0", "limit": "200"}


@pytest.fixture(scope="module", params=tables.VERSIONS)
def pair(request: pytest.FixtureRequest, shops: Host) -> Iterator[Pair]:
    rows = tables.store(request.param)
    shop = shops.shop(rows)
    found = tables.tables(rows, {})
    reference = rows["reference"] | {name: found[name] for name in (*READ, "country", "product")}
    yield shop, SimulatedStore(rows | {"reference": reference}, KEY, LICENCE)
    shop.close()


def both(pair: Pair, params: dict[str, str]) -> tuple[dict[str, Any], dict[str, Any]]:
    shop, store = pair
    reply = store.respond(shop.signed(params), "127.0.0.1")
    return shop.body(params), json.loads(json.loads(reply.body)["body"])


def by(rows: list[dict[str, Any]], *names: str) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: tuple(str(row[name]) for name in names))


@pytest.mark.parametrize("vat_field", ["", "custom_field:2"])
def test_orders(pair: Pair, vat_field: str) -> None:
    ours, theirs = both(pair, {**HISTORY, "vat_field": vat_field})
    assert len(ours["orders"]) >= 15
    for one, other in zip(ours["orders"], theirs["orders"], strict=True):
        assert one == other
    assert ours["more"] is theirs["more"] is False
    assert ours["base_currency"] == theirs["base_currency"]
    assert by(ours["tax_rates"], "name") == by(theirs["tax_rates"], "name")


def test_vat_numbers_are_found_however_they_are_stored(pair: Pair) -> None:
    orders = {order["order_id"]: order for order in pair[0].body(HISTORY)["orders"]}
    ids = {record["scenario"]: record["order"]["order_id"] for record in pair[1].records}
    for scenario, number in (("b2b_be_reverse", "BE0123456789"), ("registered_b2b_be", "BE0999888777")):
        assert number in [candidate["value"] for candidate in orders[ids[scenario]]["vat_candidates"]]


def test_what_the_shop_says_of_charges_and_coupons_travels(pair: Pair) -> None:
    orders = pair[0].body(HISTORY)["orders"]
    classes = {(row["code"], row["tax_class_id"]) for order in orders for row in order["totals"]}
    assert {("shipping", "21"), ("handling", "21"), ("low_order_fee", None), ("coupon", None)} <= classes
    limits = {(each["code"], each["limited"], *each["product_ids"]) for order in orders for each in order["coupons"]}
    assert {code for code, limited, *_ in limits if limited} == {"TIEN", "VIJFTIEN"}
    assert any("40" in each for each in limits)
    assert {"21"} <= {each for rate in pair[0].body(HISTORY)["tax_rates"] for each in rate["tax_class_ids"]}


def test_what_was_chosen_travels_and_what_was_typed_does_not(pair: Pair) -> None:
    shop, store = pair
    record = next(record for record in store.records if record.get("order_option"))
    typed = record["order_option"][0] | {"order_option_id": "99", "name": "Tekst", "value": "Voor Kees", "type": "text"}
    record["order_option"].append(typed)
    names, values = ", ".join(f"`{name}`" for name in typed), ", ".join(map(tables.literal, typed.values()))
    shop.sql(f"INSERT INTO {shop.table('order_option')} ({names}) VALUES ({values})")
    ours, theirs = both(pair, {"action": "order", "id": record["order"]["order_id"]})
    assert ours["order"] == theirs["order"]
    assert [each for line in ours["order"]["products"] for each in line["options"]] == [
        {"name": "Size", "value": "Small"}
    ]


def test_an_order_without_address_has_its_customers(pair: Pair) -> None:
    shop, store = pair
    record = next(record for record in store.records if record["order"]["order_status_id"] != "0")
    order_id = record["order"]["order_id"]
    kinds, names = ("payment", "shipping"), [*NAMES, "country_id"]
    gone = {f"{kind}_{name}": "0" if name == "country_id" else "" for kind in kinds for name in names}
    gone["customer_id"] = "1"
    before = {name: record["order"][name] for name in gone}
    for values in (gone, before):
        columns = ", ".join(f"`{name}` = {tables.literal(value)}" for name, value in values.items())
        shop.sql(f"UPDATE {shop.table('order')} SET {columns} WHERE order_id = {order_id}")
        record["order"] |= values
        ours, theirs = both(pair, {"action": "order", "id": order_id})
        assert ours["order"] == theirs["order"]
        address = ours["order"]["customer_address"]
        assert (address and address["city"], address and address["country"]) == (
            ("city & 2", "NL") if values is gone else (None, None)
        )


def test_orders_by_change_date_and_in_pages(pair: Pair) -> None:
    since, after = "2000-01-01 00:00:00", "0"
    seen = 0
    while True:
        params = {"action": "orders", "mode": "changed", "since": since, "after_id": after, "limit": "4"}
        ours, theirs = both(pair, params)
        assert ours["orders"] == theirs["orders"]
        assert ours["more"] is theirs["more"]
        seen += len(ours["orders"])
        if not ours["more"]:
            break
        since, after = ours["orders"][-1]["date_modified"], ours["orders"][-1]["order_id"]
    assert seen >= 15


def test_placed_from(pair: Pair) -> None:
    for day, count in (("2000-01-01", len(pair[1].records)), ("2199-12-31", 0)):
        ours, theirs = both(pair, {"action": "inventory", "after_id": "0", "limit": "1000", "placed_from": day})
        assert ours["entries"] == theirs["entries"]
        assert len(ours["entries"]) == count


def test_one_order(pair: Pair) -> None:
    for order_id in [*(record["order"]["order_id"] for record in pair[1].records), "123456789", "9" * 20]:
        ours, theirs = both(pair, {"action": "order", "id": order_id})
        assert ours["order"] == theirs["order"]


def test_inventory_in_pages(pair: Pair) -> None:
    for after in ("0", "3", "99"):
        ours, theirs = both(pair, {"action": "inventory", "after_id": after, "limit": "5"})
        assert (ours["entries"], ours["more"]) == (theirs["entries"], theirs["more"])


def test_ping(pair: Pair) -> None:
    ours, theirs = both(pair, {"action": "ping"})
    own = ("shop_id", "extension_version", "php_version", "clock", "query_ms")
    second = {"store_id": "3", "name": "Tweede & laatste", "url": "https://tweede.example/"}
    assert ours["stores"] == [*theirs["stores"], second]
    same = {name: value for name, value in theirs.items() if name not in (*own, "stores")}
    assert {name: ours[name] for name in same} == same
    assert set(ours) == set(theirs)


def test_the_clock_has_the_simulators_zone(pair: Pair) -> None:
    ours, theirs = both(pair, {"action": "ping"})
    for name, value in theirs["clock"].items():
        assert ours["clock"][name][:13] == value[:13]  # but for the minute in which an hour ends


def test_the_catalogue(pair: Pair) -> None:
    ours, theirs = both(pair, {"action": "catalogue"})
    assert by(ours["tax_classes"], "tax_class_id") == by(theirs["tax_classes"], "tax_class_id")
    assert by(ours["tax_rates"], "tax_rate_id") == by(theirs["tax_rates"], "tax_rate_id")
    assert by(ours["tax_rules"], "tax_class_id") == by(theirs["tax_rules"], "tax_class_id")
    assert by(ours["order_statuses"], "order_status_id") == by(theirs["order_statuses"], "order_status_id")
    assert [method for method in ours["payment_methods"] if method["seen"]] == theirs["payment_methods"]
    assert {method["code"] for method in ours["payment_methods"] if method["installed"]} == {"cod", "free_checkout"}
    assert ours["customer_groups"] == theirs["customer_groups"]
    assert ours["custom_fields"] == theirs["custom_fields"]
    assert by(ours["currencies"], "code") == by(theirs["currencies"], "code")
    assert ours["hints"] == theirs["hints"]
    assert set(ours) == set(theirs) - {"base_currency"}
    assert set(pair[0].shop.catalogue().hints) == {"trigger_status", "vat_number_field"}


@pytest.mark.parametrize(
    "changed",
    [
        {"action": "nonsense"},
        {"action": ""},
        {"protocol": "2"},
        {"timestamp": "1"},
        {"timestamp": "99999999999999999999"},
        {"timestamp": "1e9"},
        {"limit": "0"},
        {"limit": "201"},
        {"limit": "-1"},
        {"limit": ""},
        {"after_id": "01"},
        {"after_id": "1 OR 1=1"},
        {"after_id": "9" * 21},
        {"mode": "HISTORY"},
        {"mode": "changed"},
        {"mode": "changed", "since": "2026-1-1 00:00:00"},
        {"placed_from": "2026-01-01'"},
        {"placed_from": "yesterday"},
    ],
)
def test_errors(pair: Pair, changed: dict[str, str]) -> None:
    ours, theirs = both(pair, {**HISTORY, **changed})
    times = [found["error"].pop("time", 0) for found in (ours, theirs)]
    assert ours == theirs
    assert abs(times[0] - times[1]) <= 5
