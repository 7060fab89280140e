"""The intent to post: committed with its invoice before anything leaves, and taken back while that is provably safe."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from kloppend.domain.invoice import Document
from kloppend.domain.order import NEVER_CONFIRMED
from kloppend.domain.problems import Problem
from kloppend.domain.reference import reference_of
from kloppend.records import problems
from kloppend.records.documents import store_document
from kloppend.records.events import record
from kloppend.records.models import Connection, Delivery, Invoice, Order, OrderSnapshot, SentDocument
from kloppend.records.snapshots import dump, load
from kloppend.sync.means import Means
from kloppend.sync.posting.desk import Desk
from kloppend.sync.reopen import reopen
from kloppend.sync.settle import apply, assess_row, assess_to_send, locked_orders

State = Delivery.State


def intend(desk: Desk, order_pk: int) -> Delivery | None:
    """Decide once more and commit invoice and intent; None when the order is not to be posted now."""
    with transaction.atomic():
        connection = locked_connection(desk.connection.pk)
        order = locked_orders().get(pk=order_pk)
        if not may_send(connection, desk.administration.pk) or order.state != Order.State.READY:
            return None
        if desk.seen_since and order.snapshot.taken_at < desk.seen_since:
            return None
        assessment = assess_to_send(order, desk.choices, desk.books, desk.today, desk.at)
        apply(connection, order, assessment, desk.at)
        return _store(desk, connection, order, assessment.document) if assessment.document else None


def _store(desk: Desk, connection: Connection, order: Order, document: Document) -> Delivery:
    before = order.invoices.filter(kind=Invoice.Kind.INVOICE, void=False).count()  # each of them credited in full
    reference = reference_of(order.shop.shop_id, order.shop_order_id, invoice=before + 1)
    invoice = store_document(order, document)
    delivery = store_intent(desk, invoice, document, reference)
    order.state, order.reason, order.front_at = Order.State.SEALED, "", None
    order.booked_fingerprint = order.fingerprint
    order.save(update_fields=["state", "reason", "front_at", "booked_fingerprint"])
    record(order, "intended", desk.at, reference=reference, total=str(invoice.total_inc_vat))
    return delivery


def store_intent(desk: Desk, invoice: Invoice, document: Document, reference: str) -> Delivery:
    """The intent with the exact document. The caller's transaction commits it, and holds the order's row lock."""
    delivery = Delivery.objects.create(
        invoice=invoice, administration=desk.administration, state=State.INTENDED, reference=reference
    )
    SentDocument.objects.create(delivery=delivery, content=dump(document))
    return delivery


def still_meant(desk: Desk, delivery_pk: int) -> Delivery | None:
    """An intent of an earlier run, decided again: the same document still stands, or it is taken back.

    What was sent before (it was not found since) is never taken back by itself: then a person decides. None when it
    is not to be posted now.
    """
    with transaction.atomic():
        connection = locked_connection(desk.connection.pk)
        order, delivery = locked(delivery_pk)
        if not may_send(connection, desk.administration.pk) or delivery.state != State.INTENDED:
            return None
        snapshot = OrderSnapshot.objects.filter(order=order).first()
        if desk.seen_since and snapshot and snapshot.taken_at < desk.seen_since:
            return None
        if _same_as_now(desk, order, document_of(delivery), resent=delivery.sendings > 0):
            return delivery
        if delivery.sendings:
            ask_person(delivery, Problem.of("ORDER_CHANGED_WHILE_UNCERTAIN", order=order.shop_order_id), desk.at)
        else:
            withdraw(order, delivery, desk.means, desk.at)
        return None


def _same_as_now(desk: Desk, order: Order, document: Document, *, resent: bool) -> bool:
    """Whether the order, as the shop shows it now, would become this document. A second sending keeps its date."""
    if order.status_id == NEVER_CONFIRMED or not hasattr(order, "snapshot"):  # the shop has it no more
        return False
    if order.problems.filter(source="read", closed_at=None).exists():
        return False
    found = assess_row(order, desk.choices, desk.books, desk.today).document
    if found is not None and resent:
        found = replace(found, invoice_date=document.invoice_date)
    return found == document


def withdraw(order: Order, delivery: Delivery, means: Means | None, at: datetime, *, by: str = "") -> None:
    """It provably did not go out: the invoice is void and the order decided again. The caller holds the locks."""
    Invoice.objects.filter(pk=delivery.invoice_id).update(void=True)
    delivery.state, delivery.next_look_at = State.WITHDRAWN, None
    delivery.save(update_fields=["state", "next_look_at"])
    problems.now_stand(order.connection, order, [], at, source="post")
    order.booked_fingerprint = ""
    reopen(order.connection, order, means, at, "withdrawn", reference=delivery.reference or "", by=by)


def ask_person(delivery: Delivery, problem: Problem, at: datetime) -> None:
    """Nothing happens by itself any more until a person decides. The caller holds the locks."""
    order = delivery.invoice.order
    delivery.state, delivery.next_look_at = State.UNCLEAR, None
    delivery.save(update_fields=["state", "next_look_at"])
    make_uncertain(order, delivery)
    problems.now_stand(order.connection, order, [problem], at, source=source_of(delivery))
    record(order, "asked_person", at, code=problem.code)


def is_credit(delivery: Delivery) -> bool:
    """Whether it is a credit note that is delivered: how far its order has come is not told by that."""
    return delivery.invoice.kind == Invoice.Kind.CREDIT


def source_of(delivery: Delivery) -> str:
    """Under which name problems of this sending stand open: those of an invoice and its credit notes apart."""
    return "post_credit" if is_credit(delivery) else "post"


def make_uncertain(order: Order, delivery: Delivery) -> None:
    """The order shows that nobody knows; one that changed in the shop shows that already. Under the order's lock."""
    if order.state == Order.State.SEALED and not is_credit(delivery):
        order.state = Order.State.UNCERTAIN
        order.save(update_fields=["state"])


def document_of(delivery: Delivery) -> Document:
    """What is sent, or was."""
    return load(delivery.document.content, Document)


def locked_connection(pk: int) -> Connection:
    """The connection's row, to be locked before its orders."""
    return Connection.objects.select_for_update(no_key=True).get(pk=pk)


def locked(delivery_pk: int) -> tuple[Order, Delivery]:
    """The order and then the delivery, both locked for the caller's transaction."""
    order = locked_orders().get(invoices__delivery=delivery_pk)
    delivery = Delivery.objects.select_for_update(of=("self",)).select_related("invoice", "document")
    found = delivery.get(pk=delivery_pk)
    found.invoice.order = order
    return order, found


def may_send(connection: Connection, administration_pk: int) -> bool:
    """Not when it was paused, restored, or given other books since this run began."""
    same_books = connection.administration_id == administration_pk
    return connection.active and not connection.verify_before_sending and same_books
