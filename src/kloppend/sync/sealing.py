"""Sealing: in one transaction ready orders become invoices in a file whose bytes are stored, never rendered again."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import PurePath

from django.db import transaction
from django.db.models import Max

from kloppend.books.port import FileBooks, FileHeading, RenderedFile
from kloppend.domain.invoice import Document
from kloppend.domain.problems import Problem, Refused
from kloppend.records import problems
from kloppend.records.documents import store_document
from kloppend.records.events import record
from kloppend.records.models import BY_NUMBER, Batch, BatchContent, BatchEvent, Connection, Delivery, Order
from kloppend.sync.choices import Choices
from kloppend.sync.settle import apply, assess_row, locked_orders

LAST = datetime.max.replace(tzinfo=UTC)


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
    kind: Batch.Kind = Batch.Kind.DAILY,
    only: Collection[str] = (),
    seen_since: datetime | None = None,
    by: str = "",
) -> Batch | None:
    """Seal a file; None when the day's file is there already, when nothing is ready, or when it does not add up.

    Of the daily kind there is one a day; files that a person (`by`) asks for come as often as they are asked for.
    `only`: exactly the orders of these numbers, all of them or no file. Raises Refused when one of them is not ready.
    `seen_since`: only orders the shop has shown since then, because this run could not look at all of them. Late is
    better than wrong: an order may have been cancelled meanwhile.

    The row lock on the connection makes a second process wait here, and then find the file made.
    """
    with transaction.atomic():
        connection = Connection.objects.select_for_update(no_key=True).get(pk=connection_id)
        of_a_day = connection.batches.filter(kind=Batch.Kind.DAILY, business_date__gte=business_date)
        if kind == Batch.Kind.DAILY and of_a_day.exists():
            return None
        sealable = _still_ready(connection, choices, books, business_date, at, seen_since, only)
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
        if wrong:
            return None
        batch = _store(connection, heading, rendered, sealable, at, kind, verified=books.verified)
        batch.events.create(kind=BatchEvent.Kind.SEALED, at=at, by=by, detail={"orders": len(sealable)})
        return batch


def _still_ready(
    connection: Connection,
    choices: Choices,
    books: FileBooks,
    today: date,
    at: datetime,
    seen_since: datetime | None,
    only: Collection[str],
) -> list[Sealable]:
    """Decide again, on the latest snapshot and with today as the day of sending."""
    ready = connection.orders.filter(state=Order.State.READY, snapshot__isnull=False)
    if only:
        ready = ready.filter(shop_order_id__in=only)
    if seen_since:
        ready = ready.filter(snapshot__taken_at__gte=seen_since)
    locked = locked_orders().filter(pk__in=ready.values("pk"), state=Order.State.READY)
    sealable = []
    for order in locked.order_by(*BY_NUMBER):
        assessment = assess_row(order, choices, books, today)
        apply(connection, order, assessment, at)
        if assessment.document:
            sealable.append(Sealable(order, assessment.document))
    for number in sorted(set(only) - {item.order.shop_order_id for item in sealable}):
        raise Refused(Problem.of("ORDER_NOT_READY", order=number))
    return sorted(sealable, key=lambda item: item.order.front_at or LAST)  # keeps the sequence of equals


def _next_number(connection: Connection) -> int:
    """Files are never deleted, so the highest number plus one was never used. The caller holds the row lock."""
    highest = connection.batches.aggregate(highest=Max("sequence"))["highest"]
    return (highest or 0) + 1


def _store(
    connection: Connection,
    heading: FileHeading,
    rendered: RenderedFile,
    sealable: Sequence[Sealable],
    at: datetime,
    kind: Batch.Kind,
    *,
    verified: bool,
) -> Batch:
    if rendered.name != PurePath(rendered.name).name or rendered.name.startswith(".") or not rendered.name:
        raise ValueError(f"a file name must not lead elsewhere: {rendered.name!r}")
    batch = Batch.objects.create(
        connection=connection,
        kind=kind,
        business_date=heading.business_date,
        sequence=heading.number,
        name=rendered.name,
        sha256=hashlib.sha256(rendered.content).hexdigest(),
        size=len(rendered.content),
        verified=verified,
        notes=[{"code": note.code, "detail": dict(note.detail)} for note in rendered.notes],
    )
    BatchContent.objects.create(batch=batch, content=rendered.content)
    for item in sealable:
        invoice = store_document(item.order, connection.administration, item.document)
        Delivery.objects.create(invoice=invoice, administration=connection.administration, batch=batch)
        item.order.state, item.order.reason = Order.State.SEALED, ""
        item.order.booked_fingerprint, item.order.front_at = item.order.fingerprint, None
        item.order.save(update_fields=["state", "reason", "booked_fingerprint", "front_at"])
        record(item.order, "sealed", at, file=batch.name, sha256=batch.sha256, total=str(invoice.total_inc_vat))
    return batch
