"""Step 1: bring in every order that is new or changed, then prove with the shop's inventory that none was missed."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction

from kloppend.domain.order import NEVER_CONFIRMED
from kloppend.domain.problems import Problem
from kloppend.records import licences, problems
from kloppend.records.models import Connection, Order, Shop
from kloppend.shops.port import Shop as ShopPort
from kloppend.shops.port import ShopFault
from kloppend.sync.choices import Choices
from kloppend.sync.keep import gone, keep, note_unconfirmed, take_over

LOOK_AGAIN_AFTER = timedelta(hours=20)
"""A refused order is asked for again once a day; a little less, so that a run at the same hour does not miss it."""


def fetch(connection: Connection, shop: ShopPort, choices: Choices, at: datetime) -> Iterator[str]:
    """Fetch into the records, yielding the number of each order that was new or changed.

    A fault of the shop ends the step and stands open as a problem; what came in before it is kept.
    """
    fault: tuple[Problem, ...] = ()
    try:
        identify(connection, shop, at)
        take_over(connection, at)
        yield from _changed(connection, shop, choices, at)
        yield from _missed(connection, shop, choices, at)
        yield from _refused_before(connection, shop, choices, at)
    except ShopFault as error:
        fault = (error.problem,)
    problems.now_stand(connection, None, fault, at, source="fetch")


def identify(connection: Connection, shop: ShopPort, at: datetime) -> None:
    """Ask the shop who it is, before anything else is asked of it.

    Raises ShopFault, also when it is another one than the connection was made with, and without asking anything when
    the operator demands a licence and there is none that holds.
    """
    for problem in licences.in_the_way(connection.licence_key, at):
        raise ShopFault(problem)
    identity = shop.identify()
    row, _ = Shop.objects.get_or_create(kind=connection.shop_kind, shop_id=identity.shop_id)
    if connection.shop_id is not None and connection.shop_id != row.pk:
        raise ShopFault(Problem.of("SHOP_IS_ANOTHER", address=connection.shop_address))
    connection.shop, connection.shop_route = row, identity.route
    connection.save(update_fields=["shop", "shop_route"])


def _changed(connection: Connection, shop: ShopPort, choices: Choices, at: datetime) -> Iterator[str]:
    for page in shop.changed_orders(connection.cursor, choices.first_day):
        with transaction.atomic():
            # The connection first and then orders by number, everywhere: nobody waits for who waits for us.
            Connection.objects.select_for_update(no_key=True).get(pk=connection.pk)
            orders = sorted(page.orders, key=lambda found: (len(found.shop_order_id), found.shop_order_id))
            news = [found.shop_order_id for found in orders if keep(connection, found, choices.cancel_statuses, at)]
            connection.cursor = page.cursor
            connection.save(update_fields=["cursor"])
        yield from news


def _missed(connection: Connection, shop: ShopPort, choices: Choices, at: datetime) -> Iterator[str]:
    """What the shop lists and we do not have like that, and what we have and the shop lists no longer."""
    rows = Order.objects.filter(shop=connection.shop).values_list(
        "shop_order_id", "modified_at", "status_id", "total", "placed_at"
    )
    known = {number: (modified, status, total) for number, modified, status, total, _ in rows}
    first = choices.first_day
    absent = {
        number
        for number, _, status, _, placed in rows
        if status != NEVER_CONFIRMED and placed and (first is None or placed.date() > first)
    }
    for entry in shop.inventory(first):
        absent.discard(entry.shop_order_id)
        ours = known.get(entry.shop_order_id)
        if entry.status_id == NEVER_CONFIRMED and ours is None:
            note_unconfirmed(connection, entry, at)
            yield entry.shop_order_id
        elif entry.status_id == NEVER_CONFIRMED and ours and ours[1] == NEVER_CONFIRMED:
            continue
        elif ours != (entry.modified_at, entry.status_id, entry.total):
            yield from _ask(connection, shop, entry.shop_order_id, choices, at)
    for number in sorted(absent):
        yield from _ask(connection, shop, number, choices, at)


def _refused_before(connection: Connection, shop: ShopPort, choices: Choices, at: datetime) -> Iterator[str]:
    """Rows can change without the order's date doing so: lines written late, a row mended by hand in the database."""
    refused = connection.orders.filter(state=Order.State.REFUSED, snapshot__taken_at__lte=at - LOOK_AGAIN_AFTER)
    for number in list(refused.values_list("shop_order_id", flat=True)):
        yield from _ask(connection, shop, number, choices, at)


def _ask(connection: Connection, shop: ShopPort, number: str, choices: Choices, at: datetime) -> Iterator[str]:
    found = shop.order(number)
    if keep(connection, found, choices.cancel_statuses, at) if found else gone(connection, number, at):
        yield number
