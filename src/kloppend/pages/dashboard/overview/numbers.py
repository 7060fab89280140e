"""What the overview counts, in a few queries whatever the number of orders."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count

from kloppend.domain.problems import CATALOGUE
from kloppend.records.licences import State, licence_of, state_of
from kloppend.records.models import Batch, Connection, Order, Problem, Run, Timetable

SHOWN_FIRST = 5


@dataclass(frozen=True, slots=True)
class Numbers:
    """Orders per state, files that wait to be imported, and the first problems that stand open."""

    last_run: Run | None
    licence: tuple[State, date | None] | None
    next_run: Timetable | None
    states: list[tuple[str, int]]
    files_waiting: int
    latest_file: Batch | None
    faults: list[Problem]
    order_problems: list[Problem]
    more_problems: int


def numbers_of(connection: Connection, at: datetime) -> Numbers:
    """Count and pick."""
    counted = dict(connection.orders.order_by().values_list("state").annotate(Count("pk")))
    warnings = [code for code, entry in CATALOGUE.items() if entry.kind == "warning"]
    standing = connection.problems.filter(closed_at=None).exclude(code__in=warnings).select_related("order")
    of_orders = standing.filter(order__isnull=False)
    first = list(of_orders.order_by("-pk")[: SHOWN_FIRST + 1])
    return Numbers(
        licence=_licence(connection, at),
        last_run=connection.runs.order_by("-started_at").first(),
        next_run=Timetable.objects.filter(connection=connection).first() if connection.active else None,
        states=[(state, counted[state]) for state in Order.State.values if counted.get(state)],
        files_waiting=connection.batches.filter(state=Batch.State.PLACED).count(),
        latest_file=connection.batches.order_by("-pk").first(),
        faults=list(standing.filter(order=None).order_by("pk")),
        order_problems=first[:SHOWN_FIRST],
        more_problems=max(0, of_orders.count() - SHOWN_FIRST) if len(first) > SHOWN_FIRST else 0,
    )


def _licence(connection: Connection, at: datetime) -> tuple[State, date | None] | None:
    """State and last day of the licence, where licences are given out."""
    licence = licence_of(connection.licence_fingerprint)
    return (state_of(licence, at), licence.last_day) if licence else None
