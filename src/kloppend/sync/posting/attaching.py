"""A PDF with what was posted, where the merchant wants one: a step of its own, on which no posting ever depends."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q

from kloppend.books.port import Accepted, BooksTrouble, NotSent
from kloppend.domain.problems import Problem
from kloppend.records import problems
from kloppend.records.models import Delivery
from kloppend.reports.invoice_pdf import invoice_pdf
from kloppend.sync.posting.desk import Desk
from kloppend.sync.posting.intents import document_of, locked

MOST_TRIES = 3
"""An answer may get lost after the file was taken: so often it is sent, and then a person may do it."""
BETWEEN_TRIES = timedelta(hours=1)
NEW_FOR = timedelta(days=7)
AT_MOST = 200


def attach_pdfs(desk: Desk) -> None:
    """Send the PDFs that are still to be sent. Trouble is told and tried again; the invoices stand as they are."""
    if desk.choices.attach_pdf == "no":
        return
    wrong: tuple[Problem, ...] = ()
    due = Q(attach_tries=0)
    for tries in range(1, MOST_TRIES):
        due |= Q(attach_tries=tries, delivered_at__lt=desk.at - BETWEEN_TRIES * tries)
    mine = Delivery.objects.filter(
        due,
        invoice__order__connection=desk.connection,
        state=Delivery.State.CONFIRMED,
        external_id__isnull=False,
        document__isnull=False,
        attached_at=None,
        delivered_at__gte=desk.at - NEW_FOR,
    )
    try:
        for delivery in list(
            mine.select_related("document", "invoice__order").order_by("attach_tries", "pk")[:AT_MOST]
        ):
            desk.check()
            _attach(desk, delivery)
    except BooksTrouble as trouble:
        wrong = (trouble.problem,)
    problems.now_stand(desk.connection, None, wrong, desk.at, source="attach")


def _attach(desk: Desk, delivery: Delivery) -> None:
    choices, number = desk.choices, delivery.invoice.order.shop_order_id
    reference = delivery.reference or ""
    pdf = invoice_pdf(document_of(delivery), reference, choices.language, copy=choices.attach_pdf == "copy")
    outcome = desk.books.attach(delivery.external_id or "", f"{reference.strip('#.')}.pdf", pdf)
    if isinstance(outcome, NotSent):
        raise BooksTrouble(outcome.problem, outcome.retry_after)
    with transaction.atomic():
        order, row = locked(delivery.pk)
        row.attach_tries += 1
        if isinstance(outcome, Accepted):
            row.attached_at = desk.now()
        row.save(update_fields=["attach_tries", "attached_at"])
        failed = row.attached_at is None and row.attach_tries >= MOST_TRIES
        told = [Problem.of("PDF_NOT_ATTACHED", order=number, id=delivery.external_id)] if failed else []
        problems.now_stand(desk.connection, order, told, desk.now(), source="attach")
