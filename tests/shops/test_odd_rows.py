"""Rows of modified stores, as they are found in the wild: odd values hold up their own order only."""

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from kloppend.domain.order import Order
from kloppend.shops.opencart.simulator import RECORDINGS, SimulatedStore, StoreServer
from kloppend.shops.port import Shop, ShopAccess, UnreadableOrder
from kloppend.shops.registry import open_shop
from kloppend.web.settings import KLOPPEND_ALLOWED_NETWORKS

Change = Callable[[dict[str, Any]], object]
ODD: dict[str, Change] = {
    "half a piece": lambda record: record["order_product"][0].update(quantity="1.5"),
    "quantity in words": lambda record: record["order_product"][0].update(quantity="twee"),
    "no price": lambda record: record["order_product"][0].pop("price"),
    "null price": lambda record: record["order_product"][0].update(price=None),
    "rows without ids": lambda record: record["order_product"][0].update(order_product_id=None),
    "sort order in words": lambda record: record["order_total"][0].update(sort_order="eerst"),
    "no totals": lambda record: record.pop("order_total"),
    "no history": lambda record: record.pop("order_history"),
    "null date": lambda record: record["order"].update(date_added=None),
    "deep custom field": lambda record: record["order"].update(custom_field="[" * 100_000),
    "deep serialized field": lambda record: record["order"].update(custom_field="a:1:{i:1;" * 2_000),
    "no currency": lambda record: record["order"].pop("currency_code"),
    "null names": lambda record: record["order"].update(firstname=None, lastname=None, payment_company=None),
}


@pytest.fixture(params=list(ODD.values()), ids=list(ODD))
def shop(request: pytest.FixtureRequest) -> Iterator[Shop]:
    """A store whose first order is odd."""
    rows = json.loads(RECORDINGS[-1].read_text(encoding="utf-8"))
    rows["meta"]["opencart_version"] = "4.1.0.4_rc1"
    rows["orders"] = copy.deepcopy(rows["orders"][:3])
    request.param(rows["orders"][0])
    with StoreServer(SimulatedStore(rows, "Sleutel*van(de)winkel=1")) as server:
        access = ShopAccess(address=server.address, api_key="Sleutel*van(de)winkel=1")
        opened = open_shop("opencart", access, allowed_networks=KLOPPEND_ALLOWED_NETWORKS)
        yield opened
        opened.close()


def test_an_odd_order_is_read_or_named_and_the_others_are_there(shop: Shop) -> None:
    found = [order for page in shop.changed_orders("", None) for order in page.orders]
    assert {order.shop_order_id for order in found} == {"1", "2", "3"}
    assert all(isinstance(order, Order) for order in found if order.shop_order_id != "1")
    for order in found:
        if isinstance(order, UnreadableOrder):
            assert order.problem.code in {"SHOP_ORDER_UNREADABLE", "SHOP_AMOUNT_INVALID"}
