"""A supply within the EU without VAT waits for VIES, and rests on what VIES said."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import settings

from kloppend.records.models import Batch, Connection, Invoice, Order, VatCheck
from kloppend.shops.opencart.simulator import SimulatedStore, StoreServer
from kloppend.sync.files.make_file import make_file_now
from kloppend.sync.shops import shop_of
from kloppend.sync.vat_numbers import asking
from tests.sync.conftest import NOON, make_connection, sync
from tests.sync.test_pipeline import open_codes
from tests.sync.test_process import process
from tests.sync.test_trouble import TOMORROW, state
from tests.vies import SimulatedVies, vies_running

pytestmark = pytest.mark.django_db
NUMBER, OTHER = "BE0411905847", "DE136695976"
HOUR = timedelta(hours=1)


@pytest.fixture
def vies(monkeypatch: pytest.MonkeyPatch) -> Iterator[SimulatedVies]:
    with vies_running() as running:
        monkeypatch.setattr(settings, "KLOPPEND_VIES", running.address)
        yield running


@pytest.fixture
def connection(db: None, server: StoreServer, store: SimulatedStore) -> Connection:
    """Orders 7 and 11 go to a business in Belgium, without VAT."""
    give(store, "7", NUMBER)
    give(store, "11", OTHER)
    icp = {"switches": {"zero_class_means": "icp"}}
    return make_connection(server, books_options=icp, own_vat_number="NL000099998B57")


def give(store: SimulatedStore, order: str, number: str) -> None:
    store.change_order(order, custom_field=f'{{"1":"{number}"}}')


def choose(connection: Connection, **choices: object) -> None:
    connection.settings.update(choices)
    connection.save()


def test_a_valid_number_is_booked_with_its_proof(connection: Connection, vies: SimulatedVies) -> None:
    vies.numbers = {NUMBER}
    sync(connection)
    assert state("7") == (Order.State.DELIVERED, "")
    invoice = Invoice.objects.get(order__shop_order_id="7")
    assert invoice.treatment == "icp"
    assert invoice.vat_check
    assert (invoice.vat_check.outcome, invoice.vat_check.country) == ("valid", "BE")
    assert invoice.vat_check.consultation_number == "WAPI0001"
    assert invoice.vat_check.checked_at == NOON
    assert invoice.lines.get(position=1).why["inputs"]["verdict"] == "valid"
    assert not Invoice.objects.exclude(treatment="icp").exclude(vat_check=None).exists()


def test_a_number_that_is_not_in_use_is_refused(connection: Connection, vies: SimulatedVies) -> None:
    sync(connection)
    assert state("7") == (Order.State.REFUSED, "VAT_NUMBER_INVALID")


def test_vies_down_makes_an_order_wait_and_then_go(connection: Connection, vies: SimulatedVies) -> None:
    vies.numbers, vies.down = {NUMBER, OTHER}, {"BE": "MS_UNAVAILABLE"}
    sync(connection)
    assert state("7") == (Order.State.WAITING, "VIES_UNAVAILABLE")
    assert ("7", "VIES_UNAVAILABLE") in open_codes(connection)
    assert state("11")[0] == Order.State.DELIVERED  # another country's answer is not held up
    vies.down = {}
    sync(connection, NOON + HOUR)
    assert state("7") == (Order.State.READY, "")
    assert ("7", "VIES_UNAVAILABLE") not in open_codes(connection)
    sync(connection, TOMORROW)
    assert state("7")[0] == Order.State.DELIVERED


def test_accepting_unchecked_numbers_does_not_accept_what_vies_could_not_say(
    connection: Connection, vies: SimulatedVies
) -> None:
    choose(connection, unchecked_vat_numbers="accept")
    vies.down = {"": "SERVICE_UNAVAILABLE"}
    sync(connection)
    assert state("7") == (Order.State.WAITING, "VIES_UNAVAILABLE")
    assert state("11") == (Order.State.WAITING, "VAT_NUMBER_TO_BE_CHECKED")
    assert len(vies.asked) == 1  # the second would fail like the first


def test_it_is_asked_less_and_less_often(connection: Connection, vies: SimulatedVies) -> None:
    vies.down = {"": "SERVICE_UNAVAILABLE"}
    asked = []
    for hour in range(24):
        before = len(vies.asked)
        sync(connection, NOON + hour * HOUR)
        asked.append(len(vies.asked) - before)
    assert asked[0] == asked[1] == 1
    assert 8 <= sum(asked) <= 20
    assert state("7") == (Order.State.WAITING, "VIES_UNAVAILABLE")
    assert VatCheck.objects.count() == 2


def test_one_answer_serves_several_orders_for_some_days(
    connection: Connection, store: SimulatedStore, vies: SimulatedVies
) -> None:
    vies.numbers = {NUMBER}
    give(store, "11", NUMBER)
    choose(connection, file_time="23:59", vat_check_days=3)
    for day in range(4):
        sync(connection, NOON + timedelta(days=day, hours=-11))
    assert len(vies.asked) == 1
    sync(connection, NOON + timedelta(days=4, hours=-11))
    assert len(vies.asked) == 2


def test_a_yes_expires_before_the_file_is_made(connection: Connection, vies: SimulatedVies) -> None:
    """What is ready while no file is made is asked again when the answer is too old, and not booked on the old one."""
    vies.numbers = {NUMBER, OTHER}
    choose(connection, file_time="23:59", vat_check_days=2)
    sync(connection)
    assert state("7") == (Order.State.READY, "")
    first = len(vies.asked)
    connection.refresh_from_db()
    VatCheck.objects.update(checked_at=NOON - timedelta(days=2))
    sync(connection)
    assert len(vies.asked) == first
    VatCheck.objects.update(checked_at=NOON - timedelta(days=3))
    vies.numbers = {OTHER}
    sync(connection)
    assert state("7") == (Order.State.REFUSED, "VAT_NUMBER_INVALID")
    assert state("11") == (Order.State.READY, "")


def test_sealing_does_not_book_on_an_answer_that_expired_meanwhile(connection: Connection, vies: SimulatedVies) -> None:
    vies.numbers = {NUMBER}
    choose(connection, file_time="23:59")
    sync(connection)
    VatCheck.objects.update(checked_at=NOON - timedelta(days=30))
    vies.down = {"": "SERVICE_UNAVAILABLE"}
    with shop_of(connection) as shop:
        made = make_file_now(connection, shop, NOON, "user-1")
    assert not made.deliveries.filter(invoice__order__shop_order_id="7").exists()
    assert state("7")[0] == Order.State.WAITING


def test_wrong_check_digits_are_seen_without_asking(
    connection: Connection, store: SimulatedStore, vies: SimulatedVies
) -> None:
    give(store, "7", "BE0411905848")
    give(store, "11", "")
    sync(connection)
    assert state("7") == (Order.State.REFUSED, "VAT_NUMBER_INVALID")
    assert state("11") == (Order.State.REFUSED, "MISSING_VAT_NUMBER")
    assert not vies.asked


@pytest.mark.parametrize("off", ["operator", "merchant"])
def test_switched_off_nobody_is_asked(
    connection: Connection, vies: SimulatedVies, off: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if off == "operator":
        monkeypatch.setattr(settings, "KLOPPEND_VIES", "")
    else:
        choose(connection, vies="off")
    sync(connection)
    assert state("7") == (Order.State.REFUSED, "VAT_NUMBER_UNVERIFIED")
    choose(Connection.objects.get(pk=connection.pk), unchecked_vat_numbers="accept")
    sync(connection, TOMORROW)
    invoice = Invoice.objects.get(order__shop_order_id="7")
    assert invoice.vat_check is None
    assert "VAT_NUMBER_NOT_CHECKED" in {warning["code"] for warning in invoice.warnings}
    assert not vies.asked


def test_process_asks_again_what_was_a_no(connection: Connection, vies: SimulatedVies) -> None:
    sync(connection)
    assert state("7")[1] == "VAT_NUMBER_INVALID"
    asked = len(vies.asked)
    sync(connection, NOON + HOUR)
    assert len(vies.asked) == asked
    vies.numbers = {NUMBER}
    assert process(connection, "7").state == Order.State.READY
    assert list(VatCheck.objects.filter(country="BE").order_by("pk").values_list("outcome", flat=True)) == [
        "invalid",
        "valid",
    ]


def test_a_run_asks_a_limited_number_and_the_next_goes_on(
    connection: Connection, vies: SimulatedVies, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "MOST_AT_ONCE", 1)
    vies.numbers = {NUMBER, OTHER}
    sync(connection)
    assert state("7")[0] == Order.State.DELIVERED
    assert state("11") == (Order.State.WAITING, "VAT_NUMBER_TO_BE_CHECKED")
    sync(connection, TOMORROW)
    assert state("11")[0] == Order.State.DELIVERED


def test_an_own_number_that_is_refused_is_told_once_and_books_all_the_same(
    connection: Connection, vies: SimulatedVies
) -> None:
    vies.numbers, vies.requesters = {NUMBER, OTHER}, set()
    sync(connection)
    assert state("7")[0] == state("11")[0] == Order.State.DELIVERED
    assert ("", "OWN_VAT_NUMBER_REFUSED") in open_codes(connection)
    assert [bool(question.get("requesterNumber")) for question in vies.asked] == [True, False, False]


def test_nothing_of_the_number_stands_in_the_check(connection: Connection, vies: SimulatedVies) -> None:
    vies.numbers = {NUMBER}
    sync(connection)
    assert NUMBER[2:] not in str(list(VatCheck.objects.values()))
    assert Batch.objects.exists()
