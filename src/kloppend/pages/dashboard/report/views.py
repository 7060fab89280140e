"""The report page."""

from django.http import HttpResponse

from kloppend.pages.access import Visit, page
from kloppend.pages.dashboard.report.forwarded import forwarded
from kloppend.pages.paging import rows_before
from kloppend.records.models import Order


@page
def report(visit: Visit) -> HttpResponse:
    """Forwarded orders, newest first; `?q=` looks for one order, also one that was not forwarded."""
    number = visit.request.GET.get("q", "").strip()[:40].replace("\0", "")
    rows = rows_before(forwarded(visit.connection, number), visit.request.GET, keep=("q",))
    known = Order.objects.filter(connection=visit.connection, shop_order_id=number).first() if number else None
    return visit.show("dashboard/report/report.html", rows=rows, number=number, known=known)
