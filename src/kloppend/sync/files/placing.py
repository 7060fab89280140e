"""Placing: a sealed file goes to its place so that, whenever the power fails, there is one file, of one content.

Each step holds the row lock of the batch and ends in a commit, so a second process, or the next run after a crash,
continues where the first one stopped.
"""

from datetime import datetime

from django.db import transaction

from kloppend.domain.problems import Problem
from kloppend.records import problems
from kloppend.records.events import record
from kloppend.records.models import BY_NUMBER, Batch, BatchEvent, Connection, Invoice, Order
from kloppend.sync.files.folders import folder_of
from kloppend.sync.files.local_place import LocalPlace
from kloppend.sync.files.places import Place, Places, is_elsewhere
from kloppend.sync.files.routes import route_for, why_off
from kloppend.sync.files.trouble import PlaceTrouble


def place(connection: Connection, at: datetime) -> list[Batch]:
    """Place every file of the connection that is sealed or half placed; what could not be is an open problem.

    Nothing after a restore that nobody verified: what is half placed in a backup was surely placed since.
    """
    if Connection.objects.filter(pk=connection.pk, verify_before_sending=True).exists():
        return []
    placed, wrong = [], why_off(connection)
    with Places(connection) as places:
        for pk in list(connection.batches.filter(state__in=["sealed", "staged"]).values_list("pk", flat=True)):
            try:
                fresh = stage(pk, places)
                batch = move(pk, places, at, fresh=fresh)
            except PlaceTrouble as trouble:
                wrong.append(trouble.problem)
            else:
                placed += [batch] if batch.state == Batch.State.PLACED else []
        try:
            _tidy(connection, places.own)
            _tidy_elsewhere(connection, places)
        except PlaceTrouble as trouble:
            wrong.append(trouble.problem)
    if names := list(connection.batches.filter(state=Batch.State.UNCERTAIN).values_list("name", flat=True)):
        wrong.append(Problem.of("FILE_UNCERTAIN", name=", ".join(names)))
    problems.now_stand(connection, None, wrong, at, source="place")
    return placed


def stage(batch_id: int, places: Places) -> bool:
    """Write the stored bytes to where nobody looks, make them durable, then commit `staged`; whether that was done now.

    Here it is settled by which route the file goes. Where nothing can be renamed nothing is staged: `staged` is then
    the word that the file itself is about to be written.
    """
    with transaction.atomic():
        batch = _locked(batch_id)
        if batch.state != Batch.State.SEALED:
            return False
        batch.route = route_for(batch)
        there = places.of(batch.route)
        if there.renames and not _is_there_already(batch, there):
            there.stage(batch.name, bytes(batch.content.content))
        batch.state = Batch.State.STAGED
        batch.save(update_fields=["state", "route"])
    return True


def move(batch_id: int, places: Places, at: datetime, *, fresh: bool = False) -> Batch:
    """Rename to the file's own name, then commit `placed`.

    Not in staging any more means that it was renamed before a crash, and perhaps taken since: it is never written
    again. Raises PlaceTrouble, also when a file we do not know bears the name. Where nothing can be renamed, a file
    that was not written just now (`fresh`) and is not found in whole is UNCERTAIN: a person decides.
    """
    with transaction.atomic():
        batch = _locked(batch_id)
        if batch.state != Batch.State.STAGED:
            return batch
        there = places.of(batch.route)
        if there.renames:
            _rename(batch, there)
        elif not _written(batch, there, fresh=fresh):
            batch.state = Batch.State.UNCERTAIN
            batch.save(update_fields=["state"])
            batch.events.create(kind=BatchEvent.Kind.UNCERTAIN, at=at)
            return batch
        count_as_placed(batch, at)
    return batch


def _rename(batch: Batch, there: Place) -> None:
    if not there.is_staged(batch.name):
        return
    if not there.is_placed(batch.name):
        there.publish(batch.name)
    elif _is_there_already(batch, there):  # a server that renames in two steps, and was stopped in between
        there.discard(batch.name)
    else:
        where = batch.route.where if batch.route and is_elsewhere(batch) else folder_of(batch.connection)
        raise PlaceTrouble(Problem.of("FILE_NAME_TAKEN", name=batch.name, folder=where))


def _written(batch: Batch, there: Place, *, fresh: bool) -> bool:
    if fresh:
        there.put(batch.name, bytes(batch.content.content))
    return there.sum_of(batch.name) == batch.sha256


def _is_there_already(batch: Batch, there: Place) -> bool:
    """Elsewhere, where a person may have said that it did not arrive, and it did after all."""
    return is_elsewhere(batch) and there.sum_of(batch.name) == batch.sha256


def _locked(batch_id: int) -> Batch:
    return Batch.objects.select_for_update(of=("self",)).select_related("route", "connection").get(pk=batch_id)


def _tidy(connection: Connection, own: LocalPlace) -> None:
    """What an interrupted recall left in staging: put back when it never came about, removed when it did."""
    for name in own.staged():
        with transaction.atomic():
            batch = connection.batches.select_for_update().filter(name=name).first()
            if batch is not None and own.is_staged(name):
                _settle_recall(batch, own)


def _tidy_elsewhere(connection: Connection, places: Places) -> None:
    """The same for other places, which are not looked into without a reason."""
    for pk in list(connection.batches.filter(taking_back=True).values_list("pk", flat=True)):
        with transaction.atomic():
            batch = _locked(pk)
            there = places.of(batch.route)
            if batch.taking_back and there.is_staged(batch.name):
                _settle_recall(batch, there)
            batch.taking_back = False
            batch.save(update_fields=["taking_back"])


def _settle_recall(batch: Batch, there: Place) -> None:
    if batch.state == Batch.State.RECALLED:
        there.discard(batch.name)
    elif batch.state in (Batch.State.PLACED, Batch.State.FETCHED) and not there.is_placed(batch.name):
        there.publish(batch.name)


def count_as_placed(batch: Batch, at: datetime) -> None:
    """It is in its place, as we saw, or as somebody vouches for. The caller is in a transaction."""
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
