"""Credit notes by the API: once in the simulated books, on their invoice, whatever goes wrong on the way."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import stamina
from django.conf import settings

from kloppend.books.asperion.simulator import Fault
from kloppend.books.asperion.simulator.simulated import CLIENT
from kloppend.domain.crediting import Wanted
from kloppend.domain.problems import Refused
from kloppend.records.models import Connection, Delivery, Invoice, Order
from kloppend.sync.credits.proposals import What, last_seen, make_credit, propose, withdraw
from kloppend.sync.means import means_of
from kloppend.sync.posting.person import it_is_not_there, it_is_there, uncertain_delivery
from tests.sync.api_world import ApiWorld, api_world
from tests.sync.conftest import NOON, sync
from tests.sync.test_pipeline import open_codes
from tests.sync.test_posting import INVOICES, after

pytestmark = pytest.mark.django_db
State = Delivery.State


@pytest.fixture
def world(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[ApiWorld]:
    """Everything that could be posted is."""
    monkeypatch.setattr(settings, "KLOPPEND_ASPERION_CLIENT_ID", CLIENT.client_id)
    monkeypatch.setattr(settings, "KLOPPEND_ASPERION_CLIENT_SECRET", CLIENT.client_secret)
    with stamina.set_testing(True, attempts=3, cap=True), api_world() as made:
        sync(made.connection)
        yield made


def first(world: ApiWorld) -> Order:
    return world.connection.orders.filter(state=Order.State.DELIVERED).order_by("pk")[0]


def credit(world: ApiWorld, order: Order, what: What = "all", *, again: bool = False) -> Invoice:
    seen = last_seen(order)
    return make_credit(world.connection, order, what, NOON, "user-1", "changed", seen=seen, again=again)


def notes(world: ApiWorld) -> list[dict[str, Any]]:
    return [row for row in world.invoices if row["amountInclVat"] < 0]


def test_a_credit_note_is_the_mirror_on_the_same_debtor_and_accounts(world: ApiWorld) -> None:
    order = first(world)
    made = credit(world, order)
    after(world, hours=1)
    (note,) = notes(world)
    (invoice,) = [row for row in world.invoices if f"-{order.shop_order_id}." in row["description"]]
    assert note["amountInclVat"] == -invoice["amountInclVat"] == made.total_inc_vat
    for same in ("debtorCustomerNumber", "journalId"):
        assert note[same] == invoice[same]
    books = [[(line["vatCode"], line["ledgerAccountId"]) for line in row["lines"]] for row in (note, invoice)]
    assert books[0] == books[1]
    assert str(invoice["id"]) in str(note["description"])
    made.refresh_from_db()
    assert made.delivery.state == State.CONFIRMED
    assert Order.objects.get(pk=order.pk).state == Order.State.DELIVERED
    assert after(world, hours=2).nothing_new
    assert len(notes(world)) == 1


def test_credited_and_invoiced_again_are_three_documents(world: ApiWorld) -> None:
    order = first(world)
    credit(world, order, again=True)
    after(world, hours=1)
    booked = world.booked()
    assert (booked[order.shop_order_id], booked[f"{order.shop_order_id} C1"]) == (2, 1)
    marks = (f"-{order.shop_order_id}.", f"-{order.shop_order_id}-")
    texts = [text for row in world.invoices if any(mark in (text := str(row["description"])) for mark in marks)]
    assert [text.endswith("-F2.") for text in texts] == [False, False, True]  # and in this sequence


def test_the_new_invoice_waits_for_its_credit_note(world: ApiWorld) -> None:
    order = first(world)
    credit(world, order, again=True)
    world.on(Fault.LOST_REQUEST, INVOICES)
    after(world, hours=1)
    world.heal()
    after(world, hours=1, minutes=3)
    assert world.booked()[order.shop_order_id] == 1
    for minutes in (71, 121, 122):
        after(world, minutes=minutes)
    assert (world.booked()[order.shop_order_id], world.booked()[f"{order.shop_order_id} C1"]) == (2, 1)


def test_undeclared_it_waits_and_tells(world: ApiWorld) -> None:
    world.connection.settings["books_options"]["credit_notes"] = "hold"
    world.connection.save()
    order = first(world)
    made = credit(world, order)
    after(world, hours=1)
    assert not notes(world)
    assert (order.shop_order_id, "CREDIT_NOT_DECLARED") in open_codes(world.connection)
    withdraw(world.connection, made, NOON, "user-1")
    assert not Invoice.objects.filter(kind="credit", void=False).exists()


def test_of_an_invoice_that_these_books_do_not_have_it_waits(world: ApiWorld) -> None:
    order = first(world)
    Delivery.objects.filter(invoice__order=order).update(state=State.BY_FILE, external_id=None)
    credit(world, order)
    after(world, hours=1)
    assert not notes(world)
    assert (order.shop_order_id, "CREDIT_INVOICE_NOT_BOOKED") in open_codes(world.connection)


@pytest.mark.parametrize("fault", [Fault.LOST_ANSWER, Fault.ERROR_AFTER, Fault.NOT_JSON])
def test_booked_without_an_answer_is_found(world: ApiWorld, fault: Fault) -> None:
    order = first(world)
    made = credit(world, order)
    world.on(fault, INVOICES)
    after(world, minutes=30)
    world.heal()
    assert uncertain_delivery(order)
    for minutes in (33, 41):
        after(world, minutes=minutes)
    made.refresh_from_db()
    assert made.delivery.state == State.CONFIRMED
    assert len(notes(world)) == 1


def test_a_person_may_decide_about_it(world: ApiWorld) -> None:
    order = first(world)
    credit(world, order)
    world.on(Fault.LOST_ANSWER, INVOICES)
    after(world, minutes=30)
    world.heal()
    means, (note,) = means_of(world.connection), notes(world)
    other = next(row for row in world.invoices if f"-{order.shop_order_id}" not in row["description"])
    with pytest.raises(Refused, match="ORDER_STILL_LOOKED_UP"):
        it_is_not_there(order, NOON, "user-1")
    Delivery.objects.filter(external_id=str(other["id"])).update(external_id="4711")
    with pytest.raises(Refused, match="BOOKED_ID_NOT_FOUND"):  # it carries the mark of another order
        it_is_there(order, means, str(other["id"]), NOON, "user-1")
    it_is_there(order, means, str(note["id"]), NOON, "user-1")
    assert Order.objects.get(pk=order.pk).state == Order.State.DELIVERED


def test_what_the_books_do_not_want_can_be_made_again(world: ApiWorld) -> None:
    order = first(world)
    credit(world, order)
    debtor = next(row for row in world.debtors if row["customerNumber"] == _debtor(order))
    debtor["customerNumber"] = "gone"
    after(world, hours=1)
    assert (order.shop_order_id, "BOOKS_REJECTED") in open_codes(world.connection)
    assert Invoice.objects.get(kind="credit").void
    posts = world.asperion.requests[f"POST {INVOICES}"]
    after(world, hours=2)
    assert world.asperion.requests[f"POST {INVOICES}"] == posts
    debtor["customerNumber"] = _debtor(order)
    assert propose(Order.objects.get(pk=order.pk))
    credit(world, order)
    after(world, hours=3)
    assert world.booked()[f"{order.shop_order_id} C2"] == 1


def _debtor(order: Order) -> str:
    return Delivery.objects.filter(invoice__order=order).values_list("debtor_number", flat=True)[0]


def test_cancelled_orders_are_credited_by_themselves_where_that_was_chosen(world: ApiWorld) -> None:
    world.connection.settings["credit_on_cancel"] = "automatic"
    world.connection.save()
    order = first(world)
    world.store.set_status(order.shop_order_id, "7")
    after(world, hours=1)
    after(world, hours=2)
    assert world.booked()[f"{order.shop_order_id} C1"] == 1
    assert len(notes(world)) == 1


def test_what_a_restored_backup_forgot_of_credit_notes_is_found(world: ApiWorld) -> None:
    """The backup was made between the making of the credit note and its posting."""
    order = first(world)
    made = credit(world, order, [Wanted(position=1, gross=Decimal("1.00"))])
    after(world, hours=1)
    Delivery.objects.filter(invoice=made).delete()
    Connection.objects.update(restored_at=NOON + timedelta(hours=2))
    for minutes in (180, 183, 191):
        after(world, minutes=minutes)
    assert len(notes(world)) == 1
    made.refresh_from_db()
    assert made.delivery.state == State.CONFIRMED


def test_a_difference_of_the_credit_note_does_not_hide_behind_its_invoice(world: ApiWorld) -> None:
    order = first(world)
    credit(world, order)
    after(world, hours=1)
    notes(world)[0]["amountInclVat"] -= 1
    after(world, days=1, hours=2)
    assert (order.shop_order_id, "BOOKED_AMOUNT_DIFFERS") in open_codes(world.connection)
    shown = Delivery.objects.get(invoice__kind="credit").read_back
    assert Decimal(shown["gross"]) != Invoice.objects.get(kind="credit").total_inc_vat
