"""A shop with a hundred thousand orders: two hundred to a page, with as many queries as for one order."""

from collections.abc import Iterator

import pytest

from kloppend.shops.opencart.simulator import RECORDINGS
from tests.extension import tables
from tests.extension.shop import Host, InstalledShop

COUNT = 100_000
HISTORY = {"action": "orders", "mode": "history", "after_id": "0", "limit": "200"}


@pytest.fixture(scope="module", params=[RECORDINGS[0], RECORDINGS[-1]], ids=lambda path: path.stem)
def _shop(request: pytest.FixtureRequest, _host: Host | None) -> Iterator[InstalledShop | None]:
    found = _host.shop(tables.recording(request.param)) if _host else None
    if found:
        fill(found)
    yield found
    if found:
        found.close()


@pytest.fixture
def shop(_shop: InstalledShop | None, shops: Host) -> InstalledShop:
    assert _shop is not None
    return _shop


def fill(shop: InstalledShop) -> None:
    """Order 1 again and again, with all its rows."""
    statements = []
    for name in ("order", "order_product", "order_total", "order_history"):
        columns = list(tables.tables(shop.rows, {})[name][0])
        kept = [column for column in columns if column not in (f"{name}_id", "order_id")]
        listed = ", ".join(f"t.`{column}`" for column in kept)
        target = ", ".join(f"`{column}`" for column in ["order_id", *kept])
        statements.append(
            f"INSERT INTO {shop.table(name)} ({target}) SELECT 1000 + s.seq, {listed}"
            f" FROM seq_1_to_{COUNT} s JOIN {shop.table(name)} t ON t.order_id = 1"
        )
    shop.sql(";\n".join(statements))


def needs_measures(host: Host) -> None:
    """The played OpenCart tells what a page cost in headers that it sets last."""
    if host.php_version < 50400:
        pytest.skip("PHP 5.3 has no header_register_callback()")


def test_a_page_costs_as_many_queries_as_one_order_and_little_memory(shop: InstalledShop) -> None:
    needs_measures(shop.host)
    costs = []
    for params in (HISTORY | {"limit": "1"}, HISTORY, HISTORY | {"after_id": "90000"}):
        answer = shop.get(shop.signed(params))
        assert answer.status_code == 200, answer.text
        costs.append((int(answer.headers["X-Queries"]), int(answer.headers["X-Memory"])))
    queries = {count for count, _ in costs}
    assert len(queries) == 1
    assert max(queries) <= 21
    assert max(memory for _, memory in costs) < 32 * 1024 * 1024


def test_pages_by_change_date(shop: InstalledShop) -> None:
    params = {"action": "orders", "mode": "changed", "since": "2026-01-01 00:00:00", "after_id": "0", "limit": "200"}
    first = shop.body(params)
    last = first["orders"][-1]
    second = shop.body({**params, "since": last["date_modified"], "after_id": last["order_id"]})
    keys = [(o["date_modified"], int(o["order_id"])) for o in first["orders"] + second["orders"]]
    assert keys == sorted(set(keys))
    assert len(keys) == 400
    assert first["more"]


def test_a_thousand_outlines(shop: InstalledShop) -> None:
    body = shop.body({"action": "inventory", "after_id": "50000", "limit": "1000"})
    assert [entry["order_id"] for entry in body["entries"]] == [str(number) for number in range(50001, 51001)]
    assert body["more"]


def test_orders_with_very_many_lines_come_in_smaller_pages(shops: Host) -> None:
    needs_measures(shops)
    shop = shops.shop(tables.recording(RECORDINGS[0]))
    product = shop.table("order_product")
    columns = [column for column in tables.tables(shop.rows, {})["order_product"][0] if column != "order_product_id"]
    listed = ", ".join(f"t.`{column}`" for column in columns)
    names = ", ".join(f"`{column}`" for column in columns)
    shop.sql(
        f"INSERT INTO {product} ({names}) SELECT {listed} FROM seq_1_to_3000 s JOIN {product} t"
        f" ON t.order_product_id IN (SELECT MIN(order_product_id) FROM {product} GROUP BY order_id)"
    )
    answer = shop.get(shop.signed(HISTORY))
    assert int(answer.headers["X-Memory"]) < 32 * 1024 * 1024
    body = shop.body(HISTORY)
    assert 1 <= len(body["orders"]) <= 3
    assert body["more"] is True
    client = shop.shop
    assert {order.shop_order_id for page in client.changed_orders("", None) for order in page.orders} == (
        shop.confirmed_ids()
    )
    shop.close()
