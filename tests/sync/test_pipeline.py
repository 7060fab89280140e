"""The way of an order through the house, told by what ends up in the records and in the folder."""

import hashlib
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
from django.db import connection as database
from lxml import etree

from kloppend.records.events import broken_at
from kloppend.records.models import Batch, Connection, DebtorLink, Event, Invoice, Order, Problem
from kloppend.shops.opencart.simulator import SimulatedStore, StoreServer
from kloppend.sync.files.folders import folder_of
from tests.sync.conftest import NOON, make_connection, sync

pytestmark = pytest.mark.django_db


def placed(connection: Connection) -> list[Path]:
    return sorted(path for path in folder_of(connection).iterdir() if path.is_file())


def open_codes(connection: Connection) -> set[tuple[str, str]]:
    rows = Problem.objects.filter(connection=connection, closed_at=None)
    return {(row.order.shop_order_id if row.order else "", row.code) for row in rows}


def test_recorded_orders_become_one_file(connection: Connection) -> None:
    sync(connection)
    (path,) = placed(connection)
    batch = Batch.objects.get()
    assert (batch.name, batch.state) == (path.name, Batch.State.PLACED)
    assert batch.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert "UNVERIFIED" in path.name
    etree.fromstring(path.read_bytes())
    delivered = Order.objects.filter(state=Order.State.DELIVERED)
    assert delivered.count() == batch.deliveries.count() == Invoice.objects.count() == 5


def test_invoices_come_to_what_the_customers_paid(connection: Connection) -> None:
    sync(connection)
    for invoice in Invoice.objects.select_related("order"):
        assert invoice.order.total
        assert invoice.amount_due == invoice.order.total.quantize(Decimal("0.01"), ROUND_HALF_UP)


def test_the_recorded_refusals_and_their_codes(connection: Connection) -> None:
    sync(connection)
    refused = {(order.shop_order_id, order.reason) for order in Order.objects.filter(state=Order.State.REFUSED)}
    assert refused == {
        ("6", "MULTI_CURRENCY"),
        ("7", "VAT_NUMBER_INVALID"),  # its check digits are wrong
        ("10", "AXML_PAYMENT_NOT_DECLARED"),
        ("11", "VAT_NUMBER_INVALID"),
        ("12", "AXML_PAYMENT_NOT_DECLARED"),
        ("14", "VAT_CODE_NOT_MAPPED"),
        ("15", "UNKNOWN_TAX_ROW"),
        ("16", "TAX_MISMATCH"),
    }
    assert refused <= open_codes(connection)


def test_a_second_run_does_nothing(connection: Connection) -> None:
    sync(connection)
    before = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in placed(connection)}
    events = Event.objects.count()
    for later in (NOON, NOON + timedelta(hours=1), NOON + timedelta(days=1)):
        assert sync(connection, later).nothing_new
    assert {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in placed(connection)} == before
    assert Event.objects.count() == events


def test_a_remade_connection_sends_nothing_twice(connection: Connection, server: StoreServer) -> None:
    sync(connection)
    again = make_connection(server, name="De Proef opnieuw")
    sync(again)
    assert Batch.objects.count() == 1
    assert not folder_of(again).exists()


def test_before_the_time_of_the_file_orders_stay_ready(connection: Connection) -> None:
    connection.settings["file_time"] = "18:00"
    connection.save()
    sync(connection)
    assert not Batch.objects.exists()
    assert Order.objects.filter(state=Order.State.READY).count() == 5


def test_what_the_shop_could_not_show_again_is_not_sent_but_not_lost(
    connection: Connection, server: StoreServer
) -> None:
    connection.settings["file_time"] = "18:00"
    connection.save()
    sync(connection)
    connection.settings["file_time"] = "00:00"
    connection.shop_address = "http://127.0.0.1:9"
    connection.save()
    sync(connection, NOON + timedelta(hours=1))
    assert ("", "SHOP_UNREACHABLE") in open_codes(connection)
    assert not Batch.objects.exists()
    connection.shop_address = server.address
    connection.save()
    sync(connection, NOON + timedelta(hours=2))
    assert ("", "SHOP_UNREACHABLE") not in open_codes(connection)
    assert len(placed(connection)) == 1


def test_another_shop_at_the_address_is_not_believed(connection: Connection, store: SimulatedStore) -> None:
    sync(connection)
    store.shop_id = "f" * 32
    before = Order.objects.count()
    sync(connection, NOON + timedelta(days=1))
    assert ("", "SHOP_IS_ANOTHER") in open_codes(connection)
    assert Order.objects.count() == before


def test_every_trail_is_whole_and_names_nobody(connection: Connection) -> None:
    sync(connection)
    for order in Order.objects.all():
        assert order.events.exists()
        assert broken_at(order) is None
    told = str(list(Event.objects.values_list("detail", flat=True)))
    told += str(list(Problem.objects.values_list("detail", flat=True)))
    assert "example.test" not in told
    assert "Vries" not in told


def test_customers_are_known_by_a_hash_only(connection: Connection) -> None:
    sync(connection)
    assert DebtorLink.objects.exists()
    with database.cursor() as cursor:
        cursor.execute("SELECT string_agg(t::text, '') FROM records_debtorlink t")
        (everything,) = cursor.fetchone()
    assert "example" not in everything


def test_a_cursor_that_skipped_an_order_is_healed_by_the_inventory(connection: Connection) -> None:
    connection.cursor = "changed:0:2030-01-01 00:00:00"
    connection.save()
    sync(connection)
    assert Order.objects.filter(state=Order.State.DELIVERED).count() == 5


def test_an_order_marked_as_booked_is_skipped(connection: Connection) -> None:
    connection.settings["file_time"] = "18:00"
    connection.save()
    sync(connection)
    Order.objects.filter(shop_order_id="1").update(already_booked=True)
    connection.settings["file_time"] = "00:00"
    connection.save()
    sync(connection)
    order = Order.objects.get(shop_order_id="1")
    assert (order.state, order.reason) == (Order.State.SKIPPED, "ALREADY_BOOKED")
    assert not order.invoices.exists()
