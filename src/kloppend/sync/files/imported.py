"""Imported into the books: only a person can say so, and only a person can take it back. A file gets no answer."""

from datetime import datetime

from django.db import transaction

from kloppend.records.models import Batch, BatchEvent
from kloppend.sync.files.download import locked_file


def mark_imported(batch: Batch, at: datetime, by: str) -> Batch:
    """Remember that this person imported the file; a second time changes nothing. Raises Refused as a download does."""
    with transaction.atomic():
        batch = locked_file(batch)
        if batch.imported_at is None:
            _set(batch, at, by)
            batch.events.create(kind=BatchEvent.Kind.IMPORTED, at=at, by=by)
    return batch


def unmark_imported(batch: Batch, at: datetime, by: str) -> Batch:
    """It was not imported after all, or the import was removed from the books. Raises Refused as a download does."""
    with transaction.atomic():
        batch = locked_file(batch)
        if batch.imported_at is not None:
            _set(batch, None, "")
            batch.events.create(kind=BatchEvent.Kind.NOT_IMPORTED, at=at, by=by)
    return batch


def _set(batch: Batch, at: datetime | None, by: str) -> None:
    batch.imported_at, batch.imported_by = at, by
    batch.save(update_fields=["imported_at", "imported_by"])
