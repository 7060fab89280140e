"""What the problems page reads: open problems, by what they mean for the merchant."""

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

from kloppend.domain.problems import CATALOGUE
from kloppend.records.models import Connection, Delivery, Problem

_IMPORTED = Delivery.objects.filter(
    invoice__order=OuterRef("order"), invoice__void=False, batch__imported_at__isnull=False
)


def codes_of(*kinds: str) -> list[str]:
    """The codes of these kinds."""
    return [code for code, entry in CATALOGUE.items() if entry.kind in kinds]


def faults(connection: Connection) -> QuerySet[Problem]:
    """What stands in the way of the whole connection."""
    return connection.problems.filter(closed_at=None, order=None).order_by("pk")


def of_orders(connection: Connection, *, warnings: bool, code: str = "") -> QuerySet[Problem]:
    """What stands open for orders: warnings (booked all the same) or everything else.

    What was minded in making an invoice leaves the list once a person says that its file is imported, or it would pile
    up for ever; the order's page keeps it.
    """
    found = connection.problems.filter(closed_at=None, order__isnull=False).select_related("order")
    if warnings:
        found = found.filter(~Exists(_IMPORTED) | ~Q(source="settle"), code__in=codes_of("warning"))
    else:
        found = found.exclude(code__in=codes_of("warning"))
    return found.filter(code=code) if code else found


def per_code(found: QuerySet[Problem]) -> list[tuple[Problem, int]]:
    """The latest problem of each code, as the example that names it, and how often the code stands; most first."""
    counted = list(found.order_by().values("code").annotate(times=Count("pk"), latest=Max("pk")))
    times = {row["latest"]: row["times"] for row in counted}
    return sorted(((one, times[one.pk]) for one in found.filter(pk__in=times)), key=lambda pair: -pair[1])
