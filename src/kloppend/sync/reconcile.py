"""Step 5: what was delivered is compared with what was meant. Files get no answer, so the file itself is checked."""

import hashlib
from datetime import datetime
from pathlib import Path

from kloppend.domain.problems import Problem
from kloppend.records import problems
from kloppend.records.models import Batch, Connection


def reconcile(connection: Connection, folder: Path, at: datetime) -> None:
    """Every placed file that still lies there has the bytes that were sealed; a taken one is not missed."""
    names = []
    for batch in connection.batches.filter(state=Batch.State.PLACED):
        path = folder / batch.name
        if path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() != batch.sha256:
            names.append(batch.name)
    wrong = [Problem.of("FILE_CHANGED_AFTER_PLACING", name=", ".join(names))] if names else []
    problems.now_stand(connection, None, wrong, at, source="reconcile")
