"""Credit notes: proposed, made once, in one file, never more than the invoice; whatever is clicked or recalled."""

import threading
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connections, transaction
from lxml import etree

from kloppend.domain.crediting import Wanted
from kloppend.domain.invoice import Credited
from kloppend.domain.problems import Refused
from kloppend.records.events import broken_at
from kloppend.records.models import Batch, Connection, Delivery, Invoice, InvoiceLine, InvoiceParty, Order
from kloppend.shops.opencart.simulator import SimulatedStore
from kloppend.sync.credits.proposals import (
    What,
    can_be_invoiced_again,
    invoice_again,
    last_seen,
    make_credit,
    mark_done_by_hand,
    preview_credit,
    propose,
    withdraw,
)
from kloppend.sync.credits.sending import document_to_send
from kloppend.sync.files.recall import recall
from kloppend.sync.means import means_of
from tests.sync.conftest import NOON, sync
from tests.sync.test_make_file import now, trial
from tests.sync.test_pipeline import open_codes
from tests.sync.test_process import change
from tests.sync.test_trouble import TOMORROW, state

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)
CARRIES = {"switches": {"credit_notes": "negative"}}


@pytest.fixture
def booked(connection: Connection) -> Connection:
    """Four orders in the day's file; credit notes may go along."""
    change(connection, books_options=CARRIES)
    sync(connection)
    return Connection.objects.get(pk=connection.pk)


def order(number: str = "1") -> Order:
    return Order.objects.get(shop_order_id=number)


def credit(connection: Connection, what: What = "all", number: str = "1", **more: Any) -> Invoice:
    seen = more.pop("seen", last_seen(order(number)))
    return make_credit(connection, order(number), what, LATER, "user-7", "returned", seen=seen, **more)


def refusal(work: Any, *arguments: Any, **more: Any) -> str:
    with pytest.raises(Refused) as refused:
        work(*arguments, **more)
    return refused.value.problem.code


def documents(batch: Batch) -> list[tuple[str, Decimal]]:
    """Order number and total of everything in the file, read from its bytes."""
    root = etree.fromstring(bytes(batch.content.content))
    return [
        (each.findtext("OrderNumber", ""), Decimal(each.findtext("TotalIncVat", ""))) for each in root.iter("Order")
    ]


def check_triggers() -> None:
    """What is checked at the end of a transaction, now."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def at_the_end(work: Callable[[], None]) -> None:
    with transaction.atomic():
        work()
        check_triggers()


def test_a_cancelled_order_is_proposed_for_full_credit_and_nothing_happens_by_itself(
    booked: Connection, store: SimulatedStore
) -> None:
    proposal = propose(order())
    assert proposal
    assert (proposal.codes, proposal.seen) == ((), 0)
    store.set_status("1", "7")
    sync(booked, TOMORROW)
    proposal = propose(order())
    assert proposal
    assert proposal.codes == ("ORDER_CANCELLED_AFTER_BOOKING",)
    assert not proposal.again
    assert not Invoice.objects.filter(kind="credit").exists()
    assert propose(order("6")) is None


def test_a_full_credit_is_the_mirror_goes_once_and_answers_the_problem(
    booked: Connection, store: SimulatedStore
) -> None:
    store.set_status("1", "7")
    sync(booked, LATER)
    made = credit(booked)
    invoice = Invoice.objects.get(order=order(), kind="invoice")
    assert made.credits == invoice
    assert invoice.credited
    assert made.total_inc_vat == -invoice.total_inc_vat
    rows = [list(each.lines.order_by("position").values_list("net", "vat", "quantity")) for each in (invoice, made)]
    assert rows[1] == [(-net, -vat, -quantity) for net, vat, quantity in rows[0]]
    assert ("1", "ORDER_CANCELLED_AFTER_BOOKING") not in open_codes(booked)
    assert state("1") == (Order.State.DELIVERED, "")
    check_triggers()
    file = now(booked)
    assert documents(file) == [("1", made.total_inc_vat)]
    assert b"Creditfactuur bij bestelling 1, factuur van" in bytes(file.content.content)
    sync(booked, TOMORROW)
    assert Batch.objects.count() == 2
    assert Delivery.objects.filter(invoice=made).count() == 1
    assert broken_at(order()) is None
    kinds = list(order().events.values_list("kind", flat=True))
    assert kinds.count("credited") == kinds.count("credit_sealed") == kinds.count("credit_delivered") == 1
    assert order().events.filter(kind="delivered", detail__has_key="file").count() == 1


def test_an_invoice_credited_in_full_is_never_credited_again(booked: Connection) -> None:
    credit(booked)
    assert propose(order()) is None
    assert refusal(credit, booked) == "CREDIT_NOTHING_LEFT"
    assert refusal(credit, booked, number="6") == "CREDIT_NOTHING_BOOKED"


def test_a_second_click_on_the_same_page_does_nothing(booked: Connection) -> None:
    part = [Wanted(position=1, pieces=1)]
    credit(booked, part, seen=0)
    assert refusal(credit, booked, part, seen=0) == "CREDIT_SEEN_OTHERWISE"
    assert Invoice.objects.filter(kind="credit").count() == 1


def test_parts_and_the_rest_together_are_the_invoice(booked: Connection) -> None:
    preview = preview_credit(order(), [Wanted(position=1, gross=Decimal("1.00"))])
    first = credit(booked, [Wanted(position=1, gross=Decimal("1.00"))])
    assert preview.invoice.total_inc_vat == first.total_inc_vat == Decimal("-1.00")
    rest = credit(booked)
    invoice = Invoice.objects.get(order=order(), kind="invoice")
    assert first.total_inc_vat + rest.total_inc_vat == -invoice.total_inc_vat
    assert invoice.credited
    assert [total for _, total in documents(now(booked))] == [first.total_inc_vat, rest.total_inc_vat]


def test_the_database_refuses_more_than_the_invoice(booked: Connection) -> None:
    made = credit(booked, [Wanted(position=1, pieces=1)])
    columns = {field.attname: getattr(made, field.attname) for field in Invoice._meta.concrete_fields}
    beyond = {"total_ex_vat": "-9000.00", "total_vat": "0", "total_inc_vat": "-9000.00"}
    nothing = dict.fromkeys(beyond, 0)
    line = made.lines.get(position=1)
    whole = line.credits
    assert whole
    values = {field.attname: getattr(line, field.attname) for field in InvoiceLine._meta.concrete_fields}

    def too_much() -> None:
        Invoice.objects.create(**{**columns, **beyond, "id": None, "sequence": 2})

    def too_much_of_a_line() -> None:
        again = Invoice.objects.create(**{**columns, **nothing, "id": None, "sequence": 2})
        InvoiceLine.objects.create(**{**values, "id": None, "invoice_id": again.pk, "net": -whole.net, "pieces": 0})

    def credited_before_it_is() -> None:
        Invoice.objects.filter(credit_notes=made).update(credited=True)

    for work in (too_much, too_much_of_a_line, credited_before_it_is):
        with pytest.raises(IntegrityError, match="credit"):
            at_the_end(work)
    with pytest.raises(IntegrityError), transaction.atomic():
        Invoice.objects.filter(pk=made.pk).update(total_inc_vat=Decimal("-1.00"))


def test_what_the_channel_cannot_carry_is_held_until_a_person_did_it(connection: Connection) -> None:
    sync(connection)
    made = credit(connection)
    assert ("1", "CREDIT_NOT_DECLARED") in open_codes(connection)
    sync(connection, TOMORROW)
    assert Batch.objects.count() == 1
    mark_done_by_hand(connection, made, LATER, "user-7")
    assert ("1", "CREDIT_NOT_DECLARED") not in open_codes(connection)
    assert refusal(mark_done_by_hand, connection, made, LATER, "user-7") == "CREDIT_ALREADY_SENT"
    assert refusal(withdraw, connection, made, LATER, "user-7") == "CREDIT_ALREADY_SENT"
    change(connection, books_options=CARRIES)
    sync(connection, TOMORROW)
    assert Batch.objects.count() == 1


def test_the_document_says_which_invoice_it_takes_back_and_its_number(booked: Connection) -> None:
    credit(booked, [Wanted(position=1, pieces=1)])
    second = credit(booked)
    means = means_of(booked)
    document = document_to_send(booked, second, means.choices, means.books, means.today(LATER))
    invoice = Invoice.objects.get(order=order(), kind="invoice")
    assert document.credits == Credited(number=2, invoice_date=invoice.invoice_date)


def test_a_held_one_goes_when_the_channel_can_carry_it(connection: Connection) -> None:
    sync(connection)
    made = credit(connection)
    change(connection, books_options=CARRIES)
    assert documents(now(connection)) == [("1", made.total_inc_vat)]
    assert ("1", "CREDIT_NOT_DECLARED") not in open_codes(connection)


def test_a_withdrawn_one_never_goes_and_its_problem_stands_again(booked: Connection, store: SimulatedStore) -> None:
    store.set_status("1", "7")
    sync(booked, LATER)
    withdraw(booked, credit(booked, again=True), LATER, "user-7")
    assert state("1") == (Order.State.CHANGED_AFTER, "")
    assert ("1", "ORDER_CANCELLED_AFTER_BOOKING") in open_codes(booked)
    check_triggers()
    sync(booked, TOMORROW)
    assert Batch.objects.count() == 1
    assert credit(booked).sequence == 2


def test_a_part_withdrawn_from_under_the_rest_leaves_exactly_that_part(booked: Connection) -> None:
    invoice = Invoice.objects.get(order=order(), kind="invoice")
    first = credit(booked, [Wanted(position=1, gross=Decimal("3.33"))])
    credit(booked)
    withdraw(booked, first, LATER, "user-7")
    assert not Invoice.objects.get(pk=invoice.pk).credited
    assert credit(booked).total_inc_vat == Decimal("-3.33")
    assert Invoice.objects.get(pk=invoice.pk).credited
    check_triggers()


def test_a_changed_order_is_credited_and_invoiced_again(booked: Connection, store: SimulatedStore) -> None:
    store.change_order("1", payment_city="Amersfoort")
    sync(booked, LATER)
    proposal = propose(order())
    assert proposal
    assert proposal.again
    assert not can_be_invoiced_again(order())
    assert refusal(invoice_again, booked, order(), LATER, "user-7") == "ORDER_STILL_INVOICED"
    made = credit(booked, again=True)
    assert state("1") == (Order.State.READY, "")
    file = now(booked)
    assert sorted(total for _, total in documents(file)) == [made.total_inc_vat, -made.total_inc_vat]
    assert state("1") == (Order.State.DELIVERED, "")
    assert ("1", "ORDER_CHANGED_AFTER_BOOKING") not in open_codes(booked)
    assert Invoice.objects.filter(order=order(), kind="invoice", void=False, credited=False).count() == 1
    check_triggers()


def test_a_new_invoice_waits_for_its_credit_note(connection: Connection) -> None:
    sync(connection)
    made = credit(connection, again=True)
    sync(connection, TOMORROW)
    assert state("1") == (Order.State.READY, "")
    assert Batch.objects.count() == 1
    assert refusal(trial, connection, "1") == "ORDER_NOT_READY"
    mark_done_by_hand(connection, made, LATER, "user-7")
    assert documents(now(connection)) == [("1", -made.total_inc_vat)]


def test_a_trial_file_takes_no_credit_notes_along(booked: Connection) -> None:
    credit(booked)
    credit(booked, number="2", again=True)
    assert refusal(trial, booked, "2") == "ORDER_NOT_READY"
    assert not Delivery.objects.filter(invoice__kind="credit").exists()


def test_a_recalled_credit_note_waits_again_and_goes_once(booked: Connection) -> None:
    made = credit(booked)
    first = now(booked)
    recall(first, LATER, "user-7")
    again = Invoice.objects.get(kind="credit", void=False)
    assert (again.sequence, again.total_inc_vat) == (2, made.total_inc_vat)
    assert again.lines.count() == made.lines.count()
    assert Invoice.objects.get(credit_notes=made).credited
    assert state("1") == (Order.State.DELIVERED, "")
    check_triggers()
    assert documents(now(booked)) == [("1", made.total_inc_vat)]
    assert broken_at(order()) is None


def test_a_recall_of_credit_note_and_new_invoice_brings_both_back(booked: Connection) -> None:
    made = credit(booked, again=True)
    recall(now(booked), LATER, "user-7")
    assert state("1") == (Order.State.READY, "")
    check_triggers()
    assert sorted(total for _, total in documents(now(booked))) == [made.total_inc_vat, -made.total_inc_vat]


def test_an_invoice_whose_credit_note_went_is_not_recalled(booked: Connection) -> None:
    credit(booked)
    second = now(booked)
    first = Batch.objects.get(sequence=1)
    assert refusal(recall, first, LATER, "user-7") == "FILE_HOLDS_CREDITED_INVOICE"
    assert Batch.objects.get(sequence=1).state == Batch.State.PLACED
    recall(second, LATER, "user-7")
    recall(first, LATER, "user-7")
    assert not Invoice.objects.filter(void=False).exists()
    assert state("1") == (Order.State.READY, "")
    check_triggers()
    assert sorted(documents(now(booked))) == sorted(documents(first))


def test_a_part_answers_what_stood_open_until_the_order_changes_again(
    booked: Connection, store: SimulatedStore
) -> None:
    store.set_status("1", "11")
    sync(booked, LATER)
    credit(booked, [Wanted(position=1, pieces=1)])
    assert ("1", "ORDER_CANCELLED_AFTER_BOOKING") not in open_codes(booked)
    store.change_order("1", payment_city="Elders")
    sync(booked, TOMORROW)
    assert ("1", "ORDER_CHANGED_AFTER_BOOKING") in open_codes(booked)


def test_an_order_gone_in_the_shop_can_be_credited(booked: Connection, store: SimulatedStore) -> None:
    store.remove_order("1")
    sync(booked, TOMORROW)
    credit(booked)
    assert ("1", "ORDER_GONE_AFTER_BOOKING") not in open_codes(booked)


def test_automatic_by_choice_only_and_once(booked: Connection, store: SimulatedStore) -> None:
    change(booked, credit_on_cancel="automatic")
    store.set_status("1", "7")
    sync(booked, LATER)
    assert not Invoice.objects.filter(kind="credit").exists()  # the day's file is there already
    sync(booked, TOMORROW)
    made = Invoice.objects.get(kind="credit")
    assert documents(Batch.objects.get(sequence=2)) == [("1", made.total_inc_vat)]
    assert order().events.get(kind="credited").detail["by"] == ""
    sync(booked, TOMORROW + timedelta(days=1))
    assert Invoice.objects.filter(kind="credit").count() == 1


def test_automatic_leaves_what_cannot_go_a_proposal(connection: Connection, store: SimulatedStore) -> None:
    change(connection, credit_on_cancel="automatic")
    sync(connection)
    store.set_status("1", "7")
    sync(connection, TOMORROW)
    assert not Invoice.objects.filter(kind="credit").exists()
    assert ("1", "ORDER_CANCELLED_AFTER_BOOKING") in open_codes(connection)


def test_a_cancellation_taken_back_holds_its_credit_note(booked: Connection, store: SimulatedStore) -> None:
    store.set_status("1", "7")
    sync(booked, LATER)
    make_credit(booked, order(), "all", LATER, "user-7", "cancelled", seen=0)
    store.set_status("1", "5")
    sync(booked, TOMORROW)
    assert ("1", "CREDIT_NO_LONGER_CANCELLED") in open_codes(booked)
    assert Batch.objects.count() == 1


def test_closed_books_a_restore_and_an_erased_customer_hold_or_refuse(booked: Connection) -> None:
    change(booked, books_closed_until="2026-11-24")
    assert refusal(credit, booked) == "CREDIT_PERIOD_CLOSED"
    change(booked, books_closed_until="")
    Connection.objects.update(verify_before_sending=True)
    assert refusal(credit, booked) == "CREDIT_BEFORE_VERIFYING"
    Connection.objects.update(verify_before_sending=False)
    credit(booked)
    credit(booked, number="2")
    InvoiceParty.objects.filter(invoice__kind="credit", invoice__order__shop_order_id="2").delete()
    Connection.objects.update(restored_at=Invoice.objects.get(kind="credit", order__shop_order_id="1").made_at)
    sync(booked, TOMORROW)
    assert {("1", "CREDIT_PERHAPS_SENT"), ("2", "CREDIT_CUSTOMER_ERASED")} <= open_codes(booked)
    assert Batch.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", ["all", [Wanted(position=1, pieces=1)]])
def test_two_at_once_credit_once(booked: Connection, what: What) -> None:
    at_once, told = threading.Barrier(2), list[str]()

    def click() -> None:
        at_once.wait()
        try:
            credit(booked, what, seen=0)
        except Refused as refused:
            told.append(refused.problem.code)
        finally:
            connections.close_all()

    both = [threading.Thread(target=click) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert len(told) == 1
    assert Invoice.objects.filter(kind="credit").count() == 1


@pytest.mark.django_db(transaction=True)
def test_withdrawing_while_the_file_is_made_does_one_of_the_two(booked: Connection) -> None:
    made, at_once, told = credit(booked), threading.Barrier(2), list[str]()

    def by(work: Any) -> None:
        at_once.wait()
        try:
            work()
        except Refused as refused:
            told.append(refused.problem.code)
        finally:
            connections.close_all()

    works = (lambda: now(booked), lambda: withdraw(booked, made, LATER, "user-7"))
    both = [threading.Thread(target=by, args=(work,)) for work in works]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert told in (["CREDIT_ALREADY_SENT"], ["NOTHING_TO_SEND"])
    made.refresh_from_db()
    assert made.void == (not Delivery.objects.filter(invoice=made).exists())
