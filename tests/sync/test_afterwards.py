"""What happens to orders between looking and sending, and after sending, is never missed and never doubled."""

import stat
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from kloppend.domain.invoice import Invoice
from kloppend.domain.invoicing import InvoiceSettings, make_invoice
from kloppend.domain.order import Order as ShopOrder
from kloppend.domain.problems import Problem, Refused
from kloppend.records.events import broken_at
from kloppend.records.models import Batch, BatchContent, Connection, Event, Order, OrderSnapshot
from kloppend.records.models import Invoice as InvoiceRow
from kloppend.records.models import Problem as ProblemRow
from kloppend.shops.opencart.simulator import Fault, SimulatedStore, StoreServer
from kloppend.sync import assess
from kloppend.sync.files.folders import folder_of
from kloppend.sync.files.local_place import STAGING
from kloppend.sync.files.places import Places
from kloppend.sync.files.placing import stage
from tests.sync.conftest import NOON, make_connection, sync
from tests.sync.test_pipeline import open_codes, placed
from tests.sync.test_trouble import TOMORROW, state

pytestmark = pytest.mark.django_db
EVENING = NOON + timedelta(hours=8)


@pytest.fixture
def looked(connection: Connection) -> Connection:
    """Fetched at noon, the file is due in the evening."""
    connection.settings["file_time"] = "18:00"
    connection.save()
    sync(connection)
    assert state("1") == (Order.State.READY, "")
    return Connection.objects.get(pk=connection.pk)


def test_an_order_whose_confirmation_was_taken_back_is_not_sent(looked: Connection, store: SimulatedStore) -> None:
    store.set_status("1", "0")
    sync(looked, EVENING)
    assert state("1") == (Order.State.WAITING, "NOT_CONFIRMED")
    assert not OrderSnapshot.objects.filter(order__shop_order_id="1").exists()
    store.set_status("1", "5")
    sync(looked, TOMORROW + timedelta(hours=8))
    assert state("1") == (Order.State.DELIVERED, "")


def test_an_order_deleted_in_the_shop_is_not_sent(looked: Connection, store: SimulatedStore) -> None:
    store.remove_order("1")
    sync(looked, EVENING)
    assert state("1") == (Order.State.WAITING, "NOT_CONFIRMED")
    assert not InvoiceRow.objects.filter(order__shop_order_id="1").exists()
    assert sync(looked, EVENING + timedelta(hours=1)).nothing_new


@pytest.mark.parametrize("status", ["7", "11"])
def test_an_order_cancelled_after_booking_is_told(connection: Connection, store: SimulatedStore, status: str) -> None:
    sync(connection)
    store.set_status("1", status)
    sync(connection, TOMORROW)
    assert ("1", "ORDER_CANCELLED_AFTER_BOOKING") in open_codes(connection)
    store.set_status("1", "5")
    sync(connection, TOMORROW)
    assert ("1", "ORDER_CANCELLED_AFTER_BOOKING") not in open_codes(connection)
    assert state("1") == (Order.State.DELIVERED, "")
    assert InvoiceRow.objects.filter(order__shop_order_id="1").count() == 1


def test_an_order_deleted_after_booking_is_told(connection: Connection, store: SimulatedStore) -> None:
    sync(connection)
    store.remove_order("1")
    sync(connection, TOMORROW)
    assert ("1", "ORDER_GONE_AFTER_BOOKING") in open_codes(connection)
    assert sync(connection, TOMORROW).nothing_new


def test_a_connection_made_anew_goes_on_where_the_old_one_ended(looked: Connection, server: StoreServer) -> None:
    Connection.objects.filter(pk=looked.pk).update(active=False)
    again = make_connection(server, name="Opnieuw")
    sync(again, EVENING)
    assert Order.objects.filter(connection=again, state=Order.State.DELIVERED).count() == 5
    assert not ProblemRow.objects.filter(connection=looked, order__isnull=False, closed_at=None).exists()


def test_what_one_connection_excludes_another_may_book(connection: Connection, server: StoreServer) -> None:
    connection.settings["excluded_stores"] = ["0"]
    connection.save()
    sync(connection)
    assert state("1") == (Order.State.SKIPPED, "EXCLUDED")
    other = make_connection(server, name="De andere")
    sync(other)
    assert state("1") == (Order.State.DELIVERED, "")
    sync(connection, TOMORROW)
    assert Batch.objects.count() == 1


def test_mended_tax_rates_make_an_order_bookable(connection: Connection, store: SimulatedStore) -> None:
    rates = store._rows["reference"]["tax_rate"]
    names = [rate["name"] for rate in rates]
    for rate in rates:
        rate["name"] = "hernoemd " + rate["name"][-2:].strip("%")
    sync(connection)
    assert state("1")[1] == "UNKNOWN_TAX_ROW"
    for rate, name in zip(rates, names, strict=True):
        rate["name"] = name
    sync(connection, TOMORROW)
    assert state("1") == (Order.State.DELIVERED, "")


def test_a_booked_order_that_turns_unreadable_is_told_once(connection: Connection, store: SimulatedStore) -> None:
    sync(connection)
    store.change_order("1", payment_city="Elders")
    sync(connection, TOMORROW)
    store.faults.switch_on(Fault.BAD_AMOUNT, "1")
    store.change_order("1", payment_city="Elders 2")
    sync(connection, TOMORROW)
    events = Event.objects.count()
    assert {("1", "SHOP_AMOUNT_INVALID"), ("1", "ORDER_CHANGED_AFTER_BOOKING")} <= open_codes(connection)
    sync(connection, TOMORROW)
    assert Event.objects.count() == events
    store.faults.switch_off()
    store.change_order("1", payment_city="Utrecht")
    sync(connection, TOMORROW)
    assert not {code for number, code in open_codes(connection) if number == "1" and "SHIPPING" not in code}
    assert state("1") == (Order.State.DELIVERED, "")
    assert broken_at(Order.objects.get(shop_order_id="1")) is None


def test_a_mistake_of_ours_in_one_order_holds_up_no_other(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = make_invoice

    def mistaken(order: ShopOrder, settings: InvoiceSettings, **about: Any) -> Invoice:
        if order.shop_order_id == "2":
            raise RecursionError("Jan de Vries")
        return real(order, settings, **about)

    monkeypatch.setattr(assess, "make_invoice", mistaken)
    sync(connection)
    assert state("2") == (Order.State.REFUSED, "INTERNAL_ERROR")
    assert Order.objects.filter(state=Order.State.DELIVERED).count() == 4
    assert "Vries" not in str(list(ProblemRow.objects.values_list("detail", flat=True)))


def test_a_file_that_cannot_be_rendered_is_a_problem_not_a_crash(
    looked: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise Refused(Problem.of("FILE_NAME_TAKEN", name="x", folder="y"))

    monkeypatch.setattr("kloppend.books.asperion.axml.AxmlBooks.render", refuse)
    sync(looked, EVENING)
    assert ("", "FILE_NAME_TAKEN") in open_codes(looked)
    assert not InvoiceRow.objects.exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("start_date", ""),
        ("start_date", "gisteren"),
        ("books_closed_until", "31-12"),
        ("time_zone", "Mars/X"),
        ("file_time", "laat"),
        ("file_time", "06:00+02:00"),
        ("tolerance_cents", 500),
        ("tolerance_cents", -1),
        ("invoice_date", "ooit"),
        ("books_options", {"profile": "bestaat-niet"}),
    ],
)
def test_a_wrong_setting_is_named_and_nothing_is_fetched(connection: Connection, name: str, value: object) -> None:
    connection.settings[name] = value
    connection.save()
    sync(connection)
    assert open_codes(connection) == {("", "SETTINGS_INVALID")}
    assert not Order.objects.exists()


def test_a_renamed_connection_finds_its_half_placed_file(looked: Connection) -> None:
    sync(looked, EVENING)
    (file,) = placed(looked)
    staged = folder_of(looked) / STAGING / file.name
    file.rename(staged)
    Batch.objects.update(state=Batch.State.STAGED)
    Connection.objects.update(name="Heel anders")
    sync(looked, EVENING)
    assert file.is_file()
    assert not staged.exists()


def test_a_folder_that_is_not_there_does_not_pass_for_taken(looked: Connection, tmp_path: Path) -> None:
    sync(looked, EVENING)
    Batch.objects.update(state=Batch.State.SEALED)
    batch = Batch.objects.get()
    folder = folder_of(looked)
    (folder / batch.name).unlink()
    with Places(looked) as places:
        stage(batch.pk, places)
    folder.rename(tmp_path / "unmounted")
    sync(looked, TOMORROW)
    assert Batch.objects.get().state == Batch.State.STAGED
    assert ("", "FOLDER_NOT_WRITABLE") in open_codes(looked)
    (tmp_path / "unmounted").rename(folder)
    sync(looked, TOMORROW)
    assert (folder / batch.name).is_file()


def test_files_are_for_our_own_eyes(connection: Connection) -> None:
    sync(connection)
    (path,) = placed(connection)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_sealed_file_is_written_once(connection: Connection) -> None:
    sync(connection)
    with pytest.raises(IntegrityError), transaction.atomic():
        BatchContent.objects.update(content=b"anders")
    for column, value in (("sha256", "0" * 64), ("name", "anders.xml")):
        with pytest.raises(IntegrityError), transaction.atomic():
            Batch.objects.update(**{column: value})
    BatchContent.objects.all().delete()  # erasing personal data stays possible


def test_a_clock_set_back_makes_no_file_of_an_earlier_day(connection: Connection, store: SimulatedStore) -> None:
    sync(connection, TOMORROW)
    store.add_order(store.records[0])
    sync(connection, NOON)
    assert Batch.objects.count() == 1


def test_a_number_too_large_for_the_books_is_that_order_s_problem(
    connection: Connection, store: SimulatedStore
) -> None:
    store.change_order("1", total="999999999999999.9999")
    store.change_order("2", currency_code="EU\0")
    sync(connection)
    assert state("1")[0] == state("2")[0] == Order.State.REFUSED
    assert Order.objects.filter(state=Order.State.DELIVERED).count() == 3
