"""The first page of a connection."""

from django.http import HttpResponse
from django.utils import timezone

from kloppend.pages.access import Visit, page
from kloppend.pages.dashboard.overview.numbers import numbers_of


@page
def overview(visit: Visit) -> HttpResponse:
    """State, last and next run, numbers, and what needs attention."""
    return visit.show("dashboard/overview/overview.html", numbers=numbers_of(visit.connection, timezone.now()))
