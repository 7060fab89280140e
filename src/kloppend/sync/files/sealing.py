"""Sealing: in one transaction ready orders become invoices in a file whose bytes are stored, never rendered again.

Credit notes, made before, go along in it.
"""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import PurePath

from django.db import transaction
from django.db.models import Max, Q, QuerySet

from kloppend.books.port import FileBooks, FileHeading, RenderedFile
from kloppend.books.registry import API_BOOKS
from kloppend.domain.invoice import Document
from kloppend.domain.problems import Problem, Refused
from kloppend.records import problems
from kloppend.records.documents import store_document
from kloppend.records.events import record
from kloppend.records.models import (
    BY_NUMBER,
    Batch,
    BatchContent,
    BatchEvent,
    Connection,
    Delivery,
    Invoice,
    Order,
    Timetable,
)
from kloppend.sync.choices import Choices
from kloppend.sync.credits.sending import SealableCredit, sendable, unsent
from kloppend.sync.settle import apply, assess_to_send, locked_orders

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
    """Seal a file; None when the day's file is there already, nothing is ready, it does not add up, or a restore is
    unverified.

    Of the daily kind there is one a day; files that a person (`by`) asks for come as often as they are asked for.
    `only`: exactly the orders of these numbers, all of them or no file. Raises Refused when one of them is not ready.
    `seen_since`: only orders the shop has shown since then, because this run could not look at all of them. Late is
    better than wrong: an order may have been cancelled meanwhile.

    The row lock on the connection makes a second process wait here, and then find the file made.
    """
    with transaction.atomic():
        connection = Connection.objects.select_for_update(no_key=True).get(pk=connection_id)
        if connection.verify_before_sending or connection.administration.kind in API_BOOKS:
            return None  # restored, or given other books since this run began
        if kind == Batch.Kind.DAILY and _made_already(connection, business_date):
            return None
        ready = _ready(connection, only, seen_since)
        locked = _lock(connection, ready)
        notes = [] if only else sendable(connection, locked, choices, books, business_date, at)
        waiting = _still_uncredited(connection, notes)
        ready = ready.filter(pk__in=locked).exclude(pk__in=waiting)
        sealable = _still_ready(connection, ready, choices, books, business_date, at)
        for number in sorted(set(only) - {item.order.shop_order_id for item in sealable}):
            raise Refused(Problem.of("ORDER_NOT_READY", order=number))
        batch = Batch(
            connection=connection,
            kind=kind,
            business_date=business_date,
            sequence=_next_number(connection),
            verified=books.verified,
        )
        return _store(batch, books, sealable, notes, at, by) if sealable or notes else None


def _made_already(connection: Connection, business_date: date) -> bool:
    """A later date than today's counts too, unless a person said that the clock was wrong when it was given."""
    daily = connection.batches.filter(kind=Batch.Kind.DAILY)
    beyond = max(business_date, connection.wrong_dates_until or date.min)
    return daily.filter(Q(business_date=business_date) | Q(business_date__gt=beyond)).exists()


def date_ahead(connection: Connection, today: date) -> list[Problem]:
    """The problem that no daily file is made, because one bears a date far ahead: some clock is or was wrong."""
    beyond = max(today + timedelta(days=1), connection.wrong_dates_until or date.min)
    ahead = (
        connection.batches.filter(kind=Batch.Kind.DAILY, business_date__gt=beyond).order_by("-business_date").first()
    )
    return [Problem.of("FILE_DATE_AHEAD", day=ahead.business_date, today=today, name=ahead.name)] if ahead else []


def clock_was_wrong(connection: Connection, today: date, at: datetime) -> None:
    """A person says that it is `today` indeed: daily files are made again, each order still in one file only."""
    with transaction.atomic():
        connection = Connection.objects.select_for_update(no_key=True).get(pk=connection.pk)
        connection.wrong_dates_until = connection.batches.aggregate(latest=Max("business_date"))["latest"]
        connection.save(update_fields=["wrong_dates_until"])
        Timetable.objects.filter(pk=connection.pk, filed_on__gt=today).update(filed_on=None)
        problems.now_stand(connection, None, date_ahead(connection, today), at, source="clock")


def _lock(connection: Connection, ready: QuerySet[Order]) -> list[int]:
    """Every order that this file may concern, locked in the one sequence."""
    concerned = Q(pk__in=ready.values("pk")) | Q(pk__in=unsent(connection).order_by().values("order"))
    orders = Order.objects.select_for_update().filter(concerned)
    return list(orders.order_by(*BY_NUMBER).values_list("pk", flat=True))


def _still_uncredited(connection: Connection, notes: Sequence[SealableCredit]) -> list[int]:
    """Orders whose earlier invoice would stand in the books beside a new one: its credit note has to go first."""
    going = [item.credit.pk for item in notes]
    return list(unsent(connection).exclude(pk__in=going).values_list("order_id", flat=True))


def _ready(connection: Connection, only: Collection[str], seen_since: datetime | None) -> QuerySet[Order]:
    ready = connection.orders.filter(state=Order.State.READY, snapshot__isnull=False)
    if only:
        ready = ready.filter(shop_order_id__in=only)
    if seen_since:
        ready = ready.filter(snapshot__taken_at__gte=seen_since)
    return ready


def _still_ready(
    connection: Connection, ready: QuerySet[Order], choices: Choices, books: FileBooks, today: date, at: datetime
) -> list[Sealable]:
    """Decide again, on the latest snapshot and with today as the day of sending; the front of the file first."""
    locked = locked_orders().filter(pk__in=ready.values("pk"), state=Order.State.READY)
    sealable = []
    for order in locked.order_by(*BY_NUMBER):
        assessment = assess_to_send(order, choices, books, today, at)
        apply(connection, order, assessment, at)
        if assessment.document:
            sealable.append(Sealable(order, assessment.document))
    return sorted(sealable, key=lambda item: item.order.front_at or LAST)  # keeps the sequence of equals


def _next_number(connection: Connection) -> int:
    """Files are never deleted, so the highest number plus one was never used. The caller holds the row lock.

    A restored backup does not know the files made after it: numbers they may have are passed over.
    """
    highest = connection.batches.aggregate(highest=Max("sequence"))["highest"]
    return max(highest or 0, connection.file_numbers_above) + 1


def _store(
    batch: Batch,
    books: FileBooks,
    sealable: Sequence[Sealable],
    notes: Sequence[SealableCredit],
    at: datetime,
    by: str,
) -> Batch | None:
    """Render, check and store the file with its documents; None, and a problem, when it does not add up."""
    connection = batch.connection
    rendered, wrong = _rendered(batch, books, [item.document for item in sealable] + [note.document for note in notes])
    problems.now_stand(connection, None, wrong, at, source="seal")
    if rendered is None or wrong:
        return None
    if rendered.name != PurePath(rendered.name).name or rendered.name.startswith(".") or not rendered.name:
        raise ValueError(f"a file name must not lead elsewhere: {rendered.name!r}")
    batch.name, batch.size = rendered.name, len(rendered.content)
    batch.sha256 = hashlib.sha256(rendered.content).hexdigest()
    batch.notes = [{"code": note.code, "detail": dict(note.detail)} for note in rendered.notes]
    batch.save(force_insert=True)
    BatchContent.objects.create(batch=batch, content=rendered.content)
    batch.events.create(kind=BatchEvent.Kind.SEALED, at=at, by=by, detail={"orders": len(sealable) + len(notes)})
    for item in sealable:
        _store_order(batch, item, at)
    for sent in notes:
        _send_credit(batch, sent.credit, at)
    return batch


def _rendered(
    batch: Batch, books: FileBooks, documents: Sequence[Document]
) -> tuple[RenderedFile | None, Sequence[Problem]]:
    """The file and every way in which it does not hold what it should."""
    heading = FileHeading(
        administration=batch.connection.administration.label,
        shop_name=batch.connection.name,
        business_date=batch.business_date,
        number=batch.sequence,
    )
    try:
        rendered = books.render(heading, documents)
        return rendered, books.check(rendered.content, documents)
    except Refused as refused:
        return None, [refused.problem]


def _store_order(batch: Batch, item: Sealable, at: datetime) -> None:
    order, invoice = item.order, store_document(item.order, item.document)
    Delivery.objects.create(invoice=invoice, administration=batch.connection.administration, batch=batch)
    order.state, order.reason, order.front_at = Order.State.SEALED, "", None
    order.booked_fingerprint = order.fingerprint
    order.save(update_fields=["state", "reason", "front_at", "booked_fingerprint"])
    record(order, "sealed", at, file=batch.name, sha256=batch.sha256, total=str(invoice.total_inc_vat))


def _send_credit(batch: Batch, credit: Invoice, at: datetime) -> None:
    Delivery.objects.create(invoice=credit, administration=batch.connection.administration, batch=batch)
    record(credit.order, "credit_sealed", at, file=batch.name, sha256=batch.sha256, total=str(credit.total_inc_vat))
