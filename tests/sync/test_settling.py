"""Of a long history nearly all is as it was: looking at it again costs hardly anything, and misses no change."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from kloppend.domain.order import Order as ShopOrder
from kloppend.records.models import Connection, Event, Order, OrderSnapshot, Problem
from kloppend.records.snapshots import dump, load
from kloppend.sync.means import means_of
from kloppend.sync.settle import settle
from tests.sync.conftest import NOON, sync

pytestmark = pytest.mark.django_db


def settled(connection: Connection) -> dict[str, str]:
    means = means_of(Connection.objects.get(pk=connection.pk))
    return dict(settle(connection, means.choices, means.books, means.today(NOON), NOON))


def test_what_is_as_it_was_takes_no_lock_and_no_statement_of_its_own(connection: Connection) -> None:
    sync(connection)
    with CaptureQueriesContext(database) as asked:
        assert settled(connection) == {}
    assert len(asked) < 10
    assert not [query for query in asked.captured_queries if "FOR UPDATE" in query["sql"] or "UPDATE " in query["sql"]]


def test_a_change_in_the_choices_decides_every_order_again(connection: Connection) -> None:
    sync(connection, NOON)
    connection = Connection.objects.get(pk=connection.pk)
    waiting = connection.orders.exclude(state=Order.State.DELIVERED).filter(snapshot__isnull=False)
    connection.settings |= {"start_date": "2027-01-01"}
    connection.save()
    settled(connection)
    assert set(waiting.values_list("state", "reason")) == {(Order.State.SKIPPED, "BEFORE_START")}
    assert not Problem.objects.filter(order__in=waiting, source="settle", closed_at=None).exists()


def test_other_particulars_of_the_same_refusal_are_written_down(connection: Connection) -> None:
    sync(connection)
    order = Order.objects.get(shop_order_id="16", reason="TAX_MISMATCH")
    snapshot = OrderSnapshot.objects.get(order=order)
    before = order.problems.get(closed_at=None).detail
    found = load(snapshot.content, ShopOrder)
    snapshot.content = dump(_with_more_tax(found))
    snapshot.save()
    events = Event.objects.filter(order=order).count()
    assert settled(connection) == {}
    assert order.problems.get(closed_at=None).detail != before
    assert Event.objects.filter(order=order).count() == events


def test_a_problem_that_was_never_closed_is_closed(connection: Connection) -> None:
    sync(connection)
    order = Order.objects.filter(state=Order.State.SKIPPED, snapshot__isnull=False).first()
    assert order
    opened = NOON - timedelta(days=1)
    order.problems.create(connection=connection, code="TAX_MISMATCH", source="settle", opened_at=opened)
    settled(connection)
    assert not order.problems.filter(source="settle", closed_at=None).exists()


def _with_more_tax(order: ShopOrder) -> ShopOrder:
    totals = tuple(
        replace(row, value=row.value + Decimal("0.5")) if row.code in ("tax", "total") else row for row in order.totals
    )
    return replace(order, totals=totals, total=order.total + Decimal("0.5"))
