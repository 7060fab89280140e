"""Keeps an order as the shop gave it, and notices what happened to one that was booked."""

from collections.abc import Set
from datetime import datetime

from django.db import DataError, transaction
from django.db.models import Q

from kloppend.domain.fingerprint import fingerprint
from kloppend.domain.order import NEVER_CONFIRMED
from kloppend.domain.order import Order as ShopOrder
from kloppend.domain.problems import Problem
from kloppend.domain.reasons import Reason
from kloppend.records import problems
from kloppend.records.events import record
from kloppend.records.models import BY_NUMBER, Connection, Delivery, Invoice, Order, OrderSnapshot
from kloppend.records.models import Problem as ProblemRow
from kloppend.records.secrets import keyed_hash
from kloppend.records.snapshots import dump
from kloppend.shops.port import InventoryEntry, UnreadableOrder


def keep(connection: Connection, found: ShopOrder | UnreadableOrder, cancelled: Set[str], at: datetime) -> bool:
    """Store what came in; True when it is new or differs from what we had.

    `cancelled` are the statuses that must be told when a booked order gets one. An order with a value the database
    cannot hold is kept as unreadable, so that it holds up no other.
    """
    try:
        with transaction.atomic():
            order = _locked(connection, found.shop_order_id)
            if isinstance(found, ShopOrder):
                return _keep_readable(connection, order, found, cancelled, at)
            return _keep_unreadable(connection, order, found.problem, at)
    except DataError:
        what = "a value that cannot be stored"
        problem = Problem.of("SHOP_ORDER_UNREADABLE", order=found.shop_order_id, what=what)
    with transaction.atomic():
        return _keep_unreadable(connection, _locked(connection, found.shop_order_id), problem, at)


def gone(connection: Connection, number: str, at: datetime) -> bool:
    """The shop has this order no longer, or took its confirmation back; True when that is news."""
    with transaction.atomic():
        order = _locked(connection, number)
        if order.status_id == NEVER_CONFIRMED:
            return False
        forwarded = order.state not in Order.NOT_FORWARDED
        order.status_id, order.modified_at = NEVER_CONFIRMED, None
        if not forwarded:
            order.state, order.reason = Order.State.WAITING, Reason.NOT_CONFIRMED.name
            OrderSnapshot.objects.filter(order=order).delete()
        order.save()
        problems.now_stand(connection, order, _gone_after_booking(order), at, source="read")
        problems.now_stand(connection, order, [], at, source="settle")
        record(order, "gone", at)
        return True


def note_unconfirmed(connection: Connection, entry: InventoryEntry, at: datetime) -> None:
    """A checkout that was never completed: counted, so that every number is accounted for, and nothing more."""
    with transaction.atomic():
        order = _locked(connection, entry.shop_order_id)
        order.reason, order.status_id, order.total = Reason.NOT_CONFIRMED.name, NEVER_CONFIRMED, entry.total
        order.save()
        record(order, "unconfirmed", at)


def take_over(connection: Connection, at: datetime) -> None:
    """Orders that an ended connection to the same shop left behind, or that another one excludes, are ours to book."""
    left = Q(connection__active=False) | Q(state=Order.State.SKIPPED, reason=Reason.EXCLUDED.name)
    orders = Order.objects.filter(left, shop=connection.shop, state__in=Order.NOT_FORWARDED)
    orders = orders.exclude(connection=connection).order_by(*BY_NUMBER)
    with transaction.atomic():
        mine = orders.select_for_update(of=("self",))  # in the one sequence, as everybody who locks several
        taken = list(mine.values_list("pk", flat=True))
        ProblemRow.objects.filter(order__in=taken, closed_at=None).update(closed_at=at)
        Order.objects.filter(pk__in=taken, state__in=Order.NOT_FORWARDED).update(connection=connection)


def _locked(connection: Connection, number: str) -> Order:
    Order.objects.get_or_create(shop=connection.shop, shop_order_id=number, defaults={"connection": connection})
    return Order.objects.select_for_update().get(shop=connection.shop, shop_order_id=number)


def _keep_unreadable(connection: Connection, order: Order, problem: Problem, at: datetime) -> bool:
    """Nothing is booked from a snapshot that the shop has since replaced by something we cannot read."""
    is_news = not order.problems.filter(code=problem.code, source="read", closed_at=None).exists()
    if order.state in Order.NOT_FORWARDED:
        order.state, order.reason, order.modified_at = Order.State.REFUSED, problem.code, None
        order.save(update_fields=["state", "reason", "modified_at"])
        OrderSnapshot.objects.filter(order=order).delete()
        problems.now_stand(connection, order, [], at, source="settle")
    problems.now_stand(connection, order, [problem], at, source="read")
    if is_news:
        record(order, "unreadable", at, code=problem.code)
    return is_news


def _keep_readable(connection: Connection, order: Order, found: ShopOrder, cancelled: Set[str], at: datetime) -> bool:
    """What we had is compared byte for byte: also a mended tax rate, which changes no order, can make one bookable."""
    problems.now_stand(connection, order, [], at, source="read")
    content = dump(found)
    before = OrderSnapshot.objects.filter(order=order).first()
    if before and bytes(before.content) == content and order.modified_at == found.modified_at:
        OrderSnapshot.objects.filter(order=order).update(taken_at=at)
        return False
    order.fingerprint = keyed_hash(fingerprint(found))
    order.status_id, order.modified_at = found.status_id, found.modified_at
    order.placed_at, order.total = found.placed_at, found.total
    order.save()
    OrderSnapshot.objects.update_or_create(order=order, defaults={"content": content, "taken_at": at})
    record(order, "fetched", at, status=found.status_id, total=str(found.total))
    if order.state not in Order.NOT_FORWARDED:
        tell_after_booking(connection, order, cancelled, at)
    return True


def tell_after_booking(connection: Connection, order: Order, cancelled: Set[str], at: datetime) -> None:
    """A booked order that changed is reported, never corrected silently; one that changed back is at rest again.

    So is one that a credit note answered: of the whole, or made when the order stood in the shop as it does now.
    The caller holds the order's row lock.
    """
    if order.status_id == NEVER_CONFIRMED:
        problems.now_stand(connection, order, _gone_after_booking(order), at, source="read")
    else:
        problems.now_stand(connection, order, _after_booking(order, cancelled, at), at, source="keep")


def _gone_after_booking(order: Order) -> list[Problem]:
    standing = order.state not in Order.NOT_FORWARDED and not _credited(order)
    return [Problem.of("ORDER_GONE_AFTER_BOOKING", order=order.shop_order_id)] if standing else []


def _credited(order: Order) -> bool:
    """Whether all that was booked of it was credited."""
    booked = order.invoices.filter(kind=Invoice.Kind.INVOICE, void=False)
    return booked.exists() and not booked.filter(credited=False).exists()


def _after_booking(order: Order, cancelled: Set[str], at: datetime) -> list[Problem]:
    told, booked = [], order.invoices.filter(kind=Invoice.Kind.INVOICE, void=False).order_by("-sequence").first()
    answered = booked.credit_notes.filter(void=False).order_by("-sequence").first() if booked else None
    changed = order.fingerprint not in (order.booked_fingerprint, answered and answered.order_fingerprint)
    if changed and not _credited(order):
        told.append(Problem.of("ORDER_CHANGED_AFTER_BOOKING", order=order.shop_order_id))
    is_news = answered is None or order.status_id != answered.order_status
    if order.status_id in cancelled and is_news and not _credited(order):
        told.append(Problem.of("ORDER_CANCELLED_AFTER_BOOKING", order=order.shop_order_id))
    state = Order.State.CHANGED_AFTER if told else _at_rest(booked)
    if state != order.state:
        order.state = state
        order.save(update_fields=["state"])
        record(order, state.value, at, reason=", ".join(problem.code for problem in told))
    return told


def _at_rest(booked: Invoice | None) -> Order.State:
    """How far a booked order had come before it changed."""
    delivery = Delivery.objects.filter(invoice=booked)
    if delivery.filter(state__in=Delivery.PERHAPS_IN_BOOKS).exists():
        return Order.State.UNCERTAIN
    return Order.State.DELIVERED if delivery.filter(delivered_at__isnull=False).exists() else Order.State.SEALED
