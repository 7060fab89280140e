"""Step 5 for books that answer: what was posted is read back and compared, at once and then once a day for a month."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q

from kloppend.books.port import BooksTrouble
from kloppend.domain.booked import BookedInvoice
from kloppend.domain.problems import Problem
from kloppend.domain.reconcile import compare
from kloppend.records import problems
from kloppend.records.events import record
from kloppend.records.models import Delivery
from kloppend.sync.posting.desk import Desk
from kloppend.sync.posting.intents import document_of, locked

LOOKED_AT_FOR = timedelta(days=30)
AT_MOST = 500
"""Invoices read back in one run; the longest unseen come first."""
MOST_UNREADABLE = 3
"""So many that cannot be read are each their own trouble and hold up no other; more are the books' trouble."""


def check_afterwards(desk: Desk) -> None:
    """Compare what the books show with what was sent. Nothing is ever corrected."""
    wrong: tuple[Problem, ...] = ()
    unreadable = 0
    try:
        for delivery in _due(desk):
            desk.check()
            try:
                _check(desk, delivery, desk.books.read_back(delivery.external_id or ""))
            except BooksTrouble as trouble:
                if trouble.problem.code != "BOOKS_ANSWER_INVALID" or unreadable == MOST_UNREADABLE:
                    raise
                unreadable += 1
                _told(desk, delivery, [trouble.problem])
    except BooksTrouble as trouble:
        wrong = (trouble.problem,)
    problems.now_stand(desk.connection, None, wrong, desk.at, source="afterwards")


def _due(desk: Desk) -> Sequence[Delivery]:
    """Confirmed and not yet read back today, by the merchant's calendar."""
    day_began = desk.choices.midnight(desk.at)
    recent = Delivery.objects.filter(
        invoice__order__connection=desk.connection,
        state=Delivery.State.CONFIRMED,
        external_id__isnull=False,
        delivered_at__gte=desk.at - LOOKED_AT_FOR,
        document__isnull=False,
    )
    unseen = recent.filter(Q(checked_at=None) | Q(checked_at__lt=day_began))
    return list(unseen.select_related("document", "invoice").order_by("checked_at", "pk")[:AT_MOST])


def _check(desk: Desk, seen: Delivery, booked: BookedInvoice | None) -> None:
    sent = {code: (Decimal(base), Decimal(vat)) for code, (base, vat) in seen.vat_sent.items()}
    found = compare(
        document_of(seen),
        booked,
        debtor_number=seen.debtor_number,
        vat_codes=sent,
        individual=not seen.debtor_shared,
        reference=seen.reference or "",
    )
    status = booked.status[:40] if booked else "gone"
    _told(desk, seen, found, status=status, read_back=_shown(booked) if booked else {})


def _told(desk: Desk, seen: Delivery, found: Sequence[Problem], **facts: Any) -> None:
    """Write down that it was looked at, and what is wrong with it."""
    with transaction.atomic():
        order, delivery = locked(seen.pk)
        status = facts.get("status", delivery.books_status)
        if delivery.books_status != status:
            record(order, "books_status", desk.now(), status=status)
        delivery.checked_at, delivery.books_status = desk.now(), status
        delivery.read_back = facts.get("read_back", delivery.read_back)
        delivery.save(update_fields=["checked_at", "books_status", "read_back"])
        # Of several with one code the first is the one to show: totals come before parts.
        problems.now_stand(desk.connection, order, reversed(found), desk.now(), source=_source_of(delivery))


def _source_of(delivery: Delivery) -> str:
    """Each document of an order has its own: an invoice that is right says nothing of its credit note."""
    return f"afterwards {delivery.invoice.kind[0]}{delivery.invoice.sequence}"


def _shown(booked: BookedInvoice) -> dict[str, str]:
    """What the order's page shows beside what was sent; nothing that says who the customer is."""
    shown = {
        "gross": booked.gross,
        "net": booked.net,
        "vat": booked.vat,
        "date": booked.invoice_date,
        "debtor": booked.debtor_number[:60],
    }
    return {name: str(value) for name, value in shown.items() if value is not None}
