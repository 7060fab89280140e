"""Recalling a file that nobody has taken: its orders are decided again, as if it had never been made.

The file leaves its place before the records say so, and within the transaction that says so. When the power fails in
between, the file stands in staging while its batch is still `placed`: placing then puts it back, and the person finds
a recall that did not happen. A recalled file is removed only after that was committed. For places that are not our own
folder `taking_back` is committed before, so that placing knows where to look.
"""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime

from django.db import transaction

from kloppend.domain.problems import Problem, Refused
from kloppend.records.credit_notes import make_void, store_again
from kloppend.records.events import record
from kloppend.records.models import BY_NUMBER, Batch, BatchEvent, Connection, Invoice, Order
from kloppend.sync.files.download import perhaps_taken
from kloppend.sync.files.places import Place, Places, is_elsewhere
from kloppend.sync.files.trouble import PlaceTrouble
from kloppend.sync.means import Means, means_of
from kloppend.sync.reopen import reopen
from kloppend.sync.settle import locked_orders


def recall(batch: Batch, at: datetime, by: str, *, not_in_books: bool = False) -> Batch:
    """Take the file back: its invoices become void, its orders are decided again and can go into another file.

    Refused, having changed nothing, when the file was downloaded, taken out of its folder or changed there
    (FILE_ALREADY_TAKEN), marked as imported (FILE_MARKED_AS_IMPORTED) or recalled before (FILE_RECALLED), and when an
    invoice in it was credited by what went out since (FILE_HOLDS_CREDITED_INVOICE). Credit notes in it wait again.
    `not_in_books`: the person states that nothing of it is in the books, or not any more. That sets the first aside,
    for files that were made to try: trial files and files of an unverified layout. Call it outside a transaction.
    """
    connection = batch.connection
    with Places(connection) as places:
        if is_elsewhere(batch):
            Batch.objects.filter(pk=batch.pk).exclude(state=Batch.State.RECALLED).update(taking_back=True)
        try:
            batch = _recall(connection, batch, places, at, by, not_in_books=not_in_books)
        except PlaceTrouble as trouble:
            raise Refused(trouble.problem) from trouble
        with suppress(PlaceTrouble):  # placing tidies up what is left, and tells when it cannot
            places.of(batch.route).discard(batch.name)
            if batch.taking_back:
                Batch.objects.filter(pk=batch.pk).update(taking_back=False)
    return batch


def _recall(
    connection: Connection, batch: Batch, places: Places, at: datetime, by: str, *, not_in_books: bool
) -> Batch:
    with transaction.atomic(durable=True):
        Connection.objects.select_for_update(no_key=True).get(pk=connection.pk)
        batch = Batch.objects.select_for_update(of=("self",)).select_related("route").get(pk=batch.pk)
        _refuse_if_beyond(batch)
        of_file = Invoice.objects.filter(delivery__batch=batch, void=False)
        orders = list(locked_orders().filter(pk__in=of_file.values("order")).order_by(*BY_NUMBER))
        _refuse_if_credited(batch)
        believed = not_in_books and (batch.kind == Batch.Kind.TRIAL or not batch.verified)
        if not believed and (perhaps_taken(batch) or not _brought_back(batch, places)):
            raise Refused(Problem.of("FILE_ALREADY_TAKEN", name=batch.name))
        if believed:
            _brought_back(batch, places, also_changed=True)
        _undo(batch, orders, at, by, stated="not in the books" if believed else "")
    return batch


def _refuse_if_beyond(batch: Batch) -> None:
    if batch.state == Batch.State.RECALLED:
        raise Refused(Problem.of("FILE_RECALLED", name=batch.name))
    if batch.imported_at:
        raise Refused(Problem.of("FILE_MARKED_AS_IMPORTED", name=batch.name))
    if batch.state == Batch.State.UNCERTAIN:
        raise Refused(Problem.of("FILE_UNCERTAIN", name=batch.name))
    if is_elsewhere(batch) and not batch.taking_back:  # placing tidied up after an earlier attempt just now
        raise Refused(Problem.of("FILE_NOT_READY", name=batch.name))


def _brought_back(batch: Batch, places: Places, *, also_changed: bool = False) -> bool:
    """Whether the file is out of everybody's reach: not so when somebody took or changed it.

    Raises PlaceTrouble when that cannot be told.
    """
    if batch.state == Batch.State.SEALED:
        return True
    there: Place = places.of(batch.route)
    if not there.renames:
        raise PlaceTrouble(Problem.of("SFTP_CANNOT_RENAME", where=batch.route.where if batch.route else ""))
    if there.is_staged(batch.name):
        return True
    if there.sum_of(batch.name) not in (None, batch.sha256) and not also_changed:
        return False
    return there.bring_back(batch.name)


def _undo(batch: Batch, orders: Iterable[Order], at: datetime, by: str, *, stated: str) -> None:
    try:
        means = means_of(batch.connection)
    except Refused:
        means = None  # then the orders wait until the settings are right again
    for order in orders:
        _undo_order(order, batch, means, at, by)
    batch.state = Batch.State.RECALLED
    batch.save(update_fields=["state"])
    batch.events.create(kind=BatchEvent.Kind.RECALLED, at=at, by=by, detail={"stated": stated} if stated else {})


def _refuse_if_credited(batch: Batch) -> None:
    """A credit note that went out must not lose the invoice it takes back."""
    sent = Invoice.objects.filter(credits__delivery__batch=batch, void=False, delivery__isnull=False)
    orders = ", ".join(sent.values_list("order__shop_order_id", flat=True))
    if orders:
        raise Refused(Problem.of("FILE_HOLDS_CREDITED_INVOICE", name=batch.name, orders=orders))


def _undo_order(order: Order, batch: Batch, means: Means | None, at: datetime, by: str) -> None:
    """Invoices become void, and what was to credit them too; a credit note of another file's invoice waits again."""
    of_file = order.invoices.filter(delivery__batch=batch, void=False)
    invoices = list(of_file.filter(kind=Invoice.Kind.INVOICE))
    for invoice in invoices:
        for credit in invoice.credit_notes.filter(void=False):
            make_void(credit)
            record(order, "credit_withdrawn", at, by=by, number=str(credit.sequence))
        Invoice.objects.filter(pk=invoice.pk).update(void=True)
    for credit in of_file.filter(kind=Invoice.Kind.CREDIT).select_related("credits").order_by("sequence"):
        Invoice.objects.filter(pk=credit.pk).update(void=True)
        store_again(credit)
        record(order, "credit_recalled", at, by=by, file=batch.name)
    if invoices:
        order.booked_fingerprint = ""
        reopen(batch.connection, order, means, at, "recalled", by=by, file=batch.name)
