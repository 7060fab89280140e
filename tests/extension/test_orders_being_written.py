"""An order that is being written this very moment never goes out half; a minute later it goes out whatever it is."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from kloppend.domain.order import Order
from kloppend.shops.opencart.simulator import RECORDINGS
from kloppend.shops.port import UnreadableOrder
from tests.extension import tables
from tests.extension.shop import Host, InstalledShop
from tests.shops.contract import fetch


@pytest.fixture(params=[RECORDINGS[1], RECORDINGS[-1]], ids=lambda path: path.stem)
def shop(request: pytest.FixtureRequest, shops: Host) -> Iterator[InstalledShop]:
    found = shops.shop(tables.recording(request.param))
    yield found
    found.close()


def whole(shop: InstalledShop, order_id: str) -> bool:
    return order_id in fetch(shop.shop).ids


@pytest.mark.parametrize("missing", ["order_product", "order_total"])
def test_a_young_order_without_its_rows_waits(shop: InstalledShop, missing: str) -> None:
    cursor = fetch(shop.shop).cursor
    new = shop.new_order()
    assert whole(shop, new)
    shop.sql(f"DELETE FROM {shop.table(missing)} WHERE order_id = {new}")
    assert not whole(shop, new)
    after = fetch(shop.shop, cursor)
    assert new not in after.ids
    assert isinstance(shop.shop.order(new), UnreadableOrder)
    age(shop, new)
    assert whole(shop, new)
    assert isinstance(shop.shop.order(new), Order)
    assert new in fetch(shop.shop, after.cursor).ids


def age(shop: InstalledShop, order_id: str) -> None:
    order = shop.table("order")
    shop.sql(f"UPDATE {order} SET date_modified = NOW() - INTERVAL 90 SECOND WHERE order_id = {order_id}")


@pytest.mark.parametrize("missing", ["order_product", "order_total"])
def test_a_young_order_with_one_row_too_few_waits(shop: InstalledShop, missing: str) -> None:
    new = shop.new_order()
    shop.sql(f"DELETE FROM {shop.table(missing)} WHERE order_id = {new} ORDER BY {missing}_id DESC LIMIT 1")
    if missing == "order_total":  # the last row is the total itself, which the order has too
        shop.sql(f"DELETE FROM {shop.table(missing)} WHERE order_id = {new} AND code = 'tax' LIMIT 1")
    assert not whole(shop, new)


def test_a_page_of_orders_being_written_does_not_stop_the_run(shop: InstalledShop) -> None:
    half, good = shop.new_order(), shop.new_order()
    shop.sql(f"DELETE FROM {shop.table('order_total')} WHERE order_id = {half}")
    params = {"action": "orders", "mode": "history", "after_id": str(int(half) - 1), "limit": "1"}
    body = shop.body(params)
    assert [order["order_id"] for order in body["orders"]] == [good]
    assert body["more"] is False
    later = {**params, "mode": "changed", "since": body["orders"][0]["date_modified"], "after_id": str(int(half) - 1)}
    assert shop.body({**later})["more"] is False


def test_an_order_with_a_gift_voucher_only_is_whole(shop: InstalledShop) -> None:
    new = shop.new_order()
    sub_total = f"SELECT value FROM {shop.table('order_total')} WHERE order_id = {new} AND code = 'sub_total'"
    amount = shop.sql(sub_total).strip()
    columns = "voucher_id = 0, description = 'x', code = 'y', from_name = '', from_email = '', to_name = 'Oma',"
    shop.sql(
        f"DELETE FROM {shop.table('order_product')} WHERE order_id = {new};"
        f"INSERT INTO {shop.table('order_voucher')} SET order_id = {new}, {columns} to_email = '',"
        f" voucher_theme_id = 8, message = '', amount = {amount}"
    )
    assert whole(shop, new)
    found = shop.body({"action": "order", "id": new})["order"]
    assert found["vouchers"] == [{"amount": amount}]
    assert "Oma" not in str(found)


def test_an_old_order_that_does_not_add_up_is_sent_all_the_same(shop: InstalledShop) -> None:
    shop.sql(f"UPDATE {shop.table('order')} SET total = 1.2345 WHERE order_id = 1")
    found = shop.body({"action": "order", "id": "1"})["order"]
    assert found["total"] == "1.2345"


def test_an_order_that_changes_while_its_page_is_read_waits(php: str) -> None:
    check = Path(__file__).with_name("check_race.php")
    done = subprocess.run([php, "-d", "error_reporting=-1", str(check)], capture_output=True, check=True, text=True)
    assert done.stdout.splitlines() == [
        "untouched: 1",
        "touched: 0",
        "another status: 0",
        "another total: 0",
        "deleted: 0",
    ]
