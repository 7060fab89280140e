"""Recalling a file that nobody has taken: its orders are decided again, as if it had never been made.

The file leaves the folder before the records say so, and within the transaction that says so. When the power fails in
between, the file stands in staging while its batch is still `placed`: placing then puts it back, and the person finds
a recall that did not happen. A recalled file is removed only after that was committed.
"""

import os
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from django.db import transaction

from kloppend.domain.problems import Problem, Refused
from kloppend.records.models import BY_NUMBER, Batch, BatchEvent, Connection, Invoice
from kloppend.sync.download import perhaps_taken
from kloppend.sync.folders import folder_of
from kloppend.sync.means import means_of
from kloppend.sync.placing import STAGING, is_there, sync_folder
from kloppend.sync.reconcile import changed
from kloppend.sync.reopening import reopen
from kloppend.sync.settle import locked_orders


def recall(batch: Batch, at: datetime, by: str, *, not_in_books: bool = False) -> Batch:
    """Take the file back: its invoices become void, its orders are decided again and can go into another file.

    Refused, having changed nothing, when the file was downloaded, taken out of its folder or changed there
    (FILE_ALREADY_TAKEN), marked as imported (FILE_MARKED_AS_IMPORTED) or recalled before (FILE_RECALLED).
    `not_in_books`: the person states that nothing of it is in the books, or not any more. That sets the first aside,
    for files that were made to try: trial files and files of an unverified layout. Call it outside a transaction.
    """
    connection, folder = batch.connection, folder_of(batch.connection)
    with transaction.atomic(durable=True):
        Connection.objects.select_for_update(no_key=True).get(pk=connection.pk)
        batch = Batch.objects.select_for_update().get(pk=batch.pk)
        _refuse_if_beyond(batch)
        believed = not_in_books and (batch.kind == Batch.Kind.TRIAL or not batch.verified)
        try:
            if not believed and (perhaps_taken(batch) or not _brought_back(batch, folder)):
                raise Refused(Problem.of("FILE_ALREADY_TAKEN", name=batch.name))
            if believed:
                _brought_back(batch, folder, also_changed=True)
        except OSError as error:
            what = error.strerror or type(error).__name__
            raise Refused(Problem.of("FOLDER_NOT_WRITABLE", folder=folder, what=what)) from error
        _undo(batch, at, by, stated="not in the books" if believed else "")
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


def _undo(batch: Batch, at: datetime, by: str, *, stated: str) -> None:
    try:
        means = means_of(batch.connection)
    except Refused:
        means = None  # then the orders wait until the settings are right again
    Invoice.objects.filter(delivery__batch=batch).update(void=True)
    for order in locked_orders().filter(invoices__delivery__batch=batch).order_by(*BY_NUMBER):
        reopen(batch.connection, order, means, at, "recalled", by=by, file=batch.name)
    batch.state = Batch.State.RECALLED
    batch.save(update_fields=["state"])
    batch.events.create(kind=BatchEvent.Kind.RECALLED, at=at, by=by, detail={"stated": stated} if stated else {})
