"""Step 4 for books that answer: every order that is ready is posted at once, and once."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction

from kloppend.books.port import Accepted, BooksTrouble, DebtorFound, NotSent, Rejected
from kloppend.domain.invoice import Document
from kloppend.domain.problems import Problem, Refused
from kloppend.records import problems
from kloppend.records.models import BY_NUMBER, Connection, Delivery, Order, Timetable
from kloppend.sync.claims import ClaimLost
from kloppend.sync.posting import outcomes
from kloppend.sync.posting.debtors import Wait, debtor_for
from kloppend.sync.posting.desk import Desk
from kloppend.sync.posting.intents import ask_person, document_of, intend, locked, still_meant
from kloppend.sync.posting.look_ups import look_up_unclear, prove_look_up

State = Delivery.State
IN_TROUBLE = timedelta(minutes=10)
"""So long books that do not answer are left alone, unless they name a time."""


def post(desk: Desk) -> Iterator[tuple[str, str]]:
    """Look up what is unclear, then post what is ready; yields the number of each order and its new state.

    Trouble with the books, and one unclear outcome, end the step: what is not sent yet is not made unclear as well.
    """
    connection, not_before = desk.connection, desk.at
    wrong: tuple[Problem, ...] = ()
    try:
        if not desk.administration.label:
            raise BooksTrouble(Problem.of("BOOKS_SETTING_MISSING", order="-", what="administration"))
        for order in look_up_unclear(desk):
            yield order.shop_order_id, order.state
        for pk in _to_post(desk):
            _post(desk, pk)
            order = Order.objects.get(invoices__delivery=pk)
            yield order.shop_order_id, order.state
    except BooksTrouble as trouble:
        wrong = (trouble.problem,) if trouble.problem.code != "BOOKS_OUTCOME_UNCLEAR" else ()
        wait = IN_TROUBLE if trouble.retry_after is None else timedelta(seconds=trouble.retry_after)
        not_before = desk.now() + (wait if wrong else timedelta(0))
    finally:
        _plan_next_look(connection, not_before)
    problems.now_stand(connection, None, wrong, desk.at, source="post")


def _to_post(desk: Desk) -> Iterator[int]:
    """Intents that an earlier run left, then what is ready; each with its intent committed."""
    mine = Delivery.objects.filter(invoice__order__connection=desk.connection, state=State.INTENDED)
    for pk in list(mine.order_by("pk").values_list("pk", flat=True)):
        if still_meant(desk, pk):
            yield pk
    ready = desk.connection.orders.filter(state=Order.State.READY, snapshot__isnull=False)
    for pk in list(ready.order_by("front_at", *BY_NUMBER).values_list("pk", flat=True)):
        delivery = intend(desk, pk)
        if delivery:
            yield delivery.pk


def _post(desk: Desk, pk: int) -> None:
    delivery = Delivery.objects.select_related("document").get(pk=pk)
    document = document_of(delivery)
    try:
        debtor = debtor_for(desk, document)
        if isinstance(debtor, Wait):
            _hold(pk, debtor.problem, desk, debtor)
            return
        forgotten = _perhaps_forgotten(desk, delivery)
        if not forgotten:
            _try_first(desk, document, debtor, delivery.reference or "")
        vat = desk.books.vat_by_code(document)
    except Refused as refused:
        _hold(pk, refused.problem, desk)
        return
    desk.check()
    marked = outcomes.mark_sending(pk, debtor.number, vat, desk.now(), shared=debtor.shared)
    if marked and forgotten:
        outcomes.unclear(pk, delivery.sendings + 1, forgotten, desk.now())
    elif marked:
        _send(desk, Delivery.objects.get(pk=pk), document, debtor)


def _hold(pk: int, problem: Problem, desk: Desk, wait: Wait | None = None) -> None:
    """Not sent, and the intent stands while the cause may go away by itself; else the order is refused."""
    with transaction.atomic():
        order, delivery = locked(pk)
        if delivery.state != State.INTENDED:
            return
        delivery.next_look_at = wait.until if wait else None
        delivery.save(update_fields=["next_look_at"])
        if not problem.entry.retried and delivery.sendings:
            ask_person(delivery, problem, desk.now())
        elif not problem.entry.retried:
            outcomes.refuse(order, delivery, desk.now(), problem.code)
        problems.now_stand(desk.connection, order, [problem], desk.now(), source="post")


def _perhaps_forgotten(desk: Desk, delivery: Delivery) -> Problem | None:
    """After a restore the books may know what our records lost: then it counts as sent. Raises BooksTrouble."""
    order = delivery.invoice.order
    restored_at = desk.connection.restored_at
    if not restored_at or (order.placed_at and order.placed_at > restored_at):
        return None
    if not desk.books.look_up(delivery.reference or "").found:
        return None
    return Problem.of("BOOKS_OUTCOME_UNCLEAR", order=order.shop_order_id, what="restored backup")


def _try_first(desk: Desk, document: Document, debtor: DebtorFound, reference: str) -> None:
    """Before anything was ever booked in an administration, the books check without keeping. Raises Refused."""
    if desk.administration.deliveries.filter(state=State.CONFIRMED).exists():
        return
    outcome = desk.books.validate(document, debtor.number, reference)
    if isinstance(outcome, Rejected):
        raise Refused(outcome.problem)
    if isinstance(outcome, NotSent):
        raise BooksTrouble(outcome.problem, outcome.retry_after)


def _send(desk: Desk, delivery: Delivery, document: Document, debtor: DebtorFound) -> None:
    """The request that cannot be undone. Whatever stops us from here on, `sending` stands in the records."""
    try:
        desk.check()
    except ClaimLost:
        outcomes.not_sent(delivery.pk, delivery.sendings, desk.now())
        raise
    outcome = desk.books.post(document, debtor.number, delivery.reference or "")
    if isinstance(outcome, Accepted):
        _accepted(desk, delivery, outcome, debtor)
    elif isinstance(outcome, Rejected):
        outcomes.rejected(delivery.pk, delivery.sendings, outcome.problem, desk.now())
    elif isinstance(outcome, NotSent):
        outcomes.not_sent(delivery.pk, delivery.sendings, desk.now())
        raise BooksTrouble(outcome.problem, outcome.retry_after)
    else:
        outcomes.unclear(delivery.pk, delivery.sendings, outcome.problem, desk.now())
        raise BooksTrouble(outcome.problem)


def _accepted(desk: Desk, delivery: Delivery, outcome: Accepted, debtor: DebtorFound) -> None:
    """An id that stands for another invoice already is no confirmation."""
    others = desk.administration.deliveries.exclude(pk=delivery.pk)
    if others.filter(external_id=outcome.external_id).exists():
        number = delivery.invoice.order.shop_order_id
        problem = Problem.of("BOOKS_OUTCOME_UNCLEAR", order=number, what=outcome.external_id)
        outcomes.unclear(delivery.pk, delivery.sendings, problem, desk.now())
        raise BooksTrouble(problem)
    notes = (*debtor.notes, *outcome.notes)
    outcomes.confirmed(delivery.pk, outcome.external_id, notes, desk.now(), how="answered")
    prove_look_up(desk, delivery, outcome.external_id)


def _plan_next_look(connection: Connection, not_before: datetime) -> None:
    """The tick runs the connection again when something is to be looked up."""
    mine = Delivery.objects.filter(invoice__order__connection=connection, next_look_at__isnull=False)
    first = mine.order_by("next_look_at").values_list("next_look_at", flat=True).first()
    moment = max(first, not_before) if first else None
    Timetable.objects.filter(pk=connection.pk).update(next_look_at=moment)
