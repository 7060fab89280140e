"""The intent to post a credit note: committed like an invoice's, on the debtor and the accounts of its invoice."""

from collections.abc import Iterator, Sequence

from django.db import transaction

from kloppend.books.port import DebtorFound
from kloppend.domain.problems import Problem, Refused
from kloppend.domain.reference import reference_of
from kloppend.records.events import record
from kloppend.records.models import Delivery, Invoice
from kloppend.sync.credits.sending import document_to_send, sendable, unsent
from kloppend.sync.posting.desk import Desk
from kloppend.sync.posting.intents import ask_person, document_of, locked, locked_connection, may_send, store_intent
from kloppend.sync.settle import locked_orders

State = Delivery.State


def credits_to_post(desk: Desk) -> Iterator[int]:
    """What an earlier run left, then what waits; each with its intent committed.

    An intent that never left is taken back and meant anew: meanwhile a person may have withdrawn the credit note.
    """
    mine = Delivery.objects.filter(invoice__order__connection=desk.connection, state=State.INTENDED)
    for pk in list(mine.filter(invoice__kind=Invoice.Kind.CREDIT).order_by("pk").values_list("pk", flat=True)):
        if _still_meant(desk, pk):
            yield pk
    for credit in list(unsent(desk.connection).values_list("pk", flat=True)):
        delivery = _intend(desk, credit)
        if delivery:
            yield delivery.pk


def uncredited(desk: Desk) -> Sequence[int]:
    """Orders whose earlier invoice would stand in the books beside a new one: its credit note has to be there first."""
    living = Invoice.objects.filter(kind=Invoice.Kind.CREDIT, void=False, order__connection=desk.connection)
    undecided = living.filter(delivery__state__in=Delivery.UNDECIDED) | living.filter(delivery=None)
    return list(undecided.values_list("order_id", flat=True))


def debtor_of_credited(delivery: Delivery) -> DebtorFound | None:
    """On whom a credit note is booked: whom the invoice was booked on. None for an invoice."""
    credited = delivery.invoice.credits
    if credited is None:
        return None
    return DebtorFound(credited.delivery.debtor_number, shared=credited.delivery.debtor_shared)


def _intend(desk: Desk, credit_pk: int) -> Delivery | None:
    """Commit the intent; None when something holds it, which is told."""
    with transaction.atomic():
        connection = locked_connection(desk.connection.pk)
        order = locked_orders().get(invoices=credit_pk)
        if not may_send(connection, desk.administration.pk):
            return None
        able = sendable(connection, [order.pk], desk.choices, desk.books, desk.today, desk.at)
        found = next((each for each in able if each.credit.pk == credit_pk), None)
        if found is None:
            return None
        reference = reference_of(order.shop.shop_id, order.shop_order_id, credit=found.credit.sequence)
        delivery = store_intent(desk, found.credit, found.document, reference)
        record(order, "credit_intended", desk.at, reference=reference, total=str(found.credit.total_inc_vat))
        return delivery


def _still_meant(desk: Desk, delivery_pk: int) -> bool:
    """Whether one that was sent before, and not found since, is to be sent again: only as the same document."""
    with transaction.atomic():
        connection = locked_connection(desk.connection.pk)
        order, delivery = locked(delivery_pk)
        if not may_send(connection, desk.administration.pk) or delivery.state != State.INTENDED:
            return False
        if not delivery.sendings and not delivery.decided_by:
            delivery.delete()
            return False
        try:
            now = document_to_send(connection, delivery.invoice, desk.choices, desk.books, desk.today)
        except Refused as refused:
            ask_person(delivery, refused.problem, desk.at)
            return False
        if now != document_of(delivery):
            ask_person(delivery, Problem.of("ORDER_CHANGED_WHILE_UNCERTAIN", order=order.shop_order_id), desk.at)
            return False
        return True
