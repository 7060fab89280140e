"""A file of which nobody can tell whether it arrived: only a person can, by looking there or asking who takes files."""

from datetime import datetime

from django.db import transaction

from kloppend.domain.problems import Problem, Refused
from kloppend.records.models import Batch, BatchEvent
from kloppend.sync.files.placing import count_as_placed


def decide_uncertain(batch: Batch, at: datetime, by: str, *, arrived: bool) -> Batch:
    """It arrived: it counts as placed. It did not: it is sealed again, to be sent once more or recalled.

    Raises Refused when there is nothing to decide any more.
    """
    with transaction.atomic():
        batch = Batch.objects.select_for_update().get(pk=batch.pk)
        if batch.state != Batch.State.UNCERTAIN:
            raise Refused(Problem.of("FILE_NOT_UNCERTAIN", name=batch.name))
        batch.events.create(kind=BatchEvent.Kind.DECIDED, at=at, by=by, detail={"arrived": arrived})
        if arrived:
            count_as_placed(batch, at)
        else:
            batch.state = Batch.State.SEALED
            batch.save(update_fields=["state"])
    return batch
