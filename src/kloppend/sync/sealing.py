"""Sealing: in one transaction ready orders become invoices in a file whose bytes are stored, never rendered again."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import PurePath

from django.db import transaction
from django.db.models import Max

from kloppend.books.port import FileBooks, FileHeading, RenderedFile
from kloppend.domain.invoice import Document
from kloppend.domain.problems import Problem, Refused
from kloppend.records import problems
from kloppend.records.documents import store_document
from kloppend.records.events import record
from kloppend.records.models import Batch, BatchContent, Connection, Delivery, Order
from kloppend.sync.choices import Choices
from kloppend.sync.settle import apply, assess_row


@dataclass(frozen=True, slots=True)
class Sealable:
    """An order that is still ready at this moment, with the document that will stand for it."""

    order: Order
    document: Document


def seal(
    connection_id: int,
    choices: Choices,
    books: FileBooks,
    business_date: date,
    at: datetime,
    *,
    seen_since: datetime | None = None,
) -> Batch | None:
    """Seal the day's file; None when there is one already, when nothing is ready, or when it does not add up.

    `seen_since`: only orders the shop has shown since then, because this run could not look at all of them. Late is
    better than wrong: an order may have been cancelled meanwhile.

    The row lock on the connection makes a second process wait here, and then find the file made.
    """
    with transaction.atomic():
        connection = Connection.objects.select_for_update(no_key=True).get(pk=connection_id)
        if connection.batches.filter(kind=Batch.Kind.DAILY, business_date__gte=business_date).exists():
            return None
        sealable = _still_ready(connection, choices, books, business_date, at, seen_since)
        if not sealable:
            return None
        documents = [item.document for item in sealable]
        heading = FileHeading(
            administration=connection.administration.label,
            shop_name=connection.name,
            business_date=business_date,
            number=_next_number(connection),
        )
        wrong: Sequence[Problem]
        try:
            rendered = books.render(heading, documents)
            wrong = books.check(rendered.content, documents)
        except Refused as refused:
            wrong = [refused.problem]
        problems.now_stand(connection, None, wrong, at, source="seal")
        return None if wrong else _store(connection, heading, rendered, sealable, at)


def _still_ready(
    connection: Connection, choices: Choices, books: FileBooks, today: date, at: datetime, seen_since: datetime | None
) -> list[Sealable]:
    """Decide again, on the latest snapshot and with today as the day of sending."""
    ready = connection.orders.filter(state=Order.State.READY, snapshot__isnull=False)
    if seen_since:
        ready = ready.filter(snapshot__taken_at__gte=seen_since)
    rows = Order.objects.select_for_update(of=("self",)).select_related("snapshot")
    locked = rows.filter(pk__in=ready.values("pk"), state=Order.State.READY)
    sealable = []
    for order in sorted(locked.order_by("pk"), key=lambda row: (len(row.shop_order_id), row.shop_order_id)):
        assessment = assess_row(order, choices, books, today)
        apply(connection, order, assessment, at)
        if assessment.document:
            sealable.append(Sealable(order, assessment.document))
    return sealable


def _next_number(connection: Connection) -> int:
    """Files are never deleted, so the highest number plus one was never used. The caller holds the row lock."""
    highest = connection.batches.aggregate(highest=Max("sequence"))["highest"]
    return (highest or 0) + 1


def _store(
    connection: Connection, heading: FileHeading, rendered: RenderedFile, sealable: Sequence[Sealable], at: datetime
) -> Batch:
    if rendered.name != PurePath(rendered.name).name or rendered.name.startswith(".") or not rendered.name:
        raise ValueError(f"a file name must not lead elsewhere: {rendered.name!r}")
    batch = Batch.objects.create(
        connection=connection,
        business_date=heading.business_date,
        sequence=heading.number,
        name=rendered.name,
        sha256=hashlib.sha256(rendered.content).hexdigest(),
        size=len(rendered.content),
        notes=[{"code": note.code, "detail": dict(note.detail)} for note in rendered.notes],
    )
    BatchContent.objects.create(batch=batch, content=rendered.content)
    for item in sealable:
        invoice = store_document(item.order, connection.administration, item.document)
        Delivery.objects.create(invoice=invoice, administration=connection.administration, batch=batch)
        item.order.state, item.order.reason = Order.State.SEALED, ""
        item.order.booked_fingerprint = item.order.fingerprint
        item.order.save(update_fields=["state", "reason", "booked_fingerprint"])
        record(item.order, "sealed", at, file=batch.name, sha256=batch.sha256, total=str(invoice.total_inc_vat))
    return batch
