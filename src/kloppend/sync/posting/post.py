"""Step 4 for books that answer: every order that is ready is posted at once, and once."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import chain

from django.db import DataError, IntegrityError, transaction

from kloppend.books.port import Accepted, BooksTrouble, DebtorFound, NotSent, Outcome, Rejected
from kloppend.domain.invoice import Document
from kloppend.domain.problems import Problem, Refused
from kloppend.records import problems
from kloppend.records.models import BY_NUMBER, Connection, Delivery, Invoice, Order, Timetable
from kloppend.sync.claims import ClaimLost
from kloppend.sync.keep import tell_after_booking
from kloppend.sync.posting import outcomes
from kloppend.sync.posting.credit_intents import credits_to_post, debtor_of_credited, uncredited
from kloppend.sync.posting.debtors import Wait, debtor_for
from kloppend.sync.posting.desk import Desk
from kloppend.sync.posting.intents import ask_person, document_of, intend, is_credit, locked, source_of, still_meant
from kloppend.sync.posting.look_ups import look_up, perhaps_there, prove_look_up, to_look_up
from kloppend.sync.settle import locked_orders

State = Delivery.State
IN_TROUBLE = timedelta(minutes=10)
"""So long books that do not answer are left alone, unless they name a time."""
PERHAPS_OF_ONE = frozenset({"BOOKS_UNREACHABLE", "BOOKS_ANSWER_INVALID"})
"""A question about just this order can be what the books stumble over, each time: the others must not wait for it."""


def post(desk: Desk) -> Iterator[tuple[str, str]]:
    """Look up what is unclear, then post what is ready; yields the number of each order and its new state.

    Trouble with the books, and one unclear outcome, end the step: what is not sent yet is not made unclear as well.
    Only what may be the fault of one order is first tried with the next.
    """
    connection, not_before = desk.connection, desk.at
    wrong: tuple[Problem, ...] = ()
    try:
        if not desk.administration.label:
            raise BooksTrouble(Problem.of("BOOKS_SETTING_MISSING", order="-", of_books="administration"))
        yield from _every(desk)
    except BooksTrouble as trouble:
        wrong = (trouble.problem,) if trouble.problem.code != "BOOKS_OUTCOME_UNCLEAR" else ()
        wait = IN_TROUBLE if trouble.retry_after is None else timedelta(seconds=trouble.retry_after)
        not_before = desk.now() + (wait if wrong else timedelta(0))
    finally:
        _plan_next_look(connection, not_before)
    problems.now_stand(connection, None, wrong, desk.at, source="post")


def _every(desk: Desk) -> Iterator[tuple[str, str]]:
    """Do the work of each; raises the first trouble at the end, or at once when the next one has it too."""
    first: BooksTrouble | None = None
    failed = False
    for do, pk in chain(((look_up, pk) for pk in to_look_up(desk)), ((_post, pk) for pk in _to_post(desk))):
        try:
            do(desk, pk)
        except BooksTrouble as trouble:
            if failed or trouble.problem.code not in PERHAPS_OF_ONE:
                raise
            first, failed = first or trouble, True
            continue
        failed = False
        order = Order.objects.get(invoices__delivery=pk)
        yield order.shop_order_id, order.state
    if first:
        raise first


def _to_post(desk: Desk) -> Iterator[int]:
    """Intents that an earlier run left, credit notes, then what is ready; each with its intent committed."""
    mine = Delivery.objects.filter(invoice__order__connection=desk.connection, state=State.INTENDED)
    for pk in list(mine.filter(invoice__kind=Invoice.Kind.INVOICE).order_by("pk").values_list("pk", flat=True)):
        if still_meant(desk, pk):
            yield pk
    yield from credits_to_post(desk)
    ready = desk.connection.orders.filter(state=Order.State.READY, snapshot__isnull=False)
    ready = ready.exclude(pk__in=uncredited(desk))
    for pk in list(ready.order_by("front_at", *BY_NUMBER).values_list("pk", flat=True)):
        delivery = _intend(desk, pk)
        if delivery:
            yield delivery.pk


def _intend(desk: Desk, pk: int) -> Delivery | None:
    """What the database will not hold of one order is that order's trouble: nothing of it was stored."""
    try:
        return intend(desk, pk)
    except (DataError, IntegrityError) as error:
        with transaction.atomic():
            order = locked_orders().get(pk=pk)
            problem = Problem.of("INTERNAL_ERROR", order=order.shop_order_id, what=type(error).__name__)
            problems.now_stand(desk.connection, order, [problem], desk.now(), source="post")
        return None


def _post(desk: Desk, pk: int) -> None:
    delivery = Delivery.objects.select_related("document", "invoice__order", "invoice__credits__delivery").get(pk=pk)
    document = document_of(delivery)
    try:
        debtor = debtor_of_credited(delivery) or debtor_for(desk, document)
        if isinstance(debtor, Wait):
            _hold(pk, debtor.problem, desk, debtor)
            return
        doubt = perhaps_there(desk, delivery)
        if not doubt and _try_first(desk, document, debtor, delivery.reference or ""):
            doubt = perhaps_there(desk, delivery)  # books that kept what they were only to check
        vat = desk.books.vat_by_code(document)
    except Refused as refused:
        _hold(pk, refused.problem, desk)
        return
    desk.check()
    sending = outcomes.mark_sending(pk, debtor.number, vat, desk.now(), shared=debtor.shared)
    if sending and doubt:
        outcomes.unclear(pk, sending, doubt.problem, desk.now())
        if not doubt.found:
            raise BooksTrouble(doubt.problem)
    elif sending:
        _send(desk, delivery, sending, document, debtor)


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
        problems.now_stand(desk.connection, order, [problem], desk.now(), source=source_of(delivery))


def _try_first(desk: Desk, document: Document, debtor: DebtorFound, reference: str) -> bool:
    """Before anything was ever booked in an administration, the books check without keeping; whether that was done.

    Raises Refused, and BooksTrouble.
    """
    if desk.administration.deliveries.filter(state=State.CONFIRMED).exists():
        return False
    outcome = desk.books.validate(document, debtor.number, reference)
    if isinstance(outcome, Rejected):
        raise Refused(outcome.problem)
    if isinstance(outcome, NotSent):
        raise BooksTrouble(outcome.problem, outcome.retry_after)
    return True


def _send(desk: Desk, delivery: Delivery, sending: int, document: Document, debtor: DebtorFound) -> None:
    """The request that cannot be undone. Whatever stops us from here on, `sending` stands in the records."""
    try:
        desk.check()
    except ClaimLost:
        outcomes.not_sent(delivery.pk, sending, desk.now())
        raise
    outcome = _request(desk, delivery, document, debtor)
    if isinstance(outcome, Accepted):
        _accepted(desk, delivery, sending, outcome, debtor)
    elif isinstance(outcome, Rejected):
        outcomes.rejected(delivery.pk, sending, outcome.problem, desk.now())
        if is_credit(delivery):
            _propose_again(desk, delivery)
    elif isinstance(outcome, NotSent):
        outcomes.not_sent(delivery.pk, sending, desk.now())
        raise BooksTrouble(outcome.problem, outcome.retry_after)
    else:
        outcomes.unclear(delivery.pk, sending, outcome.problem, desk.now())
        raise BooksTrouble(outcome.problem)


def _request(desk: Desk, delivery: Delivery, document: Document, debtor: DebtorFound) -> Outcome:
    reference, credited = delivery.reference or "", delivery.invoice.credits
    if credited is None:
        return desk.books.post(document, debtor.number, reference)
    return desk.books.post_credit(document, debtor.number, reference, credited.delivery.external_id or "")


def _propose_again(desk: Desk, delivery: Delivery) -> None:
    """The correction that the books did not want is still to be made."""
    with transaction.atomic():
        order = locked_orders().get(pk=delivery.invoice.order_id)
        if order.state not in Order.NOT_FORWARDED:
            tell_after_booking(desk.connection, order, desk.choices.cancel_statuses, desk.now())


def _accepted(desk: Desk, delivery: Delivery, sending: int, outcome: Accepted, debtor: DebtorFound) -> None:
    """An id that stands for another invoice already is no confirmation."""
    others = desk.administration.deliveries.exclude(pk=delivery.pk)
    if others.filter(external_id=outcome.external_id).exists():
        number = delivery.invoice.order.shop_order_id
        problem = Problem.of("BOOKS_OUTCOME_UNCLEAR", order=number, what=outcome.external_id)
        outcomes.unclear(delivery.pk, sending, problem, desk.now())
        raise BooksTrouble(problem)
    notes = (*debtor.notes, *outcome.notes)
    outcomes.confirmed(delivery.pk, outcome.external_id, notes, desk.now(), how="answered")
    prove_look_up(desk, delivery.pk, outcome.external_id)


def _plan_next_look(connection: Connection, not_before: datetime) -> None:
    """The tick runs the connection again when something is to be looked up."""
    mine = Delivery.objects.filter(invoice__order__connection=connection, next_look_at__isnull=False)
    first = mine.order_by("next_look_at").values_list("next_look_at", flat=True).first()
    moment = max(first, not_before) if first else None
    Timetable.objects.filter(pk=connection.pk).update(next_look_at=moment)
