"""The Process button: a person wants this one order looked at now, and at the front of the next file."""

from datetime import datetime

from django.db import transaction

from kloppend.domain.problems import Problem, Refused
from kloppend.records.events import record
from kloppend.records.models import Connection, Order
from kloppend.shops.port import Shop, ShopFault
from kloppend.sync.fetch import identify
from kloppend.sync.keep import gone, keep, take_over
from kloppend.sync.means import Means, means_of
from kloppend.sync.settle import locked_orders, reconsider
from kloppend.sync.vat_numbers.asking import check_vat_numbers

LONGEST_NUMBER = 40


def process_order(connection: Connection, shop: Shop, number: str, at: datetime, by: str) -> Order:
    """Fetch the order from the shop, keep it, decide again, and put it at the front of the next file.

    `by` is the acting person's id. The order may then be ready or not: its state, reason and open problems say so.
    Raises Refused, having changed nothing, when it was passed on already, when the shop does not have it or cannot
    be asked, when another connection holds it, and when the settings cannot be used.
    """
    order = look_again(connection, shop, number, means_of(connection), at)
    with transaction.atomic():
        order = locked_orders().get(pk=order.pk)
        _refuse_if_forwarded(order)
        order.front_at = order.front_at or at
        order.save(update_fields=["front_at"])
        record(order, "processed", at, by=by)
    return order


def look_again(connection: Connection, shop: Shop, number: str, means: Means, at: datetime) -> Order:
    """Fetch the order and decide again; raises Refused as process_order does."""
    refuse_odd_number(number)
    known = Order.objects.filter(shop=connection.shop_id, shop_order_id=number).first()
    if known:
        _refuse_if_forwarded(known)
    _bring_in(connection, shop, number, means, at)
    for _ in check_vat_numbers(connection, means, at, only=number):
        pass
    with transaction.atomic():
        order = locked_orders().get(shop=connection.shop, shop_order_id=number)
        _refuse_if_forwarded(order)
        reconsider(connection, order, means, at)
    return order


def refuse_odd_number(number: str) -> None:
    """Raises Refused for what a person typed that is no order number in any shop."""
    if not number.isprintable() or " " in number or not 1 <= len(number) <= LONGEST_NUMBER:
        raise Refused(Problem.of("ORDER_NUMBER_INVALID", order=repr(number)[1 : LONGEST_NUMBER + 1]))


def _refuse_if_forwarded(order: Order) -> None:
    if order.state not in Order.NOT_FORWARDED:
        name = order.invoices.filter(void=False).values_list("delivery__batch__name", flat=True).first()
        raise Refused(Problem.of("ORDER_ALREADY_FORWARDED", order=order.shop_order_id, name=name or "-"))


def _bring_in(connection: Connection, shop: Shop, number: str, means: Means, at: datetime) -> None:
    try:
        identify(connection, shop, at)
        take_over(connection, at)
        found = shop.order(number)
    except ShopFault as fault:
        raise Refused(fault.problem) from fault
    known = Order.objects.filter(shop=connection.shop, shop_order_id=number).first()
    if known and known.connection_id != connection.pk:
        raise Refused(Problem.of("ORDER_OF_ANOTHER_CONNECTION", order=number))
    if found:
        keep(connection, found, means.choices.cancel_statuses, at)
    elif known:
        gone(connection, number, at)
    else:
        raise Refused(Problem.of("ORDER_NOT_IN_SHOP", order=number))
