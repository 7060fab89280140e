"""Finding out what became of an unclear sending, by the rules of domain/unclear.py, and proving that looking helps."""

from collections.abc import Iterator
from datetime import timedelta

from django.db import transaction

from kloppend.domain.problems import Problem
from kloppend.domain.unclear import Adopt, AskPerson, LookAgain, NextStep, Sent, next_step, proves_look_up
from kloppend.records.events import record
from kloppend.records.models import Administration, Delivery, Order
from kloppend.sync.posting import outcomes
from kloppend.sync.posting.desk import Desk
from kloppend.sync.posting.intents import ask_person, locked

State = Delivery.State
MOST_SENDINGS = 2
"""More often nothing is sent by itself."""
LEAST_LOOK_UPS = 2
BETWEEN_LOOK_UPS = timedelta(minutes=10)


def look_up_unclear(desk: Desk) -> Iterator[Order]:
    """Look up every unclear sending whose moment has come, yielding its order. Raises BooksTrouble."""
    mine = Delivery.objects.filter(invoice__order__connection=desk.connection)
    for pk, sendings in list(mine.filter(state=State.SENDING).values_list("pk", "sendings")):
        _found_sending(desk, pk, sendings)
    due = mine.filter(state=State.UNCLEAR, next_look_at__lte=desk.now())
    for pk in list(due.order_by("pk").values_list("pk", flat=True)):
        _look_up(desk, Delivery.objects.select_related("invoice__order").get(pk=pk))
        yield Order.objects.get(invoices__delivery=pk)


def _found_sending(desk: Desk, pk: int, sendings: int) -> None:
    """Whoever was sending this died, or lost the connection to us: it may have arrived."""
    order = Order.objects.get(invoices__delivery=pk)
    problem = Problem.of("BOOKS_OUTCOME_UNCLEAR", order=order.shop_order_id, what="interrupted")
    outcomes.unclear(pk, sendings, problem, desk.now())


def _look_up(desk: Desk, delivery: Delivery) -> None:
    assert delivery.sent_at is not None  # noqa: S101 - the database's own constraint says so
    search = desk.books.look_up(delivery.reference or "")
    proved = Administration.objects.filter(pk=desk.administration.pk, proved_look_up_at__isnull=False).exists()
    step = next_step(
        sent_of(delivery),
        delivery.sent_at,
        search.found,
        complete=search.complete,
        proved=proved,
        at=desk.now(),
    )
    if isinstance(step, Adopt):
        outcomes.confirmed(delivery.pk, step.external_id, (), desk.now(), how="found")
    else:
        _go_on(desk, delivery, step)


def _go_on(desk: Desk, seen: Delivery, step: NextStep) -> None:
    """Write down what comes next, unless somebody else went on meanwhile."""
    with transaction.atomic():
        order, delivery = locked(seen.pk)
        if (delivery.state, delivery.sendings) != (State.UNCLEAR, seen.sendings):
            return
        delivery.look_ups += 1
        if isinstance(step, AskPerson):
            ask_person(delivery, step.problem, desk.now())
        elif isinstance(step, LookAgain):
            delivery.next_look_at = step.at
        elif delivery.look_ups < LEAST_LOOK_UPS:
            delivery.next_look_at = desk.now() + BETWEEN_LOOK_UPS
        elif delivery.sendings >= MOST_SENDINGS:
            ask_person(delivery, Problem.of("SENT_TWICE_AND_NOT_FOUND", order=order.shop_order_id), desk.now())
        else:
            delivery.state, delivery.next_look_at = State.INTENDED, None
            record(order, "not_found", desk.now(), look_ups=str(delivery.look_ups))
        delivery.save(update_fields=["look_ups", "next_look_at", "state"])


def sent_of(delivery: Delivery) -> Sent:
    """What an invoice in the books must be equal to."""
    invoice = delivery.invoice
    return Sent(
        order=invoice.order.shop_order_id,
        reference=delivery.reference or "",
        debtor_number=delivery.debtor_number,
        invoice_date=invoice.invoice_date,
        gross=invoice.total_inc_vat,
    )


def prove_look_up(desk: Desk, delivery: Delivery, external_id: str) -> None:
    """Look for an invoice that is surely there; found, "not found" means something from now on. Raises BooksTrouble.

    What was left to a person because nothing could be told is then looked at once more.
    """
    if Administration.objects.filter(pk=desk.administration.pk, proved_look_up_at__isnull=False).exists():
        return
    search = desk.books.look_up(delivery.reference or "")
    if not (search.complete and proves_look_up(sent_of(delivery), external_id, search.found)):
        return
    Administration.objects.filter(pk=desk.administration.pk).update(proved_look_up_at=desk.now())
    asked = Delivery.objects.filter(administration=desk.administration, state=State.UNCLEAR, next_look_at=None)
    asked.update(next_look_at=desk.now())
