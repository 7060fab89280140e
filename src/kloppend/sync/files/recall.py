"""Recalling a file that nobody has taken: its orders are decided again, as if it had never been made.

The file leaves the folder before the records say so, and within the transaction that says so. When the power fails in
between, the file stands in staging while its batch is still `placed`: placing then puts it back, and the person finds
a recall that did not happen. A recalled file is removed only after that was committed.
"""

import os
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from django.db import transaction

from kloppend.domain.problems import Problem, Refused
from kloppend.records.credit_notes import make_void, store_again
from kloppend.records.events import record
from kloppend.records.models import BY_NUMBER, Batch, BatchEvent, Connection, Invoice, Order
from kloppend.sync.files.download import perhaps_taken
from kloppend.sync.files.folders import folder_of
from kloppend.sync.files.placing import STAGING, is_there, sync_folder
from kloppend.sync.means import Means, means_of
from kloppend.sync.reconcile import changed
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
    connection, folder = batch.connection, folder_of(batch.connection)
    with transaction.atomic(durable=True):
        Connection.objects.select_for_update(no_key=True).get(pk=connection.pk)
        batch = Batch.objects.select_for_update().get(pk=batch.pk)
        _refuse_if_beyond(batch)
        of_file = Invoice.objects.filter(delivery__batch=batch, void=False)
        orders = list(locked_orders().filter(pk__in=of_file.values("order")).order_by(*BY_NUMBER))
        _refuse_if_credited(batch)
        believed = not_in_books and (batch.kind == Batch.Kind.TRIAL or not batch.verified)
        try:
            if not believed and (perhaps_taken(batch) or not _brought_back(batch, folder)):
                raise Refused(Problem.of("FILE_ALREADY_TAKEN", name=batch.name))
            if believed:
                _brought_back(batch, folder, also_changed=True)
        except OSError as error:
            what = error.strerror or type(error).__name__
            raise Refused(Problem.of("FOLDER_NOT_WRITABLE", folder=folder, what=what)) from error
        _undo(batch, orders, at, by, stated="not in the books" if believed else "")
    with suppress(OSError):  # placing tidies up what is left, and tells when it cannot
        (folder / STAGING / batch.name).unlink()
    return batch


def _refuse_if_beyond(batch: Batch) -> None:
    if batch.state == Batch.State.RECALLED:
        raise Refused(Problem.of("FILE_RECALLED", name=batch.name))
    if batch.imported_at:
        raise Refused(Problem.of("FILE_MARKED_AS_IMPORTED", name=batch.name))


def _brought_back(batch: Batch, folder: Path, *, also_changed: bool = False) -> bool:
    """Whether the file is out of everybody's reach: not so when somebody took or changed it.

    Raises OSError when that cannot be told.
    """
    if batch.state == Batch.State.SEALED:
        return True
    staged, target = folder / STAGING / batch.name, folder / batch.name
    os.stat(staged.parent)  # without its folder, "not there any more" would say nothing
    if is_there(staged):
        return True
    if changed(batch, folder) and not also_changed:
        return False
    try:
        target.rename(staged)
    except FileNotFoundError:
        return False
    sync_folder(staged.parent)
    sync_folder(folder)
    return True


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
