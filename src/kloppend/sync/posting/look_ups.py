"""Finding out what became of an unclear sending, by the rules of domain/unclear.py, and proving that looking helps."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction

from kloppend.books.port import Search
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
CLOCKS_DIFFER = timedelta(days=1)
"""So much a shop's clock may be ahead of ours."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """It may be in the books already. `found`: something that carries its reference is."""

    problem: Problem
    found: bool


def perhaps_there(desk: Desk, delivery: Delivery) -> Doubt | None:
    """Ask the books before posting what may be there although our records do not say so. Raises BooksTrouble.

    That is what was sent before, also when a person says that it is not there; all that was placed before a restored
    backup; and what is to be the very first in an administration, which may have been trusted to others before.
    After a restore, and before a second sending, only a look-up that is proved can say that it is not there.
    """
    order, restored_at = delivery.invoice.order, desk.connection.restored_at
    lost = restored_at and not (order.placed_at and order.placed_at > restored_at + CLOCKS_DIFFER)
    first = not desk.administration.deliveries.filter(state=State.CONFIRMED).exists()
    if not (lost or first or delivery.sendings or delivery.decided_by):
        return None
    search = desk.books.look_up(delivery.reference or "")
    unsure = not (search.complete and is_proved(desk)) and not delivery.decided_by
    if not search.found and not (unsure and (lost or delivery.sendings)):
        return None
    what = "restored backup" if lost else "looked up before posting"
    return Doubt(Problem.of("BOOKS_OUTCOME_UNCLEAR", order=order.shop_order_id, what=what), bool(search.found))


def to_look_up(desk: Desk) -> Iterator[int]:
    """Every unclear sending whose moment has come."""
    mine = Delivery.objects.filter(invoice__order__connection=desk.connection)
    for pk, sendings in list(mine.filter(state=State.SENDING).values_list("pk", "sendings")):
        _found_sending(desk, pk, sendings)
    due = mine.filter(state=State.UNCLEAR, next_look_at__lte=desk.now())
    yield from list(due.order_by("pk").values_list("pk", flat=True))


def _found_sending(desk: Desk, pk: int, sendings: int) -> None:
    """Whoever was sending this died, or lost the connection to us: it may have arrived."""
    order = Order.objects.get(invoices__delivery=pk)
    problem = Problem.of("BOOKS_OUTCOME_UNCLEAR", order=order.shop_order_id, what="interrupted")
    outcomes.unclear(pk, sendings, problem, desk.now())


def look_up(desk: Desk, pk: int) -> None:
    """Look for it, and go on as the rules say. Raises BooksTrouble."""
    delivery = Delivery.objects.select_related("invoice__order").get(pk=pk)
    assert delivery.sent_at is not None  # noqa: S101 - the database's own constraint says so
    search = desk.books.look_up(delivery.reference or "")
    step: NextStep = next_step(
        sent_of(delivery),
        delivery.sent_at,
        search.found,
        complete=search.complete,
        proved=is_proved(desk),
        at=desk.now(),
    )
    if isinstance(step, Adopt) and _is_anothers(desk, delivery, step.external_id):
        what = {"order": delivery.invoice.order.shop_order_id, "id": step.external_id, "what": "id"}
        step = AskPerson(Problem.of("BOOKED_NEARLY_THE_SAME", **what))
    if isinstance(step, Adopt):
        outcomes.confirmed(delivery.pk, step.external_id, (), desk.now(), how="found")
        _prove(desk, delivery, step.external_id, search)
    else:
        _go_on(desk, delivery, step)


def _is_anothers(desk: Desk, delivery: Delivery, external_id: str) -> bool:
    """Whether another delivery goes by this name: then a person told us something that was not so."""
    others = desk.administration.deliveries.exclude(pk=delivery.pk)
    return others.filter(external_id=external_id).exists()


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


def prove_look_up(desk: Desk, delivery_pk: int, external_id: str) -> None:
    """Look for an invoice that is surely there; found, "not found" means something from now on. Raises BooksTrouble.

    What was left to a person because nothing could be told is then looked at once more.
    """
    if not is_proved(desk):
        delivery = Delivery.objects.select_related("invoice__order").get(pk=delivery_pk)
        _prove(desk, delivery, external_id, desk.books.look_up(delivery.reference or ""))


def is_proved(desk: Desk) -> bool:
    """Whether "not found" means something in this administration."""
    return Administration.objects.filter(pk=desk.administration.pk, proved_look_up_at__isnull=False).exists()


def _prove(desk: Desk, delivery: Delivery, external_id: str, search: Search) -> None:
    if is_proved(desk) or not (search.complete and proves_look_up(sent_of(delivery), external_id, search.found)):
        return
    Administration.objects.filter(pk=desk.administration.pk).update(proved_look_up_at=desk.now())
    asked = Delivery.objects.filter(administration=desk.administration, state=State.UNCLEAR, next_look_at=None)
    asked.update(next_look_at=desk.now())
