"""A shop with a long history in which nothing happens: the same orders in the shop and in our records."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any

from tests.domain.orders import an_order

from kloppend.domain.order import Order
from kloppend.records import models
from kloppend.records.snapshots import dump
from kloppend.shops.port import InventoryEntry, OrderPage, ShopCatalogue, ShopIdentity

AT = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
AT_ONCE = 2000
CHOICES: Mapping[str, Any] = {
    "trigger_statuses": ["5"],
    "cancel_statuses": ["7"],
    "start_date": "2020-01-01",
    "file_time": "23:59",
}
STATUS = {"delivered": "5", "waiting": "1", "skipped": "7", "refused": "5"}
REASON = {"skipped": "CANCELLED", "waiting": "TRIGGER_NOT_REACHED"}
LIVED_IN = ("delivered",) * 90 + ("skipped",) * 7 + ("waiting",) * 2 + ("refused",)
"""What became of every hundred orders of a shop that was connected from its first day."""
SWITCHED_OVER = ("skipped",)
"""A shop that came with its whole history, booked elsewhere."""


class QuietShop:
    """Implements `kloppend.shops.port.Shop`: so many orders, of which none changes."""

    def __init__(self, count: int, became: tuple[str, ...]) -> None:
        self.count, self.became = count, became
        self._plain = an_order()

    def numbered(self, number: int) -> tuple[Order, str]:
        """One order of the history, and its state with us. A refused one has no tax rates to explain its tax by."""
        state = self.became[number % len(self.became)]
        placed = self._plain.placed_at - timedelta(minutes=number)
        order = replace(
            self._plain, shop_order_id=str(number), status_id=STATUS[state], placed_at=placed, modified_at=placed
        )
        return (replace(order, tax_rates=()) if state == "refused" else order), state

    def all(self) -> Iterator[tuple[Order, str]]:
        """The whole history."""
        return (self.numbered(number) for number in range(1, self.count + 1))

    def identify(self) -> ShopIdentity:
        """Always the same shop."""
        return ShopIdentity(
            shop_id="bench",
            software="bench",
            software_version="1",
            extension_version="1",
            base_currency="EUR",
            licence="ok",
            route="",
        )

    def catalogue(self) -> ShopCatalogue:
        """Never asked by a run."""
        raise NotImplementedError

    def changed_orders(self, cursor: str, placed_from: date | None) -> Iterator[OrderPage]:
        """Nothing."""
        yield OrderPage(orders=(), cursor=cursor)

    def order(self, shop_order_id: str) -> Order:
        """As it always was."""
        return self.numbered(int(shop_order_id))[0]

    def inventory(self, placed_from: date | None) -> tuple[InventoryEntry, ...]:
        """Everything."""
        return tuple(
            InventoryEntry(
                shop_order_id=order.shop_order_id,
                modified_at=order.modified_at,
                status_id=order.status_id,
                total=order.total,
            )
            for order, _ in self.all()
        )

    def close(self) -> None:
        """Nothing is open."""


def connect(shop: QuietShop, label: str) -> models.Connection:
    """A connection that knows the whole history already, as rows."""
    row = models.Shop.objects.create(kind="opencart", shop_id="bench")
    connection = models.Connection.objects.create(
        merchant=models.Merchant.objects.create(name=label),
        administration=models.Administration.objects.create(kind="asperion_axml", label=label),
        name=label,
        shop_kind="opencart",
        shop=row,
        settings=dict(CHOICES),
    )
    for some in in_portions(shop.all()):
        orders = models.Order.objects.bulk_create(
            models.Order(
                shop=row,
                connection=connection,
                shop_order_id=order.shop_order_id,
                state=state,
                reason=REASON.get(state, ""),
                status_id=order.status_id,
                placed_at=order.placed_at,
                modified_at=order.modified_at,
                total=order.total,
            )
            for order, state in some
        )
        models.OrderSnapshot.objects.bulk_create(
            models.OrderSnapshot(order=kept, content=dump(order), taken_at=AT)
            for kept, (order, _) in zip(orders, some, strict=True)
        )
    return connection


def in_portions(found: Iterator[tuple[Order, str]]) -> Iterator[list[tuple[Order, str]]]:
    """So many at once as fit well into one statement."""
    while some := list(islice(found, AT_ONCE)):
        yield some
