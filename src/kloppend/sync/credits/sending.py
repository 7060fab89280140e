"""Credit notes on their way out: which wait, what keeps one from going, and the document it goes as."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import QuerySet

from kloppend.books.port import ApiBooks, Books
from kloppend.domain.document import credit_description
from kloppend.domain.invoice import Credited, Document
from kloppend.domain.problems import Problem, Refused
from kloppend.records import problems
from kloppend.records.documents import invoice_of, party_of
from kloppend.records.models import Connection, Delivery, Invoice, Order
from kloppend.records.snapshots import load
from kloppend.sync.choices import Choices


@dataclass(frozen=True, slots=True)
class SealableCredit:
    """A credit note that can go now, as the document that will stand for it."""

    credit: Invoice
    document: Document


def unsent(connection: Connection) -> QuerySet[Invoice]:
    """Credit notes that have no delivery yet: neither in a file nor put into the books by hand."""
    living = Invoice.objects.filter(kind=Invoice.Kind.CREDIT, void=False, delivery=None)
    return living.filter(order__connection=connection).select_related("order", "credits").order_by("pk")


def sendable(
    connection: Connection, orders: Iterable[int], choices: Choices, books: Books, today: date, at: datetime
) -> list[SealableCredit]:
    """Of these orders, whose rows are locked, every credit note that can go; what holds another is told."""
    found, held = [], dict[Order, list[Problem]]()
    for credit in unsent(connection).filter(order__in=orders):
        wrong = held.setdefault(credit.order, [])
        try:
            found.append(SealableCredit(credit, document_to_send(connection, credit, choices, books, today)))
        except Refused as refused:
            wrong.append(refused.problem)
    for order, wrong in held.items():
        problems.now_stand(connection, order, wrong, at, source="credit")
    return found


def tell_holds(connection: Connection, order: Order, choices: Choices, books: Books, today: date, at: datetime) -> None:
    """Open and close what keeps this order's credit notes from going. The caller holds the order's row lock."""
    problems.now_stand(connection, order, [], at, source="credit")
    sendable(connection, [order.pk], choices, books, today, at)


def document_to_send(connection: Connection, credit: Invoice, choices: Choices, books: Books, today: date) -> Document:
    """The credit note for the books, of the same party as its invoice.

    Raises Refused for what holds it: CREDIT_PERHAPS_SENT after a restore, CREDIT_NO_LONGER_CANCELLED,
    CREDIT_PERIOD_CLOSED, CREDIT_CUSTOMER_ERASED, CREDIT_INVOICE_NOT_BOOKED by books that answer,
    and what the channel cannot carry.
    """
    _refuse_doubtful(connection, credit, choices, books)
    order = credit.order.shop_order_id
    refuse_closed_period(credit.invoice_date, choices)
    party = party_of(credit)
    if party is None or credit.credits is None:
        raise Refused(Problem.of("CREDIT_CUSTOMER_ERASED", order=order, amount=credit.total_inc_vat))
    document = Document(
        order_number=order,
        description=credit_description(order, credit.credits.invoice_date, choices.language),
        invoice_date=credit.invoice_date,
        payment_code=credit.payment_code,
        debtor=party[0],
        delivery_address=party[1],
        invoice=invoice_of(credit),
        credits=Credited(number=credit.sequence, invoice_date=credit.credits.invoice_date),
    )
    if isinstance(books, ApiBooks):
        document = _as_credited(connection, credit, credit.credits, document)
    held = books.cannot_carry(document)
    if held:
        raise Refused(held)
    return document


def refuse_closed_period(day: date, choices: Choices) -> None:
    """Raises Refused with CREDIT_PERIOD_CLOSED: a correction belongs to the period in which it is made."""
    closed_until = choices.decide_rules().books_closed_until
    if closed_until and day <= closed_until:
        raise Refused(Problem.of("CREDIT_PERIOD_CLOSED", day=day, closed_until=closed_until))


def _as_credited(connection: Connection, credit: Invoice, credited: Invoice, document: Document) -> Document:
    """With the VAT codes, ledger accounts and terms that its invoice was booked with; these are not decided anew.

    Raises Refused with CREDIT_INVOICE_NOT_BOOKED unless that invoice is confirmed, by an id, in this administration.
    """
    booked = Delivery.objects.filter(
        invoice=credited,
        administration=connection.administration_id,
        state=Delivery.State.CONFIRMED,
        external_id__isnull=False,
        document__isnull=False,
    ).first()
    if booked is None:
        about = {"order": credit.order.shop_order_id, "amount": credit.total_inc_vat}
        raise Refused(Problem.of("CREDIT_INVOICE_NOT_BOOKED", **about))
    sent = load(booked.document.content, Document)
    positions = credit.lines.order_by("position").values_list("credits__position", flat=True)
    bookings = tuple(sent.bookings[at - 1] if at and at <= len(sent.bookings) else None for at in positions)
    return replace(document, payment=sent.payment, bookings=bookings)


def _refuse_doubtful(connection: Connection, credit: Invoice, choices: Choices, books: Books) -> None:
    """After a restore a file may hold it; books that answer are asked whether they have it, before it is posted."""
    about = {"order": credit.order.shop_order_id, "amount": credit.total_inc_vat}
    asked = isinstance(books, ApiBooks)
    if not asked and connection.restored_at and credit.made_at <= connection.restored_at:
        raise Refused(Problem.of("CREDIT_PERHAPS_SENT", **about))
    was_cancelled = credit.credit_reason == "cancelled" and credit.order_status in choices.cancel_statuses
    if was_cancelled and credit.order.status_id not in choices.cancel_statuses:
        raise Refused(Problem.of("CREDIT_NO_LONGER_CANCELLED", **about))
