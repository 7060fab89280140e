"""The list of orders of one state, each with its reason: what the numbers of the overview lead to."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from kloppend.domain.problems import CATALOGUE
from kloppend.pages.access import Visit, page
from kloppend.pages.look.tags import reason, told
from kloppend.pages.paging import rows_before
from kloppend.records.models import Order, Problem


@dataclass(frozen=True, slots=True)
class Listed:
    """An order of the list, and why it is in this state: empty where the state says it all."""

    order: Order
    because: str


@page
def orders(visit: Visit) -> HttpResponse:
    """`?state=` one state or all, `?number=` straight to one order; five queries whatever the number of orders."""
    number = visit.request.GET.get("number", "").strip().replace("\0", "")
    if number:
        if visit.connection.orders.filter(shop_order_id=number).exists():
            return redirect("order", visit.connection.pk, number)
        messages.warning(visit.request, _("There is no order %(number)s here.") % {"number": number[:40]})
    state = visit.request.GET.get("state", "")
    found = visit.connection.orders.all()
    if state in Order.State.values:
        found = found.filter(state=state)
    rows = rows_before(found, visit.request.GET, keep=("state",))
    return visit.show(
        "dashboard/orders/orders.html",
        state=state if state in Order.State.values else "",
        states=Order.State.values,
        count=found.count(),
        rows=rows,
        listed=_with_reasons(rows.rows),
        number=number,
    )


def _with_reasons(rows: Iterable[Order]) -> list[Listed]:
    """One query for the particulars of all their problems."""
    orders = list(rows)
    wanted = [order.pk for order in orders if order.reason in CATALOGUE]
    problems = Problem.objects.filter(order__in=wanted, closed_at=None) if wanted else Problem.objects.none()
    causes = {(problem.order_id, problem.code): told(problem)["cause"] for problem in problems}
    return [Listed(order, reason(order.reason) or causes.get((order.pk, order.reason), "")) for order in orders]
