"""Corrections after booking: a proposal, and the credit note that a person (or the merchant's setting) makes of it.

All of it happens under the order's row lock, and says which credit notes the person had seen: what was decided on an
older view of the order is refused, so that two clicks, or two people, never credit the same twice.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db import transaction
from django.db.models import Max

from kloppend.domain.crediting import CreditNote, CreditReason, Taken, Wanted, credit_all, credit_part, left_of
from kloppend.domain.invoice import InvoiceLine
from kloppend.domain.problems import Problem, Refused
from kloppend.records import problems
from kloppend.records.credit_notes import make_void, rounding_before, store_credit, taken_before
from kloppend.records.documents import invoice_of
from kloppend.records.events import record
from kloppend.records.models import Batch, Connection, Delivery, Invoice, Order
from kloppend.sync.credits.sending import document_to_send, refuse_closed_period, tell_holds
from kloppend.sync.keep import tell_after_booking
from kloppend.sync.means import Means, means_of
from kloppend.sync.reopen import reopen
from kloppend.sync.settle import locked_orders

What = Sequence[Wanted] | Literal["all"]
BOOKED = (Order.State.SEALED, Order.State.DELIVERED, Order.State.CHANGED_AFTER)
CALLS_FOR_CREDIT = ("ORDER_CANCELLED_AFTER_BOOKING", "ORDER_GONE_AFTER_BOOKING", "ORDER_CHANGED_AFTER_BOOKING")


@dataclass(frozen=True, slots=True)
class LineLeft:
    """A line of the invoice and what is left of it; `by_choice` is False for discounts, which go with the goods."""

    position: int
    line: InvoiceLine
    left: Taken

    @property
    def by_choice(self) -> bool:
        """Whether a person can ask for it."""
        return self.line.kind != "discount" and bool(self.left.net or self.left.vat)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What can be credited of an order, and why that is proposed: `codes` is empty when nothing calls for it.

    `seen` goes back into `make_credit`. `again`: the order changed, so that after the credit a new invoice belongs.
    """

    invoice: Invoice
    codes: tuple[str, ...]
    lines: tuple[LineLeft, ...]
    seen: int

    @property
    def again(self) -> bool:
        """Whether the correction is a credit note and a new invoice, two documents."""
        return self.codes == ("ORDER_CHANGED_AFTER_BOOKING",)


def propose(order: Order) -> Proposal | None:
    """The correction that can be made of a booked order; None when nothing of it is there to credit."""
    try:
        invoice = _to_credit(order)
    except Refused:
        return None
    before = taken_before(invoice)
    lines = enumerate(invoice_of(invoice).lines, start=1)
    open_codes = order.problems.filter(code__in=CALLS_FOR_CREDIT, closed_at=None).values_list("code", flat=True)
    return Proposal(
        invoice=invoice,
        codes=tuple(sorted(open_codes)),
        lines=tuple(LineLeft(at, line, left_of(line, before.get(at, Taken()))) for at, line in lines),
        seen=last_seen(order),
    )


def preview_credit(order: Order, what: What) -> CreditNote:
    """The credit note as it would be, without making it. Raises Refused as make_credit does."""
    return _note(_to_credit(order), what)


def make_credit(
    connection: Connection,
    order: Order,
    what: What,
    at: datetime,
    by: str,
    reason: CreditReason,
    *,
    seen: int,
    again: bool = False,
) -> Invoice:
    """Make a credit note of pieces or amounts of lines, or of "all" that is left; it goes into the next file.

    `by` is the acting person's id, empty when the merchant's setting did it. `seen`: of the proposal it answers.
    `again`: when nothing is left the order is decided anew, and gets its invoice after the credit note went.
    Raises Refused, having changed nothing: CREDIT_SEEN_OTHERWISE, CREDIT_NOTHING_BOOKED, CREDIT_NOTHING_LEFT,
    CREDIT_PERIOD_CLOSED, CREDIT_BEFORE_VERIFYING, SETTINGS_INVALID, and what the domain refuses.
    """
    means = means_of(connection)
    day = means.today(at)
    with transaction.atomic():
        _refuse_unverified(connection)
        order = locked_orders().get(pk=order.pk, connection=connection)
        if seen != last_seen(order):
            raise Refused(Problem.of("CREDIT_SEEN_OTHERWISE", order=order.shop_order_id))
        credited = _to_credit(order)
        refuse_closed_period(day, means.choices)
        note = _note(credited, what)
        credit = store_credit(credited, note, day, reason)
        record(order, "credited", at, by=by, total=str(credit.total_inc_vat), why=reason, number=str(credit.sequence))
        _retell(connection, order, means, at)
        if again and note.complete:
            reopen(connection, order, means, at, "invoice_again", by=by)
    return credit


def invoice_again(connection: Connection, order: Order, at: datetime, by: str) -> None:
    """The order, whose invoice was credited in full, gets a new one when it is due. Raises Refused when it was not."""
    means = means_of(connection)
    with transaction.atomic():
        order = locked_orders().get(pk=order.pk, connection=connection)
        if not can_be_invoiced_again(order):
            raise Refused(Problem.of("ORDER_STILL_INVOICED", order=order.shop_order_id))
        reopen(connection, order, means, at, "invoice_again", by=by)


def can_be_invoiced_again(order: Order) -> bool:
    """Whether it was forwarded and all of that was credited since."""
    living = order.invoices.filter(kind=Invoice.Kind.INVOICE, void=False)
    forwarded = order.state not in Order.NOT_FORWARDED
    return forwarded and living.exists() and not living.filter(credited=False).exists()


def withdraw(connection: Connection, credit: Invoice, at: datetime, by: str) -> None:
    """Undo a credit note that did not go out. Raises Refused with CREDIT_ALREADY_SENT, or when its order was reopened
    and is not as it was.
    """
    means = means_of(connection)
    with transaction.atomic():
        order, credit = _locked_unsent(connection, credit)
        make_void(credit)
        record(order, "credit_withdrawn", at, by=by, number=str(credit.sequence))
        if order.state in Order.NOT_FORWARDED:  # it was to be invoiced again; now its first invoice stands
            delivered = Delivery.objects.filter(invoice=credit.credits, delivered_at__isnull=False).exists()
            order.state, order.reason = Order.State.DELIVERED if delivered else Order.State.SEALED, ""
            order.save(update_fields=["state", "reason"])
            problems.now_stand(connection, order, [], at, source="settle")
        _retell(connection, order, means, at)


def mark_done_by_hand(connection: Connection, credit: Invoice, at: datetime, by: str) -> None:
    """A person put this credit note into the books: it goes into no file any more. Raises CREDIT_ALREADY_SENT."""
    means = means_of(connection)
    with transaction.atomic():
        order, credit = _locked_unsent(connection, credit)
        Delivery.objects.create(invoice=credit, administration=connection.administration, by_hand=True, delivered_at=at)
        record(order, "credit_by_hand", at, by=by, number=str(credit.sequence))
        _retell(connection, order, means, at)


def credit_cancelled(connection: Connection, means: Means, at: datetime) -> list[Invoice]:
    """What the merchant chose to have done by itself: orders cancelled after booking are credited in full.

    Before the day's file, and only what can go into it. One of which something was credited before stays a proposal:
    what the merchant meant then cannot be known.
    """
    of_a_day = connection.batches.filter(kind=Batch.Kind.DAILY, business_date__gte=means.today(at))
    if means.choices.credit_on_cancel != "automatic" or of_a_day.exists():
        return []  # made at the last moment before it goes, so that an order restored meanwhile is not credited
    made = list[Invoice]()
    told = {"code": "ORDER_CANCELLED_AFTER_BOOKING", "closed_at": None, "order__isnull": False}
    for problem in list(connection.problems.filter(**told).select_related("order").order_by("order__pk")):
        order = problem.order
        if order is None or _credited_or_refused(order):
            continue
        with suppress(Refused), transaction.atomic():  # then the problem, with its proposal, stands open as before
            credit = make_credit(connection, order, "all", at, "", "cancelled", seen=last_seen(order))
            document_to_send(connection, credit, means.choices, means.books, means.today(at))
            made.append(credit)
    return made


def _credited_or_refused(order: Order) -> bool:
    """Something of it was credited, or the books did not want what was made by itself: then a person decides."""
    notes = order.invoices.filter(kind=Invoice.Kind.CREDIT)
    return (notes.filter(void=False) | notes.filter(delivery__state=Delivery.State.REJECTED)).exists()


def last_seen(order: Order) -> int:
    """The number of the order's latest credit note, withdrawn ones included; 0 without any."""
    highest: int | None = order.invoices.filter(kind=Invoice.Kind.CREDIT).aggregate(highest=Max("sequence"))["highest"]
    return highest or 0


def _refuse_unverified(connection: Connection) -> None:
    if Connection.objects.filter(pk=connection.pk, verify_before_sending=True).exists():
        raise Refused(Problem.of("CREDIT_BEFORE_VERIFYING"))


def _to_credit(order: Order) -> Invoice:
    """The invoice that stands in the books, or is on its way there for certain."""
    invoices = order.invoices.filter(kind=Invoice.Kind.INVOICE, void=False)
    living = invoices.filter(credited=False).first()
    if living is None and invoices.exists():
        raise Refused(Problem.of("CREDIT_NOTHING_LEFT"))
    undecided = Delivery.objects.filter(invoice=living, state__in=Delivery.UNDECIDED)
    if living is None or undecided.exists() or order.state not in BOOKED:
        raise Refused(Problem.of("CREDIT_NOTHING_BOOKED", order=order.shop_order_id))
    return living


def _note(credited: Invoice, what: What) -> CreditNote:
    invoice, before, rounding = invoice_of(credited), taken_before(credited), rounding_before(credited)
    if what == "all":
        return credit_all(invoice, before, rounding)
    return credit_part(invoice, before, what, rounding)


def _locked_unsent(connection: Connection, credit: Invoice) -> tuple[Order, Invoice]:
    order = locked_orders().get(pk=credit.order_id, connection=connection)
    found = order.invoices.filter(pk=credit.pk, kind=Invoice.Kind.CREDIT, void=False, delivery=None).first()
    if found is None:
        raise Refused(Problem.of("CREDIT_ALREADY_SENT", order=order.shop_order_id))
    return order, found


def _retell(connection: Connection, order: Order, means: Means, at: datetime) -> None:
    """What still stands open about a booked order, and about its credit notes."""
    if order.state not in Order.NOT_FORWARDED:
        tell_after_booking(connection, order, means.choices.cancel_statuses, at)
    tell_holds(connection, order, means.choices, means.books, means.today(at), at)
