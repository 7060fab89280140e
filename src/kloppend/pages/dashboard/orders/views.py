"""The page of one order, and what a person decides on it."""

from datetime import UTC, datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from kloppend.domain.problems import Refused
from kloppend.pages.access import Visit, owners_action, page
from kloppend.pages.dashboard.credits.form import REASONS
from kloppend.pages.dashboard.orders.order_shown import order_shown
from kloppend.pages.look.tags import language
from kloppend.records.models import Connection, Order
from kloppend.sync.means import Means, means_of
from kloppend.sync.posting.person import it_is_not_there, it_is_there, uncertain_delivery


@page
def order(visit: Visit, number: str) -> HttpResponse:
    """Timeline, the shop's rows, the invoice and why each line is as it is."""
    row = get_object_or_404(Order, connection=visit.connection, shop_order_id=number.replace("\0", ""))
    at, means = datetime.now(UTC), _means(visit.connection)
    shown = order_shown(row, means, means.today(at) if means else at.date())
    uncertain = uncertain_delivery(row)
    return visit.show("dashboard/orders/order.html", shown=shown, order=row, reasons=REASONS, uncertain=uncertain)


@owners_action
def decide(visit: Visit, number: str) -> HttpResponse:
    """A person looked in the books: the invoice is there (`id`), or it is not."""
    row = get_object_or_404(Order, connection=visit.connection, shop_order_id=number.replace("\0", ""))
    at, by, told = datetime.now(UTC), str(visit.request.user.pk), visit.request.POST
    try:
        if told.get("is_it") == "there":
            it_is_there(row, means_of(visit.connection), told.get("id", "").strip(), at, by)
            messages.success(visit.request, _("Order %(number)s counts as booked.") % {"number": number})
        else:
            it_is_not_there(row, at, by)
            messages.success(visit.request, _("Order %(number)s goes out with the next run.") % {"number": number})
    except Refused as refused:
        text = refused.problem.text(language())
        messages.error(visit.request, f"{text.cause} {text.fix}")
    return redirect("order", visit.connection.pk, number)


def _means(connection: Connection) -> Means | None:
    """None when the settings are wrong: the overview says so, and nothing is previewed."""
    try:
        return means_of(connection)
    except Refused:
        return None
