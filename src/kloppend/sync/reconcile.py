"""Step 5: what was delivered is compared with what was meant. Files get no answer, so the file itself is checked."""

from datetime import datetime

from django.db import transaction

from kloppend.domain.problems import Problem
from kloppend.records import problems
from kloppend.records.models import Batch, BatchEvent, Connection, Route
from kloppend.sync.files.places import Places
from kloppend.sync.files.trouble import PlaceTrouble


def reconcile(connection: Connection, at: datetime) -> None:
    """Every placed file that still lies there has the bytes that were sealed; a taken one is not missed.

    Servers elsewhere are not looked into. A file gone from a folder that the merchant chose was taken.
    """
    there = connection.batches.filter(state__in=[Batch.State.PLACED, Batch.State.FETCHED]).select_related("route")
    with Places(connection) as places:
        found = {batch: _sum_of(batch, places) for batch in there if not _is_far(batch)}
        for batch, seen in found.items():
            if seen is None and batch.route and batch.route.kind == Route.Kind.FOLDER:
                _take(batch, places, at)
    names = [batch.name for batch, seen in found.items() if seen not in (None, batch.sha256)]
    wrong = [Problem.of("FILE_CHANGED_AFTER_PLACING", name=", ".join(names))] if names else []
    problems.now_stand(connection, None, wrong, at, source="reconcile")


def _is_far(batch: Batch) -> bool:
    return batch.route is not None and batch.route.kind == Route.Kind.SFTP


def _sum_of(batch: Batch, places: Places) -> str | None:
    """A place that cannot be looked into says nothing; placing tells what is wrong with it."""
    try:
        return places.of(batch.route).sum_of(batch.name)
    except PlaceTrouble:
        return None


def _take(batch: Batch, places: Places, at: datetime) -> None:
    """Gone, and not because the whole folder is gone or a recall is under way."""
    with transaction.atomic():
        batch = Batch.objects.select_for_update(of=("self",)).select_related("route").get(pk=batch.pk)
        if batch.state != Batch.State.PLACED or batch.taking_back:
            return
        try:
            there = places.of(batch.route)
            gone = not there.is_staged(batch.name) and not there.is_placed(batch.name)
        except PlaceTrouble:
            return
        if gone:
            batch.state = Batch.State.FETCHED
            batch.save(update_fields=["state"])
            batch.events.create(kind=BatchEvent.Kind.TAKEN, at=at)
