"""Steps 2 and 3 in the records: give every order that is not forwarded its present state, reason and problems."""

import logging
from collections.abc import Iterator
from datetime import date, datetime
from functools import partial

from django.db import transaction
from django.db.models import QuerySet

from kloppend.books.port import Books
from kloppend.domain.invoice import Debtor
from kloppend.domain.order import Order as ShopOrder
from kloppend.domain.problems import Problem
from kloppend.records import problems
from kloppend.records.customers import lock_customers, recognised, remember
from kloppend.records.events import record
from kloppend.records.models import Connection, Delivery, Order
from kloppend.records.snapshots import load
from kloppend.sync.assess import Assessment, assess
from kloppend.sync.choices import Choices
from kloppend.sync.means import Means
from kloppend.sync.vat_numbers.answers import known_of

log = logging.getLogger(__name__)

AT_ONCE = 200
"""Snapshots in memory at a time."""


def settle(
    connection: Connection, choices: Choices, books: Books, today: date, at: datetime
) -> Iterator[tuple[str, str]]:
    """Look at every order not forwarded, yielding the number and new state of those whose state changed."""
    for pk in _otherwise(connection, choices, books, today):
        with transaction.atomic():
            order = locked_orders().get(pk=pk)
            if order.state not in Order.NOT_FORWARDED:
                continue  # another process sealed it meanwhile
            before = order.state
            assessment = assess_row(order, choices, books, today)
            if assessment.state == "ready" and refused_by_books(order):
                continue  # sending the same again would change nothing: a person says when
            apply(connection, order, assessment, at)
        if order.state != before:
            yield order.shop_order_id, order.state


def _otherwise(connection: Connection, choices: Choices, books: Books, today: date) -> Iterator[int]:
    """Orders of which the records do not say what they are by now.

    Of a long history nearly all are as they were: looking at those takes no lock and writes nothing.
    """
    open_orders = connection.orders.filter(state__in=Order.NOT_FORWARDED, snapshot__isnull=False)
    every = list(open_orders.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(every), AT_ONCE):
        some = every[start : start + AT_ONCE]
        standing = problems.standing(some, source="settle")
        for order in open_orders.filter(pk__in=some).order_by("pk").select_related("snapshot"):
            now = assess_row(order, choices, books, today)
            found = {problem.code: dict(problem.detail) for problem in now.problems}
            if (order.state, order.reason, standing.get(order.pk, {})) != (now.state, now.reason, found):
                yield order.pk


def refused_by_books(order: Order) -> bool:
    """Whether the books looked at just this order and did not want it, and nobody has asked for it since."""
    same = bool(order.booked_fingerprint) and order.booked_fingerprint == order.fingerprint
    if not same or order.state != Order.State.REFUSED or order.front_at is not None:
        return False
    return order.invoices.filter(delivery__state=Delivery.State.REJECTED).exists()


def locked_orders() -> QuerySet[Order]:
    """Orders with their snapshots, to be locked for the caller's transaction."""
    return Order.objects.select_for_update(of=("self",)).select_related("snapshot")


def reconsider(connection: Connection, order: Order, means: Means | None, at: datetime) -> None:
    """Decide again on the latest snapshot, if there is one; without means that waits until the settings are right."""
    if means and hasattr(order, "snapshot"):
        apply(connection, order, assess_row(order, means.choices, means.books, means.today(at)), at)


def assess_row(order: Order, choices: Choices, books: Books, today: date) -> Assessment:
    """Assess the order's latest snapshot. A mistake of ours in it is that order's problem, and no other's."""
    content = order.snapshot.content
    try:
        found = load(content, ShopOrder)
        known = known_of(order.connection_id, found, choices, today)
        booked, who = order.already_booked, partial(_recognised, order)
        return assess(found, choices, books, today=today, already_booked=booked, vat_number=known, recognise=who)
    except Exception as error:
        log.exception("order %s could not be assessed", order.shop_order_id)
        problem = Problem.of("INTERNAL_ERROR", order=order.shop_order_id, what=type(error).__name__)
        return Assessment(state="refused", reason=problem.code, problems=(problem,))


def _recognised(order: Order, debtor: Debtor) -> Debtor:
    return recognised(order.connection.administration_id, debtor, order.shop_order_id)


def assess_to_send(order: Order, choices: Choices, books: Books, today: date, at: datetime) -> Assessment:
    """The same for an order that goes out in this transaction: its customer is known from here on to those after it."""
    lock_customers(order.connection.administration_id)
    found = assess_row(order, choices, books, today)
    if found.document:
        remember(order.connection.administration_id, order, found.document.debtor, at)
    return found


def apply(connection: Connection, order: Order, assessment: Assessment, at: datetime) -> None:
    """Write an assessment down. The caller holds the order's row lock."""
    problems.now_stand(connection, order, assessment.problems, at, source="settle")
    if (order.state, order.reason) == (assessment.state, assessment.reason):
        return
    order.state, order.reason = assessment.state, assessment.reason
    order.save(update_fields=["state", "reason"])
    record(order, assessment.state, at, reason=assessment.reason)
