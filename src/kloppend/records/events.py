"""Writes and verifies the trail of an order: each event's hash covers the one before, so nothing can be slipped in."""

import hashlib
import json
from datetime import UTC, datetime

from kloppend.records.models import Event, Order

FIRST = "0" * 64


def _hash(previous: str, sequence: int, kind: str, at: datetime, detail: dict[str, str]) -> str:
    sealed = json.dumps([previous, sequence, kind, at.astimezone(UTC).isoformat(), detail], sort_keys=True)
    return hashlib.sha256(sealed.encode()).hexdigest()


def record(order: Order, kind: str, at: datetime, **detail: str) -> Event:
    """Append an event. Call it within the transaction of what it tells; the caller holds the order's row lock."""
    last = order.events.order_by("-sequence").first()
    sequence, previous = (last.sequence + 1, last.hash) if last else (1, FIRST)
    return Event.objects.create(
        order=order,
        sequence=sequence,
        kind=kind,
        at=at,
        detail=detail,
        previous_hash=previous,
        hash=_hash(previous, sequence, kind, at, detail),
    )


def broken_at(order: Order) -> int | None:
    """The sequence of the first event that does not fit the chain; None when the trail is whole."""
    previous = FIRST
    for expected, event in enumerate(order.events.order_by("sequence"), start=1):
        fits = event.previous_hash == previous and event.sequence == expected
        if not fits or event.hash != _hash(previous, event.sequence, event.kind, event.at, event.detail):
            return event.sequence
        previous = event.hash
    return None
