"""The feed: a program of the merchant lists, fetches and acknowledges files by a secret, without a login.

Acknowledged means received, byte for byte; whether the books imported it, only a person can say.
"""

import hmac
from datetime import datetime

from django.db import transaction

from kloppend.domain.problems import Problem
from kloppend.records.models import Batch, BatchEvent, Route
from kloppend.sync.files.choosing import token_hash
from kloppend.sync.files.download import READY, locked_file, perhaps_taken
from kloppend.sync.files.routes import is_off

BY = "feed"


def route_of(token: str) -> Route | None:
    """Whose feed this secret opens; None for nobody's. It is looked up by a keyed hash, so timing tells nothing."""
    wanted = token_hash(token)
    route = Route.objects.filter(token_hash=wanted, kind=Route.Kind.FEED, current=True).first()
    return route if route and hmac.compare_digest(route.token_hash or "", wanted) else None


def closed_because(route: Route) -> Problem | None:
    """Why this feed gives nothing now; None when it is open."""
    if route.connection.verify_before_sending:
        return Problem.of("VERIFY_BEFORE_SENDING", taken_at=route.connection.backup_taken_at or "-")
    return Problem.of("DELIVERY_OFF_UNVERIFIED", kind=route.kind) if is_off(route.connection) else None


def files_of(route: Route, *, received_too: bool) -> list[Batch]:
    """The files in it, oldest first: those not acknowledged yet, without what a restored backup brought back."""
    batches = route.batches.filter(state__in=READY).select_related("connection").order_by("sequence")
    if received_too:
        return list(batches)
    waiting = batches.filter(received_at=None, imported_at=None)
    return [batch for batch in waiting if batch.state == Batch.State.FETCHED or not perhaps_taken(batch)]


def received(batch: Batch, sha256: str, at: datetime) -> bool:
    """Whoever fetched the file has all of it: whether the sum is right. Once or many times, it stays as it is.

    Raises Refused as a download does.
    """
    with transaction.atomic():
        batch = locked_file(batch)
        if sha256 != batch.sha256:
            return False
        if batch.received_at is None:
            batch.received_at, batch.state = at, Batch.State.FETCHED
            batch.save(update_fields=["received_at", "state"])
            batch.events.create(kind=BatchEvent.Kind.RECEIVED, at=at, by=BY)
    return True
