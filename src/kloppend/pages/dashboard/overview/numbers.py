"""What the overview counts, in a few queries whatever the number of orders."""

from dataclasses import dataclass

from django.db.models import Count

from kloppend.domain.problems import CATALOGUE
from kloppend.records.models import Batch, Connection, Order, Problem, Run, Timetable

SHOWN_FIRST = 5


@dataclass(frozen=True, slots=True)
class Numbers:
    """Orders per state, files that wait to be imported, and the first problems that stand open."""

    last_run: Run | None
    next_run: Timetable | None
    states: list[tuple[str, int]]
    files_waiting: int
    latest_file: Batch | None
    faults: list[Problem]
    order_problems: list[Problem]
    more_problems: int


def numbers_of(connection: Connection) -> Numbers:
    """Count and pick."""
    counted = dict(connection.orders.order_by().values_list("state").annotate(Count("pk")))
    warnings = [code for code, entry in CATALOGUE.items() if entry.kind == "warning"]
    standing = connection.problems.filter(closed_at=None).exclude(code__in=warnings).select_related("order")
    of_orders = standing.filter(order__isnull=False)
    first = list(of_orders.order_by("-pk")[: SHOWN_FIRST + 1])
    return Numbers(
        last_run=connection.runs.order_by("-started_at").first(),
        next_run=Timetable.objects.filter(connection=connection).first() if connection.active else None,
        states=[(state, counted[state]) for state in Order.State.values if counted.get(state)],
        files_waiting=connection.batches.filter(state=Batch.State.PLACED).count(),
        latest_file=connection.batches.order_by("-pk").first(),
        faults=list(standing.filter(order=None).order_by("pk")),
        order_problems=first[:SHOWN_FIRST],
        more_problems=max(0, of_orders.count() - SHOWN_FIRST) if len(first) > SHOWN_FIRST else 0,
    )
