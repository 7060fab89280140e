"""The problems page, and looking at one order again."""

from datetime import UTC, datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from kloppend.domain.problems import Refused
from kloppend.pages.access import Visit, owners_action, page
from kloppend.pages.dashboard.problems.standing import faults, of_orders, per_code
from kloppend.pages.look.appearance import safe_next
from kloppend.pages.look.tags import language
from kloppend.pages.paging import rows_before
from kloppend.records.models import Order
from kloppend.sync.process import process_order
from kloppend.sync.shops import shop_of


@page
def problems(visit: Visit) -> HttpResponse:
    """Open problems: of the connection, of orders, and warnings apart. `?show=warnings`, `?code=` for one code."""
    warnings = visit.request.GET.get("show") == "warnings"
    found = of_orders(visit.connection, warnings=warnings)
    codes = per_code(found)
    code = visit.request.GET.get("code", "")
    code = code if code in {example.code for example, _times in codes} else ""
    return visit.show(
        "dashboard/problems/problems.html",
        warnings=warnings,
        faults=faults(visit.connection),
        codes=codes,
        code=code,
        rows=rows_before(found.filter(code=code) if code else found, visit.request.GET, keep=("show", "code")),
        warning_count=of_orders(visit.connection, warnings=True).count(),
    )


@owners_action
def process(visit: Visit, number: str) -> HttpResponse:
    """Fetch and check this order now. With htmx its card is replaced; without, the page says what came of it."""
    at, by = datetime.now(UTC), str(visit.request.user.pk)
    order, refusal = None, None
    try:
        with shop_of(visit.connection) as shop:
            order = process_order(visit.connection, shop, number, at, by)
    except Refused as refused:
        refusal = refused.problem
    if visit.request.headers.get("HX-Request"):
        standing = list(order.problems.filter(closed_at=None).select_related("order")) if order else []
        return visit.show(
            "dashboard/problems/processed.html", order=order, number=number, refusal=refusal, standing=standing
        )
    if refusal:
        text = refusal.text(language())
        messages.error(visit.request, f"{text.cause} {text.fix}")
    elif order and order.state == Order.State.READY:
        messages.success(
            visit.request, _("Order %(number)s is ready: it goes first in the next file.") % {"number": number}
        )
    else:
        messages.warning(visit.request, _("Order %(number)s was checked again: see below.") % {"number": number})
    return redirect(safe_next(visit.request))
