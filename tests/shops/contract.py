"""What every shop adapter must do, whatever the shop: a new adapter inherits ShopContract and gives it a Rig."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Protocol

import pytest

from kloppend.domain.order import NEVER_CONFIRMED, Order
from kloppend.shops.port import OrderPage, Shop, ShopFault


class Rig(Protocol):
    """A simulated shop that the contract can play with, and the adapter connected to it."""

    shop: Shop
    secret: str

    def reconnected(self, *, secret: str) -> Shop:
        """The same shop, spoken to with another secret."""
        ...

    def all_ids(self) -> set[str]:
        """Every order in the shop."""
        ...

    def confirmed_ids(self) -> set[str]:
        """Orders that were confirmed."""
        ...

    def new_order(self) -> str:
        """A customer orders; the order's id."""
        ...

    def change_status(self, shop_order_id: str) -> str:
        """The order gets another status; its id."""
        ...

    def remove(self, shop_order_id: str) -> None:
        """The order is deleted in the shop."""
        ...


@dataclass(frozen=True)
class Fetched:
    """Everything one run of changed_orders gave."""

    pages: tuple[OrderPage, ...]

    @property
    def ids(self) -> list[str]:
        return [order.shop_order_id for page in self.pages for order in page.orders]

    @property
    def cursor(self) -> str:
        return self.pages[-1].cursor


def fetch(shop: Shop, cursor: str = "", placed_from: date | None = None) -> Fetched:
    return Fetched(tuple(shop.changed_orders(cursor, placed_from)))


class ShopContract:
    """The contract; a subclass provides the fixture `rig`."""

    def test_a_shop_keeps_its_name(self, rig: Rig) -> None:
        one, other = rig.shop.identify(), rig.shop.identify()
        assert one.shop_id
        assert (one.shop_id, one.route, one.stores) == (other.shop_id, other.route, other.stores)
        assert one.route

    def test_the_whole_history_holds_each_confirmed_order_once(self, rig: Rig) -> None:
        ids = fetch(rig.shop).ids
        assert len(ids) == len(set(ids))
        assert set(ids) == rig.confirmed_ids()

    def test_every_page_moves_the_cursor_and_no_cursor_comes_twice(self, rig: Rig) -> None:
        cursors = [page.cursor for page in fetch(rig.shop).pages]
        assert "" not in cursors
        assert len(cursors) == len(set(cursors))

    def test_resuming_from_any_page_misses_nothing(self, rig: Rig) -> None:
        pages = fetch(rig.shop).pages
        for count in range(1, len(pages)):
            seen = {order.shop_order_id for page in pages[:count] for order in page.orders}
            assert seen | set(fetch(rig.shop, pages[count - 1].cursor).ids) == rig.confirmed_ids()

    def test_a_new_order_arrives_after_the_history(self, rig: Rig) -> None:
        cursor = fetch(rig.shop).cursor
        new = rig.new_order()
        assert new in fetch(rig.shop, cursor).ids

    def test_a_changed_order_comes_again_with_its_new_status(self, rig: Rig) -> None:
        first = fetch(rig.shop)
        changed = rig.change_status(first.ids[0])
        before = next(order for page in first.pages for order in page.orders if order.shop_order_id == changed)
        after = next(
            o for page in fetch(rig.shop, first.cursor).pages for o in page.orders if o.shop_order_id == changed
        )
        assert isinstance(before, Order)
        assert isinstance(after, Order)
        assert after.status_id != before.status_id
        assert after.modified_at > before.modified_at
        assert len(after.history) == len(before.history) + 1

    def test_orders_changed_while_the_history_was_read_are_not_missed(self, rig: Rig) -> None:
        pages = rig.shop.changed_orders("", None)
        first = next(pages)
        changed = rig.change_status(first.orders[0].shop_order_id)
        cursor = [first, *pages][-1].cursor
        assert changed in fetch(rig.shop, cursor).ids

    def test_quiet_runs_keep_a_usable_cursor(self, rig: Rig) -> None:
        cursor = fetch(rig.shop).cursor
        for _ in range(3):
            cursor = fetch(rig.shop, cursor).cursor
        assert rig.new_order() in fetch(rig.shop, cursor).ids

    def test_the_history_can_start_at_a_day(self, rig: Rig) -> None:
        for early in (date.min, date(2000, 1, 1)):
            assert fetch(rig.shop, placed_from=early).ids == fetch(rig.shop).ids
        tomorrow = datetime.now(UTC).date() + timedelta(days=2)
        assert fetch(rig.shop, placed_from=tomorrow).ids == []

    def test_one_order_is_the_same_as_in_its_page(self, rig: Rig) -> None:
        for page in fetch(rig.shop).pages:
            for order in page.orders:
                assert rig.shop.order(order.shop_order_id) == order

    def test_orders_that_are_not_there_or_never_confirmed_are_none(self, rig: Rig) -> None:
        assert rig.shop.order("123456789") is None
        for never_confirmed in rig.all_ids() - rig.confirmed_ids():
            assert rig.shop.order(never_confirmed) is None

    def test_a_removed_order_is_gone(self, rig: Rig) -> None:
        removed = fetch(rig.shop).ids[0]
        rig.remove(removed)
        assert rig.shop.order(removed) is None
        assert removed not in {entry.shop_order_id for entry in rig.shop.inventory(None)}

    def test_the_inventory_lists_every_order_also_never_confirmed_ones(self, rig: Rig) -> None:
        entries = {entry.shop_order_id: entry for entry in rig.shop.inventory(None)}
        assert set(entries) == rig.all_ids()
        orders = [order for page in fetch(rig.shop).pages for order in page.orders]
        for order in orders:
            assert isinstance(order, Order)
            entry = entries[order.shop_order_id]
            assert (entry.modified_at, entry.status_id, entry.total) == (
                order.modified_at,
                order.status_id,
                order.total,
            )
        never = {entry.shop_order_id for entry in entries.values() if entry.status_id == NEVER_CONFIRMED}
        assert never == rig.all_ids() - rig.confirmed_ids()

    def test_amounts_are_decimals_and_dates_are_aware(self, rig: Rig) -> None:
        for page in fetch(rig.shop).pages:
            for order in page.orders:
                assert isinstance(order, Order)
                assert isinstance(order.total, Decimal)
                assert order.placed_at.utcoffset() is not None
                assert all(change.at.utcoffset() is not None for change in order.history)

    def test_a_wrong_secret_is_a_fault_that_does_not_repeat_it(self, rig: Rig) -> None:
        other = rig.reconnected(secret="not-the-right-secret")
        with pytest.raises(ShopFault) as caught:
            other.identify()
        assert "not-the-right-secret" not in repr(caught.value) + str(caught.value.problem)
        other.close()


def confirmed(pages: Iterator[OrderPage]) -> list[Order]:
    """The readable orders of some pages."""
    return [order for page in pages for order in page.orders if isinstance(order, Order)]
