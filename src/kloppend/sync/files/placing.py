"""Placing: a sealed file goes into its folder so that, whenever the power fails, there is one file, of one content.

Each step holds the row lock of the batch and ends in a commit, so a second process, or the next run after a crash,
continues where the first one stopped.
"""

import os
from datetime import datetime
from pathlib import Path

from django.db import transaction

from kloppend.domain.problems import Problem
from kloppend.records import problems
from kloppend.records.events import record
from kloppend.records.models import BY_NUMBER, Batch, BatchEvent, Connection, Invoice, Order

STAGING = ".staging"


class FileNameTaken(Exception):  # noqa: N818 - a finding
    """A file that is not ours bears the name."""


def place(connection: Connection, folder: Path, at: datetime) -> list[Batch]:
    """Place every file of the connection that is sealed or half placed; what could not be is an open problem.

    Nothing after a restore that nobody verified: what is half placed in a backup was surely placed since.
    """
    if Connection.objects.filter(pk=connection.pk, verify_before_sending=True).exists():
        return []
    placed, wrong = [], []
    for pk in list(connection.batches.filter(state__in=["sealed", "staged"]).values_list("pk", flat=True)):
        try:
            stage(pk, folder)
            batch = move(pk, folder, at)
        except FileNameTaken:
            wrong.append(Problem.of("FILE_NAME_TAKEN", name=Batch.objects.get(pk=pk).name, folder=folder))
        except OSError as error:
            wrong.append(Problem.of("FOLDER_NOT_WRITABLE", folder=folder, what=error.strerror or type(error).__name__))
        else:
            placed.append(batch)
    try:
        _tidy(connection, folder)
    except OSError as error:
        wrong.append(Problem.of("FOLDER_NOT_WRITABLE", folder=folder, what=error.strerror or type(error).__name__))
    problems.now_stand(connection, None, wrong, at, source="place")
    return placed


def stage(batch_id: int, folder: Path) -> None:
    """Write the stored bytes beside the folder, make them durable, then commit `staged`."""
    with transaction.atomic():
        batch = Batch.objects.select_for_update().get(pk=batch_id)
        if batch.state != Batch.State.SEALED:
            return
        staging = folder / STAGING
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        staging.mkdir(mode=0o700, exist_ok=True)
        (staging / batch.name).touch(mode=0o600)  # names and addresses: for our own eyes
        with (staging / batch.name).open("wb") as file:
            file.write(batch.content.content)
            file.flush()
            os.fsync(file.fileno())
        sync_folder(staging)
        batch.state = Batch.State.STAGED
        batch.save(update_fields=["state"])


def move(batch_id: int, folder: Path, at: datetime) -> Batch:
    """Rename into the folder, then commit `placed`.

    Not in staging any more means that it was renamed before a crash, and perhaps taken since: it is never written
    again. Raises FileNameTaken when a file we do not know bears the name.
    """
    with transaction.atomic():
        batch = Batch.objects.select_for_update().get(pk=batch_id)
        if batch.state != Batch.State.STAGED:
            return batch
        staged, target = folder / STAGING / batch.name, folder / batch.name
        os.stat(staged.parent)  # without its folder, "not in staging any more" would say nothing
        if is_there(staged):
            if is_there(target):
                raise FileNameTaken(target)
            staged.rename(target)
            sync_folder(folder)
            sync_folder(staged.parent)
        batch.state, batch.placed_at = Batch.State.PLACED, at
        batch.save(update_fields=["state", "placed_at"])
        _confirm(batch, at)
    return batch


def _tidy(connection: Connection, folder: Path) -> None:
    """What an interrupted recall left in staging: put back when it never came about, removed when it did."""
    for staged in list((folder / STAGING).iterdir()) if is_there(folder / STAGING) else []:
        with transaction.atomic():
            batch = connection.batches.select_for_update().filter(name=staged.name).first()
            if batch is None or not is_there(staged):
                continue
            if batch.state == Batch.State.RECALLED:
                staged.unlink()
            elif batch.state in (Batch.State.PLACED, Batch.State.FETCHED) and not is_there(folder / batch.name):
                staged.rename(folder / batch.name)
                sync_folder(folder)


def count_as_placed(batch: Batch, at: datetime) -> None:
    """Somebody vouches that this file was placed by records that are lost. The caller is in a transaction."""
    batch.state, batch.placed_at = Batch.State.PLACED, at
    batch.save(update_fields=["state", "placed_at"])
    _confirm(batch, at)


def _confirm(batch: Batch, at: datetime) -> None:
    """The file is safely placed: its orders are delivered. Whether the books imported it, a file cannot tell."""
    batch.deliveries.update(delivered_at=at)
    batch.events.create(kind=BatchEvent.Kind.PLACED, at=at)
    documents = Invoice.objects.filter(delivery__batch=batch).values_list("order_id", "kind")
    orders = Order.objects.select_for_update().filter(pk__in=[order for order, _ in documents]).order_by(*BY_NUMBER)
    for order in list(orders):
        if (order.pk, Invoice.Kind.CREDIT) in documents:
            record(order, "credit_delivered", at, file=batch.name)
        if (order.pk, Invoice.Kind.INVOICE) in documents:
            if order.state == Order.State.SEALED:
                order.state = Order.State.DELIVERED
                order.save(update_fields=["state"])
            record(order, "delivered", at, file=batch.name)


def is_there(path: Path) -> bool:
    """Raises OSError when it cannot be told, where `exists()` may answer no."""
    try:
        os.stat(path)
    except FileNotFoundError:
        return False
    return True


def sync_folder(folder: Path) -> None:
    """Make the folder's entries survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
