"""The forms about credit notes on the order's page, and the preview in between."""

from collections.abc import Callable
from datetime import UTC, datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from kloppend.domain.problems import Refused
from kloppend.pages.access import Visit, owners_action
from kloppend.pages.dashboard.credits.form import asked
from kloppend.pages.look.tags import language
from kloppend.records.models import Invoice, Order
from kloppend.sync.credits.proposals import invoice_again, make_credit, mark_done_by_hand, preview_credit, withdraw


@owners_action
def credit(visit: Visit, number: str) -> HttpResponse:
    """Show the credit note as it would be; with `step=make` make it."""
    order = get_object_or_404(Order, connection=visit.connection, shop_order_id=number.replace("\0", ""))
    data = visit.request.POST
    if data.get("step") == "make":
        return _do(visit, order, lambda: _make(visit, order), _("The credit note is made: it goes into the next file."))
    try:
        note = preview_credit(order, asked(data).what)
    except Refused as refused:
        return _refused(visit, order, refused)
    again = [(name, data[name]) for name in data if name not in {"csrfmiddlewaretoken", "step"}]
    return visit.show("dashboard/credits/preview.html", order=order, note=note, filled=again)


def _make(visit: Visit, order: Order) -> None:
    form = asked(visit.request.POST)
    at, by = _now_by(visit)
    make_credit(visit.connection, order, form.what, at, by, form.reason, seen=form.seen, again=form.again)


@owners_action
def take_back_credit(visit: Visit, credit_id: int) -> HttpResponse:
    """Withdraw a credit note that is in no file yet."""
    note = _note(visit, credit_id)
    return _do(
        visit, note.order, lambda: withdraw(visit.connection, note, *_now_by(visit)), _("The credit note is withdrawn.")
    )


@owners_action
def done_by_hand(visit: Visit, credit_id: int) -> HttpResponse:
    """A person put the credit note into the books."""
    note = _note(visit, credit_id)
    done = _("Noted: the credit note is in the books and goes into no file.")
    return _do(visit, note.order, lambda: mark_done_by_hand(visit.connection, note, *_now_by(visit)), done)


@owners_action
def new_invoice(visit: Visit, number: str) -> HttpResponse:
    """A new invoice for an order of which all was credited."""
    order = get_object_or_404(Order, connection=visit.connection, shop_order_id=number.replace("\0", ""))
    done = _("The order was looked at again, for a new invoice: see below.")
    return _do(visit, order, lambda: invoice_again(visit.connection, order, *_now_by(visit)), done)


def _note(visit: Visit, credit_id: int) -> Invoice:
    return get_object_or_404(
        Invoice.objects.select_related("order"), pk=credit_id, kind="credit", order__connection=visit.connection
    )


def _now_by(visit: Visit) -> tuple[datetime, str]:
    return datetime.now(UTC), str(visit.request.user.pk)


def _do(visit: Visit, order: Order, work: Callable[[], None], done: str) -> HttpResponse:
    try:
        work()
    except Refused as refused:
        return _refused(visit, order, refused)
    messages.success(visit.request, done)
    return redirect("order", visit.connection.pk, order.shop_order_id)


def _refused(visit: Visit, order: Order, refused: Refused) -> HttpResponse:
    text = refused.problem.text(language())
    messages.error(visit.request, f"{text.cause} {text.fix}")
    return redirect("order", visit.connection.pk, order.shop_order_id)
