"""Orders by way of the API: every one once in the simulated books, whatever goes wrong on the way."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import stamina
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db import connection as database

from kloppend.books.asperion.simulator import Fault
from kloppend.books.asperion.simulator.simulated import CLIENT
from kloppend.domain.problems import Refused
from kloppend.records.events import broken_at
from kloppend.records.models import Administration, Connection, Delivery, Invoice, Order, Timetable
from kloppend.sync.files.make_file import make_file_now
from kloppend.sync.means import means_of
from kloppend.sync.pipeline import Run
from kloppend.sync.posting.person import it_is_not_there, it_is_there
from kloppend.sync.shops import shop_of
from tests.sync.api_world import ApiWorld, api_world
from tests.sync.conftest import NOON, sync
from tests.sync.test_pipeline import open_codes

pytestmark = pytest.mark.django_db
INVOICES = "/v1/salesinvoiceswithlines"
DEBTORS = "/v1/debtors"
State = Delivery.State


@pytest.fixture
def world(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[ApiWorld]:
    monkeypatch.setattr(settings, "KLOPPEND_ASPERION_CLIENT_ID", CLIENT.client_id)
    monkeypatch.setattr(settings, "KLOPPEND_ASPERION_CLIENT_SECRET", CLIENT.client_secret)
    with stamina.set_testing(True, attempts=3, cap=True), api_world() as made:  # tried as often, without waiting
        yield made


def after(world: ApiWorld, **later: float) -> Run:
    """Run the connection so much later; the simulator's clock goes along."""
    world.asperion.clock_offset = timedelta(**later).total_seconds()
    return sync(world.connection, NOON + timedelta(**later))


def order(number: str) -> Order:
    return Order.objects.get(shop_order_id=number)


def all_right(world: ApiWorld) -> None:
    """Everything that could be booked is booked once, and the records say the same as the books."""
    booked, delivered = world.booked(), Order.objects.filter(state=Order.State.DELIVERED)
    assert set(booked.values()) == {1}
    assert set(booked) == {row.shop_order_id for row in delivered}
    assert len(booked) >= 5
    confirmed = Delivery.objects.filter(state=State.CONFIRMED)
    assert {row.external_id for row in confirmed} == {str(row["id"]) for row in world.invoices}
    assert not Delivery.objects.filter(state__in=[State.INTENDED, State.SENDING, State.UNCLEAR]).exists()
    assert all(broken_at(row) is None for row in Order.objects.all())
    emails = [row["emailAddress"].casefold() for row in world.debtors]
    assert len(emails) == len(set(emails))


def test_orders_are_posted_at_once_and_once(world: ApiWorld) -> None:
    done = sync(world.connection)
    all_right(world)
    assert set(done.posted.values()) == {Order.State.DELIVERED}
    assert Administration.objects.get().proved_look_up_at
    assert sync(world.connection, NOON + timedelta(hours=1)).nothing_new
    all_right(world)


def test_nothing_but_a_trial_before_the_first(world: ApiWorld) -> None:
    sync(world.connection)
    posts = world.asperion.requests[f"POST {INVOICES}"]
    assert posts == len(world.invoices) + 1


def test_what_was_posted_is_what_the_invoice_says(world: ApiWorld) -> None:
    sync(world.connection)
    for invoice in Invoice.objects.select_related("delivery"):
        (row,) = (row for row in world.invoices if str(row["id"]) == invoice.delivery.external_id)
        assert (row["amountInclVat"], row["vatAmount"]) == (invoice.total_inc_vat, invoice.total_vat)
        assert invoice.delivery.reference in row["description"]
    assert not Delivery.objects.filter(checked_at=None).exists()
    assert not {code for _, code in open_codes(world.connection) if code.startswith("BOOKED_")}


@pytest.mark.parametrize("fault", [Fault.LOST_ANSWER, Fault.ERROR_AFTER, Fault.NOT_JSON])
def test_booked_without_an_answer_is_found_and_adopted(world: ApiWorld, fault: Fault) -> None:
    sync(world.connection)
    new = world.store.add_order(world.store.records[0])
    before = world.asperion.requests[f"POST {INVOICES}"]
    world.asperion.faults.switch_on(fault, INVOICES)
    after(world, hours=1)
    assert order(new).state == Order.State.UNCERTAIN
    world.heal()
    after(world, hours=1, minutes=1)
    assert order(new).state == Order.State.UNCERTAIN
    after(world, hours=1, minutes=3)
    assert order(new).state == Order.State.DELIVERED
    assert world.asperion.requests[f"POST {INVOICES}"] == before + 1
    all_right(world)


@pytest.mark.parametrize("fault", [Fault.LOST_REQUEST, Fault.ERROR_BEFORE])
def test_not_booked_and_not_found_twice_is_sent_again(world: ApiWorld, fault: Fault) -> None:
    sync(world.connection)
    new = world.store.add_order(world.store.records[0])
    world.on(fault, INVOICES, times=1)
    after(world, hours=1)
    world.heal()
    for minutes in (63, 71, 100):
        after(world, minutes=minutes)
        assert order(new).state == Order.State.UNCERTAIN
        assert new not in world.booked()
    after(world, minutes=121)
    assert order(new).state == Order.State.DELIVERED
    all_right(world)


def test_booked_late_is_adopted_and_not_doubled(world: ApiWorld) -> None:
    sync(world.connection)
    new = world.store.add_order(world.store.records[0])
    world.on(Fault.BOOKED_LATE, "1800", times=1)
    after(world, hours=1)
    for minutes in (63, 71, 89, 100, 121, 200):
        after(world, minutes=minutes)
        assert world.booked()[new] <= 1
    all_right(world)


def test_until_the_look_up_is_proved_a_person_decides(world: ApiWorld) -> None:
    world.on(Fault.LOST_REQUEST, "/v1/salesinvoiceswithlines")  # the look-up before it, the trial, the first real one
    sync(world.connection)
    assert not Invoice.objects.filter(delivery__state=State.UNCLEAR).exists()  # a lost trial changed nothing
    world.heal()
    world.on(Fault.BOOKED_LATE, "9999999", times=1)
    after(world, minutes=11)
    (uncertain,) = Order.objects.filter(state=Order.State.UNCERTAIN)
    with pytest.raises(Refused, match="ORDER_STILL_LOOKED_UP"):
        it_is_not_there(uncertain, NOON, "user-1")
    world.on(Fault.ERROR_BEFORE, "/v1/debtors")  # so that nothing else is booked and proves anything
    for minutes in (14, 22, 72, 90):
        after(world, minutes=minutes)
    assert (uncertain.shop_order_id, "BOOKED_OR_NOT_UNKNOWN") in open_codes(world.connection)
    assert not world.invoices
    it_is_not_there(uncertain, NOON + timedelta(minutes=91), "user-1")
    world.heal()
    after(world, minutes=92)
    all_right(world)


def test_a_person_may_say_that_it_is_there(world: ApiWorld) -> None:
    sync(world.connection)
    new = world.store.add_order(world.store.records[0])
    world.on(Fault.LOST_ANSWER, INVOICES)
    after(world, hours=1)
    world.heal()
    row, means = order(new), means_of(world.connection)
    taken = str(world.invoices[0]["id"])
    for wrong in ("4711", taken):
        with pytest.raises(Refused, match="BOOKED_ID_NOT_FOUND"):
            it_is_there(row, means, wrong, NOON, "user-1")
    it_is_there(row, means, str(world.invoices[-1]["id"]), NOON, "user-1")
    assert order(new).state == Order.State.DELIVERED
    with pytest.raises(Refused, match="ORDER_NOT_UNCERTAIN"):
        it_is_there(row, means, "1", NOON, "user-1")
    all_right(world)


def test_a_near_match_is_for_a_person(world: ApiWorld) -> None:
    sync(world.connection)
    new = world.store.add_order(world.store.records[0])
    world.on(Fault.LOST_ANSWER, INVOICES)
    after(world, hours=1)
    world.heal()
    world.invoices[-1]["amountInclVat"] += 1
    for minutes in (63, 71, 121, 200):
        after(world, minutes=minutes)
    assert (new, "BOOKED_NEARLY_THE_SAME") in open_codes(world.connection)
    assert order(new).state == Order.State.UNCERTAIN
    assert world.booked()[new] == 1


def test_changed_in_the_shop_while_uncertain_is_not_sent_again(world: ApiWorld) -> None:
    sync(world.connection)
    new = world.store.add_order(world.store.records[0])
    world.on(Fault.LOST_REQUEST, INVOICES)
    after(world, hours=1)
    world.heal()
    world.store.change_order(new, payment_city="Amersfoort")
    for minutes in (63, 71, 121, 200):
        after(world, minutes=minutes)
    assert (new, "ORDER_CHANGED_WHILE_UNCERTAIN") in open_codes(world.connection)
    assert new not in world.booked()
    it_is_not_there(order(new), NOON + timedelta(minutes=201), "user-1")
    after(world, minutes=202)
    assert order(new).state == Order.State.DELIVERED
    assert Delivery.objects.filter(state=State.WITHDRAWN).count() == 1
    all_right(world)


def test_rejected_is_void_and_waits_for_process(world: ApiWorld) -> None:
    world.connection.settings["books_options"]["payment_conditions"] = {"REMBOURS": 99, "OVERBOEKING": 99}
    world.connection.save()
    sync(world.connection)
    assert not world.invoices
    refused = Order.objects.filter(reason="BOOKS_REJECTED")
    assert refused.count() >= 5
    assert not Invoice.objects.filter(void=False).exists()
    before = world.asperion.requests.total()
    assert after(world, hours=1).nothing_new
    assert world.asperion.requests.total() == before
    world.connection.settings["books_options"]["payment_conditions"] = {}
    world.connection.save()
    refused.update(front_at=NOON)  # as Process does
    after(world, hours=2)
    all_right(world)


@pytest.mark.parametrize(
    ("fault", "value"),
    [
        (Fault.TOO_MANY, "120"),
        (Fault.LOST_REQUEST, DEBTORS),
        (Fault.ERROR_BEFORE, DEBTORS),
        (Fault.ERROR_BEFORE, "/v1/"),
        (Fault.NOT_JSON, "/v1/"),
        (Fault.ACCESS_EXPIRED, ""),
    ],
)
def test_trouble_before_anything_left_loses_nothing(world: ApiWorld, fault: Fault, value: str) -> None:
    world.on(fault, value)
    world.on(Fault.REFRESH_REFUSED)
    sync(world.connection)
    after(world, hours=1)
    assert not world.invoices
    assert not Order.objects.filter(state=Order.State.UNCERTAIN).exists()
    world.heal()
    world.consent()
    for hours in (3, 5, 7, 9, 11, 13, 15):
        after(world, hours=hours)
    all_right(world)


@pytest.mark.parametrize("fault", [Fault.LOST_ANSWER, Fault.ERROR_AFTER])
def test_a_debtor_made_without_an_answer_is_found_and_not_made_twice(world: ApiWorld, fault: Fault) -> None:
    world.on(fault, DEBTORS, times=2)  # a search, and then the making
    sync(world.connection)
    for hours in (1, 2, 3, 4):
        after(world, hours=hours)
    all_right(world)


@pytest.mark.parametrize("fault", [Fault.FILTERS_IGNORED, Fault.FILTERS_EXACT])
def test_filters_that_mean_something_else(world: ApiWorld, fault: Fault) -> None:
    world.on(fault)
    sync(world.connection)
    new = world.store.add_order(world.store.records[0])
    world.on(Fault.LOST_ANSWER, INVOICES)
    after(world, hours=1)
    world.asperion.faults.switch_off(Fault.LOST_ANSWER)
    for minutes in (63, 71, 121):
        after(world, minutes=minutes)
    assert world.booked()[new] == 1  # found or left to a person: never doubled


def test_duplicate_detection_on_our_second_sending_leaves_it_unclear(world: ApiWorld) -> None:
    sync(world.connection)
    new = world.store.add_order(world.store.records[0])
    world.on(Fault.LOST_ANSWER, INVOICES)
    after(world, hours=1)
    Delivery.objects.filter(state=State.UNCLEAR).update(state=State.INTENDED)  # as if nothing had been found
    world.asperion.faults.switch_off()
    after(world, minutes=61)
    assert not Invoice.objects.filter(void=True).exists()
    assert order(new).state == Order.State.UNCERTAIN
    for minutes in (64, 72):
        after(world, minutes=minutes)
    all_right(world)


def test_a_debtor_that_must_not_be_used(world: ApiWorld) -> None:
    sync(world.connection)
    for row in world.debtors:
        row["blocked"] = True
    new = world.store.add_order(world.store.records[0])
    after(world, hours=1)
    assert (new, "DEBTOR_BLOCKED") in open_codes(world.connection)
    assert order(new).state == Order.State.SEALED
    events = order(new).events.count()
    after(world, hours=2)
    assert order(new).events.count() == events
    for row in world.debtors:
        row["blocked"] = False
    after(world, hours=3)
    all_right(world)


def test_an_intent_that_never_left_is_taken_back_when_the_order_is_cancelled(world: ApiWorld) -> None:
    sync(world.connection)
    new = world.store.add_order(world.store.records[0])
    world.on(Fault.ERROR_BEFORE, DEBTORS)
    after(world, hours=1)
    assert order(new).state == Order.State.SEALED
    world.heal()
    world.store.set_status(new, "7")
    after(world, hours=2)
    assert (order(new).state, order(new).reason) == (Order.State.SKIPPED, "CANCELLED")
    assert new not in world.booked()
    assert not Invoice.objects.filter(order__shop_order_id=new, void=False).exists()


def test_two_cents_are_noted_and_more_is_reported(world: ApiWorld) -> None:
    sync(world.connection)
    first, second, third, *_ = world.invoices
    first["amountInclVat"] += 2
    second["status"] = 7
    world.invoices.remove(third)
    after(world, hours=3)
    assert not {code for _, code in open_codes(world.connection) if code.startswith("BOOKED_")}
    after(world, days=1)
    number = first["description"].split()[1]
    assert (number, "BOOKED_AMOUNT_DIFFERS") in open_codes(world.connection)
    assert (third["description"].split()[1], "BOOKED_INVOICE_GONE") in open_codes(world.connection)
    assert Delivery.objects.get(external_id=str(second["id"])).books_status == "paid"
    assert len(world.invoices) == sum(world.booked().values())


def test_a_restored_or_ended_connection_posts_nothing(world: ApiWorld) -> None:
    Connection.objects.update(verify_before_sending=True)
    sync(world.connection)
    assert not world.invoices
    Connection.objects.update(verify_before_sending=False, active=False)
    sync(world.connection)
    assert not world.invoices
    Connection.objects.update(active=True)
    sync(world.connection)
    all_right(world)


def test_what_a_restored_backup_forgot_is_found_in_the_books(world: ApiWorld) -> None:
    sync(world.connection)
    posted = world.asperion.requests[f"POST {INVOICES}"]
    with database.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("TRUNCATE records_invoice, records_event, records_debtorlink CASCADE")
        cursor.execute("UPDATE records_order SET state = 'ready' WHERE state = 'delivered'")
    Connection.objects.update(restored_at=NOON)
    for minutes in (60, 63, 71):
        after(world, minutes=minutes)
    assert world.asperion.requests[f"POST {INVOICES}"] == posted
    all_right(world)


def test_the_tick_comes_back_for_what_is_to_be_looked_up(world: ApiWorld) -> None:
    Timetable.objects.create(connection=world.connection)
    world.on(Fault.LOST_ANSWER, INVOICES)
    sync(world.connection)
    assert Timetable.objects.get().next_look_at is None  # the trial was lost, nothing else was sent
    world.heal()
    world.on(Fault.BOOKED_LATE, "60")
    after(world, minutes=1)
    planned = Timetable.objects.get().next_look_at
    assert planned
    assert timedelta(minutes=3) <= planned - NOON < timedelta(minutes=5)


def test_no_file_is_made_for_books_that_answer(world: ApiWorld) -> None:
    with shop_of(world.connection) as shop, pytest.raises(Refused, match="BOOKS_TAKE_NO_FILES"):
        make_file_now(world.connection, shop, NOON, "user-1")


def test_the_database_refuses_a_second_use_of_a_reference(world: ApiWorld) -> None:
    sync(world.connection)
    first, second = Delivery.objects.order_by("pk")[:2]
    with pytest.raises(IntegrityError, match="reference_used_once"), transaction.atomic():
        Delivery.objects.filter(pk=second.pk).update(reference=first.reference)
    with pytest.raises(IntegrityError, match="confirmed_by"), transaction.atomic():
        Delivery.objects.filter(pk=second.pk).update(external_id=None)
    with pytest.raises(IntegrityError, match="what_was_sent"), transaction.atomic():
        Delivery.objects.filter(pk=second.pk).update(state="unclear", sent_at=None)
