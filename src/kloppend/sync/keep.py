"""Keeps an order as the shop gave it, and notices when one changed after it was booked."""

from datetime import datetime

from django.db import transaction

from kloppend.domain.fingerprint import fingerprint
from kloppend.domain.order import Order as ShopOrder
from kloppend.domain.problems import Problem
from kloppend.records import problems
from kloppend.records.events import record
from kloppend.records.models import Connection, Order, OrderSnapshot
from kloppend.records.snapshots import dump
from kloppend.shops.port import UnreadableOrder


def keep(connection: Connection, found: ShopOrder | UnreadableOrder, at: datetime) -> bool:
    """Store what came in; True when it is new or differs from what we had."""
    with transaction.atomic():
        Order.objects.get_or_create(
            shop=connection.shop, shop_order_id=found.shop_order_id, defaults={"connection": connection}
        )
        order = Order.objects.select_for_update().get(shop=connection.shop, shop_order_id=found.shop_order_id)
        if isinstance(found, UnreadableOrder):
            return _keep_unreadable(connection, order, found.problem, at)
        return _keep_readable(connection, order, found, at)


def _keep_unreadable(connection: Connection, order: Order, problem: Problem, at: datetime) -> bool:
    """Nothing is booked from a snapshot that the shop has since replaced by something we cannot read."""
    is_news = order.reason != problem.code
    if order.state in Order.NOT_FORWARDED:
        order.state, order.reason, order.modified_at, order.connection = (
            Order.State.REFUSED,
            problem.code,
            None,
            connection,
        )
        order.save()
        OrderSnapshot.objects.filter(order=order).delete()
    problems.now_stand(connection, order, [problem], at, source="keep")
    if is_news:
        record(order, "unreadable", at, code=problem.code)
    return is_news


def _keep_readable(connection: Connection, order: Order, found: ShopOrder, at: datetime) -> bool:
    print_now = fingerprint(found)
    before = (order.fingerprint, order.status_id, order.modified_at)
    if before == (print_now, found.status_id, found.modified_at):
        OrderSnapshot.objects.filter(order=order).update(taken_at=at)
        return False
    order.fingerprint, order.status_id, order.modified_at = print_now, found.status_id, found.modified_at
    order.placed_at, order.total, order.connection = found.placed_at, found.total, connection
    order.save()
    OrderSnapshot.objects.update_or_create(order=order, defaults={"content": dump(found), "taken_at": at})
    record(order, "fetched", at, fingerprint=print_now, status=found.status_id, total=str(found.total))
    problems.now_stand(connection, order, _changed_after_booking(order), at, source="keep")
    return True


def _changed_after_booking(order: Order) -> list[Problem]:
    """A booked order that changed is reported, never corrected silently; one that changed back is at rest again."""
    if order.state in Order.NOT_FORWARDED:
        return []
    if order.fingerprint != order.booked_fingerprint:
        order.state = Order.State.CHANGED_AFTER
        order.save(update_fields=["state"])
        return [Problem.of("ORDER_CHANGED_AFTER_BOOKING", order=order.shop_order_id)]
    if order.state == Order.State.CHANGED_AFTER:
        delivered = order.invoices.filter(void=False, delivery__delivered_at__isnull=False).exists()
        order.state = Order.State.DELIVERED if delivered else Order.State.SEALED
        order.save(update_fields=["state"])
    return []
