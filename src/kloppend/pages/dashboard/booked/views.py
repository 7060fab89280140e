"""Marking orders as booked already, in bulk: first a preview, then the thing itself."""

from datetime import UTC, datetime

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import ngettext

from kloppend.domain.problems import Refused
from kloppend.pages.access import Visit, owners_page
from kloppend.pages.dashboard.booked.form import BookedForm
from kloppend.sync.already_booked import Marked, mark_all_until, mark_already_booked


@owners_page
def booked(visit: Visit) -> HttpResponse:
    """The form; posted without `sure` it shows what would come of it, with `sure` it does it."""
    posted = visit.request.method == "POST"
    form = BookedForm(visit.request.POST if posted else None)
    if not posted or not form.is_valid():
        return visit.show("dashboard/booked/booked.html", form=form)
    sure = visit.request.POST.get("sure") == "yes"
    try:
        marked = _mark(visit, form, for_real=sure)
    except Refused as refused:
        return visit.show("dashboard/booked/booked.html", form=form, refusal=refused.problem)
    if not sure:
        return visit.show("dashboard/booked/booked.html", form=form, preview=marked)
    count = len(marked.marked) + len(marked.remembered)
    done = ngettext("%(n)d order is marked as booked already.", "%(n)d orders are marked as booked already.", count)
    messages.success(visit.request, done % {"n": count})
    return redirect("overview", visit.connection.pk)


def _mark(visit: Visit, form: BookedForm, *, for_real: bool) -> Marked:
    """Do it; for a preview everything is taken back again, so that the preview cannot differ from the deed."""
    data, at, by = form.cleaned_data, datetime.now(UTC), str(visit.request.user.pk)
    with transaction.atomic():
        if data["numbers"]:
            marked = mark_already_booked(visit.connection, data["numbers"], at, by)
        else:
            bounds = {"number": data["until_number"], "day": data["until_day"]}
            marked = mark_all_until(visit.connection, at, by, **bounds)
        transaction.set_rollback(not for_real)
    return marked
