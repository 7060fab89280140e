"""What the problems page reads: open problems, by what they mean for the merchant."""

from django.db.models import Count, QuerySet

from kloppend.domain.problems import CATALOGUE
from kloppend.records.models import Connection, Problem


def codes_of(*kinds: str) -> list[str]:
    """The codes of these kinds."""
    return [code for code, entry in CATALOGUE.items() if entry.kind in kinds]


def faults(connection: Connection) -> QuerySet[Problem]:
    """What stands in the way of the whole connection."""
    return connection.problems.filter(closed_at=None, order=None).order_by("pk")


def of_orders(connection: Connection, *, warnings: bool, code: str = "") -> QuerySet[Problem]:
    """What stands open for orders: warnings (booked all the same) or everything else."""
    found = connection.problems.filter(closed_at=None, order__isnull=False).select_related("order")
    found = found.filter(code__in=codes_of("warning")) if warnings else found.exclude(code__in=codes_of("warning"))
    return found.filter(code=code) if code else found


def per_code(found: QuerySet[Problem]) -> list[tuple[str, int]]:
    """How often each code stands, most frequent first."""
    return list(found.order_by().values_list("code").annotate(times=Count("pk")).order_by("-times", "code"))
