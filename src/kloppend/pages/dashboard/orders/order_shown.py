"""What the order page reads: the shop's rows, the invoice as made (or as it would be made), the trail."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec

from kloppend.domain.invoice import Debtor, Document, Payment, VatTotal
from kloppend.domain.order import Address
from kloppend.domain.order import Order as ShopOrder
from kloppend.pages.dashboard.orders.sides import Side, sides_of
from kloppend.records.events import broken_at
from kloppend.records.models import Batch, Event, Invoice, InvoiceParty, Order, OrderSnapshot, Problem, VatCheck
from kloppend.records.snapshots import load
from kloppend.records.vat_checks import latest_check
from kloppend.sync.credits.proposals import Proposal, can_be_invoiced_again, propose
from kloppend.sync.means import Means
from kloppend.sync.settle import assess_row
from kloppend.sync.vat_numbers.answers import number_to_ask


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceShown:
    """An invoice for the screen. `amounts` and its `lines` are the record's, or the domain's while it is not made."""

    made: bool
    date: date
    amounts: Any
    lines: list[Any]
    vat_summary: list[VatTotal]
    payments: list[Payment]
    debtor: Debtor | None
    file: Batch | None = None
    sides: tuple[Side, ...] = ()
    waiting: bool = False  # a credit note that is in no file, nor put into the books by hand


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderShown:
    """One order with everything around it; `broken_at` is the first event of a trail that was tampered with.

    `vat_check` is what VIES said of the customer's number: what the invoice rests on, or else the newest.
    """

    order: Order
    snapshot: ShopOrder | None
    invoices: list[InvoiceShown]
    problems: list[Problem]
    problems_had: list[Problem]
    events: list[Event]
    broken_at: int | None
    vat_check: VatCheck | None
    proposal: Proposal | None
    invoice_again: bool


def order_shown(order: Order, means: Means | None, today: date) -> OrderShown:
    """Gather; `means` (None when the settings are wrong) make the preview of an order that is ready."""
    row = OrderSnapshot.objects.filter(order=order).first()
    snapshot = load(row.content, ShopOrder) if row else None
    had = list(order.problems.order_by("pk"))
    invoices = [_made(invoice) for invoice in _invoices_of(order)]
    if means and snapshot and order.state == Order.State.READY:
        invoices += _preview(order, means, today)
    return OrderShown(
        order=order,
        snapshot=snapshot,
        invoices=invoices,
        problems=[problem for problem in had if problem.closed_at is None],
        problems_had=had,
        events=list(order.events.order_by("sequence")),
        broken_at=broken_at(order),
        vat_check=_vat_check(order, snapshot),
        proposal=propose(order),
        invoice_again=can_be_invoiced_again(order),
    )


def _vat_check(order: Order, snapshot: ShopOrder | None) -> VatCheck | None:
    booked = order.invoices.filter(void=False).exclude(vat_check=None).select_related("vat_check").first()
    if booked:
        return booked.vat_check
    number = number_to_ask(snapshot) if snapshot else ""
    return latest_check(order.connection_id, number) if number else None


def _invoices_of(order: Order) -> list[Invoice]:
    found = order.invoices.filter(void=False).select_related("delivery__batch", "party").prefetch_related("lines")
    return list(found.order_by("made_at", "pk"))


def _made(invoice: Invoice) -> InvoiceShown:
    delivery = getattr(invoice, "delivery", None)
    return InvoiceShown(
        made=True,
        date=invoice.invoice_date,
        amounts=invoice,
        lines=sorted(invoice.lines.all(), key=lambda line: line.position),
        vat_summary=msgspec.convert(invoice.vat_summary, list[VatTotal]),
        payments=msgspec.convert(invoice.payments, list[Payment]),
        debtor=_debtor(getattr(invoice, "party", None)),
        file=delivery.batch if delivery else None,
        sides=sides_of(invoice, delivery) if delivery and delivery.read_back else (),
        waiting=invoice.kind == Invoice.Kind.CREDIT and delivery is None,
    )


def _debtor(party: InvoiceParty | None) -> Debtor | None:
    """None once it was erased."""
    return load(party.content, tuple[Debtor, Address | None])[0] if party else None


def _preview(order: Order, means: Means, today: date) -> list[InvoiceShown]:
    document = assess_row(order, means.choices, means.books, today).document
    return [invoice_to_be(document)] if document else []


def invoice_to_be(document: Document) -> InvoiceShown:
    """An invoice that is not made yet."""
    return InvoiceShown(
        made=False,
        date=document.invoice_date,
        amounts=document.invoice,
        lines=list(document.invoice.lines),
        vat_summary=list(document.invoice.vat_summary),
        payments=list(document.invoice.payments),
        debtor=document.debtor,
    )
