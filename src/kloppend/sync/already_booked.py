"""A switch-over: orders that were booked already, by hand or by another connection, are never forwarded by this one."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from kloppend.domain.order import NEVER_CONFIRMED
from kloppend.domain.problems import Problem, Refused
from kloppend.domain.reasons import Reason
from kloppend.records import problems
from kloppend.records.events import record
from kloppend.records.models import Connection, Order
from kloppend.sync.keep import take_over
from kloppend.sync.means import Means, means_of
from kloppend.sync.process import refuse_odd_number
from kloppend.sync.settle import locked_orders, reconsider

AT_ONCE = 200
"""Orders per transaction: the connection is locked meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """Order numbers by what came of them: marked now (or unmarked), remembered for when they come in, and left out
    because this service forwarded them itself, or because another connection holds them."""

    marked: tuple[str, ...] = ()
    remembered: tuple[str, ...] = ()
    forwarded: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()


def mark_already_booked(connection: Connection, numbers: Iterable[str], at: datetime, by: str) -> Marked:
    """Mark these orders as booked already; numbers that are not known yet are remembered.

    Raises Refused, having marked nothing: SHOP_NOT_YET_KNOWN before the first contact with the shop, and
    ORDER_NUMBER_INVALID.
    """
    return _in_portions(connection, _checked(connection, numbers), lambda number: _mark(connection, number, at, by), at)


def mark_all_until(
    connection: Connection, at: datetime, by: str, *, number: int | None = None, day: date | None = None
) -> Marked:
    """Mark every known order up to and including this number, placed up to and including this day, or both.

    Checkouts that were never completed stay out: nobody booked those. Raises Refused as mark_already_booked does, and
    with SETTINGS_INVALID; ValueError without a bound.
    """
    if number is None and day is None:
        raise ValueError("a number or a day says how far to mark")
    zone = ZoneInfo(means_of(connection).choices.time_zone)
    rows = connection.orders.filter(already_booked=False).exclude(status_id=NEVER_CONFIRMED)
    wanted = [
        found
        for found, placed_at in rows.values_list("shop_order_id", "placed_at")
        if (number is None or (found.isdecimal() and int(found) <= number))
        and (day is None or (placed_at is not None and placed_at.astimezone(zone).date() <= day))
    ]
    return mark_already_booked(connection, wanted, at, by)


def unmark_already_booked(connection: Connection, numbers: Iterable[str], at: datetime, by: str) -> Marked:
    """These orders were not booked after all: they are decided again. Raises Refused as mark_already_booked does."""
    try:
        means = means_of(connection)
    except Refused:
        means = None  # then they wait until the settings are right again
    checked = _checked(connection, numbers)
    return _in_portions(connection, checked, lambda number: _unmark(connection, number, means, at, by), at)


def _checked(connection: Connection, numbers: Iterable[str]) -> list[str]:
    if connection.shop is None:
        raise Refused(Problem.of("SHOP_NOT_YET_KNOWN"))
    wanted = {number.strip() for number in numbers} - {""}
    for number in wanted:
        refuse_odd_number(number)
    return sorted(wanted, key=lambda number: (len(number), number))


def _in_portions(connection: Connection, numbers: list[str], work: Callable[[str], str | None], at: datetime) -> Marked:
    """Do the work for every number, some at a time so that a run of the connection can go on in between."""
    take_over(connection, at)
    came_of: dict[str, list[str]] = defaultdict(list)
    for start in range(0, len(numbers), AT_ONCE):
        with transaction.atomic():
            Connection.objects.select_for_update(no_key=True).get(pk=connection.pk)
            for number in numbers[start : start + AT_ONCE]:
                if found := work(number):
                    came_of[found].append(number)
    return Marked(**{name: tuple(found) for name, found in came_of.items()})


def _mark(connection: Connection, number: str, at: datetime, by: str) -> str:
    Order.objects.get_or_create(shop=connection.shop, shop_order_id=number, defaults={"connection": connection})
    order = locked_orders().get(shop=connection.shop, shop_order_id=number)
    if beyond := _out_of_reach(connection, order):
        return beyond
    if not order.already_booked:
        order.already_booked = True
        if not order.problems.filter(source="read", closed_at=None).exists():  # what cannot be read says so first
            order.state, order.reason = Order.State.SKIPPED, Reason.ALREADY_BOOKED.name
        order.save(update_fields=["already_booked", "state", "reason"])
        problems.now_stand(connection, order, [], at, source="settle")
        record(order, "marked_already_booked", at, by=by)
    return "marked" if order.status_id else "remembered"


def _unmark(connection: Connection, number: str, means: Means | None, at: datetime, by: str) -> str | None:
    order = locked_orders().filter(shop=connection.shop, shop_order_id=number, already_booked=True).first()
    if order is None:
        return None
    if beyond := _out_of_reach(connection, order):
        return beyond
    order.already_booked = False
    if order.state == Order.State.SKIPPED:
        order.state = Order.State.WAITING
        order.reason = Reason.NOT_CONFIRMED.name if order.status_id == NEVER_CONFIRMED else ""
    order.save(update_fields=["already_booked", "state", "reason"])
    record(order, "unmarked_already_booked", at, by=by)
    reconsider(connection, order, means, at)
    return "marked"


def _out_of_reach(connection: Connection, order: Order) -> str | None:
    if order.connection_id != connection.pk:
        return "elsewhere"
    return None if order.state in Order.NOT_FORWARDED else "forwarded"
