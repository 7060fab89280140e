"""The page of one order."""

from datetime import UTC, datetime

from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from kloppend.domain.problems import Refused
from kloppend.pages.access import Visit, page
from kloppend.pages.dashboard.credits.form import REASONS
from kloppend.pages.dashboard.orders.order_shown import order_shown
from kloppend.records.models import Connection, Order
from kloppend.sync.means import Means, means_of


@page
def order(visit: Visit, number: str) -> HttpResponse:
    """Timeline, the shop's rows, the invoice and why each line is as it is."""
    row = get_object_or_404(Order, connection=visit.connection, shop_order_id=number.replace("\0", ""))
    at, means = datetime.now(UTC), _means(visit.connection)
    shown = order_shown(row, means, means.today(at) if means else at.date())
    return visit.show("dashboard/orders/order.html", shown=shown, order=row, reasons=REASONS)


def _means(connection: Connection) -> Means | None:
    """None when the settings are wrong: the overview says so, and nothing is previewed."""
    try:
        return means_of(connection)
    except Refused:
        return None
