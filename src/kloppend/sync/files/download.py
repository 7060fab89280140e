"""Downloading a file: that it left the house is committed before the first byte goes."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from kloppend.domain.problems import Problem, Refused
from kloppend.records.models import Batch, BatchContent, BatchEvent
from kloppend.sync.files.places import is_elsewhere

READY = (Batch.State.PLACED, Batch.State.FETCHED)


@dataclass(frozen=True, slots=True)
class Download:
    """A file to hand out. `again`: it was handed out or put elsewhere before, so importing it may book it twice."""

    name: str
    content: bytes
    again: bool


def open_download(batch: Batch, at: datetime, by: str) -> Download:
    """Commit that the file was fetched, then give its bytes: always the same ones. Call it outside a transaction.

    Raises Refused when the file was recalled, is not ready yet, or was erased when its time had passed.
    """
    with transaction.atomic(durable=True):
        batch = locked_file(batch)
        content = BatchContent.objects.filter(batch=batch).first()
        if content is None:
            raise Refused(Problem.of("FILE_ERASED", name=batch.name))
        again = perhaps_taken(batch) or is_elsewhere(batch) or batch.imported_at is not None
        batch.state = Batch.State.FETCHED
        batch.save(update_fields=["state"])
        batch.events.create(kind=BatchEvent.Kind.FETCHED, at=at, by=by)
    return Download(batch.name, bytes(content.content), again)


def perhaps_taken(batch: Batch) -> bool:
    """Whether the file was handed out; after a restore that cannot be told of a file the backup brought back."""
    restored_at = batch.connection.restored_at
    brought_back = restored_at is not None and batch.placed_at is not None and batch.placed_at < restored_at
    return batch.state == Batch.State.FETCHED or brought_back


def locked_file(batch: Batch) -> Batch:
    """The file as it stands, locked for this transaction. Raises Refused when there is nothing to fetch or import."""
    batch = Batch.objects.select_for_update(of=("self",)).select_related("route").get(pk=batch.pk)
    if batch.state == Batch.State.RECALLED:
        raise Refused(Problem.of("FILE_RECALLED", name=batch.name))
    if batch.state not in READY:
        raise Refused(Problem.of("FILE_NOT_READY", name=batch.name))
    return batch
