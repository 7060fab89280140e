"""What goes wrong after the first run, and what a merchant then sees."""

from datetime import timedelta

import pytest
from django.conf import settings

from kloppend.domain.problems import Problem
from kloppend.records.models import Batch, Connection, Invoice, Order, OrderSnapshot
from kloppend.records.models import Problem as ProblemRow
from kloppend.shops.opencart import wire
from kloppend.shops.opencart.simulator import Fault, SimulatedStore
from kloppend.sync.files.folders import folder_of
from tests.sync.conftest import NOON, sync
from tests.sync.test_pipeline import open_codes, placed

pytestmark = pytest.mark.django_db
TOMORROW = NOON + timedelta(days=1)


def state(number: str) -> tuple[str, str]:
    order = Order.objects.get(shop_order_id=number)
    return order.state, order.reason


def test_an_order_changed_after_booking_is_reported_not_sent_again(
    connection: Connection, store: SimulatedStore
) -> None:
    sync(connection)
    store.change_order("1", payment_city="Amersfoort")
    sync(connection, TOMORROW)
    assert state("1") == (Order.State.CHANGED_AFTER, "")
    assert ("1", "ORDER_CHANGED_AFTER_BOOKING") in open_codes(connection)
    assert Batch.objects.count() == 1
    store.change_order("1", payment_city="Utrecht")
    sync(connection, TOMORROW)
    assert state("1") == (Order.State.DELIVERED, "")
    assert ("1", "ORDER_CHANGED_AFTER_BOOKING") not in open_codes(connection)


def test_a_later_status_is_no_change_of_the_invoice(connection: Connection, store: SimulatedStore) -> None:
    sync(connection)
    store.set_status("1", "5")
    sync(connection, TOMORROW)
    assert state("1") == (Order.State.DELIVERED, "")


def test_an_order_cancelled_before_the_file_is_never_booked(connection: Connection, store: SimulatedStore) -> None:
    connection.settings["file_time"] = "18:00"
    connection.save()
    sync(connection)
    assert state("1") == (Order.State.READY, "")
    store.set_status("1", "7")
    sync(connection, NOON + timedelta(hours=8))
    assert state("1") == (Order.State.SKIPPED, "CANCELLED")
    assert not Invoice.objects.filter(order__shop_order_id="1").exists()


def test_a_refused_order_goes_into_the_next_file_when_its_cause_is_gone(
    connection: Connection, store: SimulatedStore
) -> None:
    sync(connection)
    assert state("6") == (Order.State.REFUSED, "MULTI_CURRENCY")
    connection.settings["foreign_currency"] = "book_in_base"
    connection.save()
    store.change_order("6", currency_code="EUR", shipping_country="Netherlands", shipping_country_id="150")
    sync(connection, TOMORROW)
    assert state("6")[1] == "ZERO_VAT_DOMESTIC"
    new = store.add_order(store.records[0])
    sync(connection, TOMORROW)
    assert state(new) == (Order.State.DELIVERED, "")
    assert [batch.sequence for batch in Batch.objects.order_by("sequence")] == [1, 2]


def test_a_second_file_waits_for_the_next_day(connection: Connection, store: SimulatedStore) -> None:
    sync(connection)
    new = store.add_order(store.records[0])
    sync(connection, NOON + timedelta(hours=2))
    assert state(new) == (Order.State.READY, "")
    sync(connection, TOMORROW)
    assert state(new) == (Order.State.DELIVERED, "")
    assert len(placed(connection)) == 2


def test_amounts_that_are_not_numbers_hold_that_order_only(connection: Connection, store: SimulatedStore) -> None:
    store.change_order("1", total="vijf euro")
    sync(connection)
    assert state("1")[0] == Order.State.REFUSED
    assert any(number == "1" and code.startswith("SHOP_") for number, code in open_codes(connection))
    assert Order.objects.filter(state=Order.State.DELIVERED).count() == 4
    store.change_order("1", total="567.4949")
    sync(connection, TOMORROW)
    assert state("1") == (Order.State.DELIVERED, "")
    assert not any(number == "1" and code.startswith("SHOP_") for number, code in open_codes(connection))


def test_nothing_is_booked_from_what_the_shop_has_since_made_unreadable(
    connection: Connection, store: SimulatedStore
) -> None:
    connection.settings["file_time"] = "18:00"
    connection.save()
    sync(connection)
    store.change_order("1", total="vijf euro")
    sync(connection, NOON + timedelta(hours=8))
    assert state("1")[0] == Order.State.REFUSED
    assert not OrderSnapshot.objects.filter(order__shop_order_id="1").exists()


def test_an_order_without_lines_is_refused(connection: Connection, store: SimulatedStore) -> None:
    store.records[0]["order_product"] = []
    sync(connection)
    assert state("1") == (Order.State.REFUSED, "NO_LINES")


def test_a_closed_period_holds_or_moves_to_the_first_open_day(connection: Connection) -> None:
    connection.settings["books_closed_until"] = "2026-11-23"
    connection.save()
    sync(connection)
    assert state("1") == (Order.State.REFUSED, "PERIOD_CLOSED")
    connection.settings["closed_period"] = "first_open_day"
    connection.save()
    sync(connection)
    assert str(Invoice.objects.get(order__shop_order_id="1").invoice_date) == "2026-11-24"


@pytest.mark.parametrize(
    ("choice", "day"), [("order_date", "2026-11-23"), ("trigger_date", "2026-11-23"), ("sending_date", "2026-11-24")]
)
def test_the_invoice_date_is_the_merchant_s_choice(connection: Connection, choice: str, day: str) -> None:
    connection.settings["invoice_date"] = choice
    connection.save()
    sync(connection)
    assert str(Invoice.objects.get(order__shop_order_id="1").invoice_date) == day


def test_a_foreign_file_of_that_name_is_left_alone(connection: Connection) -> None:
    sync(connection)
    (first,) = placed(connection)
    folder = folder_of(connection)
    Batch.objects.update(state=Batch.State.SEALED)
    first.write_bytes(b"somebody else's")
    sync(connection, TOMORROW)
    assert ("", "FILE_NAME_TAKEN") in open_codes(connection)
    assert first.read_bytes() == b"somebody else's"
    first.unlink()
    sync(connection, TOMORROW)
    assert open_codes(connection).isdisjoint({("", "FILE_NAME_TAKEN")})
    assert [path.name for path in folder.iterdir() if path.is_file()] == [first.name]


def test_a_folder_that_cannot_be_written_loses_nothing(connection: Connection) -> None:
    folder = folder_of(connection)
    folder.parent.mkdir(parents=True)
    folder.write_text("a file where the folder should be")
    sync(connection)
    assert ("", "FOLDER_NOT_WRITABLE") in open_codes(connection)
    assert Batch.objects.get().state == Batch.State.SEALED
    folder.unlink()
    sync(connection)
    assert Batch.objects.get().state == Batch.State.PLACED
    assert len(placed(connection)) == 1


def test_a_file_changed_after_placing_is_reported(connection: Connection) -> None:
    sync(connection)
    (path,) = placed(connection)
    original = path.read_bytes()
    path.write_bytes(original.replace(b"21", b"12"))
    sync(connection, TOMORROW)
    assert ("", "FILE_CHANGED_AFTER_PLACING") in open_codes(connection)
    path.write_bytes(original)
    sync(connection, TOMORROW)
    assert ("", "FILE_CHANGED_AFTER_PLACING") not in open_codes(connection)


def test_a_choice_that_does_not_exist_is_not_ignored(connection: Connection) -> None:
    connection.settings["trigger_status"] = ["5"]
    connection.save()
    sync(connection)
    (row,) = ProblemRow.objects.filter(order=None, closed_at=None)
    assert row.code == "SETTINGS_INVALID"
    assert "trigger_status" in row.detail["what"]


@pytest.mark.parametrize(
    ("fault", "value"),
    [
        (Fault.HTML, ""),
        (Fault.PHP_ERROR, ""),
        (Fault.TRUNCATED, ""),
        (Fault.UNSIGNED, ""),
        (Fault.WRONG_SIGNATURE, ""),
        (Fault.REPLAYED, ""),
        (Fault.WRONG_FORM, ""),
        (Fault.HUGE, ""),
        (Fault.GZIP_BOMB, ""),
        (Fault.PAGE_TWICE, ""),
        (Fault.STATUS, "503"),
        (Fault.REDIRECT, "http://10.1.2.3"),
    ],
)
def test_a_fault_of_the_shop_is_told_and_loses_nothing(
    connection: Connection, store: SimulatedStore, monkeypatch: pytest.MonkeyPatch, fault: Fault, value: str
) -> None:
    monkeypatch.setattr(wire, "ORDERS_PER_PAGE", 5)
    store.faults.switch_on(fault, value)
    sync(connection)
    told = [Problem(row.code, row.detail) for row in ProblemRow.objects.filter(order=None, closed_at=None)]
    assert [problem.code.startswith("SHOP_") for problem in told] == [True]
    assert all(text.cause and text.fix for text in (told[0].text("nl"), told[0].text("en")))
    if fault is Fault.PAGE_TWICE:  # what did come in goes on
        assert Order.objects.filter(state=Order.State.DELIVERED).exists()
    store.faults.switch_off()
    sync(connection, TOMORROW)
    assert not ProblemRow.objects.filter(order=None, closed_at=None).exists()
    assert Order.objects.filter(state=Order.State.DELIVERED).count() == 5


@pytest.mark.parametrize("fault", [Fault.INVALID_UTF8, Fault.BAD_AMOUNT, Fault.MISSING_FIELD, Fault.NO_LINES])
def test_one_bad_order_holds_up_no_other(connection: Connection, store: SimulatedStore, fault: Fault) -> None:
    store.faults.switch_on(fault, "2")
    sync(connection)
    assert state("2")[0] == Order.State.REFUSED
    assert ("2", state("2")[1]) in open_codes(connection)
    assert {code for number, code in open_codes(connection) if not number} == set()
    assert Order.objects.filter(state=Order.State.DELIVERED).count() == 4
    store.faults.switch_off()
    sync(connection, TOMORROW)
    assert state("2") == (Order.State.DELIVERED, "")


def test_the_wrong_key_is_named(connection: Connection) -> None:
    Connection.objects.update(api_key="Een*andere(sleutel)=2026")
    sync(connection)
    assert open_codes(connection) == {("", "SHOP_KEY_REFUSED")}


def test_a_clock_that_is_off_is_bridged(connection: Connection, store: SimulatedStore) -> None:
    store.clock_offset = -7200
    sync(connection)
    assert open_codes(connection).isdisjoint({("", "SHOP_CLOCK_DIFFERS")})
    assert Order.objects.filter(state=Order.State.DELIVERED).count() == 5


def test_a_private_address_needs_the_operator_s_leave(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "KLOPPEND_ALLOWED_NETWORKS", ())
    sync(connection)
    assert open_codes(connection) == {("", "SHOP_ADDRESS_PRIVATE")}
