"""Step 5: what was delivered is compared with what was meant. Files get no answer, so the file itself is checked."""

import hashlib
from datetime import datetime
from pathlib import Path

from kloppend.domain.problems import Problem
from kloppend.records import problems
from kloppend.records.models import Batch, Connection


def reconcile(connection: Connection, folder: Path, at: datetime) -> None:
    """Every placed file that still lies there has the bytes that were sealed; a taken one is not missed."""
    there = connection.batches.filter(state__in=[Batch.State.PLACED, Batch.State.FETCHED])
    names = [batch.name for batch in there if changed(batch, folder)]
    wrong = [Problem.of("FILE_CHANGED_AFTER_PLACING", name=", ".join(names))] if names else []
    problems.now_stand(connection, None, wrong, at, source="reconcile")


def changed(batch: Batch, folder: Path) -> bool:
    """Whether the file in the folder has other bytes than were sealed; one that is not there has none."""
    path = folder / batch.name
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() != batch.sha256
