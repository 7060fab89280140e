"""Process: a person wants one order looked at now, and first in the next file."""

import threading
from datetime import timedelta

import pytest
from django.db import connections

from kloppend.domain.problems import Refused
from kloppend.records.models import Batch, Connection, Invoice, Order
from kloppend.shops.opencart.simulator import Fault, SimulatedStore, StoreServer
from kloppend.sync.process import process_order
from kloppend.sync.shops import shop_of
from tests.sync.conftest import NOON, make_connection, sync
from tests.sync.test_pipeline import open_codes
from tests.sync.test_trouble import TOMORROW, state

pytestmark = pytest.mark.django_db


def process(connection: Connection, number: str, by: str = "user-7") -> Order:
    fresh = Connection.objects.get(pk=connection.pk)
    with shop_of(fresh) as shop:
        return process_order(fresh, shop, number, NOON, by)


def refusal(connection: Connection, number: str) -> str:
    with pytest.raises(Refused) as refused:
        process(connection, number)
    return refused.value.problem.code


def change(connection: Connection, **settings: object) -> None:
    connection.refresh_from_db()
    connection.settings.update(settings)
    connection.save()


def test_a_refused_order_mended_in_the_shop_opens_the_next_file(connection: Connection, store: SimulatedStore) -> None:
    store.change_order("1", payment_city="", shipping_city="")
    change(connection, file_time="23:00")
    sync(connection)
    assert state("1") == (Order.State.REFUSED, "INCOMPLETE_ADDRESS")
    store.change_order("1", payment_city="Utrecht", shipping_city="Utrecht")
    newer = store.add_order(store.records[0])
    assert process(connection, newer).state == Order.State.READY
    order = process(connection, "1")
    assert (order.state, order.reason, order.front_at) == (Order.State.READY, "", NOON)
    assert not [code for number, code in open_codes(connection) if number == "1" and code == "INCOMPLETE_ADDRESS"]
    change(connection, file_time="00:00")
    sync(connection)
    numbers = Invoice.objects.order_by("pk").values_list("order__shop_order_id", flat=True)
    assert list(numbers)[:2] == ["1", newer]
    assert len(numbers) == 6
    assert not Order.objects.exclude(front_at=None).exists()


def test_who_asked_stands_in_the_trail(connection: Connection) -> None:
    sync(connection)
    process(connection, "6")
    event = Order.objects.get(shop_order_id="6").events.get(kind="processed")
    assert event.detail == {"by": "user-7"}


@pytest.mark.parametrize(("number", "before"), [("6", "refused"), ("4", "skipped"), ("2", "waiting")])
def test_whatever_is_not_forwarded_can_be_processed(
    connection: Connection, store: SimulatedStore, number: str, before: str
) -> None:
    trigger = {"trigger_statuses": ["99"]} if before == "waiting" else {}
    excluded = {"excluded_groups": ["1"]} if before == "skipped" else {}
    change(connection, **trigger, **excluded)
    sync(connection)
    assert state(number)[0] == before
    assert process(connection, number).state == before


def test_a_number_never_seen_is_fetched(connection: Connection) -> None:
    assert process(connection, "1").state == Order.State.READY
    assert Order.objects.count() == 1
    assert Connection.objects.get(pk=connection.pk).shop


def test_what_was_forwarded_is_left_alone(connection: Connection, store: SimulatedStore) -> None:
    sync(connection)
    events = Order.objects.get(shop_order_id="1").events.count()
    store.change_order("1", payment_city="Elders")
    assert refusal(connection, "1") == "ORDER_ALREADY_FORWARDED"
    assert Order.objects.get(shop_order_id="1").events.count() == events


@pytest.mark.parametrize("number", ["", "1 2", "x" * 41, "1\n", "1\0"])
def test_what_is_no_number_is_said_so(connection: Connection, number: str) -> None:
    assert refusal(connection, number) == "ORDER_NUMBER_INVALID"


def test_a_number_the_shop_does_not_have(connection: Connection) -> None:
    assert refusal(connection, "99999") == "ORDER_NOT_IN_SHOP"
    assert not Order.objects.exists()


def test_an_order_gone_from_the_shop_waits(connection: Connection, store: SimulatedStore) -> None:
    change(connection, file_time="23:00")
    sync(connection)
    store.remove_order("1")
    order = process(connection, "1")
    assert (order.state, order.reason) == (Order.State.WAITING, "NOT_CONFIRMED")


def test_with_the_shop_down_nothing_changes(connection: Connection, store: SimulatedStore) -> None:
    sync(connection)
    before = list(Order.objects.order_by("pk").values())
    store.faults.switch_on(Fault.STATUS, "503")
    assert refusal(connection, "6").startswith("SHOP_")
    assert list(Order.objects.order_by("pk").values()) == before


def test_with_wrong_settings_nothing_changes(connection: Connection) -> None:
    change(connection, file_time="laat")
    assert refusal(connection, "1") == "SETTINGS_INVALID"


def test_an_order_another_connection_holds(connection: Connection, server: StoreServer) -> None:
    change(connection, file_time="23:00")
    sync(connection)
    assert refusal(make_connection(server, name="De andere"), "1") == "ORDER_OF_ANOTHER_CONNECTION"


def test_an_order_that_turned_unreadable_is_refused(connection: Connection, store: SimulatedStore) -> None:
    change(connection, file_time="23:00")
    sync(connection)
    store.change_order("1", total="vijf euro")
    assert process(connection, "1").state == Order.State.REFUSED


@pytest.mark.django_db(transaction=True)
def test_processing_while_the_file_is_made_sends_once(connection: Connection) -> None:
    change(connection, file_time="23:00")
    sync(connection)
    change(connection, file_time="00:00")

    codes: list[str] = []

    def press() -> None:
        try:
            for _ in range(3):
                process(connection, "1")
        except Refused as refused:
            codes.append(refused.problem.code)
        finally:
            connections.close_all()

    pressing = threading.Thread(target=press)
    pressing.start()
    sync(connection)
    pressing.join(timeout=60)
    assert codes in ([], ["ORDER_ALREADY_FORWARDED"])
    sync(connection, TOMORROW + timedelta(hours=1))
    assert Invoice.objects.filter(order__shop_order_id="1").count() == 1
    assert Batch.objects.count() == 1
