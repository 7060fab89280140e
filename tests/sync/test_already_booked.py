"""A switch-over: what was booked already is never forwarded, and nothing that we forwarded is called that."""

from datetime import date

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from kloppend.domain.problems import Refused
from kloppend.records.events import broken_at
from kloppend.records.models import Connection, Invoice, Order
from kloppend.shops.opencart.simulator import SimulatedStore, StoreServer
from kloppend.sync.already_booked import Marked, mark_all_until, mark_already_booked, unmark_already_booked
from tests.sync.conftest import NOON, make_connection, sync
from tests.sync.test_make_file import in_file, now
from tests.sync.test_pipeline import open_codes
from tests.sync.test_process import change
from tests.sync.test_trouble import TOMORROW, state

pytestmark = pytest.mark.django_db
SKIPPED = (Order.State.SKIPPED, "ALREADY_BOOKED")


@pytest.fixture
def settled(connection: Connection) -> Connection:
    """Orders fetched and decided, no file made."""
    change(connection, file_time="23:00")
    sync(connection)
    return Connection.objects.get(pk=connection.pk)


def mark(connection: Connection, *numbers: str) -> Marked:
    return mark_already_booked(connection, numbers, NOON, "user-7")


def unmark(connection: Connection, *numbers: str) -> Marked:
    return unmark_already_booked(connection, numbers, NOON, "user-7")


def test_marked_orders_are_skipped_and_unmarked_ones_come_back(settled: Connection) -> None:
    assert mark(settled, "6", " 1 ", "1", "") == Marked(marked=("1", "6"))
    assert state("1") == state("6") == SKIPPED
    assert not [code for number, code in open_codes(settled) if number == "6"]
    sync(settled)
    assert state("1") == SKIPPED
    assert unmark(settled, "1", "6", "2").marked == ("1", "6")
    assert state("1") == (Order.State.READY, "")
    assert state("6") == (Order.State.REFUSED, "MULTI_CURRENCY")
    order = Order.objects.get(shop_order_id="1")
    told = list(order.events.filter(kind__contains="already").values_list("kind", "detail__by"))
    assert told == [("marked_already_booked", "user-7"), ("unmarked_already_booked", "user-7")]
    assert broken_at(order) is None
    assert "1" in in_file(now(settled))


def test_marking_twice_is_marking_once(settled: Connection) -> None:
    mark(settled, "1")
    events = Order.objects.get(shop_order_id="1").events.count()
    assert mark(settled, "1").marked == ("1",)
    assert Order.objects.get(shop_order_id="1").events.count() == events


def test_what_we_forwarded_is_left_out_and_reported(connection: Connection) -> None:
    sync(connection)
    connection.refresh_from_db()
    assert mark(connection, "1", "6") == Marked(marked=("6",), forwarded=("1",))
    assert not Order.objects.get(shop_order_id="1").already_booked
    assert state("1") == (Order.State.DELIVERED, "")


def test_a_number_not_known_yet_is_remembered(settled: Connection, store: SimulatedStore) -> None:
    newest = max(int(order.shop_order_id) for order in Order.objects.all())
    coming, after = str(newest + 1), str(newest + 2)
    assert mark(settled, coming).remembered == (coming,)
    sync(settled)
    assert state(coming) == SKIPPED
    assert store.add_order(store.records[0]) == coming
    assert store.add_order(store.records[0]) == after
    sync(settled, TOMORROW)
    assert state(coming) == SKIPPED
    assert state(after) == (Order.State.READY, "")
    assert not Invoice.objects.filter(order__shop_order_id=coming).exists()
    unmark(settled, coming)
    assert state(coming) == (Order.State.READY, "")


def test_a_remembered_number_can_be_forgotten_again(settled: Connection) -> None:
    mark(settled, "5000")
    assert unmark(settled, "5000").marked == ("5000",)
    assert state("5000") == (Order.State.WAITING, "")
    sync(settled)


def test_a_checkout_never_completed_can_be_marked_for_when_it_is(settled: Connection, store: SimulatedStore) -> None:
    store.set_status("1", "0")
    sync(settled)
    mark(settled, "1")
    store.set_status("1", "5")
    sync(settled, TOMORROW)
    assert state("1") == SKIPPED


def test_an_unreadable_order_stays_a_problem_until_it_can_be_read(settled: Connection, store: SimulatedStore) -> None:
    store.change_order("1", total="vijf euro")
    sync(settled)
    mark(settled, "1")
    assert state("1")[0] == Order.State.REFUSED
    store.change_order("1", total="567.4949")
    sync(settled, TOMORROW)
    assert state("1") == SKIPPED


def test_everything_up_to_a_number(settled: Connection) -> None:
    unconfirmed = set(Order.objects.filter(status_id="0").values_list("shop_order_id", flat=True))
    assert unconfirmed
    last = max(int(number) for number in unconfirmed)
    up_to = {order.shop_order_id for order in Order.objects.all() if int(order.shop_order_id) <= last}
    found = mark_all_until(settled, NOON, "user-7", number=last)
    assert set(found.marked) == up_to - unconfirmed
    assert set(Order.objects.filter(already_booked=True).values_list("shop_order_id", flat=True)) == set(found.marked)
    assert all(state(number) == SKIPPED for number in found.marked)
    assert mark_all_until(settled, NOON, "user-7", number=last) == Marked()


def test_everything_up_to_a_day_in_the_connection_s_zone(settled: Connection) -> None:
    Order.objects.filter(shop_order_id="1").update(placed_at="2026-11-22T23:30:00Z")  # the 23rd in Amsterdam
    Order.objects.filter(shop_order_id="2").update(placed_at="2026-11-22T22:30:00Z")
    assert mark_all_until(settled, NOON, "user-7", day=date(2026, 11, 22)).marked == ("2",)
    assert "1" in mark_all_until(settled, NOON, "user-7", day=date(2026, 11, 23)).marked
    assert mark_all_until(settled, NOON, "user-7", day=date(2026, 11, 23)).marked == ()
    with pytest.raises(ValueError, match="how far"):
        mark_all_until(settled, NOON, "user-7")


def test_before_the_first_contact_there_is_no_shop_to_remember_for(connection: Connection) -> None:
    with pytest.raises(Refused) as refused:
        mark(connection, "1")
    assert refused.value.problem.code == "SHOP_NOT_YET_KNOWN"


def test_one_odd_number_marks_nothing(settled: Connection) -> None:
    with pytest.raises(Refused) as refused:
        mark(settled, "1", "x" * 41)
    assert refused.value.problem.code == "ORDER_NUMBER_INVALID"
    assert not Order.objects.filter(already_booked=True).exists()


def test_the_orders_of_another_connection_are_left_out(settled: Connection, server: StoreServer) -> None:
    other = make_connection(server, name="De andere", file_time="23:00")
    sync(other)
    other.refresh_from_db()
    assert mark(other, "1").elsewhere == ("1",)
    assert not Order.objects.filter(already_booked=True).exists()


def test_many_are_marked_some_at_a_time(settled: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kloppend.sync.already_booked.AT_ONCE", 2)
    with CaptureQueriesContext(database) as queries:
        assert len(mark(settled, "1", "2", "3", "6", "7").marked) == 5
    assert sum("FOR NO KEY UPDATE" in query["sql"] for query in queries) == 3
