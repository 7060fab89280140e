"""One process at a time runs a connection: a claim in our own table, with a lease, so that a dead one's is taken over.

The lease is measured by the database's clock, which all workers share. A queue's own lock would stay behind with a
killed job and hold up the shop for good.
"""

import logging
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import DatabaseError, connections
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from kloppend.records.models import Timetable

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=3)
RENEW_EVERY = LEASE / 3


class Busy(Exception):  # noqa: N818 - a finding
    """Another process is running this connection."""


class ClaimLost(Exception):  # noqa: N818 - a finding
    """Another process has taken the connection over: this one was away for longer than the lease."""


@dataclass(slots=True)
class Claim:
    """The right to run a connection. `taken_over`: the last one who had it died with it."""

    connection_id: int
    holder: str
    taken_over: bool
    lost: threading.Event = field(default_factory=threading.Event)

    def check(self) -> None:
        """Raises ClaimLost when the claim is known to be somebody else's. Costs nothing."""
        if self.lost.is_set():
            raise ClaimLost

    def check_now(self) -> None:
        """Ask the database, and start the lease anew: to be called just before what cannot be undone."""
        if not self._own().update(claimed_until=Now() + LEASE):
            self.lost.set()
        self.check()

    def release(self) -> None:
        """Give it back; nothing happens when it is somebody else's by now."""
        self._own().update(claimed_by="", claimed_until=None)

    def _own(self) -> QuerySet[Timetable]:
        return Timetable.objects.filter(pk=self.connection_id, claimed_by=self.holder)


@contextmanager
def claimed(connection_id: int) -> Iterator[Claim]:
    """Hold the connection's claim, renewed for as long as the block takes. Raises Busy when another one holds it."""
    claim, done = take(connection_id), threading.Event()
    renewing = threading.Thread(target=_keep, args=(claim, done), name="claim", daemon=True)
    renewing.start()
    try:
        yield claim
    finally:
        done.set()
        renewing.join()
        claim.release()


def take(connection_id: int) -> Claim:
    """Take a claim that is free or whose lease has run out. Raises Busy."""
    Timetable.objects.get_or_create(connection_id=connection_id)
    plan, holder = Timetable.objects.filter(pk=connection_id), uuid.uuid4().hex
    lapsed = plan.filter(claimed_until__lt=Now()).exists()
    free = plan.filter(Q(claimed_until=None) | Q(claimed_until__lt=Now()))
    if not free.update(claimed_by=holder, claimed_until=Now() + LEASE):
        raise Busy
    return Claim(connection_id, holder, taken_over=lapsed)


def _keep(claim: Claim, done: threading.Event) -> None:
    """Renew until done; a database that is away for a moment costs nothing, for longer than the lease the claim."""
    try:
        while not done.wait(RENEW_EVERY.total_seconds()):
            try:
                claim.check_now()
            except DatabaseError:
                log.warning("claim of connection %s could not be renewed", claim.connection_id)
    except ClaimLost:
        log.warning("claim of connection %s was lost", claim.connection_id)
    finally:
        connections.close_all()  # those of this thread
