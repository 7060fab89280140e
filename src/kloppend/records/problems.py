"""Opens problems when they appear and closes them when they are gone; nobody closes one by hand."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from kloppend.domain import problems
from kloppend.records.models import Connection, Order, Problem


def now_stand(
    connection: Connection, order: Order | None, found: Iterable[problems.Problem], at: datetime, *, source: str
) -> None:
    """Of this source exactly these problems are open for the order (without one: for the connection).

    `source` is the step that looked; what other steps found is theirs to close.
    """
    wanted = {problem.code: problem for problem in found}
    standing = Problem.objects.filter(connection=connection, order=order, source=source, closed_at=None)
    standing.exclude(code__in=wanted).update(closed_at=at)
    for problem in wanted.values():
        Problem.objects.update_or_create(
            connection=connection,
            order=order,
            code=problem.code,
            closed_at=None,
            defaults={"detail": dict(problem.detail), "source": source},
            create_defaults={"detail": dict(problem.detail), "source": source, "opened_at": at},
        )


def standing(orders: Collection[int], *, source: str) -> dict[int, dict[str, dict[str, Any]]]:
    """By order (its key in the records) and code: the particulars of what this source finds wrong with it."""
    found: dict[int, dict[str, dict[str, Any]]] = {}
    rows = Problem.objects.filter(order__in=orders, source=source, closed_at=None)
    for order, code, detail in rows.values_list("order_id", "code", "detail"):
        found.setdefault(order, {})[code] = detail
    return found
