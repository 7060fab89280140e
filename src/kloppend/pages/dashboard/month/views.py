"""Picking a month, and its list as CSV."""

from django.db.models import Count
from django.db.models.functions import TruncMonth
from django.http import HttpResponse

from kloppend.pages.access import Visit, page, zone_of
from kloppend.pages.look.tags import language
from kloppend.reports.month_csv import month_csv


@page
def months(visit: Visit) -> HttpResponse:
    """Every month in which orders were placed, newest first."""
    placed = visit.connection.orders.filter(placed_at__isnull=False)
    month = TruncMonth("placed_at", tzinfo=zone_of(visit.connection))
    found = placed.annotate(month=month).values("month").annotate(orders=Count("pk")).order_by("-month")
    return visit.show("dashboard/month/months.html", months=found)


@page
def month_file(visit: Visit, month: str) -> HttpResponse:
    """The list of one month (yyyy-mm), in the visitor's language; made whole before it goes, never half a list."""
    year, number = (int(part) for part in month.split("-"))
    content = b"".join(month_csv(visit.connection, year, number, language()))
    response = HttpResponse(content, content_type="text/csv")
    name = f"kloppend-{visit.connection.pk}-{month}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
