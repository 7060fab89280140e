"""Step 1: bring in every order that is new or changed, then prove with the shop's inventory that none was missed."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db import transaction

from kloppend.domain.order import NEVER_CONFIRMED
from kloppend.domain.problems import Problem
from kloppend.records import problems
from kloppend.records.models import Connection, Order, Shop
from kloppend.shops.port import Shop as ShopPort
from kloppend.shops.port import ShopFault
from kloppend.sync.keep import keep


def fetch(connection: Connection, shop: ShopPort, placed_from: date | None, at: datetime) -> Iterator[str]:
    """Fetch into the records, yielding the number of each order that was new or changed.

    A fault of the shop ends the step and stands open as a problem; what came in before it is kept.
    """
    fault: tuple[Problem, ...] = ()
    try:
        _identify(connection, shop)
        yield from _changed(connection, shop, placed_from, at)
        yield from _missed(connection, shop, placed_from, at)
        yield from _refused_before(connection, shop, at)
    except ShopFault as error:
        fault = (error.problem,)
    problems.now_stand(connection, None, fault, at, source="fetch")


LOOK_AGAIN_AFTER = timedelta(hours=20)
"""A refused order is asked for again once a day; a little less, so that a run at the same hour does not miss it."""


def _identify(connection: Connection, shop: ShopPort) -> None:
    identity = shop.identify()
    row, _ = Shop.objects.get_or_create(kind=connection.shop_kind, shop_id=identity.shop_id)
    if connection.shop_id is not None and connection.shop_id != row.pk:
        raise ShopFault(Problem.of("SHOP_IS_ANOTHER", address=connection.shop_address))
    connection.shop, connection.shop_route = row, identity.route
    connection.save(update_fields=["shop", "shop_route"])


def _changed(connection: Connection, shop: ShopPort, placed_from: date | None, at: datetime) -> Iterator[str]:
    for page in shop.changed_orders(connection.cursor, placed_from):
        with transaction.atomic():
            news = [found.shop_order_id for found in page.orders if keep(connection, found, at)]
            connection.cursor = page.cursor
            connection.save(update_fields=["cursor"])
        yield from news


def _missed(connection: Connection, shop: ShopPort, placed_from: date | None, at: datetime) -> Iterator[str]:
    """What the shop lists and we do not have like that: a change that slipped past the cursor."""
    known = {
        row.shop_order_id: (row.modified_at, row.status_id, row.total)
        for row in Order.objects.filter(shop=connection.shop).only("shop_order_id", "modified_at", "status_id", "total")
    }
    for entry in shop.inventory(placed_from):
        if known.get(entry.shop_order_id) == (entry.modified_at, entry.status_id, entry.total):
            continue
        if entry.status_id == NEVER_CONFIRMED and entry.shop_order_id not in known:
            continue
        found = shop.order(entry.shop_order_id)
        if found and keep(connection, found, at):
            yield entry.shop_order_id


def _refused_before(connection: Connection, shop: ShopPort, at: datetime) -> Iterator[str]:
    """Rows can change without the order's date doing so: lines written late, a row mended by hand in the database."""
    refused = connection.orders.filter(state=Order.State.REFUSED, snapshot__taken_at__lte=at - LOOK_AGAIN_AFTER)
    for number in list(refused.values_list("shop_order_id", flat=True)):
        found = shop.order(number)
        if found and keep(connection, found, at):
            yield number
