"""A clock that was once far ahead: told, and put right by a person, without an order going twice."""

from datetime import date, timedelta

import pytest
from django.db.models import Count

from kloppend.records.models import Batch, Connection, Order, Timetable
from kloppend.shops.opencart.simulator import SimulatedStore
from kloppend.sync.files.sealing import clock_was_wrong
from kloppend.sync.means import means_of
from kloppend.sync.schedule import file_is_due, next_file
from tests.sync.conftest import NOON, sync
from tests.sync.test_pipeline import open_codes

pytestmark = pytest.mark.django_db
AHEAD = NOON + timedelta(days=400)


def codes(connection: Connection) -> set[str]:
    return {code for _, code in open_codes(connection) if code == "FILE_DATE_AHEAD"}


def test_it_is_told_and_released(connection: Connection, store: SimulatedStore) -> None:
    sync(connection, AHEAD)
    assert Batch.objects.get().business_date > date(2027, 1, 1)
    store.add_order(store.records[0])
    sync(connection, NOON)
    assert Batch.objects.count() == 1
    assert codes(connection) == {"FILE_DATE_AHEAD"}
    clock_was_wrong(connection, NOON.date(), NOON)
    assert not codes(connection)
    sync(connection, NOON)
    sync(connection, NOON)
    assert [batch.business_date for batch in Batch.objects.order_by("sequence")][1:] == [NOON.date()]
    assert not codes(connection)
    counted = Order.objects.annotate(sent=Count("invoices__delivery")).values_list("sent", flat=True)
    assert max(counted) == 1
    sync(connection, AHEAD)  # that day has its file: nothing goes twice
    assert Batch.objects.filter(kind="daily", business_date=Batch.objects.get(sequence=1).business_date).count() == 1


def test_a_plan_from_the_future_says_nothing(connection: Connection) -> None:
    choices = means_of(connection).choices
    far, tomorrow = NOON.date() + timedelta(days=400), NOON.date() + timedelta(days=1)
    assert file_is_due(choices, NOON, far)
    assert not file_is_due(choices, NOON, tomorrow)
    assert next_file(choices, NOON, far) < NOON < next_file(choices, NOON, tomorrow)
    Timetable.objects.create(connection=connection, filed_on=far)
    clock_was_wrong(connection, NOON.date(), NOON)
    assert Timetable.objects.get().filed_on is None
